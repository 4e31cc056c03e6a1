"""A finished report's ids made final, its claims and cells checked: what no cited record holds is struck before anyone writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...memory.errors import InvalidInput
from ...memory.records import Claim, Evidence
from ...memory.text import shorten
from ..claims import check_claim, strip_citations
from .cells_checked import Unheld, checked_rows, told_cells
from .contract import (
    Aside,
    Break,
    Cell,
    Missing,
    Molecule,
    Part,
    Plot,
    Report,
    Row,
    Section,
    Sentence,
    StepDone,
    Struck,
    Table,
)

__all__ = ["Checked", "checked", "renumbered", "told_cells"]


@dataclass(frozen=True)
class Checked:
    """The report as it may be written, and what was claimed in it."""

    report: Report
    claims: tuple[Claim, ...]
    unheld: tuple[Unheld, ...] = ()
    """Cells of the results table that no evidence holds; the report has none of them any more."""

    @property
    def struck(self) -> tuple[Claim, ...]:
        """The claims that no evidence holds."""
        return tuple(claim for claim in self.claims if claim.verdict == "unsupported")


def renumbered(report: Report, ids: Mapping[str, str]) -> Report:
    """The report with its evidence ids replaced. Raises InvalidInput for an id that no step of this run gave."""

    def final(evidence: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(ids[item] for item in evidence))
        except KeyError as error:
            raise InvalidInput(
                f"The report cites {shorten(str(error.args[0]), 60)}, which no call of this run gave.",
                "A workflow passes on the ids of the evidence in its results, as they are.",
            ) from error

    def part(item: Part) -> Part:
        match item:
            case Sentence() | Missing() | Molecule():
                return replace(item, evidence=final(item.evidence))
            case Table():
                return replace(item, rows=tuple(replace(row, evidence=final(row.evidence)) for row in item.rows))
            case Plot():
                points = tuple(replace(point, evidence=final(point.evidence)) for point in item.points)
                return replace(item, points=points)
            case Aside() | Break() | Struck():
                return item

    sections = tuple(replace(section, parts=tuple(map(part, section.parts))) for section in report.sections)
    rows = tuple({name: Cell(cell.value, final(cell.evidence)) for name, cell in row.items()} for row in report.rows)
    return replace(report, sections=sections, rows=rows)


def checked(report: Report, evidence: Mapping[str, Evidence], steps: Iterable[StepDone] = ()) -> Checked:
    """Check each sentence, table row and cell of the results table against the records that it cites.

    Args:
        report: with final ids.
        evidence: the run's by id.
        steps: its calls; what a cell says of a call may rest on them.
    """
    claims: list[Claim] = []

    def struck(text: str, cited: Sequence[str]) -> Struck | None:
        claim = check_claim(text, evidence)
        claims.append(claim)
        if claim.verdict != "unsupported":
            return None
        return Struck(strip_citations(text), claim.missing, tuple(cited))

    def parts(section: Section) -> list[Part]:
        found: list[Part] = []
        for item in section.parts:
            match item:
                case Sentence() | Missing() if isinstance(item, Sentence) or item.evidence:
                    found.append(struck(f"{item.text}{_tag(item.evidence)}", item.evidence) or item)
                case Table():
                    fate = [(row, struck(_line(row), row.evidence)) for row in item.rows]
                    found.append(replace(item, rows=tuple(row for row, out in fate if out is None)))
                    found += [out for _row, out in fate if out is not None]
                case _:
                    found.append(item)
        return found

    sections = tuple(replace(section, parts=tuple(parts(section))) for section in report.sections)
    rows, unheld = checked_rows(report.rows, evidence, steps)
    return Checked(replace(report, sections=sections, rows=rows), tuple(claims), unheld)


def _tag(evidence: Sequence[str]) -> str:
    return f" [{', '.join(evidence)}]" if evidence else ""


def _line(row: Row) -> str:
    cells = (*row.cells, _tag(row.evidence).strip())
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
