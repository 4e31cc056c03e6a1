"""Cuts a document's parts into passages: what is embedded, found and quoted. Each is a span of one part's text, unchanged.

Paragraphs stay whole where they fit; short ones of a part go together; long ones are cut between sentences into pieces of like
length. Nothing but white space lies between passages, so that every word of a document can be found.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

from .document import Part, ReadDocument
from .sentences import paragraph_spans, sentence_spans

__all__ = ["MOST_CHARACTERS", "Passage", "passages_of"]

MOST_CHARACTERS = 1_100
"""About as many as the embedded model reads: 256 word pieces of biomedical prose, less a title."""


@dataclass(frozen=True)
class Passage:
    """A span of a part's text."""

    part: int
    """Which part of the document, counted from 0."""
    start: int
    end: int
    text: str

    def id_in(self, document: str) -> str:
        """Its id: the document's, and a hash of where it is and what it says, so that it never names another text."""
        said = f"{self.part}\0{self.start}\0{self.end}\0{self.text}"
        return f"{document}.{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def passages_of(document: ReadDocument, most: int = MOST_CHARACTERS) -> list[Passage]:
    """All passages of a document, in its order."""
    return [
        Passage(number, start, end, part.text[start:end])
        for number, part in enumerate(document.parts)
        for start, end in _spans(part, most)
    ]


def _spans(part: Part, most: int) -> Iterator[tuple[int, int]]:
    """Pieces of at most `most` characters, joined again while two neighbours fit together."""
    held: tuple[int, int] | None = None
    for start, end in _pieces(part.text, most):
        if held is not None and end - held[0] <= most:
            held = (held[0], end)
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held


def _pieces(text: str, most: int) -> Iterator[tuple[int, int]]:
    for start, end in paragraph_spans(text):
        yield from _cut(text, start, end, most)


def _cut(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """A paragraph in as few pieces as it takes, of like length, cut between sentences; within them only where one is too long."""
    if end - start <= most:
        yield start, end
        return
    wanted = (end - start) / math.ceil((end - start) / most)
    held: tuple[int, int] | None = None
    for first, last in sentence_spans(text[start:end]):
        for piece in _words(text, start + first, start + last, most):
            if held is not None and (piece[1] - held[0] > most or held[1] - held[0] >= 0.85 * wanted):
                yield held
                held = None
            held = (piece[0] if held is None else held[0], piece[1])
    if held is not None:
        yield held


def _words(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """A sentence that is too long, cut between words; a word that is too long, cut anywhere."""
    while end - start > most:
        cut = max(text.rfind(blank, start + most // 2, start + most) for blank in " \n")
        cut = start + most if cut < 0 else cut
        yield start, start + len(text[start:cut].rstrip())
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield start, end
