"""What a planner is: given the question and what was observed so far, it says the next step.

A step is tool calls, which the loop runs side by side, or an answer. A planner never runs a tool, never numbers
evidence and never decides whether a sentence is supported: the loop and `copilot/claims.py` do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ...memory.earlier_runs import EarlierRuns
from ...memory.events import NoticeKind
from ...memory.records import ToolCall, ToolResult
from ...memory.sessions import Turn
from ...tools.contract import Tool
from ...tools.workbench import Workbench

__all__ = [
    "Aside",
    "Break",
    "CallTools",
    "Give",
    "Observation",
    "Part",
    "Planner",
    "Row",
    "Sentence",
    "State",
    "Step",
    "Table",
    "Turn",
]


@dataclass(frozen=True)
class Observation:
    """A finished call; `result.digest` is what a language model would be shown of it."""

    call: ToolCall
    result: ToolResult


def _untold(_text: str, _kind: NoticeKind = "planner") -> None:
    """Nobody listens."""


def _uncounted(_tokens_in: int, _tokens_out: int, _seconds: float) -> None:
    """Nobody counts."""


@dataclass(frozen=True)
class State:
    """Everything that a planner may look at. `memo` is its own, for the length of one run.

    `history` is bounded (`history.py`, which also writes it as text for a language model); `earlier` holds everything.
    """

    question: str
    history: tuple[Turn, ...]
    observations: tuple[Observation, ...]
    tools: Mapping[str, Tool]
    bench: Workbench
    files: tuple[str, ...] = ()
    calls_left: int = 0
    must_answer: bool = False
    """Set when a budget is spent: calls asked for now will not be run."""
    memo: dict[str, Any] = field(default_factory=dict)
    left_out: int = 0
    """How many earlier turns of the session are not in `history`."""
    earlier: EarlierRuns | None = None
    """The session's earlier runs, whose results are reached by handle; None where there are none."""
    offline: bool = False
    seconds_left: float = math.inf
    tell: Callable[[str, NoticeKind], None] = _untold
    """Tells something at once, as a notice: a retry, a fallback, what was left out."""
    spend: Callable[[int, int, float], None] = _uncounted
    """Counts one reply of a language model: tokens in, tokens out, seconds."""


@dataclass(frozen=True)
class Sentence:
    """One statement of fact and the evidence it rests on; Markdown inline only, without the `[E1]`."""

    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A table's row: its cells, and the evidence that holds them."""

    cells: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Facts side by side; every row is a claim of its own."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Aside:
    """A remark of the program about itself or the question, never about chemistry or biology; not a claim."""

    text: str


@dataclass(frozen=True)
class Break:
    """A new paragraph begins."""


Part = Sentence | Table | Aside | Break


@dataclass(frozen=True)
class CallTools:
    """Run these calls, side by side."""

    calls: tuple[ToolCall, ...]
    thought: str = ""
    """A model's own reasoning text, where it gave one."""
    plan: str = ""
    """What was understood and is intended, on the first step."""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Give:
    """The answer. `text`, from a language model, is split into claims by the loop; `parts` are already claims."""

    parts: tuple[Part, ...] = ()
    text: str = ""
    status: Literal["answered", "partial", "unknown"] = "answered"
    notices: tuple[str, ...] = ()
    plan: str = ""
    thought: str = ""
    """A model's own reasoning text, where it gave one."""


Step = CallTools | Give


class Planner(Protocol):
    """The seam between the loop and whatever plans."""

    @property
    def name(self) -> str:
        """What `run_started.planner` says, such as `embedded` or `ollama:qwen3`."""

    async def next_step(self, state: State) -> Step:
        """The next step. Raises ModelUnavailable where the planner cannot work at all."""
