"""Where a document's list of references is: it stands apart from the text, since it says what others are called and not what was found.

A list begins under its heading, where entries follow. It holds the paragraphs that look like entries, and short ones between them,
such as an entry's second line. It ends where the text that follows looks otherwise for long, and goes on behind a figure or table
where the next number does. So an appendix behind it, and what the publisher says at its foot, are left with the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby, pairwise

from ..document import PartKind

__all__ = ["parts_of"]

_HEADING = re.compile(
    r"(?:(?:\d{1,2}(?:\.\d{1,2})?|[IVX]{1,5})[.:]?\s+)?"
    r"(?:(?:supplementa(?:ry|l)\s|additional\s|cited\s)?(?:references?|bibliography|literature)(?:\s+cited|\s+list)?"
    r"|works\s+cited|references\s+and\s+notes|notes\s+and\s+references)\s*[:.]?",
    re.IGNORECASE,
)
_HEADING_BEFORE_FIRST = re.compile(r"(?:REFERENCES|References|Bibliography|BIBLIOGRAPHY)\s+(?=\[1\]|\(1\)|1[.)]?\s)")
_OTHERWISE = re.compile(
    r"(?:©|•|received\b|accepted\b|published\b|publisher|(?:doi\S+\s+)?cite\s+this|submit\s|open\s+access|this\s+article\b|appendi"
    r"|supplement|supporting\s+info|additional\s+file|fig(?:ure)?s?\.?\s+\w?\d|table\s+\w?\d|scheme\s+\w?\d|acknowledg|abbreviat"
    r"|authors?[’']?\s+(?:contrib|detail|info)|correspond|compet|conflicts?\s+of|fund|www\.)",
    re.IGNORECASE,
)
"""How paragraphs begin that are of no list."""
_NUMBER = re.compile(r"[\[(]?(\d{1,3})[\]).]{0,2}\s+(?=[^\W\d_]|[“\"‘'\[])")
_NEXT_NUMBER = re.compile(r"(?<=[.\d]\s)[\[(]?(\d{1,3})[\]).]{0,2}\s+(?=[^\W\d_])")
_YEAR = re.compile(r"\b(?:19|20)\d\d[a-z]?\b")
_PAGES = re.compile(r"\d\s?(?:\([^)]{1,12}\))?\s?[:,;]\s?(?:pp?\.\s?)?[A-Za-z]?\d{1,6}\s?[-–—−?]\s?[A-Za-z]?\d")
_NAME = re.compile(
    r"\b[^\W\d_][^\W\d_’'-]{1,20},?\s(?:[A-Z]\.[ -]?){1,3}"
    r"|\b[^\W\d_][^\W\d_’'-]{1,20}\s[A-Z]{1,3}(?=[,.:;])"
    r"|\b[A-Z]\.\s?(?:[A-Z]\.\s?)?[A-Z][^\W\d_]{2}"
    r"|\bet al\b"
)
_IDENTIFIER = re.compile(r"https?:|\bdoi\b|\b10\.\d{4}|\bPMID|\bPMC\d|\bISBN|\bvol\.|\bpp\.|\bIn: ", re.IGNORECASE)
_LOOKED_AT = 2_000
"""Characters of a paragraph that tell what it is."""
_A_SIGN = 150
"""An entry has at least one sign in so many characters."""
_LONG = 600
_BETWEEN = 500
"""Characters without signs that may stand between two entries."""
_ENDS_AFTER = 1_200
"""Characters that look otherwise, after which a list is over."""
_SOON = 12
"""Paragraphs behind a heading among which two entries make it one."""
_SKIPPED = 3
"""Numbers that may be missing where a list goes on."""

Paragraph = tuple[int, str]


def parts_of(pages: Sequence[str]) -> list[tuple[int, PartKind, str]]:
    """Number of the page, kind and text of each part, in order; a page without references is one part.

    Args:
        pages: the text of each, its paragraphs apart by newlines.
    """
    paragraphs = [(number, text) for number, page in enumerate(pages, 1) if page for text in page.split("\n")]
    listed = _listed(paragraphs)
    found: list[tuple[int, PartKind, str]] = []
    kinds: list[tuple[int, PartKind]] = [
        (number, "references" if place in listed else "page") for place, (number, _) in enumerate(paragraphs)
    ]
    for (number, kind), places in groupby(range(len(paragraphs)), key=lambda place: kinds[place]):
        found.append((number, kind, "\n".join(paragraphs[place][1] for place in places)))
    return found


def _listed(paragraphs: Sequence[Paragraph]) -> set[int]:
    """Places of the paragraphs that are of a list, its heading among them."""
    listed: set[int] = set()
    is_entry = cache(lambda place: _is_entry(paragraphs[place][1]))
    beginnings = [*_beginnings(paragraphs, is_entry), (len(paragraphs), 0)]
    for (start, first), (end, _) in pairwise(beginnings):
        listed.update(range(start, first), _entries(paragraphs, first, end, is_entry))
    return listed


def _beginnings(paragraphs: Sequence[Paragraph], is_entry: Callable[[int], bool]) -> Iterator[tuple[int, int]]:
    """Each heading's place, and that of the first paragraph that may be an entry."""
    for place, (_, text) in enumerate(paragraphs):
        alone = len(text) < 60 and _HEADING.fullmatch(text.strip()) is not None
        if not alone and not _HEADING_BEFORE_FIRST.match(text):
            continue
        first = place + alone
        behind = range(first, min(first + _SOON, len(paragraphs)))
        entries = sum(is_entry(item) for item in behind)
        if entries >= 2 or (entries and len(behind) < 3):
            yield place, first


