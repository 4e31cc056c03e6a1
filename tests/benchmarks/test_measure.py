from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # the benchmarks are no installed package

from benchmarks import measure  # noqa: E402  # needs the line above
from benchmarks.__main__ import NAMES  # noqa: E402  # likewise


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match="ended with 3"):
        measure.child_cpu_s([sys.executable, "-c", "raise SystemExit(3)"], 1)


def test_cpu_of_a_child_and_of_its_own_child_counts() -> None:
    burn = "import time; s = time.process_time()\nwhile time.process_time() - s < 0.15: pass"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    assert measure.child_cpu_s([sys.executable, "-c", nested], 1)[0] >= 0.15


def test_a_report_is_printed_and_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measure, "RESULTS", tmp_path)
    rows = (measure.Row.of("ours", [1.0, 2.0, 9.0], goal=2.5), measure.Row.of("peer", [4.0], goal=3.0))
    measure.report(measure.Measured("thing", "ms", rows, {"peer / ours": 2.0}, ("a note",)))
    said = capsys.readouterr().out
    assert "2.5 met" in said
    assert "3 MISSED" in said
    saved = json.loads((tmp_path / "thing.local.json").read_text("utf-8"))
    assert saved["rows"][0] == {"what": "ours", "median": 2.0, "least": 1.0, "most": 9.0, "repeats": 3, "goal": 2.5}
    assert saved["ratios"] == {"peer / ours": 2.0}
    measure.report(measure.Measured("thing", "ms", rows), keep=True)
    assert json.loads((tmp_path / "thing.json").read_text("utf-8"))["unit"] == "ms"


def test_each_benchmark_is_a_file() -> None:
    for name in NAMES:
        assert (ROOT / "benchmarks" / f"{name}.py").is_file()
