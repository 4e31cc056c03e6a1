"""`and gefitinib?`, `in µM?`, `no, I meant adagrasib`: the last question again, about something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .clauses import Clause, is_bare
from .frames import Entity, Frame
from .leaning import unit_span
from .quantities import target_unit
from .slots import NEEDS, SEQUENCES, like_a_gene

__all__ = ["asked_again"]

_SLOTS = {
    "molecule": "molecules",
    "target": "targets",
    "disease": "diseases",
    "quantity": "quantities",
    "file": "files",
}
_CONVERTED = ("concentration", "potency", "target_activities", "compound_activities")


def asked_again(clause: Clause, last: Sequence[Frame]) -> list[Frame]:
    """The frames of the last question with what this clause names in its place; empty where it is a question of its own."""
    span = unit_span(clause)
    if not last or not is_bare(clause, span):
        return []
    if span is not None and not clause.names:
        unit = target_unit(clause.text)
        again = [frame for frame in last if frame.kind in _CONVERTED]
        return [replace(frame, clause=clause.text.strip(), to_unit=unit[2]) for frame in again] if unit else []
    if not clause.names:
        return []
    unit = target_unit(clause.text) if span is not None else None
    if unit is not None and clause.of("quantity"):
        last = [replace(frame, to_unit=unit[2]) for frame in last]  # "and 5 µM in µg/mL?"
    return [remade for frame in last if (remade := _about(frame, clause)) is not None]


def _about(frame: Frame, clause: Clause) -> Frame | None:
    """The frame about what the clause names instead; None where that has no place in it."""
    changes: dict[str, Any] = {}
    for entity in clause.names:
        slot = _place(entity, frame)
        if slot is not None:
            changes[slot] = (*changes.get(slot, ()), entity)
    if not changes:
        return None
    if "unknown" not in changes:
        changes["unknown"] = ()
    elif frame.molecules and "molecules" not in changes:
        changes["molecules"] = ()
    if frame.kind in ("similarity", "compare") and len(changes.get("molecules", ())) == 1:
        kept = (
            frame.molecules if len(frame.molecules) > 2 else frame.molecules[:1]
        )  # one more of many; of two the other
        changes["molecules"] = tuple(dict.fromkeys((*kept, *changes["molecules"])))
    if "files" in changes:
        changes["files"] = tuple(entity.value for entity in changes["files"])
        changes["molecules"] = ()
    return replace(frame, clause=clause.text.strip(), **changes)


def _place(entity: Entity, frame: Frame) -> str | None:
    """The name of the frame's slot that the entity takes over."""
    if entity.kind == "unknown":
        if frame.targets and (not frame.molecules or like_a_gene(entity.text)):
            return "targets"
        return "unknown" if frame.molecules or frame.unknown or frame.diseases else None
    name = "sequences" if entity.kind in SEQUENCES else _SLOTS.get(entity.kind)
    if name == "files":
        return "files" if frame.files or frame.kind in ("substructure", "nearest") else None
    if name is None:
        return None
    if getattr(frame, name):
        return name
    needs = {slot for served_by in NEEDS[frame.kind] for slot in served_by}
    return name if frame.unknown and entity.kind in needs else None
