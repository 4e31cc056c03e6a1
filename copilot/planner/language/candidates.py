"""What the embedded planner can propose where it is not sure: other kinds that a clause may be, and names for what is missing.

Each is a whole reading, so that whichever is chosen is planned and told as any other: a model that only chooses can make no call
that is not valid and no sentence that evidence does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ..answered import names_answered
from ..classifier import LEAST_MARGIN
from ..contract import State
from ..frames import KINDS, Entity, EntityKind, Frame, Kind, Reading
from ..kinds import kind_of
from ..reading import read
from ..slots import NEEDS, lacking

__all__ = ["Candidate", "Question", "open_questions", "other_ways"]

_MOST = 6
_SLOTS: dict[EntityKind, str] = {
    "molecule": "molecules",
    "target": "targets",
    "disease": "diseases",
    "dna": "sequences",
    "rna": "sequences",
    "peptide": "sequences",
    "quantity": "quantities",
    "group": "groups",
}


@dataclass(frozen=True)
class Candidate:
    """One way to go on, in words, and the frame that it makes; the frame is None for leaving it as it is."""

    said: str
    frame: Frame | None


@dataclass(frozen=True)
class Question:
    """Something about one frame that is open, and the ways in which it may be closed."""

    place: int
    """Of the frame in the reading."""
    asked: str
    candidates: tuple[Candidate, ...]


async def open_questions(reading: Reading, state: State) -> list[Question]:
    """What is open in a reading: clauses of a doubtful kind, and needs that nothing named meets."""
    found = []
    for place, frame in enumerate(reading.frames):
        if frame.margin < LEAST_MARGIN:
            ways = [*_of_kinds(frame, (frame.kind, *frame.runners_up)), Candidate("none of these", None)]
            if len(ways) > 2:
                found.append(Question(place, f"What does “{frame.clause.strip()}” ask for?", tuple(ways)))
        elif NEEDS[frame.kind] and not kind_of(frame.kind).plan(frame):
            fillings = await _fillings(frame, reading, state)
            if fillings:
                missing = lacking(frame.kind, frame.entities)
                asked = f"It asks for {KINDS[frame.kind]}, and does not name {missing}. What is meant?"
                found.append(Question(place, asked, (*fillings, Candidate("none of these", None))))
    return found


def other_ways(frame: Frame, tried: Iterable[Kind]) -> tuple[Candidate, ...]:
    """Kinds that a clause may be besides those that were tried, and a look into the library."""
    kinds = [kind for kind in (*frame.runners_up, "literature") if kind not in set(tried)]
    return tuple(_of_kinds(frame, kinds))


def _of_kinds(frame: Frame, kinds: Iterable[Kind]) -> list[Candidate]:
    found = []
    for kind in dict.fromkeys(kinds):
        made = replace(frame, kind=kind, margin=1.0, probability=1.0)
        if kind in ("help", "unsupported") or not kind_of(kind).plan(made):
            continue
        found.append(Candidate(KINDS[kind], made))
    return found[:_MOST]


async def _fillings(frame: Frame, reading: Reading, state: State) -> list[Candidate]:
    """The frame with a name that the question or the session holds in the place of what is missing."""
    have = {(item.kind, item.value) for item in frame.entities}
    found = []
    for item in await _named(reading, state):
        if (item.kind, item.value) in have or item.kind not in _SLOTS:
            continue
        have.add((item.kind, item.value))
        slot = _SLOTS[item.kind]
        filled: dict[str, Any] = {slot: (*getattr(frame, slot), item)}
        made = replace(frame, **filled)
        if kind_of(frame.kind).plan(made):
            found.append(Candidate(item.name or item.text, made))
    return found[:_MOST]


async def _named(reading: Reading, state: State) -> list[Entity]:
    named = list(reading.entities)
    for turn in reversed(state.history):
        named += (await read(turn.question, (), state.bench)).entities
        for items in names_answered(turn.answer, state.bench).values():
            named += items
    return named
