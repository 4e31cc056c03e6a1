from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory import run_ids
from biocopilot.memory.errors import Ambiguous, CorruptRunLog, RunNotFound, StorageError
from biocopilot.memory.events import AnswerFinished, Event, EvidenceAdded, RunFinished, RunStarted, Thought
from biocopilot.memory.records import Evidence, Source, record_sha256
from biocopilot.memory.run_log import NO_END, RunLog, new_run_id

AT = datetime(2026, 11, 24, 5, 31, 22, 123456, tzinfo=UTC)
ODD = "µ \u2028 “quoted” 5′-ATG-3′ 🧪 \\ ' \" \x00 | \t\n"


def started(run_id: str, question: str = "q?", session: str | None = None) -> RunStarted:
    return RunStarted(run_id=run_id, number=1, at=AT, question=question, planner="scripted", session=session)


def run_of(
    run_id: str, question: str = "q?", session: str | None = None, answer: str = "a", end: bool = True
) -> list[Event]:
    record: dict[str, Any] = {
        "type": "x",
        "text": ODD,
        "values": [0.1 + 0.2, 1e16, -0.0, 10**20, None, True, {"b": 1, "a": 2}],
    }
    evidence = Evidence(
        id="E1",
        tool="t",
        arguments={"molecule": "C[C@H](N)C(=O)O"},
        source=Source(name="s", release="1", licence="CC0", attribution="n"),
        retrieved_at=AT,
        backend="computed",
        record=record,
        sha256=record_sha256(record),
    )
    events: list[Event] = [
        started(run_id, question, session),
        EvidenceAdded(run_id=run_id, number=2, at=AT, call_id="c1", evidence=evidence),
        AnswerFinished(run_id=run_id, number=3, at=AT, text=answer),
    ]
    if end:
        events.append(RunFinished(run_id=run_id, number=4, at=AT, status="answered", seconds=0.5))
    return events


def fill(log: RunLog, *runs: list[Event]) -> None:
    for events in runs:
        for event in events:
            log.append(event)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "runs.sqlite"


@pytest.fixture
def log(path: Path) -> Iterator[RunLog]:
    with RunLog.open(path) as opened:
        yield opened


# Ids ---------------------------------------------------------------------------------------------------------------


def test_ids_sort_by_time_are_unique_and_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_ids, "_last", 0)
    ids = [new_run_id(lambda second=second: 1_795_498_282.0 + second / 100) for second in range(300)]
    assert ids == sorted(ids)
    assert ids[0].startswith("20261124-053122-000")
    assert all(re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{8}", name) for name in ids)


def test_a_clock_that_stands_still_or_goes_back_gives_no_id_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_ids, "_last", 0)
    ids = [new_run_id(lambda second=second: 1_795_498_282.0 - second / 100) for second in range(300)]
    assert ids == sorted(set(ids))


