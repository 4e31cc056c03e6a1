"""A full text as a row of units, paragraph by paragraph and table by table, so that it can be read in bounded pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ...memory.articles.full_text import FullText, Table

__all__ = ["Unit", "outline_of", "section_records", "take", "units_of"]

_APART = ("figures", "references")
"""Not part of the running text; given where they are asked for by name."""


@dataclass(frozen=True)
class Unit:
    """A paragraph, a table, a figure's caption or a reference, and the section that it stands in."""

    path: tuple[str, ...]
    text: str
    table: Table | None = None

    @property
    def size(self) -> int:
        """How many characters it takes."""
        if self.table is None:
            return len(self.text)
        cells = (cell for row in (*self.table.header, *self.table.rows) for cell in row)
        return len(self.table.caption) + sum(map(len, cells)) + sum(map(len, self.table.footnotes))


def units_of(text: FullText, sections: Sequence[str]) -> tuple[Unit, ...]:
    """The units in reading order; of these sections only, where any is named.

    A name fits where it is part of a title above the unit, or of the journal's own kind of section; `tables`,
    `figures` and `references` are understood too.
    """
    wanted = [name.casefold() for name in sections]
    found = [unit for unit, kind in _running(text) if not wanted or _fits(unit, kind, wanted)]
    for name, units in zip(_APART, (_figures(text), _references(text)), strict=True):
        if name in wanted:
            found += units
    return tuple(found)


def outline_of(text: FullText) -> list[dict[str, Any]]:
    """The sections with the number of their paragraphs, and how many tables, figures and references there are."""
    rows: list[dict[str, Any]] = [
        {"section": section.title or "(before any heading)", "paragraphs": len(section.paragraphs)}
        for section in text.sections
    ]
    apart = {"tables": text.tables, "figures": text.figures, "references": text.references}
    return rows + [{"section": name, "entries": len(items)} for name, items in apart.items() if items]


def take(units: Sequence[Unit], start: int, most_characters: int) -> tuple[Unit, ...]:
    """Units from `start` on, as many as fit; the first one always, however long."""
    taken: list[Unit] = []
    room = most_characters
    for unit in units[start:]:
        if taken and unit.size > room:
            break
        taken.append(unit)
        room -= unit.size
    return tuple(taken)


def section_records(units: Sequence[Unit]) -> Iterator[dict[str, Any]]:
    """The units by sections, as parts of records."""
    for path, group in groupby(units, key=lambda unit: unit.path):
        held = list(group)
        yield {
            "section": " > ".join(path) or "(before any heading)",
            "paragraphs": [unit.text for unit in held if unit.table is None],
            "tables": [_table_record(unit.table) for unit in held if unit.table is not None],
        }


def _running(text: FullText) -> Iterator[tuple[Unit, str]]:
    """Paragraphs and, behind the last one of their section, its tables."""
    waiting = list(text.tables)
    for place, section in enumerate(text.sections):
        for paragraph in section.paragraphs:
            yield Unit(section.path, paragraph), section.kind
        if any(later.path == section.path for later in text.sections[place + 1 :]):
            continue
        for table in [table for table in waiting if table.path == section.path]:
            waiting.remove(table)
            yield Unit(section.path, "", table), section.kind
    for table in waiting:
        yield Unit(table.path or ("tables",), "", table), ""


def _figures(text: FullText) -> list[Unit]:
    return [Unit(("figures",), f"{figure.label}: {figure.caption}".strip(": ")) for figure in text.figures]


def _references(text: FullText) -> list[Unit]:
    return [Unit(("references",), f"{entry.label} {entry.text}".strip()) for entry in text.references]


def _fits(unit: Unit, kind: str, wanted: list[str]) -> bool:
    if unit.table is not None and "tables" in wanted:
        return True
    names = [*(title.casefold() for title in unit.path), kind.casefold()]
    return any(name in title for name in wanted for title in names if title)


def _table_record(table: Table) -> dict[str, Any]:
    return {
        "label": table.label,
        "caption": table.caption,
        "header": [list(row) for row in table.header],
        "rows": [list(row) for row in table.rows],
        "footnotes": list(table.footnotes),
        "cut": table.cut,
    }
