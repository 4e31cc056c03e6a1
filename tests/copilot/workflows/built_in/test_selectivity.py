from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from biocopilot.copilot.workflows.built_in.selectivity import selectivity
from biocopilot.copilot.workflows.contract import Finished, Missing, Molecule, Struck, Table
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.tools.workbench import Workbench


def run(folder: Path, **inputs: Any) -> Finished:
    with Workbench() as bench:
        return asyncio.run(run_workflow(selectivity, inputs, folder, bench=bench, offline=True))


def test_the_own_target_is_that_of_the_mechanism_and_ratios_are_told(tmp_path: Path) -> None:
    finished = run(tmp_path / "run", compounds=["gefitinib", "NOSUCHMOL1"])
    (section,) = finished.report.sections
    assert not [part for part in section.parts if isinstance(part, Struck)]
    assert any(isinstance(part, Molecule) for part in section.parts)
    (table,) = [part for part in section.parts if isinstance(part, Table)]
    assert table.rows[0].cells == ("Epidermal growth factor receptor erbB1 (CHEMBL203)", "0.447 nM", "–", "–")
    assert table.rows[1].cells[0].endswith("(CHEMBL5145)")
    assert table.rows[1].cells[2] == "171.0"
    assert [failure.label for failure in finished.failures] == ["NOSUCHMOL1"]
    braf = finished.report.rows[1]
    assert braf["own_target"].value == "EGFR"
    assert braf["ratio"].value == 171.0


def test_another_own_target_turns_the_ratio_round(tmp_path: Path) -> None:
    finished = run(tmp_path / "run", compounds=["gefitinib"], target="BRAF")
    egfr = finished.report.rows[0]
    assert egfr["own_target"].value == "BRAF"
    assert isinstance(egfr["ratio"].value, float)
    assert egfr["ratio"].value < 1


def test_a_compound_that_was_measured_nowhere_says_so(tmp_path: Path) -> None:
    finished = run(tmp_path / "run", compounds=["CCCCCCCCCCCCO"])
    assert finished.status == "unknown"
    assert any(isinstance(part, Missing) for part in finished.report.sections[0].parts)
    assert finished.report.rows == ()
