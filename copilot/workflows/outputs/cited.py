"""Which records a report cites: in its sentences, rows, figures and results table."""

from __future__ import annotations

from collections.abc import Iterator

from ....memory.records import Evidence
from ..contract import Aside, Break, Finished, Plot, Report, Table

__all__ = ["cited_evidence"]


def cited_evidence(finished: Finished) -> tuple[Evidence, ...]:
    """In the order of their ids; all records where the report cites none."""
    wanted = set(_ids(finished.report))
    found = tuple(item for item in finished.evidence if item.id in wanted)
    return found or finished.evidence


def _ids(report: Report) -> Iterator[str]:
    for section in report.sections:
        for part in section.parts:
            match part:
                case Table():
                    yield from (id for row in part.rows for id in row.evidence)
                case Plot():
                    yield from (id for point in part.points for id in point.evidence)
                case Aside() | Break():
                    pass
                case _:
                    yield from part.evidence
    for row in report.rows:
        yield from (id for cell in row.values() for id in cell.evidence)
