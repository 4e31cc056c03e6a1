"""How records of live sources are laid out as tables, and their words made harmless in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ....memory.records import Evidence
from ....memory.text import shorten
from ..contract import Part
from ..frames import Frame

__all__ = ["Listing", "quoted"]


@dataclass(frozen=True)
class Listing:
    """How records of one type are laid out: what is said above the table, its heads, and a record's rows."""

    above: str
    heads: tuple[str, ...]
    rows: Callable[[Mapping[str, Any]], list[tuple[str, ...]]]
    lead: Callable[[Frame, Evidence], list[Part]] = lambda _frame, _item: []
    """What a record says to the question itself, before the table; all that there is to say where the table has no heads."""


_MARKS = str.maketrans({"|": "/", "[": "(", "]": ")", "*": None, "`": "'", "<": "‹", ">": "›", "~": "∼", "\\": "/"})


def quoted(text: object, most: int = 160) -> str:
    """A service's words with nothing in them that Markdown, or a reader, could take for the program's own marks."""
    return shorten(str(text).translate(_MARKS), most)
