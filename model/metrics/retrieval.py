"""MRR and recall at 1, 5 and 10 of cross-modal retrieval: query i's one relevant candidate is candidate i.

The reference sorts and takes what order its sort gives equal scores. Here the relevant candidate stands behind all that score as it
does, so that copies cannot raise a figure; without ties both are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["RetrievalScores", "retrieval_scores", "retrieval_scores_of_orders"]


@dataclass(frozen=True)
class RetrievalScores:
    """Means over the queries."""

    mrr: float
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float


def retrieval_scores(scores: ArrayLike) -> RetrievalScores:
    """Of scores (queries, candidates), higher is better. Raises ValueError for a score that is no number."""
    held = np.asarray(scores, dtype=np.float64)
    own = np.diagonal(held)[:, None]
    if held.ndim != 2 or held.shape[0] > held.shape[1] or np.isnan(held).any():
        raise ValueError("scores are a matrix of numbers with at least one candidate a query")
    return _of_ranks((held >= own).sum(axis=1))


def retrieval_scores_of_orders(orders: ArrayLike) -> RetrievalScores:
    """Of candidates (queries, candidates) in the order found, best first, as after re-ranking."""
    held = np.asarray(orders)
    hits = held == np.arange(len(held))[:, None]
    if not (hits.sum(axis=1) == 1).all():
        raise ValueError("each query's own candidate stands once in its order")
    return _of_ranks(hits.argmax(axis=1) + 1)


def _of_ranks(ranks: NDArray[np.int64]) -> RetrievalScores:
    return RetrievalScores(float((1 / ranks).mean()), *(float((ranks <= most).mean()) for most in (1, 5, 10)))
