"""Deleting a session: whole or not at all, gone from the disk, and told to whoever has the log open."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from biocopilot.memory.errors import RunNotFound, SessionNotFound, StorageError
from biocopilot.memory.events import Event
from biocopilot.memory.run_log import RunLog
from biocopilot.memory.session_deletion import delete_session
from biocopilot.memory.sessions import Sessions

RunOf = Callable[..., list[Event]]
SECRET = "CONFIDENTIAL-" * 40


@pytest.fixture
def path(tmp_path: Path, session_run: RunOf) -> Path:
    """A log with a session to be deleted among others, its runs large enough to be spread over pages."""
    place = tmp_path / "data" / "runs.sqlite"
    with RunLog.open(place) as log:
        for number in range(40):
            name = "secret" if number % 3 == 0 else "kept"
            text = (SECRET if name == "secret" else "ordinary ") * (1 + number % 7) * 5
            for event in session_run(f"r{number:02}", name, f"{name} {number}?", text, minutes=number):
                log.append(event)
    return place


def on_disk(path: Path, text: str) -> bool:
    return any(text.encode() in file.read_bytes() for file in path.parent.iterdir())


def kept_whole(path: Path) -> None:
    with RunLog.open(path) as log:
        assert log.execute("PRAGMA integrity_check") == [("ok",)]
        ids = Sessions(log).run_ids("kept")
        assert len(ids) == 26
        assert all(len(log.events(run_id)) == 6 for run_id in ids)


def test_a_deleted_session_is_gone_from_lists_and_from_the_disk(path: Path) -> None:
    assert on_disk(path, "CONFIDENTIAL")
    size = path.stat().st_size
    done = delete_session(path, "secret")
    assert (done.runs, done.events, done.wiped) == (14, 84, True)
    assert not on_disk(path, "CONFIDENTIAL")
    assert not on_disk(path, "secret")
    assert path.stat().st_size < 0.7 * size
    kept_whole(path)
    with RunLog.open(path) as log:
        assert [row.name for row in Sessions(log).rows()] == ["kept"]
        with pytest.raises(RunNotFound):
            log.events("r00")


def test_what_is_left_says_when_and_how_much_and_not_what(path: Path) -> None:
    done = delete_session(path, "secret")
    with RunLog.open(path) as log:
        assert Sessions(log).deletions() == (done,)
        columns = [row[1] for row in log.execute("PRAGMA table_info(deletions)")]
    assert columns == ["seq", "at", "runs", "events", "wiped"]


def test_after_a_deletion_the_file_refuses_changes_as_before(path: Path) -> None:
    delete_session(path, "secret")
    connection = sqlite3.connect(path)
    for statement in (
        "DELETE FROM events WHERE run_id = 'r01'",
        "UPDATE events SET event = '' WHERE run_id = 'r01'",
        "DELETE FROM deletions",
        "UPDATE deletions SET runs = 0",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE run_id = 'r01'",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_a_session_that_is_not_there_is_told_and_nothing_changes(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(SessionNotFound, match="secrets"):
        delete_session(path, "secrets")
    assert path.read_bytes() == before


def test_a_log_that_another_program_holds_is_told_and_nothing_is_deleted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("biocopilot.memory.run_log_file.BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="Another program has held"):
        delete_session(path, "secret")
    holder.execute("ROLLBACK")
    holder.close()
    with RunLog.open(path) as log:
        assert len(Sessions(log).run_ids("secret")) == 14


def test_a_reader_delays_the_wiping_and_the_next_to_open_ends_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("biocopilot.memory.run_log_file.BUSY_SECONDS", 0.05)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    assert not delete_session(path, "secret").wiped
    assert reader.execute("SELECT count(*) FROM events WHERE session = 'secret'").fetchone() == (14,)
    reader.close()
    with RunLog.open(path) as log:
        assert [done.wiped for done in Sessions(log).deletions()] == [True]
        assert not on_disk(path, "CONFIDENTIAL")


def test_a_log_of_the_first_version_is_brought_up_to_this_one(path: Path, session_run: RunOf) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("DROP TABLE deletions", "DROP TRIGGER in_order", "PRAGMA user_version = 1"):
        connection.execute(statement)
    connection.close()
    with RunLog.open(path) as log:
        assert log.execute("PRAGMA user_version") == [(2,)]
        for event in session_run("new", "kept"):
            log.append(event)
    assert delete_session(path, "secret").wiped


# Two processes ------------------------------------------------------------------------------------------------------

ASKS = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from biocopilot.memory.errors import StorageError
from biocopilot.memory.events import RunStarted, Thought
from biocopilot.memory.run_log import RunLog
with RunLog.open(Path(sys.argv[1])) as log:
    def say(run_id, number, **fields):
        kind = RunStarted if number == 1 else Thought
        given = dict(question="q", planner="p", session=fields.get("session")) if number == 1 else dict(text="t")
        try:
            log.append(kind(run_id=run_id, number=number, at=datetime.now(UTC), **given))
            return "recorded"
        except StorageError as error:
            return error.message
    print(say("going", 1, session="secret"), say("other", 1, session="kept"), len(log.runs()), flush=True)
    input()
    for answer in (say("going", 2), say("other", 2), say("again", 1, session="secret"), say("again", 2), len(log.runs())):
        print(answer, flush=True)
"""


