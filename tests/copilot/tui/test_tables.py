"""Tables of a run: what becomes a row, how numbers sort, what a spreadsheet gets."""

from __future__ import annotations

import csv
import io
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.tui import kept
from biocopilot.copilot.tui.screens.table import MOST_ROWS, TableScreen
from biocopilot.copilot.tui.story import Story
from biocopilot.copilot.tui.tables import TableData, number_in, tables_of
from biocopilot.memory.records import Evidence, Source, record_sha256

from .driving import answered, opened, screen, typed, until

SOURCE = Source(name="test", release="1", licence="none", attribution="none")
TABLE = TableData("t", ("name", "IC50"), (("b", "30 nM"), ("A", "> 1,000 nM"), ("c", ""), ("d", "0.5 nM")))


def evidence(record: dict[str, Any], name: str = "E1") -> Evidence:
    return Evidence(
        id=name,
        tool="tell",
        arguments={},
        source=SOURCE,
        retrieved_at=datetime(2026, 11, 24, tzinfo=UTC),
        backend="computed",
        record=record,
        sha256=record_sha256(record),
    )


@pytest.mark.parametrize(
    ("cell", "number"),
    [("31.6 nM", 31.6), ("> 1,000 nM", 1000.0), ("−2.5", -2.5), ("1e-9 M", 1e-9), ("", None), ("EGFR", None)],
)
def test_a_cell_s_number_is_read_without_relation_and_unit(cell: str, number: float | None) -> None:
    assert number_in(cell) == number


def test_numbers_sort_by_size_text_by_letters_and_empty_cells_come_last() -> None:
    assert [row[0] for row in TABLE.sorted_by(1, False).rows] == ["d", "b", "A", "c"]
    assert [row[0] for row in TABLE.sorted_by(1, True).rows] == ["A", "b", "d", "c"]
    assert [row[0] for row in TABLE.sorted_by(0, False).rows] == ["A", "b", "c", "d"]


def test_numbers_in_several_units_are_neither_sorted_nor_counted_as_numbers() -> None:
    table = TableData("t", ("IC50",), (("1 µM",), ("30 nM",)))
    assert table.sorted_by(0, False).rows == (("1 µM",), ("30 nM",))
    assert table.sorted_by(0, True).rows == (("30 nM",), ("1 µM",))
    assert table.numbers(0) == []


def test_a_filter_keeps_rows_with_all_its_words() -> None:
    assert [row[0] for row in TABLE.filtered("NM 30").rows] == ["b"]
    assert TABLE.filtered("").rows == TABLE.rows


def test_a_spreadsheet_gets_no_formula_and_keeps_signs_of_numbers() -> None:
    table = TableData("t", ("x",), (("=1+1",), ("@a",), ("-5",), ("-lactam",), ('say "hi", you',)))
    assert [row[0] for row in csv.reader(io.StringIO(table.csv()))] == [
        "x",
        "'=1+1",
        "'@a",
        "-5",
        "'-lactam",
        'say "hi", you',
    ]


def test_lists_in_records_and_tables_in_the_answer_are_found_the_record_on_show_first() -> None:
    value = {"value": 3.0, "unit": "nM", "relation": "<", "kind": "IC50", "convention": "c"}
    first = {"rows": [{"assay": {"chembl_id": "A1"}, "value": value, "ok": True}, {"note": None, "years": [1, 2]}]}
    second = {"others": [{"a": 1}, {"a": 2}], "single": [{"a": 1}], "names": ["x", "y"]}
    story = Story(text="| a | b |\n|---|---|\n| `1` | 2 [E1] |")
    story.evidence = {"E1": evidence(first), "E2": evidence(second, "E2")}
    found = tables_of(story, "E2")
    assert [table.title for table in found] == ["E2 tell: others", "Table 1 of the answer", "E1 tell: rows"]
    assert (found[1].rows, found[2].header) == ((("1", "2 [E1]"),), ("assay.chembl id", "value", "ok", "years"))
    assert found[2].rows == (("A1", "< 3.0 nM", "yes", ""), ("", "", "", "1, 2"))


