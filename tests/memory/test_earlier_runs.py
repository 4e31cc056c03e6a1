"""Results of earlier runs by handle: found, refused with what there is, and never another record than the hashed one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from biocopilot.memory.earlier_runs import EarlierRuns
from biocopilot.memory.errors import InvalidIdentifier, VerificationFailed
from biocopilot.memory.events import Event, EvidenceAdded
from biocopilot.memory.records import record_sha256

RunOf = Callable[..., list[Event]]


def changed(events: list[Event], **fields: object) -> list[Event]:
    """The run with fields of its evidence changed."""
    return [
        event.model_copy(update={"evidence": event.evidence.model_copy(update=fields)})
        if isinstance(event, EvidenceAdded)
        else event
        for event in events
    ]


@pytest.fixture
def runs(session_run: RunOf) -> dict[str, list[Event]]:
    return {"a": session_run("a", "s", answer="one"), "b": session_run("b", "s", answer="two")}


@pytest.fixture
def earlier(runs: dict[str, list[Event]]) -> EarlierRuns:
    return EarlierRuns(("a", "b"), lambda run_id: runs[run_id])


@pytest.mark.parametrize("handle", ["R2.E1", "r2.e1", " R2.E1 "])
def test_a_handle_gives_the_evidence_and_its_run(earlier: EarlierRuns, handle: str) -> None:
    found = earlier.result(handle)
    assert (found.run_id, found.evidence.id, found.evidence.record["text"]) == ("b", "E1", "two")


@pytest.mark.parametrize(
    ("handle", "said", "hint"),
    [
        ("R3.E1", "no run R3", "R1 to R2"),
        ("R1.E7", "no E7 in R1", "It has R1.E1."),
        ("E1", "no handle", "R2.E3"),
        ("R0.E1", "no handle", "R2.E3"),
        ("R1.E1; DROP", "no handle", "R2.E3"),
    ],
)
def test_what_is_no_handle_is_refused_with_what_there_is(
    earlier: EarlierRuns, handle: str, said: str, hint: str
) -> None:
    with pytest.raises(InvalidIdentifier, match=said) as caught:
        earlier.result(handle)
    assert hint in caught.value.hint


def test_without_earlier_runs_nothing_is_there() -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        EarlierRuns((), lambda _run_id: []).result("R1.E1")
    assert caught.value.hint == "It has no earlier runs."


def test_a_record_that_was_altered_is_not_given(earlier: EarlierRuns, runs: dict[str, list[Event]]) -> None:
    runs["a"] = changed(runs["a"], record={"type": "x", "text": "another"})
    with pytest.raises(VerificationFailed, match=r"R1\.E1"):
        earlier.result("R1.E1")


def test_a_recalled_record_is_given_as_the_run_that_found_it_has_it(
    earlier: EarlierRuns, runs: dict[str, list[Event]]
) -> None:
    quoted = {"type": "recalled_result", "run_id": "a", "evidence": "E1", "record": {"type": "x"}}
    runs["b"] = changed(runs["b"], tool="recall_result", record=quoted, sha256=record_sha256(quoted))
    found = earlier.result("R2.E1")
    assert (found.run_id, found.evidence.record["text"]) == ("a", "one")
