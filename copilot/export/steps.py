"""What a run did, step by step, in words that every export shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...memory.events import Event, PlanProposed, RunStarted, ToolFailed, ToolFinished, ToolStarted
from ...memory.records import canonical_json
from ...memory.text import clean

__all__ = ["Step", "about_run", "steps_of"]


@dataclass(frozen=True)
class Step:
    """A plan, or a call that came to an end."""

    what: str
    """What was understood, or the tool's name."""
    arguments: str = ""
    """JSON; empty for a plan."""
    outcome: str = ""
    evidence: tuple[str, ...] = field(default=())


def steps_of(events: Sequence[Event]) -> Iterator[Step]:
    """Plans and calls in the order in which they ended."""
    arguments: dict[str, str] = {}
    for event in events:
        match event:
            case PlanProposed():
                yield Step(_line(event.summary))
            case ToolStarted():
                arguments[event.call.id] = _line(canonical_json(event.call.arguments))
            case ToolFinished():
                count = "" if event.matched is None else f", {event.returned} of {event.matched}"
                yield Step(
                    event.tool,
                    arguments.get(event.call_id, ""),
                    f"{event.status}{count}, {event.seconds:.3f} s",
                    event.evidence,
                )
            case ToolFailed():
                yield Step(event.tool, arguments.get(event.call_id, ""), _line(f"{event.error}: {event.message}"))
            case _:
                pass


def about_run(events: Sequence[Event]) -> dict[str, str]:
    """When and with what the run was made, for a list at the end."""
    start = next(event for event in events if isinstance(event, RunStarted))
    found = {
        "Run": start.run_id,
        "Started": f"{start.at:%Y-%m-%d %H:%M:%S} UTC",
        "Planner": _line(start.planner),
        "Biocopilot": _line(start.version),
        **{name: _line(release) for name, release in sorted(start.environment.items())},
    }
    return {name: value for name, value in found.items() if value}


def _line(text: str) -> str:
    return " ".join(clean(text).split())
