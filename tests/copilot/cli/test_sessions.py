"""`biocopilot sessions`: list, show, export, delete, and what is said of a name that is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.cli.commands import app
from biocopilot.copilot.cli.session_text import session_text
from biocopilot.memory.events import Event, ToolFinished
from biocopilot.memory.paths import run_log_path
from biocopilot.memory.run_log import RunLog
from biocopilot.memory.session_titles import give_title
from typer.testing import CliRunner

RunOf = Callable[..., list[Event]]


def sessions(*words: str, given: str = "") -> Any:
    return CliRunner().invoke(app, ["sessions", *words], input=given)


@pytest.fixture
def recorded(home: Path, session_run: RunOf) -> None:
    """Two sessions, one of two runs, and a run of none."""
    with RunLog.open(run_log_path()) as log:
        for events in (
            session_run("r1", "my kinases", "Which drugs act on BTK?", "Four. [E1]"),
            session_run("r2", "other", "MW of aspirin?", "It is 180. [E1]", minutes=1),
            session_run("r3", "my kinases", "and EGFR?", "Ten of *them*. [E1]", minutes=2),
            session_run("r4", None, "alone?", minutes=3),
        ):
            for event in events:
                log.append(event)


@pytest.mark.parametrize("words", [("list",), ("list", "--json")])
def test_without_any_session_the_list_is_empty_and_says_how_to_begin(home: Path, words: tuple[str, ...]) -> None:
    done = sessions(*words)
    assert (done.exit_code, done.stdout) == (0, "[]\n" if "--json" in words else "")
    assert "ask --session" in done.stderr


def test_the_list_names_sessions_with_questions_times_and_the_last_question(recorded: None) -> None:
    lines = sessions("list").stdout.splitlines()
    assert lines[0].split() == ["session", "questions", "last", "last", "question"]
    assert lines[1].split("  ")[0] == "my kinases"
    assert lines[1].endswith("2  2026-11-24 05:33  and EGFR?")
    assert len(lines) == 3
    found = json.loads(sessions("list", "--json").stdout)
    assert [list(row) for row in found] == [
        ["id", "title", "questions", "first_at", "last_at", "last_question", "trouble"]
    ] * 2
    assert (found[0]["id"], found[0]["questions"]) == ("my kinases", 2)


def test_titles_that_were_given_are_listed_beside_the_names(recorded: None) -> None:
    give_title(run_log_path(), "my kinases", "BTK [and] EGFR")
    lines = sessions("list").stdout.splitlines()
    assert lines[1].startswith("my kinases")
    assert lines[2] == "  “BTK [and] EGFR”"
    assert lines[3].startswith("other")
    assert [row["title"] for row in json.loads(sessions("list", "--json").stdout)] == ["BTK [and] EGFR", ""]
    assert "title     BTK [and] EGFR\n" in sessions("show", "my kinases").stdout
    run_log_path().with_name("session_titles.json").write_text("[]", "utf-8")
    done = sessions("list")
    assert done.exit_code == 0
    assert "my kinases" in done.stdout
    assert "holds no titles" in done.stderr


def test_a_session_is_shown_with_answers_and_handles(recorded: None) -> None:
    shown = sessions("show", "last").stdout
    assert shown.startswith("session   my kinases, 2 questions\n\nR1  Which drugs act on BTK?\n")
    for part in ("Four. [E1]", "R2  and EGFR?", "R1.E1 find: found Four. [E1]", "R2.E1 find:"):
        assert part in shown
    assert not any(line != line.rstrip() for line in shown.splitlines())
    found = json.loads(sessions("show", "my kinases", "--json").stdout)
    assert (found["session"], [run["number"] for run in found["runs"]]) == ("my kinases", [1, 2])
    assert found["runs"][1]["evidence"][0]["id"] == "E1"


def test_a_result_that_the_digest_no_longer_tells_is_told_by_its_source(session_run: RunOf) -> None:
    events = [
        event.model_copy(update={"digest": "cut"}) if isinstance(event, ToolFinished) else event
        for event in session_run("r1", "s", "Which drugs act on BTK?", "Four. [E1]")
    ]
    (line,) = [line for line in session_text("s", [events]).splitlines() if line.startswith("R1.E1")]
    assert line == "R1.E1 find: s 1 (CC0), computed · find Which drugs act on BTK?"


def test_a_session_is_exported_once_and_not_written_over(recorded: None, tmp_path: Path) -> None:
    file = tmp_path / "x.md"
    done = sessions("export", "my kinases", "--to", str(file))
    assert (done.exit_code, done.stdout) == (0, f"{file}\n")
    text = file.read_text("utf-8")
    assert text.startswith("# Session my kinases\n\n- R1: Which drugs act on BTK?\n- R2: and EGFR?\n\n## R1 · Which")
    assert "\n## R2 · and EGFR?\n" in text
    file.write_text("mine")
    done = sessions("export", "my kinases", "--to", str(file))
    assert (done.exit_code, file.read_text()) == (2, "mine")
    assert "--force" in done.stderr
    assert sessions("export", "my kinases", "--to", str(file), "--force").exit_code == 0
    assert file.read_text("utf-8") == text


def test_a_session_as_json_is_what_show_prints(recorded: None, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    assert sessions("export", "other", "--to", str(file)).exit_code == 0
    assert file.read_text("utf-8") == sessions("show", "other", "--json").stdout


def test_a_session_as_a_program_makes_its_calls_again(recorded: None, tmp_path: Path) -> None:
    file = tmp_path / "again.py"
    assert sessions("export", "my kinases", "--to", str(file)).exit_code == 0
    text = file.read_text("utf-8")
    compile(text, str(file), "exec")
    assert "# R1: Which drugs act on BTK?" in text


@pytest.mark.parametrize("name", ["x.html", "x"])
def test_a_file_of_another_kind_is_refused(recorded: None, tmp_path: Path, name: str) -> None:
    done = sessions("export", "other", "--to", str(tmp_path / name))
    assert done.exit_code == 2
    assert ".md, .json, .py or .yaml" in done.stderr
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("words", [("show",), ("export", "--to", "x.md"), ("delete", "--yes")])
def test_a_name_that_is_none_is_told_with_the_nearest(recorded: None, words: tuple[str, ...]) -> None:
    done = sessions(words[0], "kinases", *words[1:])
    assert (done.exit_code, done.stdout) == (4, "")
    assert "No such session" in done.stderr
    assert "my kinases" in done.stderr


@pytest.mark.parametrize("given", ["", "n\n", "\n", "yesterday\n"])
def test_nothing_is_deleted_without_a_yes(recorded: None, given: str) -> None:
    done = sessions("delete", "my kinases", given=given)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "2 questions" in done.stderr
    assert "sessions delete 'my kinases' --yes" in done.stderr
    assert len(json.loads(sessions("list", "--json").stdout)) == 2


@pytest.mark.parametrize(("words", "given"), [(("--yes",), ""), ((), "y\n"), ((), "Yes\n")])
def test_a_session_is_deleted_after_a_yes_and_the_list_says_that_one_was(
    recorded: None, words: tuple[str, ...], given: str
) -> None:
    done = sessions("delete", "my kinases", *words, given=given)
    assert (done.exit_code, done.stdout) == (0, "Deleted session 'my kinases': 2 questions, 12 events.\n")
    listed = sessions("list")
    assert "my kinases" not in listed.output
    assert "Deleted so far: 1 session with 2 runs" in listed.stderr
    assert b"BTK" not in run_log_path().read_bytes()
    left = CliRunner().invoke(app, ["runs", "list", "--json"])
    assert [row["id"] for row in json.loads(left.stdout)] == ["r4", "r2"]


def test_ask_refuses_a_name_that_would_mislead(home: Path) -> None:
    done = CliRunner().invoke(app, ["ask", "--session", "last", "MW of aspirin?"])
    assert done.exit_code == 2
    assert "--session kinases" in done.stderr
