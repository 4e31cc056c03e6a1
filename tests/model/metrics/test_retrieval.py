from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from biocopilot.model.metrics import RetrievalScores, retrieval_scores, retrieval_scores_of_orders


def expected(held: dict[str, float], way: str) -> RetrievalScores:
    return RetrievalScores(held[f"mrr_{way}"], *(held[f"rec@{most}_{way}"] for most in (1, 5, 10)))


def test_the_references_figures_of_scores(golden: Path, figures: dict[str, Any]) -> None:
    scores = np.load(golden / "retrieval_scores_40x40.npy")
    held = figures["retrieval"]["synthetic_40x40"]
    assert retrieval_scores(scores) == expected(held, "d2t")
    assert retrieval_scores(scores.T) == expected(held, "t2d")


@pytest.mark.parametrize(("name", "arrays"), [("no_rerank", "cosine"), ("rerank3_alpha0.9", "n3_a0.9")])
def test_the_references_figures_of_orders(golden: Path, figures: dict[str, Any], name: str, arrays: str) -> None:
    with np.load(golden / "retrieval_orders.npz") as held:
        for way in ("d2t", "t2d"):
            assert retrieval_scores_of_orders(held[f"order_{way}_{arrays}"]) == expected(
                figures["retrieval"][name], way
            )


def test_copies_stand_before_the_relevant_one() -> None:
    assert retrieval_scores(np.ones((3, 3))).mrr == pytest.approx(1 / 3)


@pytest.mark.parametrize("scores", [[[np.nan]], [[1.0], [2.0]]])
def test_what_is_no_matrix_of_numbers_is_refused(scores: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="matrix"):
        retrieval_scores(scores)


def test_an_order_without_the_relevant_candidate_is_refused() -> None:
    with pytest.raises(ValueError, match="stands once"):
        retrieval_scores_of_orders([[1, 1], [1, 0]])
