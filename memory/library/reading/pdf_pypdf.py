"""PDF read with pypdf: walks through what a page draws and places each character by its font's widths.

pypdf's own text has no places of words, without which columns cannot be told; its parser and its fonts are used, not its layout.
"""

from __future__ import annotations

import io
import logging
import math
from collections.abc import Generator, Iterator
from itertools import islice
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ContentStream, DictionaryObject, StreamObject
from pypdf.generic._font import Font

from .pdf_glyphs import MOST_GLYPHS, Glyph

__all__ = ["PypdfPages"]

Matrix = tuple[float, float, float, float, float, float]

_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_MOST_OPERATORS = 2_000_000
_DEEPEST_FORM = 8
_DEEPEST_STATE = 200
_UNKNOWN = "\ufffd"
_UNUSED = frozenset("\x7f\x81\x8d\x8f\x90\x9d")
"""Codes that Windows' Latin leaves free, which PDF's version of it draws as bullets."""
_SYMBOL_FONT = "AdvP4C4E74"
"""A font of many journals' PDFs, whose glyphs are numbered as in TeX's symbol font."""
_SYMBOLS = {"/C0": "−", "/C1": "·", "/C2": "×", "/C6": "±", "/C15": "•", "/C20": "≤", "/C21": "≥", "/C24": "∼"}


class PypdfPages:
    """An open PDF. Raises what pypdf raises.

    Args:
        data: the file's bytes.
    """

    def __init__(self, data: bytes) -> None:
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of a damaged file is not for the user
        self._reader = PdfReader(io.BytesIO(data), strict=False)
        self.locked = self._reader.is_encrypted and not self._reader.decrypt("")
        self._fonts: dict[int, _Font] = {}
        self._pages: Any = () if self.locked else self._reader.pages

    def __len__(self) -> int:
        return len(self._pages)

    def glyphs(self, page: int) -> list[Glyph]:
        """See `PdfPages`."""
        return list(islice(self._walk(page).glyphs(), MOST_GLYPHS))

    def has_image(self, page: int) -> bool:
        """See `PdfPages`."""
        found = self._walk(page)
        for _ in found.glyphs():
            pass
        return found.has_image

    def said(self) -> dict[str, str]:
        """See `PdfPages`."""
        found: dict[str, str] = {}
        try:
            info: Any = self._reader.metadata or {}
            for name in ("title", "author", "subject"):
                value = info.get(f"/{name.capitalize()}")
                found[name] = str(value) if value is not None else ""
            found["doi"] = str(info.get("/doi") or info.get("/WPS-ARTICLEDOI") or "")
        except (PyPdfError, ValueError, TypeError, AttributeError, KeyError):  # of no weight beside the text itself
            return found
        return found

    def _walk(self, number: int) -> _Walk:
        page = self._pages[number]
        return _Walk(page.get("/Contents"), _dictionary(page.get("/Resources")), self._reader, self._fonts)


class _Font:
    """How a font's bytes become characters and widths."""

    def __init__(self, resource: DictionaryObject) -> None:
        font = Font.from_font_resource(resource)
        self.name = font.name
        self._font = font
        self._known: dict[str, tuple[str, float]] = {}
        self.codec = font.encoding if isinstance(font.encoding, str) else ""

    def shown(self, data: bytes) -> Iterator[tuple[str, float, bool]]:
        """Each character with its width in ems, and whether word spacing widens it."""
        raw = data.decode(self.codec, "replace") if self.codec else data.decode("latin-1")
        for code in raw:
            known = self._known.get(code)
            if known is None:
                known = self._known[code] = (self._text(code), self._width(code) / 1000)
            yield *known, code == " " and not self.codec

    def _text(self, code: str) -> str:
        encoding = self._font.encoding
        decoded = code if isinstance(encoding, str) else encoding.get(ord(code), code)
        text = "".join(str(self._font.character_map.get(char, char)) for char in decoded)
        if len(text) > 1 and text.startswith("/"):  # the name of a glyph that no list of names has
            return _SYMBOLS.get(text, _UNKNOWN) if self.name.endswith(_SYMBOL_FONT) else _UNKNOWN
        return "•" if text in _UNUSED and not isinstance(encoding, str) else text

    def _width(self, code: str) -> float:
        widths = self._font.character_widths
        return float(widths[code] if code in widths else widths.get("default", 500))


class _State:
    """What `q` saves."""

    def __init__(self) -> None:
        self.matrix = _SAME
        self.font: _Font | None = None
        self.size = 0.0
        self.spacing = self.word_spacing = self.leading = self.rise = 0.0
        self.stretch = 1.0

    def copy(self) -> _State:
        other = _State()
        other.__dict__.update(self.__dict__)
        return other


