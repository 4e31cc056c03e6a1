"""What is asked: a question with options, or a structure to describe; and a data file's items, with what in it cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["BadRecord", "Caption", "Choice", "DataSet", "Entity", "Item"]

Entity = Literal["molecule", "protein"]


@dataclass(frozen=True)
class Choice:
    """A question whose answer is one of its options.

    Args:
        id: as the file has it, or the place in it.
        question: as it is put.
        options: text by label, in the file's order; where texts are the labels (yes, no, maybe), these say what may be answered.
        gold: the right label.
        context: what the question's own document says, section by section, without its conclusion.
        year: of that document.
    """

    id: str
    question: str
    options: Mapping[str, str]
    gold: str
    context: tuple[tuple[str, str], ...] = ()
    year: int | None = None


@dataclass(frozen=True)
class Caption:
    """A molecule (SMILES) or a protein (sequence), what is asked of it, and what an expert wrote."""

    id: str
    entity: Entity
    structure: str
    question: str
    gold: str


Item = Choice | Caption


@dataclass(frozen=True)
class BadRecord:
    """A record that cannot be used: where it stands, and why."""

    where: str
    reason: str


@dataclass(frozen=True)
class DataSet:
    """The items of a file, in its order."""

    name: str
    """The file's name."""
    sha256: str
    items: tuple[Item, ...]
    bad: tuple[BadRecord, ...] = field(default=())
