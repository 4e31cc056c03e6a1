"""The read-only connection: what it refuses, what it survives, and that threads may share it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from biocopilot.memory.errors import Cancelled, SourceUnavailable, StorageError
from biocopilot.memory.store_connection import STARTER, Database

COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT max(i) FROM n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE drug (name TEXT, year INTEGER)")
        connection.executemany("INSERT INTO drug VALUES (?, ?)", [("aspirin", 1950), ("imatinib", 2001)])
    return path


@pytest.fixture
def database(small: Path) -> Iterator[Database]:
    opened = Database.open(small)
    yield opened
    opened.close()


def test_without_a_path_it_is_the_starter_set() -> None:
    opened = Database.open()
    assert (opened.path, opened.is_starter) == (STARTER, True)
    assert opened.has("molecule_dictionary", "chembl_id")
    opened.close()


def test_rows_are_read_by_column_and_values_are_bound(database: Database) -> None:
    assert [row["name"] for row in database.rows("SELECT * FROM drug ORDER BY year")] == ["aspirin", "imatinib"]
    assert database.row("SELECT year FROM drug WHERE name = ?", ("x' OR '1'='1",)) is None
    found = database.row("SELECT year FROM drug WHERE name = ?", ("imatinib",))
    assert found is not None
    assert found["year"] == 2001
    assert not database.is_starter


def test_tables_and_columns_are_probed(database: Database) -> None:
    assert database.has("drug")
    assert database.has("drug", "name", "year")
    assert not database.has("drug", "price")
    assert not database.has("target")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO drug VALUES ('x', 1)",
        "DELETE FROM drug",
        "DROP TABLE drug",
        "CREATE TABLE t (a)",
        "UPDATE drug SET year = 0",
    ],
)
def test_writing_is_refused(database: Database, small: Path, statement: str) -> None:
    before = small.read_bytes()
    with pytest.raises(StorageError):
        database.rows(statement)
    assert small.read_bytes() == before


def test_a_missing_file_is_unavailable_with_the_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match=r"none\.db") as caught:
        Database.open(tmp_path / "none.db")
    assert "store" in caught.value.hint
    with pytest.raises(SourceUnavailable):
        Database.open(tmp_path)


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look like a header" * 40, b"\x1f\x8b\x08" + bytes(500)]
)
def test_what_is_no_sqlite_is_a_storage_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "dump.db"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=r"dump\.db") as caught:
        Database.open(path)
    assert caught.value.hint


def test_a_damaged_file_is_a_storage_error(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    data = bytearray(STARTER.read_bytes()[:400_000])  # cut off, as by a broken download
    path.write_bytes(bytes(data))
    with pytest.raises(StorageError, match=r"damaged\.db"):
        Database.open(path).rows("SELECT * FROM molecule_dictionary m JOIN compound_structures s USING (molregno)")


def test_a_query_that_is_wrong_is_a_storage_error_and_not_sqlites(database: Database) -> None:
    with pytest.raises(StorageError):
        database.rows("SELECT price FROM drug")


def test_a_file_that_may_not_be_written_and_lies_in_such_a_folder_is_read(small: Path) -> None:
    small.chmod(0o444)
    small.parent.chmod(0o555)
    try:
        opened = Database.open(small)
        assert len(opened.rows("SELECT * FROM drug")) == 2
        opened.close()
        assert [item.name for item in small.parent.iterdir()] == ["small.sqlite"]  # no journal, no lock
    finally:
        small.parent.chmod(0o755)


def test_a_path_with_signs_of_a_uri_is_taken_as_it_is(small: Path) -> None:
    odd = small.with_name("what? 100%20 #1.db")
    small.rename(odd)
    opened = Database.open(odd)
    assert len(opened.rows("SELECT * FROM drug")) == 2
    opened.close()


@pytest.mark.parametrize("one", [True, False], ids=["that thread", "every thread"])
def test_interrupt_stops_a_running_query_in_another_thread(database: Database, one: bool) -> None:
    outcome: list[object] = []
    begun = threading.Event()

    def count() -> None:
        database.rows("SELECT 1")  # this thread's connection is there
        begun.set()
        try:
            outcome.append(database.rows(COUNTING))
        except Exception as error:  # any; judged below
            outcome.append(error)

    thread = threading.Thread(target=count)
    thread.start()
    assert begun.wait(10)
    deadline = time.monotonic() + 10
    while thread.is_alive() and time.monotonic() < deadline:
        database.interrupt(thread.ident if one else None)
        thread.join(0.02)
    assert not thread.is_alive()
    assert isinstance(outcome[0], Cancelled)
    assert len(database.rows("SELECT * FROM drug")) == 2


def test_many_threads_read_side_by_side(database: Database) -> None:
    found: list[int] = []

    def read() -> None:
        for _ in range(50):
            found.append(len(database.rows("SELECT * FROM drug")))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == [2] * 400


def test_it_can_be_used_again_after_it_was_closed(database: Database) -> None:
    database.close()
    database.close()
    assert len(database.rows("SELECT * FROM drug")) == 2


def test_a_thread_that_is_gone_leaves_no_open_connection() -> None:
    opened: list[sqlite3.Connection] = []
    with closing(Database.open()) as database:
        for _ in range(20):  # one after another, so that they are given the same number
            thread = threading.Thread(target=lambda: opened.append(database._connection()))
            thread.start()
            thread.join()
        numbers = len(database._all)
        assert numbers < 20
        usable = []
        for connection in opened:
            try:
                connection.execute("SELECT 1")
            except sqlite3.ProgrammingError:
                continue
            usable.append(connection)
        assert len(usable) == numbers - 1  # the other one is this thread's
