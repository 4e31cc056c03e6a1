"""Events: each survives JSON, none is forgotten, and what is no event is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from biocopilot.memory import events
from biocopilot.memory.events import Event, parse_event
from biocopilot.memory.records import Claim, Evidence, Source, Support, ToolCall, record_sha256
from pydantic import BaseModel, ValidationError

AT = datetime(2026, 11, 24, 5, 30, 0, 123456, tzinfo=UTC)
HEAD: dict[str, Any] = {"run_id": "run-1", "number": 7, "at": AT}
CALL = ToolCall(id="c1", tool="draw_molecule", arguments={"molecule": "N[C@@H](C)C(=O)O", "to": "a.svg"})
EVIDENCE = Evidence(
    id="E1",
    tool="scaffold",
    arguments={},
    source=Source(name="RDKit", release="1", licence="BSD", attribution="RDKit"),
    retrieved_at=AT,
    backend="computed",
    record={"type": "scaffold", "rings": 1, "note": "µ, \u2264, \U0001f48a"},
    sha256=record_sha256({}),
)
CLAIM = Claim(
    text="It has 1 ring. [E1]",
    evidence=("E1",),
    verdict="supported",
    support=(Support(token="1", evidence="E1", path="/rings"),),
)
ONE_OF_EACH: tuple[Event, ...] = (
    events.RunStarted(**HEAD, question="q", planner="embedded", session="s", offline=True, environment={"rdkit": "1"}),
    events.PlanProposed(**HEAD, summary="draws", calls=(CALL,), details={"kind": "draw"}),
    events.Thought(**HEAD, text="perhaps"),
    events.ToolStarted(**HEAD, call=CALL),
    events.ToolProgress(**HEAD, call_id="c1", text="reading", done=1, total=2),
    events.ToolFinished(
        **HEAD, call_id="c1", tool="scaffold", status="partial", seconds=0.5, matched=9, returned=3, evidence=("E1",),
        filters={"most": 3}, omitted={"what": "6 rows"}, warnings=("cut",), digest="E1: …",
    ),
    events.ToolFailed(**HEAD, call_id="c1", tool="scaffold", seconds=1.0, error="WorkerDied", message="m", hint="h"),
    events.EvidenceAdded(**HEAD, call_id="c1", evidence=EVIDENCE),
    events.ApprovalRequested(**HEAD, call=CALL, reason="it writes"),
    events.ApprovalGiven(**HEAD, call_id="c1", approved=False),
    events.AnswerDelta(**HEAD, text="It "),
    events.AnswerFinished(**HEAD, text="It has 1 ring. [E1]", claims=(CLAIM,), asides=("## Rings",)),
    events.Notice(**HEAD, text="n", kind="limit"),
    events.Usage(**HEAD, steps=1, calls=2, bytes=3, tokens_in=4, tokens_out=5),
    events.RunFinished(**HEAD, status="partial", seconds=2.5, error="Cancelled", message="m", hint="h"),
)  # fmt: skip


def every_kind() -> list[type[BaseModel]]:
    return list(get_args(get_args(Event)[0]))


def test_there_is_one_example_of_each_event() -> None:
    assert [type(event) for event in ONE_OF_EACH] == every_kind()


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: event.type)
def test_an_event_is_the_same_after_json(event: Event) -> None:
    text = event.model_dump_json()
    assert parse_event(text) == event
    assert parse_event(text.encode()).model_dump_json() == text


def test_each_type_names_its_class_and_no_other() -> None:
    types = [event.type for event in ONE_OF_EACH]
    assert len(set(types)) == len(types)
    for event in ONE_OF_EACH:
        assert type(event).__name__ == "".join(part.capitalize() for part in event.type.split("_"))


def test_every_event_is_exported() -> None:
    assert {kind.__name__ for kind in every_kind()} <= set(events.__all__)


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: event.type)
def test_an_event_is_frozen_and_strict(event: Event) -> None:
    with pytest.raises(ValidationError):
        event.number = 8  # type: ignore[misc]  # that is the point
    with pytest.raises(ValidationError):
        parse_event(json.dumps({**json.loads(event.model_dump_json()), "surprise": 1}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "null",
        '{"type": "party"}',
        '{"type": "notice", "text": "n"}',
        "\x00",
        '{"type":"thought","run_id":"r","number":0,"at":"2026-01-01","text":""}',
    ],
)
def test_what_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse_event(text)


def test_time_keeps_its_zone_and_microseconds() -> None:
    again = parse_event(ONE_OF_EACH[0].model_dump_json())
    assert again.at == AT
    assert again.at.utcoffset() is not None


def test_usage_recorded_before_models_were_counted_is_shown_as_it_was() -> None:
    old = (
        '{"run_id":"r1","number":3,"at":"2026-11-24T05:31:22.000001Z","type":"usage","steps":1,"calls":2,"bytes":3,'
        '"tokens_in":0,"tokens_out":0}'
    )
    assert parse_event(old).model_dump_json() == old
    counted = events.Usage(
        **HEAD, steps=1, calls=2, bytes=3, tokens_in=4, tokens_out=5, model_calls=2, model_seconds=0.5
    )
    assert parse_event(counted.model_dump_json()) == counted
