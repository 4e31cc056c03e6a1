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
    lists: Mapping[EntityKind, tuple[Entity, ...]] = field(default_factory=dict)
    """The latest two or more that were named together, in a question or an answer, the latest sort last."""
    cut: bool = False
    """Whether the end of the latest list is not known."""

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
        known = replace(self, named=named, previous=previous, latest=latest)
        return known._with_lists(fresh, False)

    def with_answered(self, found: Mapping[EntityKind, tuple[Entity, ...]], cut: bool = False) -> Context:
        """The context after an answer that named these; `cut` where its end was left out."""
        return replace(self, answered=found)._with_lists(found, cut)

    def _with_lists(self, found: Mapping[EntityKind, Sequence[Entity]], cut: bool) -> Context:
        fresh = {slot: tuple(items) for slot, items in found.items() if len(items) > 1}
        if not fresh:
            return self
        older = {slot: items for slot, items in self.lists.items() if slot not in fresh}
        return replace(self, lists={**older, **fresh}, cut=cut)
