"""Titles of sessions: kept beside the log, which stays as it was, and gone with their session."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from biocopilot.memory.errors import InvalidInput, StorageError
from biocopilot.memory.events import Event
from biocopilot.memory.run_log import RunLog
from biocopilot.memory.session_deletion import delete_session
from biocopilot.memory.session_titles import drop_title, give_title, titles_beside


def test_a_title_is_kept_replaced_and_dropped_and_leaves_no_other_file(tmp_path: Path) -> None:
    log = tmp_path / "runs.sqlite"
    assert titles_beside(log) == {}
    assert give_title(log, "a", "  BTK\n [inhibitors] ") == "BTK [inhibitors]"
    give_title(log, "b", "other")
    give_title(log, "a", "again")
    assert titles_beside(log) == {"a": "again", "b": "other"}
    drop_title(log, "a")
    drop_title(log, "nobody")
    assert titles_beside(log) == {"b": "other"}
    assert os.listdir(tmp_path) == ["session_titles.json"]


@pytest.mark.parametrize("title", ["", " \n ", "x" * 81, "\x1b"])
def test_what_is_no_title_is_refused(title: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        give_title(tmp_path / "runs.sqlite", "a", title)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"a": 1}', b"\xff"])
def test_a_damaged_file_is_told_and_never_written_over(content: bytes, tmp_path: Path) -> None:
    log, file = tmp_path / "runs.sqlite", tmp_path / "session_titles.json"
    file.write_bytes(content)
    with pytest.raises(StorageError, match="titles"):
        titles_beside(log)
    with pytest.raises(StorageError):
        give_title(log, "a", "b")
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError):
        give_title(tmp_path / "file" / "runs.sqlite", "a", "b")


def test_a_title_goes_with_its_session(tmp_path: Path, session_run: Callable[..., list[Event]]) -> None:
    path = tmp_path / "runs.sqlite"
    with RunLog.open(path) as log:
        for name in ("a", "b"):
            for event in session_run(f"r{name}", name):
                log.append(event)
    give_title(path, "a", "secret")
    give_title(path, "b", "other")
    delete_session(path, "a")
    assert titles_beside(path) == {"b": "other"}
