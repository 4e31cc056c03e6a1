from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.cli import checks
from biocopilot.copilot.cli.commands import app
from biocopilot.memory.errors import SourceUnavailable
from typer.testing import CliRunner


def doctor(*words: str) -> Any:
    return CliRunner().invoke(app, ["doctor", *words])


def test_a_sound_installation_is_healthy(home: Path) -> None:
    done = doctor()
    assert done.exit_code == 0, done.stdout
    assert "✗" not in done.stdout
    assert done.stdout.endswith("Everything needed works.\n")
    about = {row["about"] for row in json.loads(doctor("--json").stdout)["checks"]}
    assert about >= {"python", "rdkit", "local data", "chemistry", "data folder", "run log", "planner", "extras"}


def test_a_broken_store_is_found_with_its_hint_and_exit_5(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Any:
        raise SourceUnavailable("The starter set is damaged.", "Install biocopilot again.")

    monkeypatch.setattr(checks, "store_status", gone)
    done = doctor()
    assert done.exit_code == 5
    assert "✗ local data" in done.stdout
    assert "→ Install biocopilot again." in done.stdout
    assert "1 of 10 checks failed." in done.stdout


def test_an_unforeseen_failure_is_a_finding_and_not_a_crash(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(checks, "store_status", broken)
    found = json.loads(doctor("--json").stdout)
    assert found["healthy"] is False
    assert "ZeroDivisionError: odd" in json.dumps(found)


def test_a_data_folder_that_is_a_file_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "x").write_text("", "utf-8")
    monkeypatch.setenv("BIOCOPILOT_HOME", str(home / "x"))
    done = doctor()
    assert done.exit_code == 5
    assert "✗ data folder" in done.stdout


def test_a_corrupt_run_log_is_found_and_left_alone(home: Path) -> None:
    from biocopilot.memory.paths import run_log_path

    path = run_log_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"SQLite format 3\x00" + b"rubbish" * 2_000)
    before = path.read_bytes()
    done = doctor()
    assert done.exit_code == 5
    assert "✗ run log" in done.stdout
    assert path.read_bytes() == before


def test_a_wrong_setting_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOCOPILOT_WORKERS", "0")
    done = doctor()
    assert done.exit_code == 5
    assert "✗ settings" in done.stdout