def _entries(paragraphs: Sequence[Paragraph], first: int, end: int, is_entry: Callable[[int], bool]) -> set[int]:
    """Places of a list's paragraphs, of those from `first` up to `end`."""
    listed: set[int] = set()
    between: list[int] = []
    length = 0
    last = 0
    for place in range(first, end):
        text = paragraphs[place][1]
        number = _number(text)
        follows = bool(number and last < number <= last + _SKIPPED)
        over = length > _ENDS_AFTER
        if over and not last:
            break  # without numbers nothing tells that it goes on
        if is_entry(place) and (not over or follows):
            if length <= _BETWEEN:
                listed.update(between)
            listed.add(place)
            between, length = [], 0
            last = _last_number(text, number or last)
        elif follows and not over and len(text) <= _BETWEEN:
            between.append(place)
            last = number or last
            listed.update(between if length <= _BETWEEN else between[-1:])
            between, length = [], 0
        else:
            length += len(text)
            if not _OTHERWISE.match(text):
                between.append(place)
    return listed


def _is_entry(text: str) -> bool:
    """Whether a paragraph has what references have: a number, names with initials, a year, pages, an identifier."""
    if _OTHERWISE.match(text):
        return False
    text = _HEADING_BEFORE_FIRST.sub("", text[:_LOOKED_AT], count=1)
    names, years = len(_NAME.findall(text)), len(_YEAR.findall(text))
    pages, identifiers = len(_PAGES.findall(text)), len(_IDENTIFIER.findall(text))
    numbered = _number(text) > 0
    kinds = numbered + bool(names) + bool(years) + bool(pages) + bool(identifiers)
    signs = numbered + names + years + pages + identifiers
    if len(text) > _LONG and (not names or not years or not (pages or identifiers)):
        return False
    return kinds >= 2 and signs * _A_SIGN >= len(text)


def _number(text: str) -> int:
    """The number that an entry begins with; 0 without one."""
    found = _NUMBER.match(_HEADING_BEFORE_FIRST.sub("", text[:200], count=1))
    return int(found[1]) if found else 0


def _last_number(text: str, number: int) -> int:
    """The number of the last entry in a paragraph that begins with one or goes on with one: several may have become one."""
    for found in _NEXT_NUMBER.finditer(text):
        number += number > 0 and int(found[1]) == number + 1
    return number
