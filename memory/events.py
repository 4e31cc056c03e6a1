"""The typed events of a run, in the order they happen: the one stream that CLI, interface, API and replay read.

Events are frozen, discriminated on `type`, numbered from 1 within a run and time-stamped in UTC. `parse_event` reads
one back from JSON. The run log stores them; nothing else is stored of a run.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, TypeAdapter, model_serializer

from .records import AnswerStatus, Claim, Evidence, ToolCall

__all__ = [
    "AnswerDelta",
    "AnswerFinished",
    "ApprovalGiven",
    "ApprovalRequested",
    "Event",
    "EvidenceAdded",
    "Notice",
    "NoticeKind",
    "PlanProposed",
    "RunFinished",
    "RunStarted",
    "Thought",
    "ToolFailed",
    "ToolFinished",
    "ToolProgress",
    "ToolStarted",
    "Usage",
    "parse_event",
]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    run_id: str
    number: int = Field(ge=1)
    at: datetime


class RunStarted(_Event):
    type: Literal["run_started"] = "run_started"
    question: str
    planner: str
    session: str | None = None
    offline: bool = False
    version: str = ""
    """Biocopilot's version."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Versions that a result depends on, such as RDKit's and the starter set's."""
    files: dict[str, str] = Field(default_factory=dict)
    """Files that tools may read: absolute path to SHA-256, empty where the file could not be hashed."""


class PlanProposed(_Event):
    type: Literal["plan_proposed"] = "plan_proposed"
    summary: str
    """What the planner understood, in a sentence."""
    calls: tuple[ToolCall, ...] = ()
    details: dict[str, Any] = Field(default_factory=dict)


class Thought(_Event):
    type: Literal["thought"] = "thought"
    text: str


class ToolStarted(_Event):
    type: Literal["tool_started"] = "tool_started"
    call: ToolCall


class ToolProgress(_Event):
    type: Literal["tool_progress"] = "tool_progress"
    call_id: str
    text: str
    done: int | None = None
    total: int | None = None


class ToolFinished(_Event):
    """A call that came to a result; its evidence precedes it as `evidence_added`, and stands here by id only."""

    type: Literal["tool_finished"] = "tool_finished"
    call_id: str
    tool: str
    status: Literal["ok", "empty", "partial"]
    seconds: float
    matched: int | None = None
    returned: int | None = None
    evidence: tuple[str, ...] = ()
    filters: dict[str, Any] = Field(default_factory=dict)
    omitted: dict[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    digest: str = ""


class ToolFailed(_Event):
    type: Literal["tool_failed"] = "tool_failed"
    call_id: str
    tool: str
    seconds: float
    error: str
    """Class name in the error tree, or `Cancelled`."""
    message: str
    hint: str = ""


class EvidenceAdded(_Event):
    type: Literal["evidence_added"] = "evidence_added"
    call_id: str
    evidence: Evidence


class ApprovalRequested(_Event):
    type: Literal["approval_requested"] = "approval_requested"
    call: ToolCall
    reason: str


class ApprovalGiven(_Event):
    type: Literal["approval_given"] = "approval_given"
    call_id: str
    approved: bool
    by: str = "user"


class AnswerDelta(_Event):
    type: Literal["answer_delta"] = "answer_delta"
    text: str


class AnswerFinished(_Event):
    """The answer whole. `asides` are the pieces of `text` that claim nothing: remarks of the program, headings."""

    type: Literal["answer_finished"] = "answer_finished"
    text: str
    claims: tuple[Claim, ...] = ()
    asides: tuple[str, ...] = ()


NoticeKind = Literal["fallback", "limit", "source", "planner", "storage", "claim", "info"]


class Notice(_Event):
    type: Literal["notice"] = "notice"
    text: str
    kind: NoticeKind = "info"


class Usage(_Event):
    type: Literal["usage"] = "usage"
    steps: int
    calls: int
    bytes: int
    """Bytes of evidence and digests."""
    tokens_in: int = 0
    tokens_out: int = 0
    model_calls: int | None = None
    """Replies of a language model; None where the planner is none."""
    model_seconds: float | None = None

    @model_serializer(mode="wrap")
    def _as_it_was(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what is not known, so that a run recorded before there were these fields is shown as it was."""
        return {name: value for name, value in handler(self).items() if value is not None}


class RunFinished(_Event):
    type: Literal["run_finished"] = "run_finished"
    status: AnswerStatus
    seconds: float
    error: str = ""
    message: str = ""
    hint: str = ""


Event = Annotated[
    RunStarted
    | PlanProposed
    | Thought
    | ToolStarted
    | ToolProgress
    | ToolFinished
    | ToolFailed
    | EvidenceAdded
    | ApprovalRequested
    | ApprovalGiven
    | AnswerDelta
    | AnswerFinished
    | Notice
    | Usage
    | RunFinished,
    Field(discriminator="type"),
]

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


def parse_event(text: str | bytes) -> Event:
    """One event from its JSON. Raises pydantic's ValidationError where it is none."""
    return _ADAPTER.validate_json(text)
