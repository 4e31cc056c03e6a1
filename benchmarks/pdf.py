"""How much of a PDF's text layer the library finds again: sentences that another program draws from each page, looked for in our text
of that page.

A sentence counts where a third program's plain text of the page has it too, since each program scrambles some; running heads and feet,
which stand on more than two pages, do not count. That third program is PDFium, so that what it cannot read at all is not counted against
it where it is the library's own engine. White space, hyphens, ligatures and accents that are drawn over letters are made alike. One article
was never looked at while the reader was written; another (cermine_example3) was held out at first, found at 75 %, and then looked at.
"""

from __future__ import annotations

import random
import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from biocopilot.memory.errors import FileRefused
from biocopilot.memory.library.reading.pdf_document import document_of
from biocopilot.memory.library.reading.pdf_engine import PYPDF, engine

from .measure import Measured, Row

__all__ = ["Count", "alike", "found_again", "measure"]

PDFS = Path(__file__).resolve().parents[2] / "shared" / "data" / "pdf_ccby"
HELD_OUT = ("norma_s13054",)
LOOKED_AT = ("cermine_example3",)
GOAL = 98.0
_ENGINES = (PYPDF, "pdfium")
_FEW, _CHANGED = 6, 20
_LEAST_CHARACTERS, _LEAST_WORDS = 40, 6
_MOST_PAGES = 2
_OVER = str.maketrans("", "", "¨´`ˆ˜˚ˇ¸\u0308\u0301\u0300\u0302\u0303\u030a\u030c\u0327")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})


