"""The six figures of captioning, BLEU-2 and -4, ROUGE-1, -2 and -L, METEOR, each with a bootstrap interval over the captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .bleu import BleuCounts
from .intervals import Estimate, bootstrapped
from .meteor import Meteor
from .rouge import rouge_rows
from .tokens import CaptionTokens

__all__ = ["CaptionScores", "caption_scores"]


@dataclass(frozen=True)
class CaptionScores:
    """Figures by name, and with what they were made."""

    figures: Mapping[str, Estimate]
    tokens: str
    meteor: str


def caption_scores(
    references: Sequence[str], captions: Sequence[str], tokens: CaptionTokens, *, seed: int = 0, samples: int = 1_000
) -> CaptionScores:
    """Score captions against one reference each. An empty caption, as of an abstention, scores 0 and stays in.

    Args:
        references: what an expert wrote.
        captions: what is scored, in the same order.
        tokens: how both are cut for BLEU and METEOR.
        seed: of the bootstrap.
        samples: of the bootstrap.
    """
    expected, given = [tokens(text) for text in references], [tokens(text) for text in captions]
    bleu, rouge, meteor = BleuCounts(expected, given), rouge_rows(references, captions), Meteor()
    means = {
        "ROUGE-1": rouge[:, 0], "ROUGE-2": rouge[:, 1], "ROUGE-L": rouge[:, 2], "METEOR": meteor.rows(expected, given)
    }  # fmt: skip
    count = len(references)

    def bleu_of(order: int) -> Estimate:
        return bootstrapped(count, lambda which: bleu.bleu(order, which), seed=seed, samples=samples)

    def mean_of(rows: NDArray[np.float64]) -> Estimate:
        return bootstrapped(count, lambda which: float(np.mean(rows[which])), seed=seed, samples=samples)

    figures = {f"BLEU-{order}": bleu_of(order) for order in (2, 4)}
    figures |= {name: mean_of(rows) for name, rows in means.items()}
    return CaptionScores(figures, tokens.name, meteor.name)
