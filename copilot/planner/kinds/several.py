"""What is said of several molecules together, before or in place of what is said of each: who is on which side, who has most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from ....memory.records import Evidence
from ..contract import Aside, Part, Sentence
from ..frames import Frame
from .words import capital, join, molecule_name, notes

__all__ = ["FEW", "by_count", "notes_once", "sides"]

FEW = 3
"""Molecules that are told one by one; more of them are told in a table."""


def sides(
    frame: Frame, items: Sequence[Evidence], holds: Callable[[Evidence], bool], does: str, does_not: str
) -> list[Part]:
    """`A and B follow …; C does not`, of two or more.

    Args:
        frame: what was asked: `how many` is answered by a number.
        items: one a molecule.
        holds: on which side it is.
        does: what is said of those on the one side, with `{}` for their names.
        does_not: what is said of the others.
    """
    if len(items) < 2:
        return []
    kept = [item for item in items if holds(item)]
    others = [item for item in items if item not in kept]
    parts: list[Part] = []
    if "how many" in " ".join(frame.clause.casefold().split()):
        parts.append(Aside(f"{len(kept)} of {len(items)} do:"))
    verdict = _verdict(frame, len(kept), len(others))
    for said, of in ((does, kept), (does_not, others)):
        if of:
            text = f"{said[:1].lower()}{said[1:]}".format(_names(of))
            parts.append(Sentence(f"{verdict}{text}" if verdict else capital(text), _ids(of)))
            verdict = ""
    return parts


def _verdict(frame: Frame, kept: int, others: int) -> str:
    """`Yes: ` or `No: ` to `do any of them` and `are they`; neither where they differ and all were asked about."""
    if not frame.yes_or_no:
        return ""
    any_will_do = re.search(r"\b(?:any|either|or|one)\b", frame.clause, re.IGNORECASE) is not None
    if not kept:
        return "No: "
    return "Yes: " if any_will_do or not others else ""


def by_count(items: Sequence[Evidence], count: Callable[[Evidence], int], what: str, fewest: bool) -> list[Part]:
    """Who has the most of something, or the fewest; those that have as many are named together."""
    if len(items) < 2:
        return []
    listed = sorted(items, key=lambda item: count(item) if fewest else -count(item))
    first = [item for item in listed if count(item) == count(listed[0])]
    rest = [f"{molecule_name(item.record)} ({count(item)})" for item in listed[len(first) :]]
    how_many = f"({count(listed[0])}{' each' if len(first) > 1 else ''})"
    if not rest:
        text = f"{_names(first)} have as many {what} {how_many}."
    else:
        have = "has" if len(first) == 1 else "have"
        if len(items) == 2:
            text = f"{_names(first)} has {'fewer' if fewest else 'more'} {what} {how_many} than {join(rest)}."
            return [Sentence(capital(text), _ids(listed))]
        text = f"{_names(first)} {have} the {'fewest' if fewest else 'most'} {what} {how_many}, then {join(rest)}."
    return [Sentence(capital(text), _ids(listed))]


def notes_once(items: Iterable[Evidence]) -> list[Part]:
    """The caveats of these records, each said once for all that have it."""
    of: dict[str, list[str]] = {}
    for item in items:
        for part in notes(item):
            if isinstance(part, Sentence):
                of.setdefault(part.text, []).extend(part.evidence)
    return [Sentence(text, tuple(ids)) for text, ids in of.items()]


def _names(items: Sequence[Evidence]) -> str:
    return join(molecule_name(item.record) for item in items)


def _ids(items: Sequence[Evidence]) -> tuple[str, ...]:
    return tuple(item.id for item in items)
