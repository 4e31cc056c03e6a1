"""What the command line's tests share: a data folder of their own, and the command as a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's data in a folder of the test's own, and no setting from this machine."""
    for name in list(os.environ):
        if name.startswith("BIOCOPILOT_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("BIOCOPILOT_HOME", str(folder))
    monkeypatch.setenv("BIOCOPILOT_OFFLINE", "true")  # no test asks the world
    return folder


@pytest.fixture
def biocopilot(home: Path) -> Command:
    """`biocopilot WORD…` as a process; its output is no terminal."""

    def run(*words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "biocopilot.copilot", *words],
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            env={**os.environ, "PYTHONUTF8": "1", **environment},
            check=False,
        )

    return run
