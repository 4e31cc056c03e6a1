"""What a run's results say of themselves, in the tools' own lines: for an end without a planner that could tell them better."""

from __future__ import annotations

from ..contract import Aside, Part, Row, State, Table

__all__ = ["found_parts"]

_MOST = 20


def found_parts(state: State) -> tuple[Part, ...]:
    """The lines of the results' digests, each citing its evidence; empty where nothing was found."""
    told: list[Row] = []
    for observation in state.observations:
        lines = dict(line.split(": ", 1) for line in observation.result.digest.splitlines() if ": " in line)
        told += [Row((lines[item.id],), (item.id,)) for item in observation.result.evidence if item.id in lines]
    rows = tuple(dict.fromkeys(told))[:_MOST]
    return (Aside("What was found, as the tools tell it:"), Table(("result",), rows)) if rows else ()
