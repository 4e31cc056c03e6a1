"""Text of lines that begin with a tag, as RIS and MEDLINE have it: fields with their continuation lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["Field", "fields_of", "joined"]

Field = tuple[str, list[str], bool]
"""A tag, the lines of its value, and whether an empty line stands before it."""

_ENDS_PARAGRAPH = (".", "!", "?", ":")


def fields_of(text: str, tag: re.Pattern[str]) -> Iterator[Field]:
    """The fields in order; lines before the first of them are left out, and lines without a tag belong to the one before.

    Args:
        text: with newlines only.
        tag: matches the beginning of a field, with its tag as first group and the beginning of its value as second.
    """
    held: Field | None = None
    empty = False
    for line in text.split("\n"):
        found = tag.match(line)
        if found is not None:
            if held is not None:
                yield held
            held = (found[1], [found[2].strip()], empty)
        elif held is not None:
            held[1].append(line.strip())
        empty = not line.strip()
    if held is not None:
        yield held


def joined(lines: list[str]) -> str:
    """A value's lines as prose: a line goes on in the next, unless it ends a sentence that is followed by an empty line or its like."""
    told = ""
    for number, line in enumerate(lines):
        if not line:
            continue
        new = told.endswith(_ENDS_PARAGRAPH) and (not lines[number - 1] or len(lines[number - 1]) > 200)
        told += (("\n" if new else " ") if told else "") + line
    return told
