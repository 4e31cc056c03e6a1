"""PDF read with PDFium, the engine of Chrome, where pypdfium2 is installed: each character with the place that PDFium gives it.

PDFium puts in blanks and breaks of its own, hides the hyphens at lines' ends, and moves accents that are drawn over letters behind
their line; all of it is undone, so that what follows is the same as for pypdf. A character that no table of the font names is lost.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from .pdf_glyphs import MOST_GLYPHS, Glyph
from .pdf_lines import ACCENTS

__all__ = ["PdfiumPages"]

_DEEPEST_FORM = 8
_HYPHEN = "-"
_NAME_BYTES = 256
_LINE = 300
"""So many characters back the letter of an accent is looked for."""


class PdfiumPages:
    """An open PDF. Raises what pypdfium2 raises.

    Args:
        data: the file's bytes.
    """

    def __init__(self, data: bytes) -> None:
        self.locked = False
        self._pdf: Any = None
        try:
            self._pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if error.err_code != pdfium.FPDF_ERR_PASSWORD:
                raise
            self.locked = True

    def __len__(self) -> int:
        return 0 if self._pdf is None else len(self._pdf)

    def glyphs(self, page: int) -> list[Glyph]:
        """See `PdfPages`."""
        opened = self._pdf[page]
        try:
            text = opened.get_textpage()
            try:
                return _in_place(islice(_joined(_glyphs(text)), MOST_GLYPHS))
            finally:
                text.close()
        finally:
            opened.close()

    def has_image(self, page: int) -> bool:
        """See `PdfPages`."""
        opened = self._pdf[page]
        try:
            images = opened.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEPEST_FORM)
            return next(images, None) is not None
        finally:
            opened.close()

    def said(self) -> dict[str, str]:
        """See `PdfPages`."""
        found = {name: self._pdf.get_metadata_value(name.capitalize()) for name in ("title", "author", "subject")}
        return found | {"doi": self._pdf.get_metadata_value("doi") or self._pdf.get_metadata_value("WPS-ARTICLEDOI")}


class _Drawing(NamedTuple):
    """What the characters of one drawing of text have in common."""

    address: int
    font: Any
    name: str
    size: float
    scale: float
    """Points for an em along the line."""
    turn: int
    cosine: float
    sine: float


def _glyphs(text: Any) -> Iterator[tuple[Glyph, float, int]]:
    """Each character that is drawn, where its box ends, and which drawing it is of."""
    x, y, box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
    names: dict[int, str] = {}
    widths: dict[tuple[str, int], float] = {}
    of: _Drawing | None = None
    for place in range(pdfium.FPDFText_CountChars(text)):
        if pdfium.FPDFText_IsGenerated(text, place) == 1:
            continue
        code = ord(_HYPHEN) if pdfium.FPDFText_IsHyphen(text, place) == 1 else pdfium.FPDFText_GetUnicode(text, place)
        found = pdfium.FPDFText_GetTextObject(text, place)
        if of is None or _address(found) != of.address or not of.address:
            of = _drawing(text, place, found, names)
        pdfium.FPDFText_GetCharOrigin(text, place, x, y)
        pdfium.FPDFText_GetLooseCharBox(text, place, box)
        start = x.value * of.cosine + y.value * of.sine
        right = box.right if of.cosine >= 0 else box.left
        upper = box.top if of.sine >= 0 else box.bottom
        end = right * of.cosine + upper * of.sine
        width = widths.get((of.name, code))
        if width is None:
            width = widths[of.name, code] = _width(of.font, code)
        level = y.value * of.cosine - x.value * of.sine
        glyph = Glyph(chr(code), start, start + width * of.scale, level, of.size, of.name, of.turn)
        yield (glyph if width > 0 else glyph._replace(x1=end)), end, of.address


def _drawing(text: Any, place: int, found: Any, names: dict[int, str]) -> _Drawing:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, place, matrix)
    size = abs(pdfium.FPDFText_GetFontSize(text, place))
    turn = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 5) * 5 % 360
    font = pdfium.FPDFTextObj_GetFont(found) if found else None
    name = ""
    if font:
        name = names.get(_address(font), "")
        if not name:
            buffer = ctypes.create_string_buffer(_NAME_BYTES)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, _NAME_BYTES)
            name = names[_address(font)] = buffer.value.decode("latin-1")
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    along, across = size * math.hypot(matrix.a, matrix.b), size * math.hypot(matrix.c, matrix.d)
    return _Drawing(_address(found), font, name, across, along, turn, cosine, sine)


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _width(font: Any, code: int) -> float:
    """How far a character goes on, in ems, which its box may overhang; 0 where the font does not say."""
    width = ctypes.c_float()
    if not font or not pdfium.FPDFFont_GetGlyphWidth(font, code, 1.0, width):
        return 0.0
    return float(width.value)


def _joined(glyphs: Iterator[tuple[Glyph, float, int]]) -> Iterator[Glyph]:
    """The characters; those of a ligature, which PDFium gives one after another at one place, are one again."""
    held: tuple[Glyph, float, int] | None = None
    for glyph, end, drawing in glyphs:
        if held is not None and (held[1], held[2], held[0].x0, held[0].y) == (end, drawing, glyph.x0, glyph.y):
            held = (held[0]._replace(text=held[0].text + glyph.text, x1=end), end, drawing)
            continue
        if held is not None:
            yield held[0]
        held = (glyph, end, drawing)
    if held is not None:
        yield held[0]


def _in_place(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """The characters, an accent that stands behind its line put behind the letter over which it is drawn."""
    found: list[Glyph] = []
    for glyph in glyphs:
        place = len(found)
        if glyph.text in ACCENTS:
            back = range(place - 1, max(-1, place - _LINE), -1)
            place = next((at + 1 for at in back if _is_over(glyph, found[at])), place)
        found.insert(place, glyph)
    return found


def _is_over(accent: Glyph, letter: Glyph) -> bool:
    middle = (accent.x0 + accent.x1) / 2
    level = abs(accent.y - letter.y) < 0.8 * letter.size
    return letter.text.isalpha() and level and accent.turn == letter.turn and letter.x0 < middle < letter.x1
