from __future__ import annotations

import asyncio
from pathlib import Path

from biocopilot.copilot.workflows.built_in.compare_targets import compare_targets
from biocopilot.copilot.workflows.contract import Finished, Missing, Struck, Table
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.tools.workbench import Workbench


def run(folder: Path, genes: list[str]) -> Finished:
    with Workbench() as bench:
        return asyncio.run(run_workflow(compare_targets, {"genes": genes}, folder, bench=bench, offline=True))


def test_targets_stand_side_by_side_and_each_pair_has_its_section(tmp_path: Path) -> None:
    finished = run(tmp_path / "run", ["JAK2", "BTK", "TYK2"])
    sections = {section.id: section.parts for section in finished.report.sections}
    assert list(sections) == ["overview", "biology", "drugs", "JAK2-BTK", "JAK2-TYK2", "BTK-TYK2"]
    assert finished.status == "answered"
    assert not [part for parts in sections.values() for part in parts if isinstance(part, Struck)]
    shared = sections["drugs"][0]
    assert isinstance(shared, Table)
    assert ("tofacitinib", "JAK2, TYK2") in [row.cells for row in shared.rows]
    ratios = next(part for part in sections["JAK2-BTK"] if isinstance(part, Table))
    assert ratios.rows[0].cells[1:5] == ("CHEMBL3622195", "1 nM", "191 nM", "191")
    none = sections["BTK-TYK2"][0]
    assert isinstance(none, Missing)
    assert "BTK and TYK2" in none.text
    assert none.evidence


def test_rows_hold_the_records_ratios(tmp_path: Path) -> None:
    finished = run(tmp_path / "run", ["JAK2", "BTK"])
    first = finished.report.rows[0]
    record = next(item.record for item in finished.evidence if item.id == first["ratio"].evidence[0])
    assert (first["target"].value, first["other"].value) == ("JAK2", "BTK")
    assert first["ratio"].value == record["rows"][0]["ratio"]


def test_one_known_target_is_no_comparison(tmp_path: Path) -> None:
    finished = run(tmp_path / "run", ["JAK2", "NOSUCHGENE1"])
    assert finished.status == "unknown"
    assert [failure.label for failure in finished.failures] == ["NOSUCHGENE1"]