def test_threads_get_different_ids() -> None:
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.extend(new_run_id() for _ in range(2_000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 8_000


# Writing and reading -----------------------------------------------------------------------------------------------


def test_events_come_back_equal_and_as_the_same_json(log: RunLog, path: Path) -> None:
    written = run_of("r1", ODD)
    fill(log, written)
    with RunLog.open(path) as other:
        read = other.events("r1")
    assert list(read) == written
    assert [event.model_dump_json() for event in read] == [event.model_dump_json() for event in written]


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_the_file_is_its_owners_alone(log: RunLog, path: Path) -> None:
    fill(log, run_of("r1"))
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_runs_are_listed_newest_first_with_how_they_ended(log: RunLog) -> None:
    fill(log, run_of("b", "one", "s"), run_of("c", "two", end=False), run_of("a", "three"))
    rows = log.runs()
    assert [(row.id, row.question, row.status, row.session, row.seconds, row.trouble) for row in rows] == [
        ("a", "three", "answered", None, 0.5, ""),
        ("c", "two", "failed", None, None, NO_END),
        ("b", "one", "answered", "s", 0.5, ""),
    ]
    assert (rows[0].started_at, rows[0].planner, rows[0].events) == (AT, "scripted", 4)
    assert [row.id for row in log.runs(2)] == ["a", "c"]
    assert log.runs(0) == ()


def test_an_id_is_found_by_last_by_itself_and_by_its_beginning(log: RunLog) -> None:
    fill(log, run_of("20261124-053122-a1"), run_of("20261124-053122-a12"), run_of("20261123-000000-b1"))
    assert log.find("last") == "20261123-000000-b1"
    assert log.find(" 20261124-053122-a1\n") == "20261124-053122-a1"  # also the beginning of another
    assert log.find("20261123") == "20261123-000000-b1"
    with pytest.raises(Ambiguous, match="2 runs begin with '20261124'") as several:
        log.find("20261124")
    assert several.value.nearest == ("20261124-053122-a12", "20261124-053122-a1")
    with pytest.raises(RunNotFound, match="20261123-000000-b2") as near:
        log.find("20261123-000000-b2")
    assert near.value.nearest[0] == "20261123-000000-b1"
    assert "20261123-000000-b1" in near.value.hint


@pytest.mark.parametrize("text", ["", "%", "_", "2026*", "'; DROP TABLE events; --", "\udcff", "\x1b[31m", "LAST"])
def test_what_is_no_id_is_not_found(log: RunLog, text: str) -> None:
    fill(log, run_of("20261124-053122-a1"))
    with pytest.raises(RunNotFound):
        log.find(text)
    assert len(log.runs()) == 1


def test_an_empty_log_has_no_last_run_and_no_events(log: RunLog) -> None:
    with pytest.raises(RunNotFound, match="No run is recorded yet"):
        log.find("last")
    with pytest.raises(RunNotFound):
        log.events("r1")


# Append-only -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET event = '{}'",
        "DELETE FROM events WHERE number = 2",
        "INSERT OR REPLACE INTO events (run_id, number, type, event) VALUES ('r1', 2, 'x', '{}')",
        "REPLACE INTO events (seq, run_id, number, type, event) VALUES (1, 'r9', 1, 'x', '{}')",
        "INSERT INTO events (run_id, number, type, event) VALUES ('r1', 2, 'x', '{}') "
        "ON CONFLICT DO UPDATE SET event = excluded.event",
    ],
)
def test_the_file_itself_refuses_changes(log: RunLog, path: Path, statement: str) -> None:
    fill(log, run_of("r1"))
    with sqlite3.connect(path) as stranger, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        stranger.execute(statement)
    stranger.close()
    assert list(log.events("r1")) == run_of("r1")


def test_an_event_is_recorded_once(log: RunLog) -> None:
    fill(log, run_of("r1"))
    with pytest.raises(StorageError, match="recorded already"):
        log.append(started("r1", "another"))
    assert log.runs()[0].question == "q?"


# Side by side ------------------------------------------------------------------------------------------------------

WRITES = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from biocopilot.memory.events import RunStarted, Thought
from biocopilot.memory.run_log import RunLog
path, name = sys.argv[1:]
for run in range(10):
    with RunLog.open(Path(path)) as log:
        run_id = f"{name}-{run}"
        log.append(RunStarted(run_id=run_id, number=1, at=datetime.now(UTC), question="q", planner="p"))
        for number in range(2, 52):
            log.append(Thought(run_id=run_id, number=number, at=datetime.now(UTC), text="t" * 500))
"""


def test_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITES, str(path), name], stderr=subprocess.PIPE, text=True)
        for name in ("a", "b", "c")
    ]
    for writer in writers:
        assert writer.wait(60) == 0, writer.communicate()[1]
        writer.communicate()
    with RunLog.open(path) as log:
        rows = log.runs()
        assert len(rows) == 30
        assert all(len(log.events(row.id)) == 51 for row in rows)


def test_threads_share_one_log(log: RunLog) -> None:
    threads = [threading.Thread(target=fill, args=(log, run_of(f"r{n}"), run_of(f"s{n}"))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.runs()) == 16
    assert all(len(log.events(row.id)) == 4 for row in log.runs())


def test_a_log_that_another_program_holds_is_told(log: RunLog, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.execute("PRAGMA busy_timeout = 50")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="Another program has held"):
        log.append(started("r1"))
    holder.execute("ROLLBACK")
    holder.close()
    log.append(started("r1"))


def test_a_killed_process_loses_nothing_that_was_committed(path: Path) -> None:
    script = WRITES.replace("with RunLog.open(Path(path)) as log:", "if log := RunLog.open(Path(path)):").replace(
        'text="t" * 500))', 'text="t" * 500)); print(number, flush=True)'
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(path), "k"], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(20)]
    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().split()]
    writer.wait(10)
    writer.stdout.close()
    with RunLog.open(path) as log:
        rows = log.runs()
        count = sum(len(log.events(row.id)) - 1 for row in rows)
        assert len(told) <= count <= len(told) + 1
        assert rows[0].status == "failed"
        assert rows[0].trouble == NO_END


# Bad places --------------------------------------------------------------------------------------------------------


@pytest.fixture
def as_a_user() -> Iterator[Path]:
    """A folder of an ordinary user's, and this process as that user: permissions mean nothing to root."""
    folder = Path(tempfile.mkdtemp(prefix="biocopilot-test-"))
    if os.geteuid() == 0:
        os.chown(folder, 65_534, 65_534)
        os.seteuid(65_534)
    try:
        yield folder
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        for place in (folder, *folder.rglob("*")):
            place.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
