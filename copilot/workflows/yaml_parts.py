"""What a workflow in YAML is made of, once it was read: steps, loops, conditions and references, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ...memory.errors import InvalidInput

__all__ = [
    "Call",
    "Column",
    "Condition",
    "Input",
    "Loop",
    "Mark",
    "Parsed",
    "Ref",
    "Step",
    "fault",
    "refs_in",
    "refs_of",
]

InputKind = Literal["text", "texts", "integer", "number", "flag", "file", "table"]
Comparison = Literal["equals", "not", "above", "below", "in"]


@dataclass(frozen=True)
class Mark:
    """A place in the file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Ref:
    """`{$ref: profile.record.target.accession}`: a value that is known only when the run is there."""

    path: tuple[str, ...]
    mark: Mark

    def __str__(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True)
class Condition:
    """`when: {$ref: profile.matched, above: 0}`; without a comparison, whether there is anything."""

    ref: Ref
    comparison: Comparison | None = None
    value: Any = None


@dataclass(frozen=True)
class Call:
    """A step that calls a tool."""

    id: str
    tool: str
    arguments: Mapping[str, Any]
    """JSON values, with `Ref` where one stands."""
    when: Condition | None
    mark: Mark


@dataclass(frozen=True)
class Loop:
    """Steps that are done for each row of a table or list."""

    id: str
    over: Any
    """A `Ref`, or a list."""
    row: str
    """The name by which its steps refer to the row."""
    at_once: int | None
    steps: tuple[Step, ...]
    when: Condition | None
    mark: Mark


Step = Call | Loop


@dataclass(frozen=True)
class Input:
    """What the workflow takes."""

    name: str
    kind: InputKind
    description: str
    default: Any
    required: bool
    mark: Mark


@dataclass(frozen=True)
class Column:
    """A column of the results table."""

    name: str
    ref: Ref


@dataclass(frozen=True)
class Parsed:
    """A whole file."""

    name: str
    title: str
    description: str
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    """In an order in which each stands after what it refers to."""
    columns: tuple[Column, ...] = ()
    rows_of: str = ""
    """The loop whose rows are the results table's; empty for one row."""
    text: str = field(default="", repr=False)


def refs_in(value: Any) -> Iterator[Ref]:
    """The references in a value, however deep."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from refs_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from refs_in(item)


def refs_of(step: Step) -> Iterator[Ref]:
    """The references in a step: in its condition, its arguments, or what it goes over and the steps within."""
    if step.when is not None:
        yield step.when.ref
    if isinstance(step, Call):
        yield from refs_in(step.arguments)
        return
    yield from refs_in(step.over)
    for inner in step.steps:
        yield from refs_of(inner)


def fault(file: str, mark: Mark, what: str, hint: str = "") -> InvalidInput:
    """The error for what is wrong at a place of the file."""
    return InvalidInput(f"{file}, line {mark.line}, column {mark.column}: {what}", hint)
