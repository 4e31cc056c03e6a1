"""What a finished or broken-off list of events amounts to: the one place where an `Answer` is made from events.

The loop and `runs replay` both call `answer_of`, so a replayed answer cannot differ from the one first shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .events import (
    AnswerFinished,
    Event,
    EvidenceAdded,
    Notice,
    RunFinished,
    RunStarted,
    ToolFailed,
    ToolFinished,
    ToolStarted,
)
from .records import Answer, AnswerStatus, Claim, Evidence, ToolCall, ToolCallSummary

__all__ = ["answer_of"]


def answer_of(events: Iterable[Event]) -> Answer:
    """The answer that these events of one run tell.

    A run without an end (a killed process) is `failed`; its open calls are `cancelled`. Raises ValueError where the
    list does not begin with `run_started`, or ends a call that never began.
    """
    start: RunStarted | None = None
    open_calls: dict[str, ToolCall] = {}
    calls: dict[str, ToolCallSummary] = {}
    evidence: list[Evidence] = []
    notices: list[str] = []
    text, claims = "", tuple[Claim, ...]()
    status: AnswerStatus = "failed"
    seconds = 0.0
    for event in events:
        if start is None and not isinstance(event, RunStarted):
            raise ValueError("a run's events begin with run_started")
        match event:
            case RunStarted():
                start = event
            case ToolStarted():
                open_calls[event.call.id] = event.call
                calls[event.call.id] = _cancelled(event.call)
            case ToolFinished():
                calls[event.call_id] = ToolCallSummary(
                    id=event.call_id,
                    tool=event.tool,
                    arguments=_arguments(open_calls, event.call_id),
                    status=event.status,
                    seconds=event.seconds,
                    matched=event.matched,
                    returned=event.returned,
                )
            case ToolFailed():
                calls[event.call_id] = ToolCallSummary(
                    id=event.call_id,
                    tool=event.tool,
                    arguments=_arguments(open_calls, event.call_id),
                    status="cancelled" if event.error == "Cancelled" else "failed",
                    seconds=event.seconds,
                )
            case EvidenceAdded():
                evidence.append(event.evidence)
            case Notice():
                notices.append(event.text)
            case AnswerFinished():
                text, claims = event.text, event.claims
            case RunFinished():
                status, seconds = event.status, event.seconds
            case _:
                pass
    if start is None:
        raise ValueError("a run's events begin with run_started")
    return Answer(
        run_id=start.run_id,
        question=start.question,
        status=status,
        planner=start.planner,
        answer=text,
        claims=claims,
        evidence=tuple(evidence),
        tool_calls=tuple(calls.values()),
        notices=tuple(notices),
        seconds=seconds,
    )


def _arguments(open_calls: dict[str, ToolCall], call_id: str) -> dict[str, Any]:
    if call_id not in open_calls:
        raise ValueError(f"the call {call_id} ended without having begun")
    return open_calls[call_id].arguments


def _cancelled(call: ToolCall) -> ToolCallSummary:
    return ToolCallSummary(id=call.id, tool=call.tool, arguments=call.arguments, status="cancelled", seconds=0.0)
