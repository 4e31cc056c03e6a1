"""Lines in reading order, joined to paragraphs: no breaks within them, words that were parted at a line's end whole again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from .pdf_lines import Line

__all__ = ["Words", "paragraphs_of"]

_HYPHENS = "-‐‑"
_PARTED = re.compile(r"(?:^|[\s(\[“‘/—–-])([^\W_][^\s(\[“‘/—–]*)[-‐‑]$")
_FIRST = re.compile(r"[^\W_]+(?:[-‐‑'’][^\W_]+)*")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
_ENDS = re.compile(r"[.?!:][)\]’”\"']*(?:\s?\[?[\d,–-]+\]?)?$")
_ITEM = re.compile(r"(?:[•▪◦‣●■–—*]|\(?(?:\d{1,2}|[ivx]{1,4}|[a-z])[.)])\s")
_GOES_ON = re.compile(r"[a-zα-ω(\[,;0-9]")


class Words:
    """The words of a document as they stand within lines: they tell which hyphens are a word's own."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._seen: Counter[str] = Counter()
        self._first: Counter[str] = Counter()
        for line in lines:
            found = _WORD.findall(line.text.lower())
            if line.text[-1:] in _HYPHENS and found:
                found.pop()
            for word in found[1:]:  # the first may be the rest of a parted one
                plain = re.sub(r"[‐‑]", "-", word)
                self._seen[plain] += 1
                if "-" in plain:
                    self._first[plain.partition("-")[0]] += 1
                    self._seen.update(plain.split("-"))

    def keeps_hyphen(self, before: str, after: str) -> bool:
        """Whether the hyphen between the two halves of a parted word is its own, as in `dose-` and `response`."""
        last = re.split(r"[-‐‑]", before)[-1]
        if not last.isalpha() or last.isupper() or not after[:1].islower():  # `IL-` and `2`, `non-` and `Hodgkin`
            return True
        first, rest = last.lower(), _FIRST.match(after.lower())
        second = re.split(r"[-‐‑]", rest[0])[0] if rest else ""
        whole, parted = self._seen[first + second], self._seen[f"{first}-{second}"]
        if whole or parted:
            return parted > whole
        if len(first) == 1:  # `p-` and `value`
            return True
        if self._first[first] and self._seen[second]:
            return True
        return len(first) >= 4 and len(second) >= 4 and bool(self._seen[first] and self._seen[second])


@dataclass(frozen=True)
class _Column:
    """What is usual in a column."""

    x0: float
    x1: float
    leading: float


def paragraphs_of(regions: Sequence[Sequence[Line]], words: Words) -> list[str]:
    """A page's paragraphs. One that goes on in the next column is one; each row of a table stands alone."""
    found: list[str] = []
    last: Line | None = None
    for lines in regions:
        if not lines:
            continue
        column = _column(lines)
        for number, line in enumerate(lines):
            above = lines[number - 1] if number else None
            if last is not None and (_same(above, line, column) if above else _resumes(last, line)):
                found[-1] = _joined(found[-1], line.text, words)
            else:
                found.append(line.text)
            last = line
    return found


def _column(lines: Sequence[Line]) -> _Column:
    sizes = Counter(round(line.size) for line in lines)
    usual = min(sizes, key=lambda size: (-sizes[size], size))
    body = [line for line in lines if round(line.size) == usual]
    steps = [before.y - after.y for before, after in pairwise(lines) if 0.8 * usual < before.y - after.y < 2.5 * usual]
    return _Column(
        min(line.x0 for line in body), max(line.x1 for line in body), median(steps) if steps else 1.2 * usual
    )


def _same(above: Line, line: Line, column: _Column) -> bool:
    """Whether the line goes on with the paragraph of the one above it in its column."""
    size = max(above.size, line.size)
    if above.cells > 2 or line.cells > 2 or abs(above.size - line.size) > 0.08 * size:
        return False
    if not -0.5 * size < above.y - line.y <= max(1.25 * column.leading * size / max(line.size, 1.0), 1.5 * size):
        return False
    parted = above.text[-1:] in _HYPHENS
    if parted:
        return True
    if _ITEM.match(line.text) and (_ENDS.search(above.text) or line.x0 <= above.x0 + 1.0):
        return False
    if above.cells > 1 and line.cells > 1:
        return False
    short = above.x1 < column.x1 - 0.12 * (column.x1 - column.x0)
    ended = bool(_ENDS.search(above.text))
    if above.font != line.font and (short or ended) and not _GOES_ON.match(line.text):
        return False
    if line.x0 - above.x0 > 0.6 * size and (ended or short):  # an indent
        return False
    return not (ended and short)


def _resumes(last: Line, line: Line) -> bool:
    """Whether the first line of a column goes on with the last of the one before."""
    if abs(last.size - line.size) > 0.08 * line.size or last.cells > 2 or line.cells > 2:
        return False
    if last.text[-1:] in _HYPHENS:
        return True
    return not _ENDS.search(last.text) and (last.font == line.font or bool(_GOES_ON.match(line.text)))


def _joined(before: str, after: str, words: Words) -> str:
    found = _PARTED.search(before)
    if found is None:
        return f"{before} {after}"
    return before + after if words.keeps_hyphen(found[1], after) else before[:-1] + after
