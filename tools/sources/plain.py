"""Single values out of a service's JSON: text cleaned and on one line, numbers that are numbers, None where there is none."""

from __future__ import annotations

from typing import Any

from ...memory.text import clean

__all__ = ["number", "one_line", "text", "texts", "whole"]


def one_line(value: str) -> str:
    """Text without control and escape sequences and without line breaks."""
    return " ".join(clean(value).split())


def text(value: Any) -> str | None:
    """A text that says something; a number as it is written. None for everything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return one_line(str(value)) or None


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list, each once; a single text counts as a list of one."""
    several = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(found for item in several if (found := text(item)) is not None))


def number(value: Any) -> float | None:
    """A number, also one that is written as text."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def whole(value: Any) -> int | None:
    """A whole number, also one that is written as text."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None
