"""Tables as data: those of an answer and the lists in a record; sorted, filtered, and written as CSV. Knows no widget."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...memory.answer_blocks import Table, paragraphs_of
from ...memory.records import Evidence
from ..step_text import one_line
from .story import Story

__all__ = ["TableData", "number_in", "tables_of"]

_NUMBER = re.compile(r"[<>~≤≥]?\s*([-−+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?)")
_LEAST_ROWS = 2
_DEEPEST = 2
"""Objects within objects become columns `outer.inner` down to here; below, they are left out."""


@dataclass(frozen=True)
class TableData:
    """Rows of cells under a header.

    Args:
        title: where they are from.
        header: a name a column.
        rows: as many cells each.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def filtered(self, words: str) -> TableData:
        """Only rows in which each of the words stands somewhere; case does not count."""
        wanted = words.casefold().split()
        if not wanted:
            return self
        kept = tuple(row for row in self.rows if all(word in "\t".join(row).casefold() for word in wanted))
        return replace(self, rows=kept)

    def sorted_by(self, column: int, falling: bool) -> TableData:
        """By the numbers in a column where it is one of numbers in one unit, else by its text; empty cells last either way."""
        numbers = self._of_numbers(column)

        def key(row: tuple[str, ...]) -> Any:
            return (number_in(row[column]) or 0.0) if numbers else row[column].casefold()

        full = sorted((row for row in self.rows if row[column]), key=key, reverse=falling)
        return replace(self, rows=(*full, *(row for row in self.rows if not row[column])))

    def numbers(self, column: int) -> list[float]:
        """The numbers of a column; none where they are of several units."""
        if len({_unit(row[column]) for row in self.rows if row[column]}) > 1:
            return []
        return [value for row in self.rows if (value := number_in(row[column])) is not None]

    def unit(self, column: int) -> str:
        """The unit of a column's numbers; empty where they have none or several."""
        units = {_unit(row[column]) for row in self.rows if row[column]}
        return next(iter(units)) if len(units) == 1 else ""

    def _of_numbers(self, column: int) -> bool:
        cells = [row[column] for row in self.rows if row[column]]
        return all(number_in(cell) is not None for cell in cells) and len({_unit(cell) for cell in cells}) <= 1

    def csv(self) -> str:
        """As comma-separated values with the header; a cell that a spreadsheet would take for a formula gets a quote before it."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(map(_harmless, self.header))
        writer.writerows(map(_harmless, row) for row in self.rows)
        return out.getvalue()


def number_in(cell: str) -> float | None:
    """The number that a cell begins with, without its relation and unit."""
    hit = _NUMBER.match(cell.strip())
    if hit is None:
        return None
    return float(hit[1].replace(",", "").replace("−", "-"))


def _unit(cell: str) -> str:
    """What stands behind a cell's number."""
    hit = _NUMBER.match(cell.strip())
    return cell.strip()[hit.end() :].strip() if hit else ""


def tables_of(story: Story, evidence_id: str = "") -> list[TableData]:
    """What there is to look at as a table: the lists of the record on show, the run's own and its answer's, then other records'."""
    shown = story.evidence.get(evidence_id)
    found = list(_of_record(shown)) if shown else []
    found += story.tables
    found += _of_answer(story.text)
    for item in story.evidence.values():
        if item is not shown:
            found += _of_record(item)
    return found


def _of_answer(text: str) -> Iterator[TableData]:
    blocks = [block for paragraph in paragraphs_of(text) for block in paragraph]
    tables = [block for block in blocks if isinstance(block, Table)]
    for number, table in enumerate(tables, 1):
        rows = tuple(tuple(cell.replace("`", "") for cell in row) for row in table.rows)
        yield TableData(f"Table {number} of the answer", table.header, rows)


def _of_record(item: Evidence) -> Iterator[TableData]:
    for name, rows in _lists_in(item.record):
        flat = [dict(_cells(row)) for row in rows]
        header = tuple(dict.fromkeys(key for row in flat for key in row))
        if header:
            # What is the same in every row, such as the one molecule asked about, stands behind what differs.
            header = tuple(sorted(header, key=lambda key: len({row.get(key, "") for row in flat}) == 1))
            cells = tuple(tuple(row.get(key, "") for key in header) for row in flat)
            yield TableData(f"{item.id} {item.tool}: {name.replace('_', ' ')}", header, cells)


def _lists_in(record: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    for key, value in record.items():
        if isinstance(value, list) and len(value) >= _LEAST_ROWS and all(isinstance(row, Mapping) for row in value):
            yield key, value


def _cells(row: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    for key, value in row.items():
        name = f"{before}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            if {"value", "unit", "relation"} <= value.keys():
                relation = "" if value["relation"] == "=" else f"{value['relation']} "
                unit = "" if value["unit"] in ("dimensionless", "count") else f" {value['unit']}"
                yield name, one_line(f"{relation}{value['value']}{unit}")
            elif depth < _DEEPEST:
                yield from _cells(value, f"{before}{key}.", depth + 1)
        elif isinstance(value, list):
            if all(not isinstance(part, Mapping | list) for part in value):
                yield name, one_line(", ".join(str(part) for part in value))
        elif value is not None:
            yield name, one_line(("yes" if value else "no") if isinstance(value, bool) else str(value))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "@", "\t") or (cell[:1] in "+-" and number_in(cell) is None) else cell