class _Walk:
    """One passage through a page's content, forms within it included."""

    def __init__(self, contents: Any, resources: DictionaryObject, reader: PdfReader, fonts: dict[int, _Font]) -> None:
        self.has_image = False
        self._contents, self._resources, self._reader, self._fonts = contents, resources, reader, fonts
        self._left = _MOST_OPERATORS

    def glyphs(self) -> Iterator[Glyph]:
        """Each character in the order in which it is drawn."""
        if self._contents is not None:
            yield from self._stream(self._contents, self._resources, _State(), 0)

    def _stream(self, contents: Any, resources: DictionaryObject, state: _State, depth: int) -> Iterator[Glyph]:
        saved: list[_State] = []
        text = line = _SAME
        for operands, operator in ContentStream(contents, self._reader, "bytes").operations:
            self._left -= 1
            if self._left < 0:
                return
            numbers = (
                [float(item) for item in operands if isinstance(item, (int, float))] if operator in _NUMERIC else []
            )
            match operator:
                case b"q":
                    if len(saved) < _DEEPEST_STATE:
                        saved.append(state.copy())
                case b"Q":
                    state = saved.pop() if saved else state
                case b"cm" if len(numbers) == 6:
                    state.matrix = _times(_matrix(numbers), state.matrix)
                case b"BT":
                    text = line = _SAME
                case b"Tf" if len(operands) == 2:
                    state.font = self._font(resources, operands[0])
                    state.size = float(operands[1]) if isinstance(operands[1], (int, float)) else state.size
                case b"Tc" if numbers:
                    state.spacing = numbers[0]
                case b"Tw" if numbers:
                    state.word_spacing = numbers[0]
                case b"Tz" if numbers:
                    state.stretch = numbers[0] / 100
                case b"TL" if numbers:
                    state.leading = numbers[0]
                case b"Ts" if numbers:
                    state.rise = numbers[0]
                case b"Tm" if len(numbers) == 6:
                    text = line = _matrix(numbers)
                case b"Td" | b"TD" if len(numbers) == 2:
                    if operator == b"TD":
                        state.leading = -numbers[1]
                    text = line = _times((1.0, 0.0, 0.0, 1.0, numbers[0], numbers[1]), line)
                case b"T*":
                    text = line = _times((1.0, 0.0, 0.0, 1.0, 0.0, -state.leading), line)
                case b"Tj" | b"TJ" | b"'" | b'"':
                    if operator in (b"'", b'"'):
                        text = line = _times((1.0, 0.0, 0.0, 1.0, 0.0, -state.leading), line)
                        operands = operands[-1:]
                    text = yield from self._show(operands, state, text)
                case b"Do" if operands:
                    yield from self._object(resources, operands[0], state, depth)
                case b"INLINE IMAGE":
                    self.has_image = True

    def _show(self, operands: list[Any], state: _State, text: Matrix) -> Generator[Glyph, None, Matrix]:
        """Characters of a `Tj` or `TJ`; gives back the text matrix behind them."""
        font = state.font
        items = operands[0] if operands and isinstance(operands[0], list) else operands
        if font is None:
            return text
        whole = _times(text, state.matrix)
        along = math.hypot(whole[0], whole[1])
        size = abs(state.size) * math.hypot(whole[2], whole[3])
        turn = round(math.degrees(math.atan2(whole[1], whole[0])) / 5) * 5 % 360
        scale = along
        if state.size < 0:
            turn, scale = (turn + 180) % 360, -along
        cosine, sine = _TURNS[turn]
        x = whole[4] + state.rise * whole[2]
        y = whole[5] + state.rise * whole[3]
        start, base = x * cosine + y * sine, y * cosine - x * sine
        gone = 0.0
        for item in items:
            if isinstance(item, (int, float)):
                gone -= float(item) / 1000 * state.size * state.stretch
                continue
            if not isinstance(item, bytes):
                continue
            for said, width, blank in font.shown(item):
                wide = width * state.size * state.stretch
                x0 = start + gone * scale
                yield Glyph(said, x0, x0 + wide * scale, base, size, font.name, turn)
                gone += wide + (state.spacing + (state.word_spacing if blank else 0.0)) * state.stretch
        return _times((1.0, 0.0, 0.0, 1.0, gone, 0.0), text)

    def _object(self, resources: DictionaryObject, name: Any, state: _State, depth: int) -> Iterator[Glyph]:
        found = _dictionary(resources.get("/XObject")).get(name)
        item = found.get_object() if found is not None else None
        if not isinstance(item, StreamObject):
            return
        if item.get("/Subtype") == "/Image":
            self.has_image = True
        elif item.get("/Subtype") == "/Form" and depth < _DEEPEST_FORM:
            inner = state.copy()
            numbers = item.get("/Matrix")
            if isinstance(numbers, list) and len(numbers) == 6:
                inner.matrix = _times(_matrix([float(number) for number in numbers]), inner.matrix)
            yield from self._stream(item, _dictionary(item.get("/Resources")) or resources, inner, depth + 1)

    def _font(self, resources: DictionaryObject, name: Any) -> _Font | None:
        found = _dictionary(resources.get("/Font")).get(name)
        resource = found.get_object() if found is not None else None
        if not isinstance(resource, DictionaryObject):
            return None
        if id(resource) not in self._fonts:
            self._fonts[id(resource)] = _Font(resource)
        return self._fonts[id(resource)]


_NUMERIC = frozenset((b"cm", b"Tc", b"Tw", b"Tz", b"TL", b"Ts", b"Tm", b"Td", b"TD"))
_TURNS = {turn: (math.cos(math.radians(turn)), math.sin(math.radians(turn))) for turn in range(0, 360, 5)}


def _matrix(numbers: list[float]) -> Matrix:
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _times(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _dictionary(value: Any) -> DictionaryObject:
    found = value.get_object() if value is not None else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()
