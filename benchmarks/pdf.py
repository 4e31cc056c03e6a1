"""How much of a PDF's text layer the library finds again: sentences that another program draws from each page, looked for in our text
of that page.

A sentence counts where a third program's plain text of the page has it too, since each program scrambles some; running heads and feet,
which stand on more than two pages, do not count. White space, hyphens, ligatures and accents that are drawn over letters are made
alike. One article was never looked at while the reader was written; another (cermine_example3) was held out at first, found at 75 %, and
then looked at.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from biocopilot.memory.library.reading.pdf import read
from biocopilot.memory.library.reading.pdf_document import document_of
from biocopilot.memory.library.reading.pdf_engine import engine

from .measure import Measured, Row

__all__ = ["Count", "alike", "found_again", "measure"]

PDFS = Path(__file__).resolve().parents[2] / "shared" / "data" / "pdf_ccby"
HELD_OUT = ("norma_s13054",)
LOOKED_AT = ("cermine_example3",)
GOAL = 98.0
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
    """Per cent of sentences that are missed, a row a PDF, and in all; the counts in the notes."""
    files = sorted(PDFS.glob("*.pdf"))
    if not files:
        raise RuntimeError(f"The PDFs are not at {PDFS}.")
    rows: list[Row] = []
    notes = [
        f"text by {engine()}; sentences by pdfminer.six {version('pdfminer.six')}, confirmed by pypdfium2 {version('pypdfium2')}"
    ]
    sums: dict[str, Count] = {}
    pages, seconds = 0, 0.0
    for path in files[:4] if quick else files:
        kind = _kind(path.name)
        data = path.read_bytes()
        document = next(read(data, path.name))
        ours: dict[int, str] = {}
        for part in document.parts:
            ours[part.page or 0] = f"{ours.get(part.page or 0, '')}\n{part.text}"
        count = found_again(ours, list(_by_pdfminer(path)), dict(_by_pdfium(path)))
        sums.setdefault(kind, Count()).add(count)
        rows.append(_missed(f"{path.stem[-24:]} ({kind})", count))
        notes.append(f"{path.stem[-24:]}: {count}")
        started = time.process_time()
        document_of(data, path.name)
        seconds += time.process_time() - started
        pages += len(ours)
    for kind, count in sums.items():
        rows.append(_missed(f"all {kind}", count, 100 - GOAL))
        notes.append(f"all {kind}: {count}")
    notes.append(f"{pages / seconds:.1f} pages a second of CPU, each file as a whole")
    return Measured(
        "pdf",
        "% of sentences not found again at their page",
        tuple(rows),
        {"pages a CPU second": pages / seconds},
        tuple(notes),
    )


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
