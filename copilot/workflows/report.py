"""What a workflow comes to: a report of sections, whose parts cite evidence, and a results table of cells that do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..planner.contract import Aside, Break, Row, Sentence, Table

__all__ = [
    "Aside",
    "Break",
    "Cell",
    "CellValue",
    "Missing",
    "Molecule",
    "Part",
    "Plot",
    "Point",
    "Report",
    "ResultRow",
    "Row",
    "Section",
    "Sentence",
    "Struck",
    "Table",
]

CellValue = str | int | float | bool | None


@dataclass(frozen=True)
class Missing:
    """What was looked for and is not there, said where it would stand; `evidence` is the record of the search, if there is one."""

    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Struck:
    """A sentence or row that its evidence does not hold. Only the engine makes these; writers show them as struck out."""

    text: str
    missing: tuple[str, ...]
    """The numbers and identifiers that stand in no cited record."""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Molecule:
    """A structure to be drawn."""

    smiles: str
    name: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Point:
    """A value of a plot and the evidence that holds it."""

    label: str
    value: float
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Plot:
    """Values side by side: bars for counts, dots for measured values."""

    kind: Literal["bars", "dots"]
    title: str
    axis: str
    """What the values are, with the unit."""
    points: tuple[Point, ...]
    logarithmic: bool = False


Part = Sentence | Table | Aside | Break | Missing | Struck | Molecule | Plot


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading; `id` is unique in the report, `subject` groups what is about one thing."""

    id: str
    title: str
    parts: tuple[Part, ...]
    subject: str = ""


@dataclass(frozen=True)
class Cell:
    """A value of the results table and the evidence that holds it; None where there is no value."""

    value: CellValue
    evidence: tuple[str, ...] = ()


ResultRow = Mapping[str, Cell]


@dataclass(frozen=True)
class Report:
    """What a workflow comes to. `columns` are the results table's, in order; a row may lack some.

    `files` are names of what the workflow wrote itself in the run's folder, where a table is too large for memory.
    `status` says whether what was asked for is there; what failed makes it partial whatever it says.
    """

    title: str
    sections: tuple[Section, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[ResultRow, ...] = ()
    files: tuple[str, ...] = ()
    status: Literal["answered", "partial", "unknown"] = "answered"
