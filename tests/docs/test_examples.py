from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVERS = {"fastapi_app.py"}
"""Those that run until they are stopped; tests/examples asks them."""
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.py") if path.name not in SERVERS)
NEEDS = {"langchain": "langchain_core", "langgraph": "langgraph", "pandas": "pandas"}


def test_there_are_examples() -> None:
    assert {path.name for path in EXAMPLES} >= {"ask.py", "stream_events.py", "tools_as_functions.py"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example_runs_and_prints(path: Path, tmp_path: Path) -> None:
    for begins, needs in NEEDS.items():
        if path.name.startswith(begins):
            pytest.importorskip(needs)
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**os.environ, "BIOCOPILOT_HOME": str(tmp_path), "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) >= 2
