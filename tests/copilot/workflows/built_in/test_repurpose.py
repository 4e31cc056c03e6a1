from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.workflows.built_in.repurpose import repurpose
from biocopilot.copilot.workflows.contract import Aside, Finished, Missing, Struck, Table
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.memory.errors import NotFound
from biocopilot.tools.workbench import Workbench


def run(folder: Path, **inputs: Any) -> Finished:
    with Workbench() as bench:
        return asyncio.run(run_workflow(repurpose, inputs, folder, bench=bench, offline=True))


def test_candidates_act_on_the_diseases_targets_and_are_not_recorded_for_it_in_any_form(tmp_path: Path) -> None:
    finished = run(tmp_path / "run", disease="psoriasis", most=2)
    sections = {section.id: section.parts for section in finished.report.sections}
    targets = next(part for part in sections["targets"] if isinstance(part, Table))
    assert targets.rows[0].cells[0] == "NR3C1"
    assert "betamethasone" in targets.rows[0].cells[2]
    candidates = next(part for part in sections["candidates"] if isinstance(part, Table))
    names = [row.cells[0] for row in candidates.rows]
    assert "tretinoin" in names
    assert not [name for name in names if name.startswith(("betamethasone", "ustekinumab"))]
    assert len(finished.report.rows) == 2
    assert not [part for parts in sections.values() for part in parts if isinstance(part, Struck)]


def test_each_candidate_is_told_for_and_against_and_what_is_missing(tmp_path: Path) -> None:
    finished = run(tmp_path / "run", disease="psoriasis", most=1)
    parts = finished.report.sections[-1].parts
    assert [part.text for part in parts if isinstance(part, Aside)] == ["For:", "Against, or to be looked at:"]
    missing = " ".join(part.text for part in parts if isinstance(part, Missing))
    assert "Open Targets" in missing
    assert "ClinicalTrials.gov" in missing


def test_named_targets_are_followed_where_no_drug_is_recorded(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No drug is recorded for being bored"):
        run(tmp_path / "none", disease="being bored")
    finished = run(tmp_path / "named", disease="being bored", targets=["TYK2"], most=3)
    assert {row["targets"].value for row in finished.report.rows} == {"TYK2"}
    assert "deucravacitinib" in {row["drug"].value for row in finished.report.rows}


def test_a_complex_that_drugs_are_recorded_for_by_its_subunits_is_one_target(tmp_path: Path) -> None:
    finished = run(tmp_path / "run", disease="gastroesophageal reflux", most=1)
    targets = next(part for part in finished.report.sections[0].parts if isinstance(part, Table))
    names = [row.cells[0] for row in targets.rows]
    assert "Potassium-transporting ATPase" in names
    assert len(names) == len(set(names))
    candidates = next(part for part in finished.report.sections[1].parts if isinstance(part, Table))
    assert all(len(set(row.cells[2].split(", "))) == len(row.cells[2].split(", ")) for row in candidates.rows)
