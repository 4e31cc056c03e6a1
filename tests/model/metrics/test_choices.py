from __future__ import annotations

import random

import pytest
from biocopilot.model.metrics import accuracy, macro_f1, wilson


def test_wilson_is_scipys() -> None:
    stats = pytest.importorskip("scipy.stats", reason="the interval is compared with scipy's")
    for part, whole in ((0, 7), (1, 1), (3, 10), (381, 500), (500, 500)):
        found = wilson(part, whole)
        expected = stats.binomtest(part, whole).proportion_ci(method="wilson")
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (3, 2), (-1, 4)])
def test_a_share_of_nothing_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson(part, whole)


def test_an_abstention_counts_as_wrong() -> None:
    assert accuracy(["yes", None, "no"], ["yes", "no", "no"]).value == pytest.approx(2 / 3)


def test_macro_f1_is_scikit_learns_with_abstentions_too() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="macro-F1 is compared with scikit-learn's")
    labels = ["yes", "no", "maybe"]
    chosen = random.Random(4)
    gold = [chosen.choice(labels) for _ in range(60)]
    given = [chosen.choice([*labels, None]) for _ in range(60)]
    expected = metrics.f1_score(gold, [one or "none" for one in given], labels=labels, average="macro", zero_division=0)
    assert macro_f1(given, gold, labels) == pytest.approx(expected, abs=1e-12)
    assert macro_f1(["yes"], ["yes"], labels) == pytest.approx(1 / 3)


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        accuracy(["yes"], ["yes", "no"])