@dataclass
class Count:
    """Sentences of a PDF, or of several."""

    drawn: int = 0
    running: int = 0
    """Of heads and feet."""
    scrambled: int = 0
    """Not in the third program's text."""
    found: int = 0
    """Without regard to blanks."""
    found_with_blanks: int = 0

    @property
    def counted(self) -> int:
        return self.drawn - self.running - self.scrambled

    def add(self, other: Count) -> None:
        """Add another's."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def __str__(self) -> str:
        return (
            f"{self.found} of {self.counted} found again ({100 * self.found / max(1, self.counted):.2f} %),"
            f" {self.found_with_blanks} with every blank the same; {self.drawn} drawn, {self.scrambled} not confirmed,"
            f" {self.running} running"
        )


def measure(quick: bool) -> Measured:
    """Per cent of sentences that are missed: a row a PDF for pypdf, and in all for each engine; the counts in the notes."""
    files = sorted(PDFS.glob("*.pdf"))[: 4 if quick else None]
    if not files:
        raise RuntimeError(f"The PDFs are not at {PDFS}.")
    rows: list[Row] = []
    notes = [f"sentences by pdfminer.six {version('pdfminer.six')}, confirmed by pypdfium2 {version('pypdfium2')}"]
    blocks = {path: (list(_by_pdfminer(path)), dict(_by_pdfium(path))) for path in files}
    pace: dict[str, float] = {}
    for name in _ENGINES:
        sums: dict[str, Count] = {}
        pages, seconds = 0, 0.0
        for path in files:
            kind, data = _kind(path.name), path.read_bytes()
            found, least = _timed(data, path.name, name, repeats=1 if quick else 3)
            seconds += least
            ours: dict[int, str] = {}
            for page, _, text in found["parts"]:
                ours[page] = f"{ours.get(page, '')}\n{text}"
            pages += len(ours)
            count = found_again(ours, *blocks[path])
            sums.setdefault(kind, Count()).add(count)
            if name == PYPDF:
                rows.append(_missed(f"{path.stem[-24:]} ({kind})", count))
                notes.append(f"{path.stem[-24:]}: {count}")
        said = "" if name == PYPDF else f", text by {name}"
        for kind, count in sums.items():
            rows.append(_missed(f"all {kind}{said}", count, 100 - GOAL))
            notes.append(f"all {kind}{said}: {count}")
        pace[name] = pages / seconds
        notes.append(f"text by {engine(name)}: {pace[name]:.1f} pages a second of CPU, each file as a whole")
        words, left = _words_left(files[:_FEW], name)
        notes.append(
            f"text by {name}: of {words:,} words of {len(files[:_FEW])} articles, {100 * left / words:.0f} % are read where {_CHANGED}"
            " bytes of each file, drawn at random, are others"
        )
    return Measured(
        "pdf",
        "% of sentences not found again at their page",
        tuple(rows),
        {"pages a CPU second": pace[PYPDF], "pages a CPU second, pdfium": pace["pdfium"]},
        tuple(notes),
    )


def _timed(data: bytes, name: str, engine: str, repeats: int) -> tuple[dict[str, Any], float]:
    """What a file holds, and the least CPU seconds that it took, after a first time that is not counted."""
    found = document_of(data, name, engine=engine)
    times = []
    for _ in range(repeats):
        started = time.process_time()
        document_of(data, name, engine=engine)
        times.append(time.process_time() - started)
    return found, min(times)


def _words_left(files: list[Path], engine: str) -> tuple[int, int]:
    """Words of some files, and how many are read where the files are damaged; the same bytes for every engine."""
    whole = left = 0
    for number, path in enumerate(files):
        data, dice = path.read_bytes(), random.Random(number)
        broken = bytearray(data)
        for _ in range(_CHANGED):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        whole += _words(data, engine)
        left += _words(bytes(broken), engine)
    return whole, left


def _words(data: bytes, engine: str) -> int:
    try:
        return sum(len(text.split()) for _, _, text in document_of(data, "x.pdf", engine=engine)["parts"])
    except FileRefused:
        return 0


def found_again(ours: dict[int, str], blocks: list[tuple[int, str]], confirming: dict[int, str]) -> Count:
    """How many sentences stand in our text of their page.

    Args:
        ours: our text, by number of the page.
        blocks: numbers of pages, and text that another program found there in one piece.
        confirming: a third program's plain text, by number of the page.
    """
    words = {page: alike(text) for page, text in ours.items()}
    letters = {page: text.replace(" ", "") for page, text in words.items()}
    theirs = {page: alike(text).replace(" ", "") for page, text in confirming.items()}
    sentences = [(page, sentence) for page, block in blocks for sentence in _sentences(block)]
    pages_of: dict[str, set[int]] = {}
    for page, sentence in sentences:
        pages_of.setdefault(sentence, set()).add(page)
    count = Count(drawn=len(sentences))
    for page, sentence in sentences:
        bare = sentence.replace(" ", "")
        if len(pages_of[sentence]) > _MOST_PAGES:
            count.running += 1
        elif bare not in theirs.get(page, ""):
            count.scrambled += 1
        else:
            count.found += bare in letters.get(page, "")
            count.found_with_blanks += sentence in words.get(page, "")
    return count


def _kind(name: str) -> str:
    if name.startswith(HELD_OUT):
        return "held out"
    return "looked at once" if name.startswith(LOOKED_AT) else "tuned on"


def _sentences(block: str) -> Iterator[str]:
    for piece in re.split(r"(?<=[.?!])\s+(?=[A-Z])", block):
        if len(piece) >= _LEAST_CHARACTERS and len(piece.split()) >= _LEAST_WORDS and piece.rstrip()[-1] in ".?!":
            yield alike(piece)


def alike(text: str) -> str:
    """Blanks single, ligatures apart, no hyphens (whether one at a line's end is the word's own, no rule of blanks can say), no accents."""
    text = re.sub(r"[-‐‑\xad]\s*\n\s*", "", text.translate(_LIGATURES))
    text = re.sub(r"\+\s?[−_]", "±", unicodedata.normalize("NFD", text).translate(_OVER))
    return " ".join(re.sub(r"[-‐‑\xad]", "", text).split())


def _missed(what: str, count: Count, goal: float | None = None) -> Row:
    return Row.of(what, [100 * (count.counted - count.found) / max(1, count.counted)], goal)


def _by_pdfminer(path: Path) -> Iterator[tuple[int, str]]:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextBox

    for number, page in enumerate(extract_pages(path), 1):
        for block in page:
            if isinstance(block, LTTextBox):
                yield number, block.get_text()


def _by_pdfium(path: Path) -> Iterator[tuple[int, str]]:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        for number in range(len(pdf)):
            yield number + 1, pdf[number].get_textpage().get_text_range().replace("\r\n", "\n").replace("\ufffe", "-\n")
