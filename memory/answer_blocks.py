"""An answer's Markdown taken apart, once, for whoever shows it: paragraphs of lines, headings and tables, and in a line
its code, bold and struck parts and evidence ids.

Only what answers are made of is recognised. Everything else stays as it is written: a SMILES has brackets, parentheses
and asterisks that full Markdown would take for links and emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .text import clean

__all__ = ["Block", "Heading", "Line", "Piece", "Table", "paragraphs_of", "pieces_of"]

_PIECES = re.compile(
    r"(?P<evidence>\[E\d+(?:, ?E\d+)*\])|`(?P<code>[^`\n]+)`|\*\*(?P<bold>[^*\n]+)\*\*|~~(?P<struck>[^~\n]+)~~"
)
_BULLET = re.compile(r"[-*+] +|\d+[.)] +")
_HEADING = re.compile(r"#{1,6} +")
_NUMBER = re.compile(r"[<>~≤≥]?\s*[-−]?\d")


@dataclass(frozen=True)
class Line:
    """A line of prose; `bullet` where it is an item of a list."""

    text: str
    bullet: str = ""


@dataclass(frozen=True)
class Heading:
    """A line that began with `#`."""

    text: str


@dataclass(frozen=True)
class Table:
    """A header and rows of as many cells each."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def columns_of_numbers(self) -> tuple[bool, ...]:
        """For each column whether every cell begins with a number: such a column is read from the right."""
        return tuple(
            bool(self.rows) and all(_NUMBER.match(row[index]) for row in self.rows) for index in range(len(self.header))
        )


Block = Line | Heading | Table


@dataclass(frozen=True)
class Piece:
    """A part of a line that is shown in one way, without its signs."""

    kind: Literal["text", "evidence", "code", "bold", "struck"]
    text: str


def paragraphs_of(markdown: str) -> tuple[tuple[Block, ...], ...]:
    """The blocks between blank lines, in order. Control and escape sequences are gone."""
    parts = re.split(r"\n(?:[ \t]*\n)+", clean(markdown).strip())
    return tuple(tuple(_blocks(part.strip("\n").split("\n"))) for part in parts if part.strip())


def pieces_of(text: str) -> Iterator[Piece]:
    """The pieces of a line, in order."""
    at = 0
    for hit in _PIECES.finditer(text):
        if hit.start() > at:
            yield Piece("text", text[at : hit.start()])
        kind = hit.lastgroup
        yield Piece(kind, hit.group(kind))  # type: ignore[arg-type]  # the pattern's group names are the kinds
        at = hit.end()
    if at < len(text):
        yield Piece("text", text[at:])


def _blocks(lines: list[str]) -> Iterator[Block]:
    while lines:
        if _begins_table(lines):
            rows = []
            while lines and lines[0].lstrip().startswith("|"):
                rows.append(_cells(lines.pop(0)))
            yield _table(rows)
            continue
        line = lines.pop(0)
        bullet, heading = _BULLET.match(line.lstrip()), _HEADING.match(line)
        if heading:
            yield Heading(line[heading.end() :])
        elif bullet:
            yield Line(line.lstrip()[bullet.end() :], bullet.group().strip())
        else:
            yield Line(line)


def _begins_table(lines: list[str]) -> bool:
    return len(lines) >= 2 and lines[0].startswith("|") and "-" in lines[1] and set(lines[1]) <= set("|-: ")


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().removesuffix("|"))[1:]]


def _table(rows: list[list[str]]) -> Table:
    header, _rule, *body = rows
    width = len(header)
    return Table(tuple(header), tuple(tuple((row + [""] * width)[:width]) for row in body))
