"""`make` lists its targets, says what is wrong with a Python, and CI runs the same two things as people do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def make(root: Path, tmp_path: Path) -> Path:
    """The Makefile in a folder of another name, with a space in it."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    folder = tmp_path / "some checkout"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(root / name, folder)
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *words], cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_make_alone_lists_every_target(make: Path) -> None:
    text = (make / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([a-z]+):", text, re.MULTILINE)
    assert {"setup", "demo", "test", "check", "bench", "format", "docs", "clean", "help"} == set(targets)
    said = run(make).stdout
    for target in targets:
        assert re.search(rf"^  {target} +\S", said, re.MULTILINE), target


@pytest.mark.parametrize("python", ["false", "no-such-python"])
def test_an_unusable_python_is_refused_in_words(make: Path, python: str) -> None:
    done = run(make, "setup", f"PYTHON={python}")
    assert done.returncode != 0
    assert "Biocopilot needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert not (make / ".venv").exists()


def test_a_finished_set_up_is_not_done_again(make: Path) -> None:
    python = make / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n", "utf-8")
    python.chmod(0o755)
    (make / ".setup.stamp").write_text(f"{make.resolve()}\n", "utf-8")
    assert "Setting up" not in run(make, "-n", "setup").stdout
    (make / ".setup.stamp").write_text("/elsewhere\n", "utf-8")  # the checkout was moved
    assert "Setting up" in run(make, "-n", "setup").stdout


def test_ci_runs_what_people_run(root: Path) -> None:
    script = (root / ".ci" / "run").read_text("utf-8")
    assert "set -euo pipefail" in script
    assert re.findall(r"^make (\w+)$", script, re.MULTILINE) == ["check", "test"]
