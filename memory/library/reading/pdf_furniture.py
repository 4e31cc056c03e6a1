"""What stands on pages without being of the text: running heads and feet, page numbers, and the line numbers of manuscripts."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .pdf_lines import Word, line_of, rows_of

__all__ = ["without_furniture"]

_EDGE = 3
"""Rows from the upper and the lower edge among which heads and feet are."""
_AROUND = 4
"""Pages before and behind that a head is looked for on: left and right pages may have their own."""
_SHIFT = 6.0
"""Points that it may move."""
_LEAST_NUMBERS = 8


@dataclass
class _Page:
    words: list[Word]
    edges: list[tuple[str, float, list[Word]]]


def without_furniture(pages: Iterable[list[Word]]) -> Iterator[list[Word]]:
    """Each page's words without those of rows that stand on pages around it too. Holds only those pages at a time."""
    window: deque[_Page] = deque()
    place = 0
    for words in pages:
        kept = _without_line_numbers(words)
        window.append(_Page(kept, _edges(kept)))
        if len(window) - 1 - place >= _AROUND:
            yield _bare(window, place)
            if place < _AROUND:
                place += 1
            else:
                window.popleft()
    while place < len(window):
        yield _bare(window, place)
        place += 1


def _edges(words: list[Word]) -> list[tuple[str, float, list[Word]]]:
    """The outermost rows: what they say without numbers, their height, and their words."""
    upright = [word for word in words if not word.turn]
    rows = rows_of(upright)
    outer = rows if len(rows) <= 2 * _EDGE else rows[:_EDGE] + rows[-_EDGE:]
    found = []
    for row in outer:
        line = line_of(row)
        found.append((re.sub(r"\d+|\b[ivxl]+\b", "#", line.text.casefold()), line.y, row))
    return found


def _bare(window: deque[_Page], place: int) -> list[Word]:
    page = window[place]
    others = [other for number, other in enumerate(window) if number != place]
    enough = 2 if len(others) > 3 else 1
    gone: set[int] = set()
    for said, height, row in page.edges:
        seen = sum(any(said == text and abs(height - y) <= _SHIFT for text, y, _ in other.edges) for other in others)
        if seen >= enough:
            gone.update(id(word) for word in row)
    kept = [word for word in page.words if id(word) not in gone]
    return kept or page.words  # pages that are all alike are still what the document says


def _without_line_numbers(words: list[Word]) -> list[Word]:
    """The words without a column of numbers at the left that count on from row to row."""
    numbers = [word for word in words if not word.turn and re.fullmatch(r"\d{1,4}", word.text)]
    if len(numbers) < _LEAST_NUMBERS:
        return words
    ends = Counter(round(word.x1 / 2) for word in numbers)
    end, _ = min(ends.items(), key=lambda item: (-item[1], item[0]))
    column = sorted((word for word in numbers if abs(word.x1 - 2 * end) <= 3.0), key=lambda word: -word.y)
    if len(column) < _LEAST_NUMBERS:
        return words
    step, regular = Counter(int(b.text) - int(a.text) for a, b in pairwise(column)).most_common(1)[0]
    others = [word for word in words if not word.turn and word not in column]
    lines = {round(word.y) for word in others if column[-1].y - 2 <= word.y <= column[0].y + 2}
    if (
        step not in (1, 5)
        or regular < 0.8 * (len(column) - 1)
        or len(lines) > 1.3 * step * len(column)  # the numbers of references stand at the first of several lines
        or sum(word.x0 > 2 * end for word in others) < 0.98 * len(others)
    ):
        return words
    gone = {id(word) for word in column}
    return [word for word in words if id(word) not in gone]
