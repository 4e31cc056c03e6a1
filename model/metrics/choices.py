"""Accuracy and macro-F1 of answers that are one of few labels. An abstention is None: wrong, and no label's prediction."""

from __future__ import annotations

from collections.abc import Sequence

from .intervals import Estimate, wilson

__all__ = ["accuracy", "macro_f1"]


def accuracy(predicted: Sequence[str | None], gold: Sequence[str]) -> Estimate:
    """The share of right answers among all asked, with Wilson's interval."""
    right = sum(one == other for one, other in zip(predicted, gold, strict=True))
    return wilson(right, len(gold))


def macro_f1(predicted: Sequence[str | None], gold: Sequence[str], labels: Sequence[str]) -> float:
    """The mean over labels of each one's F1; that of a label that is neither asked for nor given is 0, as scikit-learn has it."""
    pairs = list(zip(predicted, gold, strict=True))
    scores = []
    for label in labels:
        both = sum(one == label == other for one, other in pairs)
        either = sum(one == label for one, _ in pairs) + sum(other == label for _, other in pairs)
        scores.append(2 * both / either if either else 0.0)
    return sum(scores) / len(scores)
