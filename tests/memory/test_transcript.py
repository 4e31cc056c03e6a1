"""An answer made from events: the same for a finished, a cancelled and a killed run, however often it is read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.memory import events
from biocopilot.memory.records import Claim, Evidence, Source, ToolCall, record_sha256
from biocopilot.memory.transcript import answer_of

AT = datetime(2026, 11, 24, tzinfo=UTC)
CALLS = [ToolCall(id=f"c{number}", tool="scaffold", arguments={"molecule": "C" * number}) for number in (1, 2, 3)]
EVIDENCE = Evidence(
    id="E1",
    tool="scaffold",
    arguments={},
    source=Source(name="RDKit", release="1", licence="BSD", attribution="RDKit"),
    retrieved_at=AT,
    backend="computed",
    record={},
    sha256=record_sha256({}),
)
CLAIM = Claim(text="None. [E1]", evidence=("E1",), verdict="supported")


def numbered(*made: tuple[type[Any], dict[str, Any]]) -> list[Any]:
    return [kind(run_id="r", number=number, at=AT, **fields) for number, (kind, fields) in enumerate(made, 1)]


START = (events.RunStarted, {"question": "q", "planner": "embedded"})


def test_a_finished_run_becomes_an_answer_with_its_calls_in_order() -> None:
    found = answer_of(
        numbered(
            START,
            (events.ToolStarted, {"call": CALLS[0]}),
            (events.ToolStarted, {"call": CALLS[1]}),
            (events.Notice, {"text": "slow"}),
            (events.ToolFailed, {"call_id": "c2", "tool": "scaffold", "seconds": 2.0, "error": "WorkerDied", "message": "m"}),
            (events.EvidenceAdded, {"call_id": "c1", "evidence": EVIDENCE}),
            (events.ToolFinished, {"call_id": "c1", "tool": "scaffold", "status": "ok", "seconds": 1.0, "matched": 4, "returned": 1}),
            (events.Thought, {"text": "hm"}),
            (events.AnswerDelta, {"text": "No"}),
            (events.AnswerFinished, {"text": "None. [E1]", "claims": (CLAIM,)}),
            (events.Usage, {"steps": 1, "calls": 2, "bytes": 3}),
            (events.RunFinished, {"status": "partial", "seconds": 3.5}),
        )
    )  # fmt: skip
    assert (found.run_id, found.question, found.planner, found.status, found.seconds) == (
        "r",
        "q",
        "embedded",
        "partial",
        3.5,
    )
    assert (found.answer, found.claims, found.evidence, found.notices) == (
        "None. [E1]",
        (CLAIM,),
        (EVIDENCE,),
        ("slow",),
    )
    assert [(call.id, call.status, call.seconds, call.matched, call.returned) for call in found.tool_calls] == [
        ("c1", "ok", 1.0, 4, 1),
        ("c2", "failed", 2.0, None, None),
    ]
    assert found.tool_calls[0].arguments == {"molecule": "C"}


def test_a_run_that_was_killed_is_failed_and_its_open_calls_cancelled() -> None:
    found = answer_of(numbered(START, (events.ToolStarted, {"call": CALLS[2]})))
    assert (found.status, found.answer, found.seconds) == ("failed", "", 0.0)
    assert [(call.id, call.status) for call in found.tool_calls] == [("c3", "cancelled")]


def test_a_call_stopped_by_the_user_is_cancelled_and_not_failed() -> None:
    stopped = {"call_id": "c1", "tool": "scaffold", "seconds": 0.1, "error": "Cancelled", "message": ""}
    found = answer_of(numbered(START, (events.ToolStarted, {"call": CALLS[0]}), (events.ToolFailed, stopped)))
    assert found.tool_calls[0].status == "cancelled"


@pytest.mark.parametrize(
    "made",
    [
        [],
        [(events.Notice, {"text": "n"})],
        [(events.Notice, {"text": "n"}), START],
        [START, (events.ToolFinished, {"call_id": "c9", "tool": "scaffold", "status": "ok", "seconds": 1.0})],
        [START, (events.ToolFailed, {"call_id": "c9", "tool": "t", "seconds": 1.0, "error": "X", "message": ""})],
    ],
)
def test_a_list_that_is_no_run_is_refused(made: list[tuple[type[Any], dict[str, Any]]]) -> None:
    with pytest.raises(ValueError, match=r"run_started|without having begun"):
        answer_of(numbered(*made))


def test_reading_twice_gives_the_same_bytes() -> None:
    made = numbered(
        START, (events.AnswerFinished, {"text": "a"}), (events.RunFinished, {"status": "answered", "seconds": 1.0})
    )
    assert answer_of(made).model_dump_json() == answer_of(iter(made)).model_dump_json()
