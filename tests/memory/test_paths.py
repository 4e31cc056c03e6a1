from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from biocopilot.memory.errors import StorageError
from biocopilot.memory.paths import cache_dir, config_dir, data_dir, run_log_path


def test_one_variable_puts_everything_in_one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOCOPILOT_HOME", str(tmp_path / "mine"))
    assert config_dir() == tmp_path / "mine" / "config"
    assert cache_dir() == tmp_path / "mine" / "cache"
    assert not (tmp_path / "mine").exists()
    assert run_log_path().parent == data_dir() == tmp_path / "mine" / "data"
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["data"]


@pytest.mark.skipif(sys.platform != "linux", reason="these variables are read on Linux")
@pytest.mark.parametrize("home", [None, "", "  "])
def test_the_platforms_folders_hold_where_nothing_else_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    if home is None:
        monkeypatch.delenv("BIOCOPILOT_HOME", raising=False)
    else:
        monkeypatch.setenv("BIOCOPILOT_HOME", home)
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    assert config_dir() == tmp_path / "CONFIG" / "biocopilot"
    assert data_dir() == tmp_path / "DATA" / "biocopilot"
    assert cache_dir() == tmp_path / "CACHE" / "biocopilot"


def test_a_relative_home_stays_where_it_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIOCOPILOT_HOME", "mine")
    folder = data_dir()
    monkeypatch.chdir("/")
    assert folder == tmp_path / "mine" / "data"
    assert folder.is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_the_data_folder_is_its_owners_alone() -> None:
    assert stat.S_IMODE(data_dir().stat().st_mode) == 0o700


@pytest.mark.parametrize("at", ["", "data"])
def test_a_file_in_the_folders_place_is_told_with_what_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setenv("BIOCOPILOT_HOME", str(tmp_path))
    if at:
        (tmp_path / at).write_text("", "utf-8")
    else:
        (tmp_path / "file").write_text("", "utf-8")
        monkeypatch.setenv("BIOCOPILOT_HOME", str(tmp_path / "file"))
    with pytest.raises(StorageError, match="cannot be made") as caught:
        run_log_path()
    assert "BIOCOPILOT_HOME" in caught.value.hint


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    monkeypatch.setenv("BIOCOPILOT_HOME", str(locked))
    with pytest.raises(StorageError, match="Permission denied"):
        data_dir()


def test_a_home_of_nobody_is_a_storage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOCOPILOT_HOME", "~nobody-of-that-name/x")
    with pytest.raises(StorageError, match="no folder"):
        config_dir()
