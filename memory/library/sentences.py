"""Sentences of scientific prose as spans of a text: for cutting long paragraphs, and for quoting.

Cuts at `.`, `?` and `!` before white space and something that can begin a sentence, but not behind abbreviations, initials and
numbers of figures. A wrong cut costs little: offsets stay true whatever is cut.
"""

from __future__ import annotations

import re

__all__ = ["sentence_spans"]

_END = re.compile(r"[.?!][)\]’”\"']*(?=\s)|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|viz|approx|ca|et al|al|resp|figs?|eqs?|refs?|nos?|vols?|pp|dr|prof|mr|mrs|ms|st|inc|ltd|co|corp|"
    r"spp?|subsp|var|str|suppl|incl|excl|max|min|avg|sec|dept|univ|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|ed|eds|"
    r"i\.v|i\.p|s\.c|p\.o|b\.i\.d|q\.d|t\.i\.d|a\.m|p\.m|u\.s|u\.k|ph\.d)|\b[A-Z])$",
    re.IGNORECASE,
)
_SINGLE_LETTER = re.compile(r"(?:^|[\s(])[A-Za-z]$")
_BEGINS = re.compile(r"""\s+["'“‘(\[]*(?:[A-Z0-9Α-ΩÀ-ÞµΔ]|[a-z]{1,3}[A-Z0-9-]|[α-ω])""")
_NEVER_ENDS = frozenset(
    "e.g i.e cf vs viz approx ca figs fig eqs eq refs ref no nos vol vols pp dr prof spp sp subsp".split()
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, without white space around it; together they hold all else of the text."""
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _END.finditer(text):
        end = found.end()
        if text[found.start()] != "\n" and not _ends(text, found.start(), end):
            continue
        _keep(text, start, end, spans)
        start = end
    _keep(text, start, len(text), spans)
    return spans


def _ends(text: str, mark: int, end: int) -> bool:
    """Whether the mark there ends a sentence."""
    if _BEGINS.match(text, end) is None:
        return False
    if text[mark] != ".":
        return True
    before = text[max(0, mark - 12) : mark]
    if _SINGLE_LETTER.search(before) and not before.endswith((" I", " a")):  # `E. coli`, `J. Smith`
        return False
    found = _ABBREVIATION.search(before)
    if found is None:
        return True
    word = found[0].lower()
    if word in _NEVER_ENDS:
        return False
    return text[end:].lstrip()[:1].isupper() and word not in ("et al", "al")


def _keep(text: str, start: int, end: int, into: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        into.append((start, end))
