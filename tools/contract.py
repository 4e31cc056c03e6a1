"""What a tool is: one declaration from which the CLI, the planner's schema, LangChain, MCP and the docs page all come.

A tool is an async function `name(arguments, context) -> Findings`, marked with `@tool(...)`; its arguments are one
`ToolArguments` model and its docstring says when to use it, when not, what comes back, units, limits and failures.
It raises members of the error tree; it never numbers evidence and never formats for a terminal (see `execute.py`).
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from ..memory.records import Backend, Evidence, Omitted, Source
from ..memory.text import clean
from .shapes import with_rules
from .workbench import Workbench

if TYPE_CHECKING:
    from ..memory.earlier_runs import EarlierRuns
    from ..memory.library.library import Library
    from .sources.sending import MaySend
    from .sources.transport import Session, Transport

__all__ = ["Cost", "Draft", "FindAgain", "Findings", "Tool", "ToolArguments", "ToolContext", "tool"]

Cost = Literal["instant", "fast", "slow"]
"""`instant`: under 10 ms; `fast`: under a second; `slow`: more, or the network."""


class ToolArguments(BaseModel):
    """Base of every tool's arguments: unknown fields and invisible characters are refused, white space at the ends is dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)

    shapes: ClassVar[tuple[dict[str, Any], ...]] = ()
    """Where a validator says what goes together: the ways to call, of which a call has one; see `shapes.py`."""
    ordered: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of numbers of which the second may not be below the first."""

    @classmethod
    def exact_schema(cls) -> dict[str, Any]:
        """JSON Schema with the rules between the arguments: whatever fits it is a valid call."""
        return with_rules(cls.model_json_schema(), cls.shapes, cls.ordered)

    @field_validator("*", mode="before")
    @classmethod
    def _visible(cls, value: object) -> object:
        for text in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(text, str) and clean(text) != text.replace("\r\n", "\n").replace("\r", "\n"):
                raise ValueError("holds control or invisible characters; type it again without them")
        return value


@dataclass(frozen=True)
class Draft:
    """One finding before the run numbers it: a JSON record with a `type`, where it is from, and a line about it."""

    record: dict[str, Any]
    source: Source
    backend: Backend
    summary: str
    """One line for the digest that a planner reads: names, values with units, no evidence id."""


@dataclass(frozen=True)
class Findings:
    """What a tool found, and how complete that is.

    `matched` is how many there are, `returned` how many are given; where fewer are given, `omitted` says what was
    cut and the call that would show it. No drafts, or `empty=True`, means that the search found nothing; a draft may
    still record the search itself.
    """

    drafts: tuple[Draft, ...]
    matched: int | None = None
    returned: int | None = None
    filters: dict[str, Any] = field(default_factory=dict)
    omitted: Omitted | None = None
    warnings: tuple[str, ...] = ()
    empty: bool = False
    partial: bool = False
    unknown: bool = False
    """Nothing of what was asked for is known here, though there is something to say: another source may know it."""
    retrieved_at: datetime | None = None
    """When what it rests on was had from a service; None where it is from here and now."""


def _no_progress(_text: str, _done: int | None = None, _total: int | None = None) -> None:
    """Progress goes nowhere unless someone listens."""


@dataclass(frozen=True)
class ToolContext:
    """What a tool may use during one call.

    `files` are the paths that the user named; no other file is read. `progress(text, done, total)` reports. `earlier`
    are the runs of this session before this one; None outside a session. `may_send` is asked before a structure of the user's
    leaves this machine; where None, the setting alone rules.
    """

    bench: Workbench
    files: frozenset[Path] = frozenset()
    offline: bool = False
    progress: Callable[[str, int | None, int | None], None] = _no_progress
    earlier: EarlierRuns | None = None
    may_send: MaySend | None = None

    @property
    def transport(self) -> Transport:
        """The way to live services; offline, to their kept replies only."""
        return self.bench.kept_replies if self.offline else self.bench.transport

    def session(self) -> Session:
        """Requests of this call, for a tool that may send a structure; an async context."""
        return self.transport.session(self.may_send)

    @property
    def library(self) -> Library:
        """The user's documents; offline, without any server. Raises StorageError where it cannot be read."""
        return self.bench.library_offline if self.offline else self.bench.library


ToolFunction = Callable[[Any, ToolContext], Awaitable[Findings]]
FindAgain = Callable[[Evidence, ToolContext], Awaitable[Draft]]
"""Gives a recorded piece of evidence as it is now. Raises NotFound, with the reason, where it can be found no more."""


@dataclass(frozen=True)
class Tool:
    """A declared tool. `run` is the function itself; use `execute` to call it with deadline, checks and evidence."""

    name: str
    title: str
    doc: str
    arguments: type[ToolArguments]
    run: ToolFunction
    cost: Cost
    deadline_s: float
    read_only: bool
    idempotent: bool
    needs_network: bool
    examples: tuple[dict[str, Any], ...]
    write_field: str | None = None
    """The argument that names the file to write; a call without it leaves the disk as it is."""
    kept_replies: bool = False
    """Whether it goes by the context's transport, which offline answers from kept replies."""
    find_again: FindAgain | None = None
    """How `runs verify` finds a record again; where None, the call is run again and must find the same."""

    def writes(self, arguments: Mapping[str, Any]) -> bool:
        """Whether a call with these arguments writes to the user's disk."""
        return not self.read_only and (self.write_field is None or arguments.get(self.write_field) is not None)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.doc.splitlines()[0]

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments, as any service takes it."""
        return self.arguments.model_json_schema()

    def exact_schema(self) -> dict[str, Any]:
        """JSON Schema with the rules between the arguments, for a grammar."""
        return self.arguments.exact_schema()


def tool(
    *,
    title: str,
    cost: Cost = "fast",
    deadline_s: float = 20.0,
    read_only: bool = True,
    idempotent: bool = True,
    needs_network: bool = False,
    examples: tuple[dict[str, Any], ...] = (),
    write_field: str | None = None,
    kept_replies: bool = False,
    find_again: FindAgain | None = None,
) -> Callable[[ToolFunction], Tool]:
    """Declare an async function as a tool under its own name.

    Args:
        title: what a menu shows, in two or three words.
        cost: the class of its cost, for planners.
        deadline_s: seconds after which a call is stopped and failed.
        read_only: whether it leaves the disk as it is; a tool that writes needs the user's approval.
        idempotent: whether a second identical call may be answered from the first.
        needs_network: whether it cannot work offline.
        examples: argument objects that work on the starter set; docs and tests run them.
        write_field: for a tool that writes only where it is told to: the argument that names the file.
        kept_replies: for a tool that needs the network: it goes by the context's transport, so that offline it may be
            called, and answers where a reply is kept.
        find_again: for a tool that searches what grows: how each record is found again by itself when a run is verified.
    """

    def declare(function: ToolFunction) -> Tool:
        annotations = inspect.get_annotations(function, eval_str=True)
        arguments = next(iter(annotations.values()))
        return Tool(
            name=getattr(function, "__name__", ""),
            title=title,
            doc=inspect.cleandoc(function.__doc__ or ""),
            arguments=arguments,
            run=function,
            cost=cost,
            deadline_s=deadline_s,
            read_only=read_only,
            idempotent=idempotent,
            needs_network=needs_network,
            examples=examples,
            write_field=write_field,
            kept_replies=kept_replies,
            find_again=find_again,
        )

    return declare
