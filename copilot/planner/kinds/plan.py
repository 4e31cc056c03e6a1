"""Plans of the embedded planner: a frame becomes typed nodes, some of which wait for others; results become parts.

A kind is two functions: `plan(frame) -> list[Node]` and `compose(frame, results) -> Section`. Neither runs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ....memory.records import Evidence, ToolResult
from ..contract import Part
from ..frames import Frame

__all__ = ["Arguments", "Node", "QuestionKind", "Results", "Section", "Status"]

Status = Literal["answered", "partial", "unknown"]
Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Results:
    """The results of a frame's nodes by key; a node that has not run, or was left out, is absent."""

    by_key: Mapping[str, ToolResult] = field(default_factory=dict)

    def get(self, key: str) -> ToolResult | None:
        """The result of a node, or None where it did not run."""
        return self.by_key.get(key)

    def found(self, key: str, record_type: str = "") -> Evidence | None:
        """The first evidence of a node that came to something, of that record type where one is given."""
        result = self.by_key.get(key)
        if result is None or result.status not in ("ok", "partial"):
            return None
        return next((item for item in result.evidence if not record_type or item.record["type"] == record_type), None)


@dataclass(frozen=True)
class Node:
    """A call to make. `arguments` may be made from the results of the nodes in `after`; None then leaves it out."""

    key: str
    tool: str
    arguments: Arguments | Callable[[Results], Arguments | None]
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A frame's share of the answer."""

    parts: tuple[Part, ...]
    status: Status = "answered"


class QuestionKind(Protocol):
    """A kind of question, or several that are planned and told alike."""

    def plan(self, frame: Frame) -> list[Node]:
        """The calls that answer this frame."""

    def compose(self, frame: Frame, results: Results) -> Section:
        """The sentences that tell the results."""
