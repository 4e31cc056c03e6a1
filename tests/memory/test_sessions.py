"""Sessions as they are read from the run log: rows, names, turns with handles, and what is said of a name that is none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from biocopilot.memory.errors import CorruptRunLog, InvalidInput, SessionNotFound
from biocopilot.memory.events import Event
from biocopilot.memory.run_log import RunLog
from biocopilot.memory.sessions import NAME_CHARACTERS, EarlierResult, Sessions, session_name

RunOf = Callable[..., list[Event]]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[RunLog]:
    with RunLog.open(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def sessions(log: RunLog, session_run: RunOf) -> Sessions:
    for events in (
        session_run("b", "kinases", "one", "1"),
        session_run("x", "other", "elsewhere", "0", minutes=1),
        session_run("a", "kinases", "two", "2", minutes=2)[:-1],
        session_run("n", None, "alone", minutes=3),
    ):
        for event in events:
            log.append(event)
    return Sessions(log)


def test_sessions_are_listed_by_their_last_question(sessions: Sessions) -> None:
    rows = sessions.rows()
    assert [(row.name, row.runs, row.last_question) for row in rows] == [
        ("kinases", 2, "two"),
        ("other", 1, "elsewhere"),
    ]
    assert (rows[0].first_at, rows[0].last_at) == (sessions.turns("kinases")[0].at, sessions.turns("kinases")[1].at)
    assert rows[0].first_at != rows[0].last_at


def test_turns_are_the_runs_in_the_order_in_which_they_were_asked(sessions: Sessions) -> None:
    one, two = sessions.turns("kinases")
    assert (one.number, one.run_id, one.question, one.answer, one.status) == (1, "b", "one", "1", "answered")
    assert (two.number, two.run_id, two.question, two.answer, two.status) == (2, "a", "two", "2", "failed")
    assert sessions.turns("nobody") == sessions.turns("\udcff") == ()


def test_evidence_is_addressed_by_run_and_id_with_a_line_about_it(sessions: Sessions) -> None:
    assert sessions.turns("kinases")[1].results == (EarlierResult("R2.E1", "find", "found 2"),)


def test_the_newest_turns_keep_their_numbers(sessions: Sessions) -> None:
    assert [turn.number for turn in sessions.turns("kinases", most=1)] == [2]


def test_runs_before_one_are_those_that_began_before_it(sessions: Sessions) -> None:
    assert sessions.run_ids("kinases") == sessions.run_ids("kinases", before="unknown") == ("b", "a")
    assert sessions.run_ids("kinases", before="a") == ("b",)


def test_a_session_is_found_by_its_name_or_as_the_last(sessions: Sessions) -> None:
    assert sessions.find("other") == sessions.find(" other ") == "other"
    assert sessions.find("last") == "kinases"


@pytest.mark.parametrize(("text", "near"), [("kinase", ("kinases",)), ("KINASES", ("kinases",)), ("qqq", ())])
def test_a_name_that_is_none_is_told_with_the_nearest(sessions: Sessions, text: str, near: tuple[str, ...]) -> None:
    with pytest.raises(SessionNotFound) as caught:
        sessions.find(text)
    assert caught.value.nearest == near
    assert (near[0] if near else "sessions list") in caught.value.hint


def test_a_log_without_sessions_has_no_last_one(log: RunLog) -> None:
    with pytest.raises(SessionNotFound, match="No session is recorded"):
        Sessions(log).find("last")
    assert Sessions(log).rows() == Sessions(log).deletions() == ()


@pytest.mark.parametrize("name", ["kinases", "BTK, 2nd round", "µM-series", "42", "a" * NAME_CHARACTERS])
def test_ordinary_names_are_taken(name: str) -> None:
    assert session_name(f"  {name} ") == name


def test_two_spellings_of_one_letter_are_one_name() -> None:
    assert session_name("proteínas") == session_name("protei\u0301nas")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "no letter"),
        (" ", "no letter"),
        ("…", "no letter"),
        ("a" * (NAME_CHARACTERS + 1), "81 characters"),
        ("a\nb", "cannot be seen"),
        ("a\u200bb", "cannot be seen"),
        ("\ud83e1", "cannot be seen"),
        ("--json", "an option"),
        ("Last", "newest"),
    ],
)
def test_names_that_would_mislead_are_refused(name: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        session_name(name)
    assert "--session" in caught.value.hint


def damage(log: RunLog, statement: str) -> None:
    with sqlite3.connect(log.path) as connection:
        connection.execute("DROP TRIGGER no_update")
        connection.execute(statement)
    connection.close()


def test_a_damaged_turn_is_told_and_costs_no_other_session(sessions: Sessions, log: RunLog) -> None:
    damage(log, "UPDATE events SET event = '{' WHERE run_id = 'b' AND type = 'answer_finished'")
    with pytest.raises(CorruptRunLog, match="an event of run b cannot be read"):
        sessions.turns("kinases")
    assert len(sessions.turns("other")) == 1


def test_a_damaged_session_is_listed_with_its_trouble(sessions: Sessions, log: RunLog) -> None:
    damage(log, "UPDATE events SET event = '{' WHERE run_id = 'a' AND number = 1")
    row = sessions.rows()[0]
    assert (row.name, row.last_question, row.last_at) == ("kinases", "", None)
    assert "event 1 of run a" in row.trouble
