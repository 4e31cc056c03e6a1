"""What a conversation has named so far: the things that "it", "they", "the second one" and "that target" stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .frames import Entity, EntityKind, Frame
from .slots import slot_of

__all__ = ["Context"]

_KEPT: frozenset[EntityKind] = frozenset(
    ("molecule", "target", "disease", "dna", "rna", "peptide", "file", "group", "quantity", "unknown")
)


@dataclass(frozen=True)
class Context:
    """Entities by slot, the slots by how lately they were named, the last frames, and what the last answer named."""

    named: Mapping[EntityKind, tuple[Entity, ...]] = field(default_factory=dict)
    previous: Mapping[EntityKind, tuple[Entity, ...]] = field(default_factory=dict)
    """What was named in each slot before the latest."""
    latest: tuple[EntityKind, ...] = ()
    """Slots, the one named last first."""
    frames: tuple[Frame, ...] = ()
    question: str = ""
    answered: Mapping[EntityKind, tuple[Entity, ...]] = field(default_factory=dict)
    """What the last answer named: the drugs of its table, its targets, its sequences."""

    def with_named(self, entities: Sequence[Entity]) -> Context:
        """The context after these were named together."""
        fresh: dict[EntityKind, list[Entity]] = {}
        for entity in entities:
            if entity.kind in _KEPT and not entity.via:
                fresh.setdefault(slot_of(entity), []).append(entity)
        if not fresh:
            return self
        named = {**self.named, **{slot: tuple(items) for slot, items in fresh.items()}}
        previous = {**self.previous, **{slot: self.named[slot] for slot in fresh if slot in self.named}}
        latest = tuple(dict.fromkeys([*reversed(fresh), *self.latest]))
        return replace(self, named=named, previous=previous, latest=latest)