def test_a_table_is_written_beside_what_is_there_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "t.csv (4 rows)" in kept.save_table(TABLE)
    assert "t-2.csv" in kept.save_table(TABLE)
    assert (tmp_path / "t.csv").read_text().startswith("name,IC50")
    monkeypatch.setattr(Path, "open", lambda *_given, **_named: (_ for _ in ()).throw(PermissionError(13, "Denied")))
    assert "cannot be written: Denied" in kept.save_table(TABLE)


async def test_the_tables_of_an_answer_are_opened_sorted_filtered_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened() as (app, pilot):
        await typed(app, pilot, "How potent is erlotinib on EGFR?")
        await answered(app, pilot)
        await pilot.press("ctrl+b")
        await until(pilot, lambda: isinstance(app.screen, TableScreen))
        shown = app.screen
        assert isinstance(shown, TableScreen)
        await until(pilot, lambda: "7 rows" in screen(app))
        await pilot.press("n")
        await until(pilot, lambda: "Table 1 of the answer" in screen(app))
        await pilot.press("s", "s")
        assert shown.table.rows[0][0] == "339 nM"
        await pilot.press("p")
        await until(pilot, lambda: "most 339" in screen(app) and "█" in screen(app))
        await pilot.press("p")
        await until(pilot, lambda: "┌" in screen(app) and "log scale" in screen(app))
        await pilot.press("right")
        await until(pilot, lambda: "most 9.4" in screen(app) and "log scale" not in screen(app))
        await pilot.press("right")
        await until(pilot, lambda: "no numbers to count" in screen(app) and "┌" not in screen(app))
        await pilot.press("p")
        await until(pilot, lambda: "no numbers to count" not in screen(app))
        await pilot.press("slash", *"CHEMBL4718820")
        await until(pilot, lambda: "1 of 7 rows" in screen(app))
        await pilot.press("enter", "w")
        await until(pilot, lambda: "Written" in screen(app))
    assert [path.rpartition(".")[2] for path in os.listdir(tmp_path)] == ["csv"]


async def test_a_run_without_tables_says_so() -> None:
    async with opened([]) as (app, pilot):
        await pilot.press("ctrl+b")
        await until(pilot, lambda: "no table" in screen(app))


async def test_a_table_of_100_000_rows_opens_within_a_second_and_its_filter_sees_all_rows() -> None:
    rows = tuple((f"CHEMBL{number}", f"{number % 977} nM", str(1990 + number % 30)) for number in range(100_000))
    async with opened([]) as (app, pilot):
        begun = time.process_time()
        app.push_screen(TableScreen([TableData("large", ("molecule", "IC50", "year"), rows)], lambda _table: ""))
        await until(pilot, lambda: f"100,000 rows, the first {MOST_ROWS:,} shown" in screen(app))
        assert time.process_time() - begun < 1.5  # with what the test itself looks at; 0.4 s of it are the table
        await pilot.press("slash", *"CHEMBL99999")
        await until(pilot, lambda: "1 of 100,000 rows" in screen(app))


def test_columns_that_differ_stand_before_those_that_are_the_same_in_every_row() -> None:
    rows = [
        {"molecule": "X", "value": 1, "target": "T", "assay": "a"},
        {"molecule": "X", "value": 2, "target": "T", "assay": "b"},
    ]
    story = Story()
    story.evidence = {"E1": evidence({"rows": rows})}
    (found,) = tables_of(story)
    assert (found.header, found.rows[1]) == (("value", "assay", "molecule", "target"), ("2", "b", "X", "T"))


async def test_a_look_at_a_column_without_numbers_goes_to_the_potencies() -> None:
    rows = (("b", "300", "30 nM"), ("A", "400", "1,000 nM"))
    async with opened([]) as (app, pilot):
        app.push_screen(TableScreen([TableData("t", ("name", "MW", "IC50"), rows)], lambda _table: ""))
        await until(pilot, lambda: "2 rows" in screen(app))
        await pilot.press("p")
        await until(pilot, lambda: "IC50 (nM) of 2" in screen(app))
