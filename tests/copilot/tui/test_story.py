"""A story is what its events amount to: steps, calls as they stand, evidence, the answer so far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from biocopilot.copilot import Copilot
from biocopilot.copilot.tui.story import Story, told
from biocopilot.memory.events import (
    ApprovalGiven,
    ApprovalRequested,
    Event,
    PlanProposed,
    RunFinished,
    RunStarted,
    Thought,
    ToolFailed,
    ToolFinished,
    ToolProgress,
    ToolStarted,
)
from biocopilot.memory.records import ToolCall

BEGUN = datetime(2026, 11, 24, 12, tzinfo=UTC)


def happened(*made: tuple[type[Any], dict[str, Any]]) -> list[Event]:
    """Events a second apart, numbered."""
    return [
        kind(run_id="r", number=number, at=BEGUN + timedelta(seconds=number), **fields)
        for number, (kind, fields) in enumerate(made, 1)
    ]


def call(name: str, tool: str = "molecule_properties") -> ToolCall:
    return ToolCall(id=name, tool=tool, arguments={"molecule": "CC"})


STARTED = (RunStarted, {"question": "q", "planner": "p", "session": "s"})


def test_a_plan_and_its_calls_are_one_step_and_the_next_plan_begins_another() -> None:
    story = told(
        happened(
            STARTED,
            (PlanProposed, {"summary": "look"}),
            (ToolStarted, {"call": call("a")}),
            (ToolStarted, {"call": call("b")}),
            (ToolFinished, {"call_id": "a", "tool": "t", "status": "ok", "seconds": 1.0}),
            (ToolFinished, {"call_id": "b", "tool": "t", "status": "empty", "seconds": 1.0}),
            (ToolStarted, {"call": call("c")}),
        )
    )
    assert [(step.plan, [item.call.id for item in step.calls]) for step in story.steps] == [
        ("look", ["a", "b"]),
        ("", ["c"]),
    ]
    assert story.steps[0].ended == BEGUN + timedelta(seconds=6)
    assert (story.steps[0].running, story.steps[1].running) == (False, True)


def test_a_thought_after_calls_begins_a_step_and_before_them_belongs_to_theirs() -> None:
    story = told(
        happened(
            STARTED,
            (Thought, {"text": "hm"}),
            (ToolStarted, {"call": call("a")}),
            (ToolFinished, {"call_id": "a", "tool": "t", "status": "ok", "seconds": 1.0}),
            (Thought, {"text": "so"}),
        )
    )
    assert [step.thoughts for step in story.steps] == [["hm"], ["so"]]


def test_a_call_says_what_it_does_why_it_failed_and_that_it_was_stopped() -> None:
    failure = {"tool": "t", "seconds": 2.0, "message": "No reply.", "hint": "Try again."}
    story = told(
        happened(
            STARTED,
            (ToolStarted, {"call": call("a")}),
            (ToolProgress, {"call_id": "a", "text": "reading", "done": 1, "total": 3}),
            (ToolStarted, {"call": call("b")}),
            (ToolFailed, {"call_id": "a", "error": "SourceUnavailable", **failure}),
            (ToolFailed, {"call_id": "b", "error": "Cancelled", **failure}),
            (RunFinished, {"status": "cancelled", "seconds": 3.0}),
        )
    )
    first, second = story.calls
    assert (first.state, first.doing, first.message, first.hint) == ("failed", "reading 1/3", "No reply.", "Try again.")
    assert second.state == "cancelled"
    assert (story.steps[0].failed, story.finished, story.status) == (True, True, "cancelled")


def test_a_call_waits_for_a_yes_or_no_until_it_is_given_or_the_run_ends() -> None:
    asked = (ApprovalRequested, {"call": call("a"), "reason": "It writes."})
    assert told(happened(STARTED, asked)).asked is not None
    assert told(happened(STARTED, asked, (ApprovalGiven, {"call_id": "a", "approved": True}))).asked is None
    assert told(happened(STARTED, asked, (RunFinished, {"status": "failed", "seconds": 1.0}))).asked is None


async def test_a_real_run_is_told_to_the_end(copilot: Copilot) -> None:
    story = Story()
    async for event in copilot.stream("MW of ibuprofen?"):
        story.take(event)
    assert story.status == "answered"
    assert "206.28" in story.text
    name = story.claims[0].evidence[0]
    found = story.call_of(name)
    assert found is not None
    assert (found.call.tool, found.state, found.backends) == ("molecule_properties", "ok", ["computed"])
    assert story.cited_by(name) == tuple(claim for claim in story.claims if name in claim.evidence)
    assert story.call_of("E99") is None