def test_a_process_in_the_middle_of_a_deleted_run_is_refused_and_goes_on_with_others(path: Path) -> None:
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert asking.stdout is not None
    assert asking.stdout.readline().split() == ["recorded", "recorded", "42"]
    assert delete_session(path, "secret").runs == 15
    said, _ = asking.communicate("go\n", timeout=30)
    going, other, *again, count = said.splitlines()
    assert "session was deleted" in going
    assert [other, *again] == ["recorded"] * 3
    assert count == "28"
    with RunLog.open(path) as log:
        assert Sessions(log).run_ids("secret") == ("again",)
        assert not [row for row in log.runs() if "damaged" in row.trouble]


# Killed -------------------------------------------------------------------------------------------------------------

DELETES = """
import os, signal, sqlite3, sys
from pathlib import Path
from biocopilot.memory import session_deletion
kill_at = sys.argv[2]
def connect(*arguments):
    connection = made(*arguments)
    def killing(statement):
        if statement.startswith(kill_at):
            os.kill(os.getpid(), signal.SIGKILL)
    connection.set_trace_callback(killing)
    return connection
made, session_deletion.connect = session_deletion.connect, connect
print("ready", flush=True)
session_deletion.delete_session(Path(sys.argv[1]), "secret")
print("done", flush=True)
"""


def old_or_new(path: Path) -> str:
    """Which of the two the log is after a process was killed; anything between fails."""
    with RunLog.open(path) as log:
        left = Sessions(log).run_ids("secret")
        done = Sessions(log).deletions()
        assert all(len(log.events(run_id)) == 6 for run_id in left)
        assert log.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'") == [(6,)]
    kept_whole(path)
    if left:
        assert (len(left), done) == (14, ())
        return "old"
    assert [(one.runs, one.wiped) for one in done] == [(14, True)]
    assert not on_disk(path, "CONFIDENTIAL")
    return "new"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("BEGIN", "old"),
        ("DROP TRIGGER", "old"),
        ("DELETE", "old"),
        ("CREATE TRIGGER", "old"),
        ("INSERT INTO deletions", "old"),
        ("COMMIT", "old"),
        ("VACUUM", "new"),
        ("PRAGMA wal_checkpoint", "new"),
        ("UPDATE deletions", "new"),
    ],
)
def test_killed_before_any_statement_the_log_is_the_old_or_the_new_one(path: Path, statement: str, left: str) -> None:
    done = subprocess.run([sys.executable, "-c", DELETES, str(path), statement], capture_output=True, check=False)
    assert done.returncode == -9
    assert old_or_new(path) == left


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_at_any_moment_the_log_is_the_old_or_the_new_one(path: Path, tmp_path: Path) -> None:
    chance = random.Random(4)
    for attempt in range(12):
        copy = tmp_path / f"copy{attempt}" / path.name
        copy.parent.mkdir()
        copy.write_bytes(path.read_bytes())
        deleting = subprocess.Popen(
            [sys.executable, "-c", DELETES, str(copy), "nothing"], stdout=subprocess.PIPE, text=True
        )
        assert deleting.stdout is not None
        assert deleting.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.03))
        deleting.kill()
        deleting.communicate()
        assert old_or_new(copy) in ("old", "new")
