"""What every way of showing an answer says of it: its status, where its evidence is from, which of it is shown, its run."""

from __future__ import annotations

from typing import Any

from .records import Answer, Evidence, Source
from .text import clean, shorten

__all__ = ["STATUS_LINES", "call_label", "evidence_shown", "run_line", "source_label"]

STATUS_LINES = {
    "partial": "Partly answered: something is missing, see below.",
    "unknown": "Not answered.",
    "failed": "The run failed.",
    "cancelled": "Stopped before it ended.",
}
"""What is said above an answer that is not whole."""

_CALL_CHARACTERS = 80


def source_label(source: Source) -> str:
    """Name and release, without saying the name twice where the release begins with it."""
    return source.release if source.release.startswith(source.name) else f"{source.name} {source.release}"


def call_label(tool: str, arguments: dict[str, Any], most: int = _CALL_CHARACTERS) -> str:
    """The tool and the values it was given, in one line."""
    values = [text for value in arguments.values() if (text := _value(value))]
    return shorten(" ".join(clean(" ".join([tool, *values])).split()), most)


def evidence_shown(answer: Answer) -> tuple[tuple[Evidence, ...], int]:
    """The evidence that claims cite, and how many records are left out. Where none cites any it is all but passages: what was looked
    through in vain is long."""
    cited = {name for claim in answer.claims for name in claim.evidence}
    shown = tuple(
        item for item in answer.evidence if item.id in cited or (not cited and item.record.get("type") != "passage")
    )
    return shown, len(answer.evidence) - len(shown)


def run_line(answer: Answer) -> str:
    """The run's id, its planner and its seconds."""
    return f"{answer.run_id} · {clean(answer.planner)} · {answer.seconds:.2f} s"


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value)
    return "" if isinstance(value, dict) else str(value)
