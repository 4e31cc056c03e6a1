"""The results table's cells held against the records that they cite: what stands in none of them is taken out and told.

The rules are those of claims (`claims.py`), and stricter for words, since a cell is a value and no sentence: a number must equal a
recorded one as it is rounded in the cell, in the unit that its column's name ends in; text must be a recorded text, or be made of recorded
words, with its numbers and identifiers; true and false must be recorded as such. Records are read once, however many cells cite them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...memory.records import Evidence
from ...memory.text import shorten
from ..claims import check_claim, names_article
from ..written_numbers import as_shown, numbers_in, rounds_to
from .contract import Cell, CellValue, ResultRow, StepDone

__all__ = ["Unheld", "checked_rows", "told_cells"]

_MOST_TOLD = 5

_UNITS = {"nm": "nM", "um": "µM", "pm": "pM", "da": "Da", "kda": "kDa", "percent": "%"}
"""What a column's name may end in, and the unit as records write it."""
_EXACT = frozenset({"smiles", "inchi", "inchikey", "sequence"})
"""Fields in which a letter's case means something, and no part of the text is a word."""
_WORD = re.compile(r"[^\W_]*[^\W\d_][^\W_]*")


@dataclass(frozen=True)
class Unheld:
    """A cell that no cited record holds."""

    row: int
    """From 1."""
    column: str
    value: CellValue


@dataclass
class _Held:
    """What one record says, as it is looked up."""

    texts: set[str] = field(default_factory=set)
    folded: set[str] = field(default_factory=set)
    """Each text in small letters and with single spaces."""
    words: set[str] = field(default_factory=set)
    numbers: dict[float, set[str]] = field(default_factory=dict)
    """Each number with its units; an empty unit where the record gives none."""
    written: set[float] = field(default_factory=set)
    """The numbers that stand in its texts."""
    flags: set[bool] = field(default_factory=set)


def checked_rows(
    rows: Sequence[ResultRow], evidence: Mapping[str, Evidence], steps: Iterable[StepDone]
) -> tuple[tuple[ResultRow, ...], tuple[Unheld, ...]]:
    """The rows without what their records do not hold, and what that was.

    Args:
        rows: with final ids.
        evidence: the run's by id.
        steps: its calls; how a call ended and how much it matched may be told with the evidence that it gave.
    """
    book = _Book(evidence, steps)
    unheld: list[Unheld] = []

    def kept(number: int, row: ResultRow) -> ResultRow:
        cells = {}
        for name, cell in row.items():
            if cell.evidence and not book.holds(name, cell):
                unheld.append(Unheld(number, name, cell.value))
                cell = Cell(None)
            cells[name] = cell
        return cells

    return tuple(kept(number, row) for number, row in enumerate(rows, 1)), tuple(unheld)


def told_cells(unheld: Iterable[Unheld]) -> Iterator[str]:
    """What was taken out, a sentence a column."""
    columns: dict[str, list[Unheld]] = {}
    for cell in unheld:
        columns.setdefault(cell.column, []).append(cell)
    for name, cells in columns.items():
        shown = "; ".join(f"{shorten(str(cell.value), 60)} (row {cell.row})" for cell in cells[:_MOST_TOLD])
        more = f" and {len(cells) - _MOST_TOLD:,} more" if len(cells) > _MOST_TOLD else ""
        yield f"Left out of the results table's column {name}, because no record that is cited for it holds it: {shown}{more}."


class _Book:
    """The records that cells cite, each read when it is first cited."""

    def __init__(self, evidence: Mapping[str, Evidence], steps: Iterable[StepDone]) -> None:
        self._evidence = evidence
        self._read: dict[str, _Held] = {}
        self._ended = {id: step for step in steps for id in step.evidence}

    def holds(self, column: str, cell: Cell) -> bool:
        if cell.value is None:
            return True
        records = [self._held(id) for id in cell.evidence]
        unit = _UNITS.get(column.rpartition("_")[2].casefold(), "")
        return all(self._value(value, unit, records, cell.evidence) for value in _values(cell.value))

    def _value(self, value: CellValue, unit: str, records: Sequence[_Held], ids: Sequence[str]) -> bool:
        if isinstance(value, bool) or value is None:
            return value is None or any(value in one.flags for one in records)
        if isinstance(value, int | float):
            return _number(repr(value), unit, records)
        text = _folded(value)
        if any(value in one.texts or text in one.folded for one in records):
            return True
        if not all(any(word in one.words for one in records) for word in _words(value)):
            return False
        if " " not in text and not any(text in other for one in records for other in one.folded):
            return False  # in one piece, as a structure is, it must stand in one piece
        if names_article(value):
            return check_claim(f"{value} [{', '.join(ids)}]", self._evidence).verdict != "unsupported"
        return all(_number(token, of_it, records) for token, of_it in numbers_in(value))

    def _held(self, id: str) -> _Held:
        if id not in self._read:
            item = self._evidence[id]
            found = _Held()
            _read(item.record, found)
            _read(item.arguments, found)
            _read([item.source.name, item.source.release, item.source.url], found)
            if (step := self._ended.get(id)) is not None:
                _read([step.status, step.matched, step.returned], found)
            self._read[id] = found
        return self._read[id]


def _values(value: CellValue) -> Iterator[CellValue]:
    """The value; of a list or object in JSON, as a YAML workflow's cells may be, each value in it."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            inside = json.loads(value)
        except ValueError:
            yield value  # a SMILES may begin so
            return
        yield from _leaves(inside)
        return
    yield value


def _leaves(value: Any) -> Iterator[CellValue]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _read(value: Any, into: _Held, unit: str = "", name: str = "") -> None:
    if isinstance(value, Mapping):
        of_value = str(value.get("unit", "")) if "value" in value else ""
        for key, item in value.items():
            _read(item, into, of_value if key == "value" else "", str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            _read(item, into)
    elif isinstance(value, bool):
        into.flags.add(value)
    elif isinstance(value, int | float):
        into.numbers.setdefault(float(value), set()).add(unit)
    elif isinstance(value, str):
        into.texts.add(value)
        into.written.update(as_shown(token)[0] for token, _unit in numbers_in(value))
        if name.rpartition("_")[2] not in _EXACT:
            into.folded.add(_folded(value))
            into.words.update(_words(value))


def _number(token: str, unit: str, records: Sequence[_Held]) -> bool:
    """Whether a number stands in a record as it is written: rounded to its decimals, in its unit where both have one."""
    value, decimals = as_shown(token)
    for wanted in (value, -value) if token.startswith("–") else (value,):  # an en dash may be a range's
        for one in records:
            units = one.numbers.get(wanted)
            if (units is not None and _fits(unit, units)) or wanted in one.written:
                return True
        for one in records:
            if any(_fits(unit, units) and rounds_to(known, wanted, decimals) for known, units in one.numbers.items()):
                return True
    return False


def _fits(unit: str, units: set[str]) -> bool:
    return not unit or unit in units or "" in units


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _words(text: str) -> Iterator[str]:
    """Its words in small letters; what is a number alone is none."""
    return map(str.casefold, _WORD.findall(text))
