"""What a run has come to, told by its events: steps with their calls, evidence, the answer so far. Knows no widget.

Every pane of the interface reads a `Story`; `take` is the one place where an event changes what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, assert_never

from ...memory.events import (
    AnswerDelta,
    AnswerFinished,
    ApprovalGiven,
    ApprovalRequested,
    Event,
    EvidenceAdded,
    Notice,
    PlanProposed,
    RunFinished,
    RunStarted,
    Thought,
    ToolFailed,
    ToolFinished,
    ToolProgress,
    ToolStarted,
    Usage,
)
from ...memory.records import AnswerStatus, Claim, Evidence, ToolCall

if TYPE_CHECKING:
    from .tables import TableData

__all__ = ["CallState", "Story", "StoryCall", "StoryStep", "told"]

CallState = Literal["running", "ok", "partial", "empty", "failed", "cancelled"]


@dataclass
class StoryCall:
    """A tool call and how it stands."""

    call: ToolCall
    state: CallState = "running"
    doing: str = ""
    """What it said last of its progress."""
    seconds: float | None = None
    matched: int | None = None
    returned: int | None = None
    message: str = ""
    """Why it failed."""
    hint: str = ""
    evidence: list[str] = field(default_factory=list)
    backends: list[str] = field(default_factory=list)
    """Where its evidence came from, each once."""
    digest: str = ""
    event: int = 0
    """The number of the newest event about it."""
    exact: bool = True
    """Whether `call` is the call itself, not only what was said of it."""


@dataclass
class StoryStep:
    """What the planner intended at once, and the calls that came of it."""

    number: int
    begun: datetime
    plan: str = ""
    thoughts: list[str] = field(default_factory=list)
    thought_s: float = 0.0
    """From the event before each thought to the thought: what a planner took to think."""
    calls: list[StoryCall] = field(default_factory=list)
    ended: datetime | None = None
    planned: frozenset[str] = frozenset()
    """Ids of the calls that its plan named."""

    @property
    def running(self) -> bool:
        """Whether a call of it has not ended."""
        return any(call.state == "running" for call in self.calls)

    @property
    def failed(self) -> bool:
        """Whether a call of it failed."""
        return any(call.state == "failed" for call in self.calls)


@dataclass
class Story:
    """A run, so far. `changed` counts events, so that a reader sees whether there is something new."""

    run_id: str = ""
    question: str = ""
    planner: str = ""
    session: str | None = None
    offline: bool = False
    begun: datetime | None = None
    at: datetime | None = None
    """When the newest event happened."""
    steps: list[StoryStep] = field(default_factory=list)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    text: str = ""
    claims: tuple[Claim, ...] = ()
    asides: tuple[str, ...] = ()
    status: AnswerStatus | None = None
    seconds: float = 0.0
    error: str = ""
    message: str = ""
    hint: str = ""
    traceback: str = ""
    """Of an error that nobody foresaw; known only to the process that it happened in."""
    usage: Usage | None = None
    doing: str = ""
    """What is being done, where that is no call."""
    remarks: list[str] = field(default_factory=list)
    """What is to be known besides, and is no trouble."""
    folder: Path | None = None
    """Of a workflow's run: where it is kept."""
    tables: tuple[TableData, ...] = ()
    """Tables besides those of the answer and of the evidence."""
    asked: ApprovalRequested | None = None
    """A call that waits for a yes or no."""
    changed: int = 0
    _calls: dict[str, StoryCall] = field(default_factory=dict)

    @property
    def again(self) -> str:
        """What is typed to have it once more."""
        return self.question

    @property
    def report(self) -> Path | None:
        """Of a workflow's run: its page, where it was written."""
        return None

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return self.status is not None

    @property
    def calls(self) -> Iterator[StoryCall]:
        """All calls, in the order they began."""
        return iter(self._calls.values())

    def call(self, call_id: str) -> StoryCall | None:
        """The call of that id."""
        return self._calls.get(call_id)

    def cited_by(self, evidence_id: str) -> tuple[Claim, ...]:
        """The claims that rest on that evidence."""
        return tuple(claim for claim in self.claims if evidence_id in claim.evidence)

    def call_of(self, evidence_id: str) -> StoryCall | None:
        """The call that found that evidence."""
        return next((call for call in self._calls.values() if evidence_id in call.evidence), None)

    def take(self, event: Event) -> None:
        """Let the next event happen."""
        self.changed += 1
        before, self.at = self.at or event.at, event.at
        match event:
            case RunStarted():
                self.run_id, self.question, self.planner = event.run_id, event.question, event.planner
                self.session, self.offline, self.begun = event.session, event.offline, event.at
            case PlanProposed():
                step = self._open_step(event.at)
                step.plan, step.planned = event.summary, frozenset(call.id for call in event.calls)
            case Thought():
                step = self._open_step(event.at)
                step.thoughts.append(event.text)
                step.thought_s += (event.at - before).total_seconds()
            case ToolStarted():
                call = StoryCall(event.call, event=event.number)
                self._calls[event.call.id] = call
                self._step_for_call(event.call.id, event.at).calls.append(call)
            case ToolProgress():
                self._told(event)
            case ToolFinished():
                self._ended(event)
            case ToolFailed():
                self._broken(event)
            case EvidenceAdded():
                self._found(event)
            case ApprovalRequested():
                self.asked = event
            case ApprovalGiven():
                self.asked = None
            case AnswerDelta():
                self.text += event.text
            case AnswerFinished():
                self.text, self.claims, self.asides = event.text, event.claims, event.asides
            case Notice():
                self.notices.append(event)
            case Usage():
                self.usage = event
            case RunFinished():
                self.status, self.seconds, self.asked = event.status, event.seconds, None
                self.error, self.message, self.hint = event.error, event.message, event.hint
            case _:
                assert_never(event)

    def _open_step(self, at: datetime) -> StoryStep:
        """The step that has no calls yet, or a new one."""
        if not self.steps or self.steps[-1].calls:
            self.steps.append(StoryStep(len(self.steps) + 1, at))
        return self.steps[-1]

    def _step_for_call(self, call_id: str, at: datetime) -> StoryStep:
        """The step that planned it, or whose calls are under way; a new one where all have ended: its planner gave no reason."""
        step = self.steps[-1] if self.steps else None
        if step is None or (step.calls and not step.running and call_id not in step.planned):
            step = self._open_step(at)
        return step

    def _told(self, event: ToolProgress) -> None:
        call = self._calls.get(event.call_id)
        if call is not None:
            amount = f" {event.done}/{event.total}" if event.done is not None and event.total is not None else ""
            call.doing, call.event = f"{event.text}{amount}", event.number

    def _ended(self, event: ToolFinished) -> None:
        call = self._calls[event.call_id]
        call.state, call.seconds, call.event = event.status, event.seconds, event.number
        call.matched, call.returned, call.digest = event.matched, event.returned, event.digest
        self._close(call, event.at)

    def _broken(self, event: ToolFailed) -> None:
        call = self._calls[event.call_id]
        call.state = "cancelled" if event.error == "Cancelled" else "failed"
        call.seconds, call.message, call.hint, call.event = event.seconds, event.message, event.hint, event.number
        self._close(call, event.at)

    def _close(self, call: StoryCall, at: datetime) -> None:
        for step in reversed(self.steps):
            if any(own is call for own in step.calls):
                step.ended = None if step.running else at
                return

    def _found(self, event: EvidenceAdded) -> None:
        item = event.evidence
        self.evidence[item.id] = item
        call = self._calls.get(event.call_id)
        if call is not None:
            call.evidence.append(item.id)
            if item.backend not in call.backends:
                call.backends.append(item.backend)


def told(events: Iterable[Event]) -> Story:
    """The story of a recorded run."""
    story = Story()
    for event in events:
        story.take(event)
    return story
