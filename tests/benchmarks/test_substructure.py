"""The benchmark of substructure searches compares two sides that agree, and refuses to quote two that do not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("rdkit")
sys.path.insert(0, str(Path(__file__).parents[2]))  # the benchmarks are no installed package

from benchmarks import substructure  # needs the line above


def test_both_sides_are_measured_over_the_same_structures() -> None:
    found = substructure.measure(quick=True, structures=300)
    assert [row.what.partition(":")[0] for row in found.rows] == ["RDKit"] * 2 + ["kept patterns"] * 3
    assert all(row.median > 0 for row in found.rows)
    assert "300 structures" in found.notes[0]


def test_two_sides_that_disagree_are_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(substructure, "_by_library", lambda _library, _query: [1])
    with pytest.raises(RuntimeError, match="do not agree"):
        substructure.measure(quick=True, structures=100)