@pytest.mark.parametrize("waiting", [False, True])
def test_a_log_in_a_read_only_folder_is_read_and_not_written(as_a_user: Path, waiting: bool) -> None:
    folder = as_a_user / "data"
    with RunLog.open(folder / "runs.sqlite") as log:
        fill(log, run_of("r1"))
        if waiting:  # as a killed process leaves it: events wait in the side file
            shutil.copytree(folder, as_a_user / "killed")
    if waiting:
        folder = as_a_user / "killed"
        (folder / "runs.sqlite-shm").unlink()
        assert (folder / "runs.sqlite-wal").stat().st_size > 0
    for file in folder.iterdir():
        file.chmod(0o400)
    folder.chmod(0o500)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with RunLog.open(folder / "runs.sqlite") as log:
        assert log.find("last") == "r1"
        assert list(log.events("r1")) == run_of("r1")
        with pytest.raises(StorageError, match="cannot be written") as caught:
            log.append(started("r2"))
    assert "BIOCOPILOT_HOME" in caught.value.hint
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_a_new_log_in_a_read_only_folder_is_refused(as_a_user: Path) -> None:
    as_a_user.chmod(0o500)
    for place in (as_a_user / "runs.sqlite", as_a_user / "data" / "runs.sqlite"):
        with pytest.raises(StorageError, match="cannot be made: Permission denied"):
            RunLog.open(place)


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        RunLog.open(tmp_path)


def test_a_full_disk_costs_the_event_and_nothing_before_it(log: RunLog, path: Path) -> None:
    fill(log, run_of("r1"))
    log.execute(f"PRAGMA max_page_count = {log.execute('PRAGMA page_count')[0][0]}")
    big = Thought(run_id="r1", number=5, at=AT, text="x" * 100_000)
    with pytest.raises(StorageError, match="full") as caught:
        log.append(big)
    assert "Make room" in caught.value.hint
    assert list(log.events("r1")) == run_of("r1")
    log.execute("PRAGMA max_page_count = 100000")
    log.append(big)
    with RunLog.open(path) as other:
        assert len(other.events("r1")) == 5


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        shutil.which("mount")
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("a small disk can be made by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_on_a_disk_that_is_really_full_the_log_stays_whole_and_readable(small_disk: Path) -> None:
    path = small_disk / "runs.sqlite"
    thoughts = [Thought(run_id="r1", number=n, at=AT, text="x" * 1_000) for n in range(2, 1_000)]
    with RunLog.open(path) as log:
        log.append(started("r1"))
        with pytest.raises(StorageError):
            fill(log, list(thoughts))
        written = len(log.events("r1"))
    assert 10 < written < 1_000
    with RunLog.open(path) as again:
        assert len(again.events("r1")) == written
        assert again.execute("PRAGMA integrity_check") == [("ok",)]


def test_a_disk_full_from_the_start_is_told(small_disk: Path) -> None:
    rest = small_disk / "rest"
    with pytest.raises(OSError, match="space"):
        rest.write_bytes(b"x" * 1_000_000)
    with pytest.raises(StorageError):
        RunLog.open(small_disk / "runs.sqlite")
    rest.unlink()
    with RunLog.open(small_disk / "runs.sqlite") as log:
        fill(log, run_of("r1"))


# Damage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"rubbish", b"rubbish" * 10_000, b"SQLite format 3\x00" + b"rubbish" * 2_000, b"\x00" * 8_192]
)
def test_garbage_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "runs.sqlite"
    path.write_bytes(content)
    with pytest.raises(CorruptRunLog) as caught:
        RunLog.open(path)
    assert "left as it is" in caught.value.hint
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_another_programs_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE events (id INTEGER, what TEXT)")
        other.execute("INSERT INTO events VALUES (1, 'precious')")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StorageError, match="another program"):
        RunLog.open(path)
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused(log: RunLog, path: Path) -> None:
    log.execute("PRAGMA user_version = 3")
    with pytest.raises(StorageError, match="newer version") as caught:
        RunLog.open(path)
    assert "upgrade" in caught.value.hint


