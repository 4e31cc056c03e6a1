"""Sentences of scientific prose as spans of a text: for cutting long paragraphs, and for quoting.

Cuts at `.`, `?` and `!` before white space and something that can begin a sentence, but not behind abbreviations, initials and
numbers of figures; and between lines, unless a line was only broken because it was full, as in text wrapped at 80 characters. A wrong
cut costs little: offsets stay true whatever is cut.
"""

from __future__ import annotations

import re

__all__ = ["paragraph_spans", "sentence_spans"]

_END = re.compile(r"[.?!][)\]’”\"']*(?=\s)|\n(?:[ \t]*\n)*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|viz|approx|ca|et al|al|resp|figs?|eqs?|refs?|nos?|vols?|pp|dr|prof|mr|mrs|ms|st|inc|ltd|co|corp|"
    r"spp?|subsp|var|str|suppl|incl|excl|max|min|avg|sec|dept|univ|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|ed|eds|"
    r"i\.v|i\.p|s\.c|p\.o|b\.i\.d|q\.d|t\.i\.d|a\.m|p\.m|u\.s|u\.k|ph\.d)|\b[A-Z])$",
    re.IGNORECASE,
)
_LINES = re.compile(r"\n(?:[ \t]*\n)*")
_BLANK = re.compile(r"\n[ \t]*\n")
_SINGLE_LETTER = re.compile(r"(?:^|[\s(])[A-Za-z]$")
_BEGINS = re.compile(r"""\s+["'“‘(\[]*(?:[A-Z0-9Α-ΩÀ-ÞµΔ]|[a-z]{1,3}[A-Z0-9-]|[α-ω])""")
_ENDED = re.compile(r"[.?!:][)\]’”\"'*_]*$")
_NEW = re.compile(
    r"[|#>•▪–*+-]|\(?(?:\d{1,3}[.)]|[a-z]\))\s|\[\d+\]|```|~~~|[A-Z][\w/&-]*(?: [\w/&-]+){0,4}:(?:\s|$)|[A-Z][A-Z &/]{3,}$"
)
"""How a line begins that goes on with nothing: an item, a heading, a row, a label such as `METHODS:`."""
_WRAPPED = range(45, 201)
"""Characters of the longest line of wrapped text; what is longer is a paragraph in one line, what is shorter a list or a table."""
_LEAST_BROKEN = 30
"""Characters of a line that the next one, beginning with a small letter, may go on with."""
_NEVER_ENDS = frozenset(
    "e.g i.e cf vs viz approx ca figs fig eqs eq refs ref no nos vol vols pp dr prof spp sp subsp".split()
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, without white space around it; together they hold all else of the text."""
    spans: list[tuple[int, int]] = []
    start = 0
    widest = _Widest(text)
    for found in _END.finditer(text):
        end = found.end()
        if text[found.start()] != "\n":
            if not _ends(text, found.start(), end):
                continue
        elif _goes_on(text, found.start(), widest):
            continue
        _keep(text, start, end, spans)
        start = end
    _keep(text, start, len(text), spans)
    return spans


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each line, wrapped ones as one, without white space around it; together they hold all else of the text."""
    spans: list[tuple[int, int]] = []
    start = 0
    widest = _Widest(text)
    for found in _LINES.finditer(text):
        if not _goes_on(text, found.start(), widest):
            _keep(text, start, found.end(), spans)
            start = found.end()
    _keep(text, start, len(text), spans)
    return spans


class _Widest:
    """The longest line of the block, between blank lines, that a place is in; asked for places from first to last."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = self._width = -1

    def at(self, place: int) -> int:
        if place > self._end:
            blank = _BLANK.search(self._text, place)
            first = self._text.rfind("\n", 0, place) + 1
            self._end = blank.start() if blank else len(self._text)
            self._width = max(len(line.rstrip()) for line in self._text[first : self._end].split("\n"))
        return self._width


def _goes_on(text: str, newline: int, widest: _Widest) -> bool:
    """Whether the line before this newline was only full, and the next one goes on with it."""
    line = text[text.rfind("\n", 0, newline) + 1 : newline].rstrip()
    after = text.find("\n", newline + 1)
    following = text[newline + 1 : after if after >= 0 else len(text)].strip()
    if _ENDED.search(line) and not (line.endswith(".") and _abbreviates(line[:-1][-12:])):
        return False
    if not following or _NEW.match(following) or "|" in line or line.lstrip().startswith("#"):
        return False
    if following[:1].islower() and len(line.strip()) >= _LEAST_BROKEN:
        return True
    width = widest.at(newline)
    return width in _WRAPPED and len(line) + 1 + len(following.split(None, 1)[0]) > width


def _ends(text: str, mark: int, end: int) -> bool:
    """Whether the mark there ends a sentence."""
    if _BEGINS.match(text, end) is None:
        return False
    if text[mark] != ".":
        return True
    before = text[max(0, mark - 12) : mark]
    if _abbreviates(before):
        return False
    found = _ABBREVIATION.search(before)
    return found is None or (text[end:].lstrip()[:1].isupper() and found[0].lower() not in ("et al", "al"))


def _abbreviates(before: str) -> bool:
    """Whether a point behind this belongs to it, whatever follows: `E. coli`, `e.g. tofacitinib`."""
    if _SINGLE_LETTER.search(before) and not before.endswith((" I", " a")):
        return True
    found = _ABBREVIATION.search(before)
    return found is not None and found[0].lower() in _NEVER_ENDS


def _keep(text: str, start: int, end: int, into: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        into.append((start, end))
