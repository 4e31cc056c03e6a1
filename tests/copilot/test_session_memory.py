"""Sessions through `Copilot`: what a planner is handed, results by handle in the next run, and their verification."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.contract import CallTools, Give, Sentence, Step
from biocopilot.copilot.planner.history import EARLIER_TURNS, history_text
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.copilot.verification import Verification, verify_run
from biocopilot.memory.earlier_runs import EarlierRuns
from biocopilot.memory.errors import InvalidInput
from biocopilot.memory.events import Event
from biocopilot.memory.records import Answer, ToolCall
from biocopilot.memory.run_log import RunLog
from biocopilot.memory.session_deletion import delete_session
from biocopilot.memory.sessions import Sessions
from biocopilot.tools.workbench import Workbench

PROPERTIES = ToolCall(
    id="c1", tool="molecule_properties", arguments={"molecule": "aspirin", "properties": ["molecular_weight"]}
)
RECALL = ToolCall(id="c1", tool="recall_result", arguments={"handle": "R1.E1"})
WEIGHS = Sentence("Aspirin weighs 180.16 g/mol.", ("E1",))


def asked(log: Path | bool, *calls: ToolCall, session: str = "s", times: int = 1) -> list[Answer]:
    """Answers of a copilot that makes these calls, a question each, and says what aspirin weighs."""
    steps: list[Step] = [step for call in calls for step in (CallTools((call,)), Give((WEIGHS,)))]
    with Copilot(ScriptedPlanner(steps * times), offline=True, log=log) as copilot:
        return [copilot.ask(f"Question {n}?", session=session) for n in range(len(calls) * times)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


def verified(path: Path, which: int = -1, with_earlier: bool = True) -> Verification:
    with RunLog.open(path) as log, Workbench() as bench:
        run_id = Sessions(log).run_ids("s")[which]
        earlier = EarlierRuns(Sessions(log).run_ids("s", before=run_id), log.events)
        return asyncio.run(verify_run(log.events(run_id), bench, earlier=earlier if with_earlier else None))


def alter(path: Path, run: int, change: Any) -> None:
    """Change events of a run in the log, as a hand that means harm does."""
    with RunLog.open(path) as log:
        run_id = Sessions(log).run_ids("s")[run]
        rows = [json.loads(event.model_dump_json()) for event in log.events(run_id)]
    for row in rows:
        change(row)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER IF EXISTS no_update")
        for row in rows:
            values = (json.dumps(row), run_id, row["number"])
            connection.execute("UPDATE events SET event = ? WHERE run_id = ? AND number = ?", values)
    connection.close()


# What planners are handed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recorded", [True, False])
def test_planners_see_the_newest_turns_how_many_are_left_out_and_the_tool_to_reach_them(
    path: Path, recorded: bool
) -> None:
    planner = ScriptedPlanner()
    with Copilot(planner, offline=True, log=path if recorded else False) as copilot:
        for number in range(1, EARLIER_TURNS + 3):
            copilot.ask(f"Question {number}?", session="s")
    first, last = planner.states[0], planner.states[-1]
    assert (first.history, first.left_out, first.earlier, "recall_result" in first.tools) == ((), 0, None, False)
    assert [turn.number for turn in last.history] == list(range(2, EARLIER_TURNS + 2))
    assert (last.left_out, "recall_result" in last.tools) == (1, True)
    assert history_text(last.history, last.left_out).startswith("1 earlier question is left out")
    assert last.earlier is not None
    assert len(last.earlier.ids) == EARLIER_TURNS + 1


def test_two_programs_share_a_session(path: Path) -> None:
    planner = ScriptedPlanner()
    with Copilot(planner, log=path) as one, Copilot(ScriptedPlanner(), log=path) as other:
        one.ask("First?", session="s")
        other.ask("Second?", session="s")
        one.ask("Third?", session="s")
    assert [turn.question for turn in planner.states[-1].history] == ["First?", "Second?"]


def test_a_session_that_is_deleted_is_forgotten_by_programs_that_are_running(path: Path) -> None:
    planner = ScriptedPlanner()
    with Copilot(planner, log=path) as copilot:
        copilot.ask("First?", session="s")
        delete_session(path, "s")
        copilot.ask("Second?", session="s")
    assert planner.states[-1].history == ()


def test_a_new_name_that_is_nearly_an_old_one_is_told(path: Path) -> None:
    with Copilot(ScriptedPlanner(), log=path) as copilot:
        copilot.ask("First?", session="kinases")
        assert copilot.ask("Second?", session="kinase").notices == (
            "This is the first question of session 'kinase'; there is also a session 'kinases'.",
        )
        assert copilot.ask("Third?", session="phosphatases").notices == ()
        assert copilot.ask("Fourth?", session="kinase").notices == ()


@pytest.mark.parametrize("recorded", [True, False])
def test_a_name_that_is_none_is_refused_before_anything_is_asked(path: Path, recorded: bool) -> None:
    planner = ScriptedPlanner()
    with (
        Copilot(planner, log=path if recorded else False) as copilot,
        pytest.raises(InvalidInput, match="cannot be seen"),
    ):
        copilot.ask("First?", session="a\x1bb")
    assert planner.states == []


def test_a_session_of_an_older_program_goes_on_under_its_name(path: Path, session_run: Any) -> None:
    with RunLog.open(path) as log:
        for event in session_run("r1", "…"):
            log.append(event)
    planner = ScriptedPlanner()
    with Copilot(planner, log=path) as copilot:
        copilot.ask("Second?", session="…")
    assert [turn.run_id for turn in planner.states[-1].history] == ["r1"]


# Results by handle ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recorded", [True, False])
def test_an_answer_may_rest_on_what_an_earlier_run_found(path: Path, recorded: bool) -> None:
    first, second = asked(path if recorded else False, PROPERTIES, RECALL)
    assert second.claims[0].verdict == "supported"
    record = second.evidence[0].record
    assert (record["run_id"], record["sha256"]) == (first.run_id, first.evidence[0].sha256)
    assert record["record"] == first.evidence[0].record
    assert second.claims[0].support[0].path.startswith("/record/")


def test_what_was_recalled_is_verified_against_its_run_and_found_again(path: Path) -> None:
    asked(path, PROPERTIES, RECALL)
    found = verified(path)
    assert (found.status, [check.outcome for check in found.evidence]) == ("verified", ["same"])


def test_without_its_session_what_was_recalled_is_not_re_checked(path: Path) -> None:
    asked(path, PROPERTIES, RECALL)
    found = verified(path, with_earlier=False)
    assert (found.status, found.evidence[0].outcome) == ("incomplete", "not_rechecked")
    assert "earlier runs" in found.evidence[0].reason


def _weigh(row: dict[str, Any], where: str) -> None:
    """180.16 becomes 190.16 in the evidence of an event, hash and all."""
    from biocopilot.memory.records import record_sha256

    if row["type"] != "evidence_added":
        return
    record = json.loads(json.dumps(row["evidence"]["record"]).replace("180.1", "190.1"))
    assert record != row["evidence"]["record"]
    row["evidence"]["record"] = record
    if where != "record only":
        if "record" in record:
            record["sha256"] = record_sha256(record["record"])
        row["evidence"]["sha256"] = record_sha256(record)


@pytest.mark.parametrize(
    ("runs", "where", "said"),
    [
        ((1,), "all", "/record/properties"),
        ((0,), "record only", "not the one that was hashed"),
        ((0, 1), "all", "recorded 190.1"),
    ],
    ids=["the quotation", "what is quoted", "both alike"],
)
def test_an_altered_record_is_found_out_wherever_it_was_altered(
    path: Path, runs: tuple[int, ...], where: str, said: str
) -> None:
    asked(path, PROPERTIES, RECALL)
    for run in runs:
        alter(path, run, lambda row: _weigh(row, where))
    found = verified(path)
    assert found.status == "failed"
    assert found.evidence[0].outcome == "differs"
    assert said in " ".join(str(item) for item in found.evidence[0].differences)


def test_a_handle_of_nothing_is_a_failed_call_that_says_what_there_is(path: Path) -> None:
    missing = RECALL.model_copy(update={"arguments": {"handle": "R1.E9"}})
    events: list[Event] = []
    with Copilot(ScriptedPlanner([CallTools((PROPERTIES,)), Give((WEIGHS,))]), log=path) as copilot:
        copilot.ask("One?", session="s")
    with Copilot(ScriptedPlanner([CallTools((missing,)), Give((WEIGHS,))]), log=path) as copilot:
        asyncio.run(copilot.aask("Two?", session="s", listener=events.append))
    (failed,) = [event for event in events if event.type == "tool_failed"]
    assert (failed.error, failed.hint) == ("InvalidIdentifier", "It has R1.E1.")