def test_a_damaged_page_is_told_and_the_runs_on_others_stay_readable(log: RunLog, path: Path) -> None:
    for number in range(60):
        fill(log, run_of(f"r{number:02}", answer="x" * 3_000))
    log.close()
    data = bytearray(path.read_bytes())
    page = data.index(b'"run_id":"r40"') // 4096
    data[page * 4096 : page * 4096 + 200] = b"\xa5" * 200
    path.write_bytes(data)
    told = 0
    with RunLog.open(path) as damaged:
        for number in range(60):
            try:
                assert list(damaged.events(f"r{number:02}")) == run_of(f"r{number:02}", answer="x" * 3_000)
            except CorruptRunLog:
                told += 1
    assert 1 <= told <= 5
    assert path.read_bytes() == bytes(data)


def change(path: Path, statement: str) -> None:
    """What a hand that means harm does: the triggers go first."""
    with sqlite3.connect(path) as connection:
        connection.executescript("DROP TRIGGER no_update; DROP TRIGGER no_delete;")
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE events SET event = substr(event, 1, 50) WHERE number = 2", "event 2 of run r1 cannot be read"),
        ("UPDATE events SET event = CAST(X'7BFF7D' AS TEXT) WHERE number = 2", "event 2 of run r1 cannot be read"),
        ("UPDATE events SET event = '' WHERE number = 2", "event 2 of run r1 cannot be read"),
        ("UPDATE events SET event = replace(event, '\"number\":2', '\"number\":3') WHERE number = 2", "another event"),
        ("DELETE FROM events WHERE number = 2", "event 2 of run r1 is missing"),
        ("DELETE FROM events WHERE number = 1", "event 1 of run r1 is missing"),
        ("UPDATE events SET event = '{}', type = 'run_started' WHERE number = 1", "event 1 of run r1 cannot be read"),
    ],
)
def test_a_damaged_or_missing_event_is_named(log: RunLog, path: Path, statement: str, said: str) -> None:
    fill(log, run_of("r1"))
    change(path, statement)
    fill(log, run_of("r2"))
    with pytest.raises(CorruptRunLog, match=said):
        log.events("r1")
    assert list(log.events("r2")) == run_of("r2")
    rows = log.runs()
    assert rows[0].trouble == ""
    if "number = 1" in statement and "UPDATE" in statement:
        assert (rows[1].status, rows[1].started_at) == ("failed", None)
        assert said in rows[1].trouble


def test_a_log_whose_main_file_is_gone_is_not_begun_anew(log: RunLog, path: Path, tmp_path: Path) -> None:
    fill(log, run_of("r1"))
    (tmp_path / "moved").mkdir()
    side = Path(shutil.copy(f"{path}-wal", tmp_path / "moved" / "runs.sqlite-wal"))
    before = side.read_bytes()
    with pytest.raises(CorruptRunLog, match="still holds events"):
        RunLog.open(tmp_path / "moved" / "runs.sqlite")
    assert side.read_bytes() == before
    assert not (tmp_path / "moved" / "runs.sqlite").exists()


def test_a_closed_log_says_so_and_closes_once(path: Path) -> None:
    log = RunLog.open(path)
    log.close()
    log.close()
    with pytest.raises(StorageError):
        log.append(started("r1"))


def test_an_event_that_no_text_can_hold_is_refused_and_the_log_goes_on(log: RunLog) -> None:
    with pytest.raises(StorageError, match="no text"):
        log.append(started("r1", "half a pair: \ud83e"))
    log.append(started("r1"))


# Cost --------------------------------------------------------------------------------------------------------------


def test_appending_is_cheap_and_growth_is_linear(log: RunLog, path: Path) -> None:
    thoughts = [Thought(run_id="r1", number=n, at=AT + timedelta(seconds=n), text="t" * 400) for n in range(2, 4_002)]
    log.append(started("r1"))
    costs, sizes = [], []
    for part in range(4):
        begun = time.process_time()
        for event in thoughts[part * 1_000 : (part + 1) * 1_000]:
            log.append(event)
        costs.append((time.process_time() - begun) / 1_000)
        log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes.append(path.stat().st_size)
    assert min(costs) < 0.000_15
    growth = [after - before for before, after in pairwise(sizes)]
    assert max(growth) < 1.1 * min(growth)
    assert max(growth) < 1_000 * 400 * 2
