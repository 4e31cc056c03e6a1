from __future__ import annotations

import os
import re
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


def test_the_page_for_programs_lists_every_example_and_each_is_run_by_a_test() -> None:
    files = {path.name for path in (ROOT / "examples").iterdir() if path.suffix in (".py", ".ipynb", ".yaml")}
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    assert set(re.findall(r"\]\(\.\./examples/([\w.]+)\)", page)) == files
    others = (path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    tests = "".join(path.read_text("utf-8") for path in others)
    for name in files - {path.name for path in EXAMPLES}:
        assert f'"{name}"' in tests or f'example("{Path(name).stem}")' in tests, f"no test runs {name}"


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
