from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from biocopilot.copilot.workflows.cells_checked import checked_rows
from biocopilot.copilot.workflows.contract import Cell, CellValue, Report, StepDone, workflow
from biocopilot.memory.records import Evidence, Source

RECORD = {
    "type": "activities",
    "name": "5-FLUOROURACIL",
    "smiles": "O=c1[nH]cc(F)c(=O)[nH]1",
    "target_name": "Thymidylate synthase, human",
    "assay_chembl_id": "CHEMBL123",
    "value": {"value": 12.345, "unit": "nM", "relation": "="},
    "count": 7,
    "year": 1990,
    "approved": True,
    "text": "As Smith wrote (PMID 77), it was said to be 4 times as good.",
    "rows": [{"gene": "TYMS", "n": 2}, {"gene": "DHFR", "n": 3}],
}


def evidence(number: int, record: dict[str, Any]) -> Evidence:
    return Evidence(
        id=f"E{number}",
        tool="target_activities",
        arguments={"target": "TYMS", "most": 200},
        record=record,
        source=Source(name="ChEMBL", release="ChEMBL_35", licence="CC BY-SA 3.0", attribution="EMBL-EBI"),
        backend="local",
        retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
        sha256="0" * 64,
    )


KNOWN = {"E1": evidence(1, RECORD), "E2": evidence(2, {"type": "activities", "other": "LAPATINIB", "n": 99})}
STEPS = (StepDone("target_activities", {}, "partial", ("E1",), 4321, 200),)


def held(value: CellValue, column: str = "x", ids: tuple[str, ...] = ("E1",)) -> bool:
    _rows, unheld = checked_rows(({column: Cell(value, ids)},), KNOWN, STEPS)
    return not unheld


@pytest.mark.parametrize(
    "value",
    [
        "5-FLUOROURACIL", "5-fluorouracil", "fluorouracil", "O=c1[nH]cc(F)c(=O)[nH]1", "CHEMBL123", "human thymidylate synthase",
        "12.3 nM; CHEMBL123", 12.345, 12.3, 12.35, 7, 1990, True, None, 4321, "partial", "ChEMBL_35", '["TYMS", "DHFR"]',
        '[{"gene": "TYMS", "n": 2}]', "",
    ],
)  # fmt: skip
def test_what_a_record_holds_stays(value: CellValue) -> None:
    assert held(value)


@pytest.mark.parametrize(
    "value",
    [
        "O=C1[nH]cc(F)c(=O)[nH]1",  # another structure, if only in the case of a letter
        "OCC(F)c", "lapatinib", "CHEMBL124", "12.4 nM; CHEMBL123", "12.3 µM; CHEMBL123", "inactive on human synthase", 12.4, 12.346,
        13.0, 8, 1991, False, 99, '["TYMS", "EGFR"]', '[{"gene": "TYMS", "n": 9}]', "PMID 77",
    ],
)  # fmt: skip
def test_what_no_cited_record_holds_is_found(value: CellValue) -> None:
    assert not held(value)


def test_a_number_counts_only_in_the_unit_that_its_column_names() -> None:
    assert held(12.345, "value_nm")
    assert not held(12.345, "value_um")
    assert held(7, "how_many_um")  # the record gives no unit


def test_any_of_the_cited_records_may_hold_it_and_words_of_several_together() -> None:
    assert held(99, ids=("E1", "E2"))
    assert held("lapatinib, human", ids=("E1", "E2"))


def test_a_cell_without_evidence_is_left_as_it_is() -> None:
    rows = ({"kind": Cell("made up")}, {"kind": Cell("made up", ("E1",)), "n": Cell(7, ("E1",))})
    kept, unheld = checked_rows(rows, KNOWN, ())
    assert kept == (rows[0], {"kind": Cell(None), "n": Cell(7, ("E1",))})
    assert [(cell.row, cell.column, cell.value) for cell in unheld] == [(2, "kind", "made up")]


def test_a_run_leaves_out_such_a_cell_tells_it_and_is_partial(scripted: ModuleType, tmp_path: Path) -> None:
    @workflow(name="cells", title="Cells", inputs=scripted.Things)
    async def cells(run: Any, inputs: Any) -> Report:
        found = await run.each(inputs.things, lambda thing: run.need("weigh", thing=thing))
        rows = tuple(
            {
                "thing": Cell(item.row, (item.result.evidence[0].id,)),
                "double": Cell(item.result.evidence[0].record["weight_g"] * 2, (item.result.evidence[0].id,)),
            }
            for item in found.done
        )
        return Report("Cells", (), ("thing", "double"), rows)

    things = ("lead", "iron", "a", "b", "c", "d", "e")
    finished = scripted.run(tmp_path / "run", tmp_path / "log", things, flow=cells)
    assert finished.status == "partial"
    assert (tmp_path / "run" / "results.csv").read_text().splitlines()[1] == "lead,E1,,"
    (note,) = finished.notes
    assert note.kind == "claim"
    assert note.text.startswith("Left out of the results table's column double, because no record")
    assert note.text.endswith(": 812 (row 1); 880 (row 2); 194 (row 3); 196 (row 4); 198 (row 5) and 2 more.")
    assert note.text in (tmp_path / "run" / "report.md").read_text()
