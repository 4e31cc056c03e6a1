"""ROUGE-1, -2 and -L: rouge-score's F-measure on the raw texts, without stemming, a row a caption."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["ROUGE", "rouge_rows"]

ROUGE = ("rouge1", "rouge2", "rougeL")


def rouge_rows(references: Sequence[str], captions: Sequence[str]) -> NDArray[np.float64]:
    """F-measures (N, 3) in the order of `ROUGE`; the reference's figure is their mean."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(list(ROUGE))
    rows = []
    for reference, caption in zip(references, captions, strict=True):
        scores = scorer.score(caption, reference)  # the reference's own order; an F-measure is the same either way
        rows.append([scores[name].fmeasure for name in ROUGE])
    return np.array(rows, dtype=np.float64).reshape(-1, len(ROUGE))
