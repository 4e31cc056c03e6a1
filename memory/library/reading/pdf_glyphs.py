"""What a PDF engine gives of a page: each character with its place. All that follows works on this, whatever the engine."""

from __future__ import annotations

from typing import NamedTuple, Protocol

__all__ = ["MOST_GLYPHS", "Glyph", "PdfPages"]

MOST_GLYPHS = 200_000
"""Characters of a page that are read: a full page of small print holds 10,000."""


class Glyph(NamedTuple):
    """A character, or the few of a ligature, where it is drawn. Lengths in points; y grows upwards."""

    text: str
    x0: float
    x1: float
    y: float
    """Of its baseline."""
    size: float
    font: str
    turn: int
    """Degrees by which the writing is turned to the left; x and y are those after turning it back."""


class PdfPages(Protocol):
    """An open PDF."""

    locked: bool
    """Whether it asks for a password; then it has no pages here."""

    def __len__(self) -> int:
        """How many pages it has."""
        ...

    def glyphs(self, page: int) -> list[Glyph]:
        """The characters of a page, counted from 0, as they are drawn one after another, at most `MOST_GLYPHS`."""
        ...

    def has_image(self, page: int) -> bool:
        """Whether a picture is drawn on it."""
        ...

    def said(self) -> dict[str, str]:
        """What the file says of itself: `title`, `author`, `subject`, `doi`, as far as it does."""
        ...
