"""The table that the example makes: values with the records that hold them, reasons for what is left out, the same when run again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from biocopilot.copilot import Copilot

pd = pytest.importorskip("pandas")


@pytest.fixture
def pipeline(example: Callable[[str], ModuleType]) -> ModuleType:
    return example("pandas_pipeline")


def record(folder: Path, evidence: str) -> dict[str, Any]:
    run, name = evidence.split("/")
    lines = (folder / run / "evidence.jsonl").read_text("utf-8").splitlines()
    (found,) = [item for line in lines if (item := json.loads(line))["id"] == name]
    held: dict[str, Any] = found["record"]
    return held


def test_each_value_is_in_the_record_that_its_evidence_names(
    pipeline: ModuleType, copilot: Copilot, tmp_path: Path
) -> None:
    table = tmp_path / "compounds.csv"
    table.write_text(pipeline.COMPOUNDS, "utf-8")
    found = pipeline.described(table, tmp_path, copilot)
    assert list(found["name"]) == ["erlotinib", "gefitinib", "anilide 7", "a quinone", "torn", "gefitinib again"]
    assert list(found["our_ic50_nm"].dropna()) == [2.1, 30, 12000, 400, 28]
    rows = found.set_index("name")
    for name in ("erlotinib", "gefitinib", "anilide 7", "a quinone"):
        held = record(tmp_path, rows.loc[name, "properties_evidence"])["properties"]
        for one in pipeline.PROPERTIES:
            assert held[one]["value"] == rows.loc[name, one], (name, one)
    for name in ("erlotinib", "gefitinib"):
        held = record(tmp_path, rows.loc[name, "activity_evidence"])
        assert rows.loc[name, "known_as"] in json.dumps(held)
        assert str(rows.loc[name, "value_nm"]) in json.dumps(held)
    assert "PAINS" in rows.loc["a quinone", "alerts"]
    assert "parenthesis" in rows.loc["torn", "reason"]
    assert rows.loc["gefitinib again", "reason"] == "same parent as row 2"

    again = pipeline.described(table, tmp_path, copilot)
    pd.testing.assert_frame_equal(again, found)
    assert [len(starts(tmp_path / run)) for run in ("triage", "selectivity")] == [2, 2]
    found.to_parquet(tmp_path / "described.parquet", index=False)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "described.parquet"), found, check_dtype=False)


def starts(run: Path) -> list[Any]:
    held: list[Any] = json.loads((run / "run.json").read_text("utf-8"))["starts"]
    return held


def test_compounds_that_chembl_does_not_know_have_no_activity_and_keep_the_columns(
    pipeline: ModuleType, copilot: Copilot, tmp_path: Path
) -> None:
    table = tmp_path / "own.csv"
    table.write_text("name,smiles\nanilide 7,O=C(Nc1ccccc1)c1ccc(F)cc1\n", "utf-8")
    found = pipeline.described(table, tmp_path, copilot)
    assert found.loc[0, "molecular_weight"] == pytest.approx(215.227)
    assert found[[*pipeline.ACTIVITY, "activity_evidence"]].isna().all(axis=None)
