from __future__ import annotations

from typing import Any

import pytest
from biocopilot.model.metrics.free_answers import exact_match, normal_answer, word_f1


def test_the_references_figures_of_answers(figures: dict[str, Any]) -> None:
    for row in figures["molqa"]:
        assert normal_answer(row["target"]) == row["norm_target"]
        assert normal_answer(row["pred"]) == row["norm_pred"]
        assert exact_match(row["pred"], row["target"]) == bool(row["exact"])
        assert word_f1(row["pred"], row["target"]) == pytest.approx(row["f1"], abs=1e-12)
