"""METEOR of nltk, on the tokens that BLEU gets, a value a caption.

nltk looks for synonyms in the WordNet corpus, which is data of its own (`nltk.download("wordnet")`). Where it is not there, words are
matched by form and stem alone, which gives less, and `name` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Meteor"]


class _NoSynonyms:
    """A WordNet that knows no word."""

    def synsets(self, _word: str) -> list[Any]:
        return []


class Meteor:
    """Scores captions; `name` says what words were matched by."""

    def __init__(self) -> None:
        from nltk.corpus import wordnet

        try:
            wordnet.ensure_loaded()
        except LookupError:
            self._wordnet: Any = _NoSynonyms()
            self.name = "nltk, forms and stems only: no WordNet on this machine"
        else:
            self._wordnet = wordnet
            self.name = f"nltk with WordNet {wordnet.get_version()}"

    def rows(self, references: Sequence[Sequence[str]], captions: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """A METEOR (alpha 0.9, beta 3, gamma 0.5) for each caption; the reference's figure is their mean."""
        from nltk.translate.meteor_score import meteor_score

        scores = [
            meteor_score([reference], caption, wordnet=self._wordnet)
            for reference, caption in zip(references, captions, strict=True)
        ]
        return np.array(scores, dtype=np.float64)
