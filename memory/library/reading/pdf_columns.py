"""Reading order: where a page's columns are, and which words are read before which.

A gutter is a strip without words, wider than a blank, with lines of prose on both sides. What lies above its upper end is read
first, then its left side, its right side, and what lies below; each of them in the same way. So a title or a figure across the
page stands between the columns above and those below it, and the cells of a table's row stay beside each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from statistics import median

from .pdf_lines import Line, Word, line_of, rows_of

__all__ = ["Gutters", "regions_of"]

_LEAST_ROWS = 4
_TALL = 12
"""Rows of a gutter that tells where to look on later pages."""
_LEAST_SIDE = 90.0
"""Points: no column of prose is narrower."""
_FULL = 0.7
_LEAST_FULL = 0.4
"""So many of a column's lines fill that part of its width; those of a table's do not."""
_DENSE = 0.7
"""Of a line of prose, or of two columns of it side by side, so much is words and not blanks; of a row of numbers less."""
_MOST_STRIPS = 300
_DEEPEST = 12

Row = list[Word]


@dataclass(frozen=True)
class _Strip:
    """A strip without words, over rows that follow each other."""

    x0: float
    x1: float
    first: int
    last: int


@dataclass
class Gutters:
    """Where gutters were found on the pages so far: there, two lines beside each other are enough for another."""

    found: list[tuple[float, float]] = field(default_factory=list)

    def know(self, x0: float, x1: float) -> bool:
        """Whether this strip lies on one of them."""
        return any(min(x1, b) - max(x0, a) >= 0.5 * min(x1 - x0, b - a) for a, b in self.found)

    def add(self, x0: float, x1: float) -> None:
        """Remember a tall one."""
        if not self.know(x0, x1) and len(self.found) < 20:
            self.found.append((x0, x1))


def regions_of(words: Sequence[Word], gutters: Gutters | None = None) -> list[list[Line]]:
    """A page's lines in reading order, a list for each column or stretch of full width; turned writing last.

    Args:
        words: the page's.
        gutters: of the pages before; those of this page are added.
    """
    known = gutters or Gutters()
    turns: dict[int, list[Word]] = {}
    for word in words:
        turns.setdefault(word.turn, []).append(word)
    found: list[list[Line]] = []
    for _, group in sorted(turns.items(), key=lambda item: (-len(item[1]), item[0])):
        found += [[line_of(row) for row in rows_of(part)] for part in _parts(group, 0, known)]
    return found


def _parts(words: list[Word], depth: int, known: Gutters) -> list[list[Word]]:
    if len(words) < 2 or depth == _DEEPEST:
        return [words] if words else []
    rows = _rows(words)
    best = _best([strip for strip in _strips(rows) if _is_gutter(strip, rows, known)])
    if best is None:
        return [words]
    if best.last - best.first >= _TALL:
        known.add(best.x0, best.x1)
    inside = [word for row in rows[best.first : best.last + 1] for word in row]
    pieces = (
        [word for row in rows[: best.first] for word in row],
        [word for word in inside if word.x1 <= best.x0 + 0.01],
        [word for word in inside if word.x1 > best.x0 + 0.01],
        [word for row in rows[best.last + 1 :] for word in row],
    )
    return [part for piece in pieces for part in _parts(piece, depth + 1, known)]


def _best(strips: list[_Strip]) -> _Strip | None:
    """The tallest; but of two about as tall beside each other the wider: the numbers of references stand apart from their text too."""
    if not strips:
        return None
    tallest = max(strips, key=_height)
    rivals = [
        strip
        for strip in strips
        if (strip.x1 <= tallest.x0 or strip.x0 >= tallest.x1)
        and strip.last - strip.first >= 0.8 * (tallest.last - tallest.first)
        and strip.x1 - strip.x0 > 1.3 * (tallest.x1 - tallest.x0)
    ]
    if not rivals:
        return tallest
    rival = max(rivals, key=_height)
    return max((strip for strip in strips if strip.x0 < rival.x1 and rival.x0 < strip.x1), key=_height)


def _height(strip: _Strip) -> tuple[int, float, float]:
    return strip.last - strip.first, strip.x1 - strip.x0, -strip.x0


def _rows(words: list[Word]) -> list[Row]:
    """Words of like height from the top, each row from the left; columns need not share their baselines.

    A raised or lowered character goes with the word that it touches: alone it would belong to the rows above or below.
    """
    usual = median(word.size for word in words)
    rows: dict[int, Row] = {}
    small: list[Word] = []
    for word in words:
        if word.size < 0.8 * usual:
            small.append(word)
        else:
            rows.setdefault(round(word.y), []).append(word)
    large = dict(rows)
    for word in small:
        heights = sorted(range(round(word.y) - 6, round(word.y) + 7), key=lambda y: abs(y - word.y))
        touched = next((y for y in heights if any(_touch(word, other) for other in large.get(y, ()))), round(word.y))
        rows.setdefault(touched, []).append(word)
    return [sorted(rows[height], key=lambda word: word.x0) for height in sorted(rows, reverse=True)]


def _touch(small: Word, word: Word) -> bool:
    return word.size > small.size and small.x0 - word.x1 < 1.5 and word.x0 - small.x1 < 1.5


def _strips(rows: list[Row]) -> list[_Strip]:
    """Every strip that cannot be made longer without being made narrower."""
    least = max(6.0, 0.7 * median(word.size for row in rows for word in row))
    open_: dict[tuple[float, float], int] = {}
    found: list[_Strip] = []
    for number, row in enumerate(rows):
        gaps = _gaps(row, least)
        going: dict[tuple[float, float], int] = dict.fromkeys(gaps, number)
        for (x0, x1), first in open_.items():
            whole = False
            for gap0, gap1 in gaps:
                left, right = max(x0, gap0), min(x1, gap1)
                if right - left >= least:
                    going[left, right] = min(first, going.get((left, right), number))
                    whole |= (left, right) == (x0, x1)
            if not whole:
                found.append(_Strip(x0, x1, first, number - 1))
        open_ = dict(sorted(going.items(), key=lambda item: (item[1], item[0]))[:_MOST_STRIPS])
    found += [_Strip(*place, first, len(rows) - 1) for place, first in open_.items()]
    return [strip for strip in found if strip.x0 != -inf and strip.x1 != inf]


def _gaps(row: Row, least: float) -> list[tuple[float, float]]:
    gaps, right = [], -inf
    for word in row:
        if word.x0 - right >= least:
            gaps.append((right, word.x0))
        right = max(right, word.x1)
    return [*gaps, (right, inf)]


def _is_gutter(strip: _Strip, rows: list[Row], known: Gutters) -> bool:
    least = 1 if known.know(strip.x0, strip.x1) else _LEAST_ROWS
    inside = rows[strip.first : strip.last + 1]
    left = [[word for word in row if word.x1 <= strip.x0 + 0.01] for row in inside]
    right = [[word for word in row if word.x1 > strip.x0 + 0.01] for row in inside]
    return all(_is_prose([row for row in side if row], least) for side in (left, right))


def _is_prose(rows: list[Row], least: int) -> bool:
    """Whether these rows fill a column, each without wide gaps."""
    lines = [row for row in rows if sum(len(word.text) for word in row) >= 8]
    if len(lines) < least:
        return False
    start = min(row[0].x0 for row in lines)
    width = max(word.x1 for row in lines for word in row) - start
    if width < _LEAST_SIDE:
        return False
    full = dense = 0
    for row in lines:
        extent = row[-1].x1 - row[0].x0
        full += extent >= _FULL * width
        dense += sum(word.x1 - word.x0 for word in row) >= _DENSE * extent
    return full >= _LEAST_FULL * len(lines) and dense >= 0.5 * len(lines)
