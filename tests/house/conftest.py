"""What the tests of the house share: its root, its files, and Python in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
_NOT_OURS = {".git", ".venv", "build", "dist", "__pycache__"}


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def tree(root: Path) -> list[Path]:
    """Every file of the checkout that git keeps or would keep; without git, every file that no tool made."""
    try:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
        files = [root / name for name in said.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        files = [path for path in root.rglob("*") if not _NOT_OURS & set(path.relative_to(root).parts)]
    return [path for path in files if path.is_file() and not path.name.startswith(".setup")]


@pytest.fixture
def python(tmp_path: Path) -> Run:
    """`python("code")`: that code in a fresh process, in a folder that is not the checkout."""

    def run(code: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            timeout=120,
            check=False,
        )

    return run
