"""What of a sentence may be quoted: an exact span without anything that Markdown, a terminal or a reader could take for the program's own.

Nothing is changed or escaped, since a quotation must be found again letter for letter. Links, pictures, markup, addresses and
what looks like a citation end the span instead.
"""

from __future__ import annotations

import re

from ...memory.text import clean

__all__ = ["SECTION_LABEL", "quotable_span"]

SECTION_LABEL = re.compile(r"([A-Z][A-Za-z][A-Za-z ,/&()-]{1,40}):\s+")
"""Of a section of an abstract, at the beginning of a line."""

_STOPS = re.compile(
    r"!?\[[^\]\n]*\]\s*[(:\[]|!\[|\[\s*E\s*\d|</?[A-Za-z!?]|&[#A-Za-z]\w*;|`|\*\*|~~|__|[“”]|\||\\|\b(?:https?|ftp|file|data"
    r"|javascript|mailto):|\bwww\.|[{}]|\n\s*\n",
    re.IGNORECASE,
)
_ANY_CITATION = re.compile(r"\bE\d{1,4}:|[\[［【⟦〔(]\s*[EeЕеΕ℮Ｅ]\s*[\dOoО０-９]")
_LEAST = 40
"""Characters that are worth quoting."""
_MOST = 600


def quotable_span(text: str) -> tuple[int, int]:
    """Start and end of the longest piece of a sentence that may be quoted; both 0 where none is long enough."""
    if clean(text) != text:
        return 0, 0
    stops = sorted([(hit.start(), hit.end()) for pattern in (_STOPS, _ANY_CITATION) for hit in pattern.finditer(text)])
    if not stops:
        return _trimmed(text, 0, _cut(text, 0, len(text)))
    pieces: list[tuple[int, int]] = []
    start = 0
    for begin, end in [*stops, (len(text), len(text))]:
        pieces.append(_trimmed(text, start, begin))
        start = max(start, end)
    start, end = max(pieces, key=lambda piece: piece[1] - piece[0])
    return (start, _cut(text, start, end)) if end - start >= _LEAST else (0, 0)


def _cut(text: str, start: int, end: int) -> int:
    """The end, or the last space that leaves no more than may be quoted."""
    return end if end - start <= _MOST else max(start, text.rfind(" ", start, start + _MOST))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without what stands cut off at either end: white space, brackets and joining marks."""
    while end > start and text[end - 1] in " \t\n([,;:-–—":
        end -= 1
    while start < end and text[start] in " \t\n)],;:.-–—!":
        start += 1
    return start, max(start, end)
