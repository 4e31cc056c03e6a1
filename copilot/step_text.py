"""How a tool call is said in a line: the call in brief, how much it found, how long it took. For the command line and the interface."""

from __future__ import annotations

from typing import Any

from ..memory.records import ToolCall
from ..memory.text import clean, shorten

__all__ = ["GLYPHS", "call_in_brief", "count_found", "duration", "one_line"]

GLYPHS = {"ok": "✓", "partial": "◐", "empty": "○", "failed": "✗", "cancelled": "■", "running": "●"}

_CALL_CHARACTERS = 70


def call_in_brief(call: ToolCall, most: int = _CALL_CHARACTERS) -> str:
    """The tool and what it was given, long lists by their first items."""
    values = [_value(value) for value in call.arguments.values() if value not in (None, "", [], (), False)]
    return shorten(one_line(" ".join([call.tool, *values])), most)


def count_found(status: str, matched: int | None, returned: int | None) -> str:
    """How much a call found; empty where that is not said."""
    if status == "empty":
        return "nothing found"
    if matched is None or returned is None:
        return ""
    return f"{returned} of {matched}" if returned < matched else f"{matched} found"


def duration(seconds: float) -> str:
    """In milliseconds below a second, else in seconds."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def one_line(text: str) -> str:
    """Without control sequences and line ends."""
    return " ".join(clean(text).split())


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        first = ", ".join(str(item) for item in value[:3])
        return f"{first}, … ({len(value)})" if len(value) > 3 else first
    return str(value)
