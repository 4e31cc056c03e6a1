"""Characters with places, put together to words, and words to the lines of a column.

A blank is where a PDF draws one, or where two characters stand apart by more than letters do: most journals' PDFs draw none.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ...text import clean
from .pdf_glyphs import Glyph

__all__ = ["ACCENTS", "Line", "Word", "line_of", "rows_of", "words_of"]

BLANK = 0.16
"""Ems between two characters from which there is a blank: letters spaced out stand 0.12 apart, words of a tight line 0.18."""
WIDE_BLANK = 0.2
"""The same in a font that draws its blanks: there, letters may stand further apart."""
_DRAWN = 0.08
"""A font draws its blanks where so many of its characters on a page are some."""
_BACK = 0.4
"""Ems that a character may go back without beginning a word anew: kerning, accents drawn over letters."""
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st", "\xa0": " "})
_SOFT_HYPHEN = "\xad"
ACCENTS = {
    "¨": "\u0308",
    "´": "\u0301",
    "`": "\u0300",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "˚": "\u030a",
    "ˇ": "\u030c",
    "¸": "\u0327",
}
"""Accents that are drawn over a letter, as TeX does, and what makes one character of both."""
_UNDER = {"+": "±", "<": "≤", ">": "≥"}
"""Signs with a stroke drawn below them."""
_STROKES = "−-_–"


@dataclass(slots=True)
class Word:
    """Characters that stand together on one baseline."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    font: str
    turn: int
    apart: bool = True
    """Whether a blank was drawn before it."""
    blank: float = BLANK
    """Ems between two of its font's characters from which there is a blank."""


@dataclass(slots=True)
class Line:
    """Words beside each other, as far as a column goes."""

    words: list[Word]
    text: str
    x0: float
    x1: float
    y: float
    size: float
    """Of most of its characters."""
    font: str
    cells: int = 1
    """Pieces that stand apart by more than words do: of a table's row, its cells."""


def words_of(glyphs: Sequence[Glyph]) -> list[Word]:
    """A page's words in the order in which they are drawn; what is drawn twice at one place, for boldness, once."""
    blanks = _blanks(glyphs)
    words: list[Word] = []
    seen: set[tuple[str, int, int, int]] = set()
    held: Word | None = None
    pieces: list[str] = []
    blank = True

    def end() -> None:
        if held is not None:
            held.text = "".join(pieces)
            at = (held.text, held.turn, round(held.y))
            if not any((*at, round(held.x0) + shift) in seen for shift in (-1, 0, 1)):
                words.append(held)
            seen.add((*at, round(held.x0)))

    for glyph in _overlaid(glyphs):
        text = _letters(glyph.text)
        if not text:
            blank = blank or glyph.text.isspace()
            continue
        if held is None or blank or not _goes_on(held, glyph):
            end()
            apart = blank or held is None or abs(held.y - glyph.y) > glyph.size
            held = Word("", glyph.x0, glyph.x1, glyph.y, glyph.size, glyph.font, glyph.turn, apart, blanks[glyph.font])
            pieces = []
        pieces.append(text)
        held.x1 = max(held.x1, glyph.x1)
        blank = glyph.text[-1].isspace()
    end()
    return words


def _blanks(glyphs: Sequence[Glyph]) -> dict[str, float]:
    """How far a blank is, by font."""
    drawn: Counter[str] = Counter(glyph.font for glyph in glyphs if glyph.text.isspace())
    every: Counter[str] = Counter(glyph.font for glyph in glyphs)
    return {font: WIDE_BLANK if drawn[font] >= _DRAWN * count else BLANK for font, count in every.items()}


def _letters(text: str) -> str:
    """A glyph's characters as they are kept: ligatures apart, no blanks; a soft hyphen that is drawn is a hyphen."""
    if text == _SOFT_HYPHEN:
        return "-"
    return "".join(clean(text.translate(_LIGATURES)).split())


def _overlaid(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters, where one that is drawn over another is one with it: `+` and `−` are `±`, `A` and `˚` are `Å`."""
    found: list[Glyph] = []
    for glyph in glyphs:
        whole = _one_of(found[-1], glyph) if found else None
        if whole is None:
            found.append(glyph)
        else:
            found[-1] = whole
    return found


def _one_of(first: Glyph, second: Glyph) -> Glyph | None:
    if first.turn != second.turn or abs(first.x0 + first.x1 - second.x0 - second.x1) > 0.5 * max(
        first.size, second.size
    ):
        return None
    near = abs(first.y - second.y) < 0.8 * first.size
    if first.text in _UNDER and second.text in _STROKES and near and second.x0 - first.x0 < 0.1 * first.size:
        return first._replace(text=_UNDER[first.text])
    for accent, letter in ((first, second), (second, first)):
        if accent.text in ACCENTS and letter.text.isalpha() and near:
            text = unicodedata.normalize("NFC", letter.text + ACCENTS[accent.text])
            return letter._replace(text=text) if len(text) == 1 else None
    return None


def _goes_on(word: Word, glyph: Glyph) -> bool:
    gap = glyph.x0 - word.x1
    return (
        abs(glyph.y - word.y) < 0.05 * glyph.size
        and glyph.turn == word.turn
        and abs(glyph.size - word.size) < 0.05 * word.size
        and -_BACK * glyph.size < gap < word.blank * glyph.size
    )


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words by rows from the top, each from the left. Raised and lowered characters belong to the row that they touch."""
    rows: list[list[Word]] = []
    heads: list[Word] = []
    for word in sorted(words, key=lambda word: (-word.size, -word.y)):
        best: int | None = None
        for number, head in enumerate(heads):
            near = abs(head.y - word.y)
            if near < (0.6 if word.size < 0.85 * head.size else 0.25) * head.size and (
                best is None or near < abs(heads[best].y - word.y)
            ):
                best = number
        if best is None:
            heads.append(word)
            rows.append([word])
        else:
            rows[best].append(word)
    order = sorted(range(len(rows)), key=lambda number: -heads[number].y)
    return [sorted(rows[number], key=lambda word: word.x0) for number in order]


def line_of(words: Sequence[Word]) -> Line:
    """A line of these, which stand from left to right."""
    pieces = [words[0].text]
    cells = 1
    for before, word in pairwise(words):
        gap = word.x0 - before.x1
        size = max(before.size, word.size)
        blank = max(before.blank, word.blank) if before.font == word.font else BLANK
        near = gap < blank * size and (not word.apart or gap < -0.02 * size)
        pieces.append(word.text if near else f" {word.text}")
        cells += gap > 1.6 * size
    sizes: Counter[tuple[float, str]] = Counter()
    for word in words:
        sizes[round(word.size, 1), word.font] += len(word.text)
    (size, font), _ = min(sizes.items(), key=lambda item: (-item[1], item[0]))
    base = median(word.y for word in words if abs(word.size - size) < 0.06)
    return Line(list(words), "".join(pieces), words[0].x0, max(word.x1 for word in words), base, size, font, cells)
