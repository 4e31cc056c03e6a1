"""A PDF's bytes to its pages' text and what it says of itself. Runs in the process that `pdf_process.py` starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from ...errors import FileRefused
from .pdf_columns import Gutters, regions_of
from .pdf_engine import PYPDF, ends_whole, open_pdf
from .pdf_front import front_of
from .pdf_furniture import without_furniture
from .pdf_glyphs import MOST_GLYPHS, PdfPages
from .pdf_lines import Line, Word, words_of
from .pdf_paragraphs import Words, paragraphs_of
from .pdf_references import parts_of
from .pdf_xmp import creator_lists

__all__ = ["MOST_PAGES", "document_of"]

MOST_PAGES = 5_000
MOST_CHARACTERS = 50_000_000
"""Of a document: some 15,000 pages of prose."""
_SCANNED_HINT = "Have its pages recognised first, as with: ocrmypdf scan.pdf paper.pdf"


class _Reading:
    """One passage through the pages: what was found on them, and what could not be read."""

    def __init__(self, pdf: PdfPages, progress: Callable[[int], None]) -> None:
        self.pdf = pdf
        self.count = min(len(pdf), MOST_PAGES)
        self.first: list[list[Line]] = []
        self.scanned: list[int] = []
        self.damaged: list[int] = []
        self.full: list[int] = []
        self._progress = progress

    def words(self) -> Iterator[list[Word]]:
        for number in range(self.count):
            self._progress(number + 1)
            try:
                glyphs = self.pdf.glyphs(number)
                words = words_of(glyphs)
                if not words and self.pdf.has_image(number):
                    self.scanned.append(number + 1)
            except MemoryError:
                raise
            except Exception:  # a parser on damaged bytes raises anything; the page is named in the notes
                self.damaged.append(number + 1)
                words = []
            else:
                if len(glyphs) >= MOST_GLYPHS:
                    self.full.append(number + 1)
            if number == 0:
                self.first = regions_of(words)
            yield words


def document_of(
    data: bytes, name: str, progress: Callable[[int], None] = lambda _page: None, engine: str = PYPDF
) -> dict[str, Any]:
    """`parts` as numbers of pages, kinds and texts, `front` as `Front` has it, and `notes`.

    Args:
        data: the file's bytes.
        name: as the user knows it.
        progress: told the number of each page before it is read.
        engine: the program that takes it apart.

    Raises:
        FileRefused: it cannot be opened, or holds no text.
        MissingExtra: the engine is not installed.
    """
    pdf = open_pdf(data, name, engine)
    reading = _Reading(pdf, progress)
    pages: list[list[list[Line]]] = []
    characters, gutters = 0, Gutters()
    for words in without_furniture(reading.words()):
        regions = regions_of(words, gutters)
        for line in (line for region in regions for line in region):
            characters += len(line.text)
            line.words.clear()
        pages.append(regions)
        if characters > MOST_CHARACTERS:
            break
    known = Words(line for regions in pages for region in regions for line in region)
    texts = ["\n".join(paragraphs_of(regions, known)) for regions in pages]
    if not any(texts):
        raise _without_text(name, reading)
    return {
        "parts": parts_of(texts),
        "front": asdict(front_of(pdf.said(), reading.first, texts, creator_lists(data))),
        "notes": _notes(data, len(pdf), len(pages), reading),
    }


def _without_text(name: str, reading: _Reading) -> FileRefused:
    if reading.damaged:
        return FileRefused(f"{name} is damaged: none of its pages can be read.", "Download it again.")
    if reading.scanned:
        return FileRefused(f"{name} holds no text: its pages are pictures, as of a scan.", _SCANNED_HINT)
    return FileRefused(f"{name} holds no text.", _SCANNED_HINT)


def _notes(data: bytes, count: int, read: int, reading: _Reading) -> list[str]:
    notes = []
    if reading.scanned:
        notes.append(f"{_named(reading.scanned)} no text: scanned")
    if reading.damaged:
        notes.append(f"{_named(reading.damaged, ('could', 'could'))} not be read: damaged")
    if reading.full:
        notes.append(f"of {_named(reading.full, ('only', 'only'))} the first {MOST_GLYPHS:,} characters were read")
    if read < count:
        notes.append(f"only the first {read:,} of {count:,} pages were read")
    if not ends_whole(data):
        notes.append("the file ends early: pages may be missing")
    return notes


def _named(pages: Sequence[int], verb: tuple[str, str] = ("holds", "hold")) -> str:
    """`page 3 holds`, `pages 3 and 4 hold`, `pages 3, 4, 5 and 96 more hold`."""
    if len(pages) == 1:
        return f"page {pages[0]} {verb[0]}"
    shown = [str(page) for page in pages[:20]]
    last = f"{len(pages) - 20} more" if len(pages) > 20 else shown.pop()
    return f"pages {', '.join(shown)} and {last} {verb[1]}"
