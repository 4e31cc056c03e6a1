"""Building beside the old file: positions survive, other facts begin anew, one process at a time."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from biocopilot.memory.errors import StorageError
from biocopilot.memory.starter.names import name_key
from biocopilot.memory.stores import building
from biocopilot.memory.stores.building import BuildFile, check_space, fingerprint, only_one
from biocopilot.memory.stores.fast_keys import fast_key
from hypothesis import given
from hypothesis import strategies as st

SCHEMA = "CREATE TABLE t (a);"


def test_what_was_committed_is_there_again(tmp_path: Path) -> None:
    first = BuildFile(tmp_path / "x.sqlite", {"source": "1"}, SCHEMA)
    with first.step() as connection:
        connection.execute("INSERT INTO t VALUES (1)")
        first.mark("rows", 7)

    def half() -> None:
        with first.step() as connection:
            connection.execute("INSERT INTO t VALUES (2)")
            first.mark("rows", 8)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    first.close()
    again = BuildFile(tmp_path / "x.sqlite", {"source": "1"}, SCHEMA)
    assert (again.resumed, again.position("rows"), again.position("other")) == (True, 7, 0)
    assert again.connection.execute("SELECT a FROM t").fetchall() == [(1,)]
    again.finish({"finished": "now"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.sqlite"]


@pytest.mark.parametrize("change", ["facts", "damage", "no database", "tables missing"])
def test_a_half_built_file_that_does_not_fit_is_begun_anew(tmp_path: Path, change: str) -> None:
    first = BuildFile(tmp_path / "x.sqlite", {"source": "1"}, SCHEMA)
    with first.step() as connection:
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 100,)] * 5_000)
        first.mark("rows", 7)
    first.close()
    facts = {"source": "2" if change == "facts" else "1"}
    if change == "damage":
        data = bytearray(first.path.read_bytes())
        data[8_192:40_960] = b"\xff" * 32_768
        first.path.write_bytes(data)
    elif change == "no database":
        first.path.write_bytes(b"text" * 1_000)
    elif change == "tables missing":
        first.path.unlink()
        sqlite3.connect(first.path).close()
    again = BuildFile(tmp_path / "x.sqlite", facts, SCHEMA)
    assert (again.resumed, again.position("rows")) == (False, 0)
    assert again.connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    again.close()


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "PRAGMAS", (*building.PRAGMAS, "max_page_count=20"))
    build = BuildFile(tmp_path / "x.sqlite", {}, SCHEMA)
    with pytest.raises(StorageError, match="disk is full"), build.step() as connection:
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 1_000,)] * 500)
    assert build.connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    build.close()


def test_a_second_process_is_told_who_is_at_work(tmp_path: Path) -> None:
    lock = tmp_path / "chembl.lock"
    with (
        only_one(lock, "the ChEMBL store"),
        pytest.raises(StorageError, match=rf"\({os.getpid()}\) is working on the ChEMBL store"),
        only_one(lock, "the ChEMBL store"),
    ):
        pass
    with only_one(lock, "the ChEMBL store"):
        pass


def test_too_little_space_is_told_before_anything_is_written(tmp_path: Path) -> None:
    check_space(tmp_path, 1)
    with pytest.raises(StorageError, match=r"GB are needed") as caught:
        check_space(tmp_path, 10**17)
    assert "BIOCOPILOT_HOME" in caught.value.hint


def test_a_fingerprint_holds_through_a_move_and_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 200_000)
    first = fingerprint(path)
    moved = path.rename(tmp_path / "b")
    assert fingerprint(moved) == first
    moved.write_bytes(b"x" * 199_999 + b"y")
    assert fingerprint(moved) != first
    with pytest.raises(StorageError):
        fingerprint(path)


@given(st.text())
def test_fast_keys_are_the_same_keys(text: str) -> None:
    assert fast_key(text) == name_key(text)
