from __future__ import annotations

from dataclasses import astuple
from typing import Any

import pytest

pytest.importorskip("nltk", reason="BLEU is nltk's")
from biocopilot.model.metrics.generated_smiles import smiles_scores


def test_the_references_figures_of_structures(figures: dict[str, Any]) -> None:
    held = figures["text2smi"]
    names = ("BLEU", "Levenshtein", "Valid", "Exact", "MACCS_FTS", "RDKit_FTS", "Morgan_FTS_counts_r2")
    found = astuple(smiles_scores(held["preds"], held["targets"]))
    assert found == pytest.approx([held[name] for name in names], abs=1e-12)


def test_where_nothing_parses_similarity_is_0() -> None:
    found = smiles_scores(["C1CC"], ["CCO"])
    assert (found.valid, found.exact, found.morgan) == (0.0, 0.0, 0.0)
