from __future__ import annotations

import json
import runpy
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


def planner_check() -> dict[str, str]:
    rows = json.loads(doctor("--json").stdout)["checks"]
    return next(row for row in rows if row["about"] == "planner")


def test_it_says_which_planner_auto_takes_and_why(home: Path) -> None:
    found = planner_check()
    assert found["state"] == "good"
    assert found["sentence"].startswith("auto takes embedded: no weights of BioMedGPT are installed")


def test_it_asks_the_model_server_of_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain_openai")
    serving = runpy.run_path(str(Path(__file__).parents[1] / "planner" / "language" / "openai_server.py"))["serving"]
    monkeypatch.setenv("BIOCOPILOT_OFFLINE", "false")
    with serving() as server:
        monkeypatch.setenv("BIOCOPILOT_MODEL_BASE_URL", server.url)
        monkeypatch.setenv("BIOCOPILOT_MODEL_NAME", "openai:fake")
        found = planner_check()
        assert found["state"] == "good"
        assert found["sentence"] == "auto takes openai:fake: the settings name it. Its server answers."
        monkeypatch.setenv("BIOCOPILOT_MODEL_NAME", "openai:other")
        found = planner_check()
        assert (found["state"], found["hint"]) == ("bad", "It offers fake.")
    found = planner_check()
    assert found["state"] == "bad"
    assert "does not answer" in found["sentence"]


def test_offline_it_asks_no_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv("BIOCOPILOT_OFFLINE", "true")
    monkeypatch.setenv("BIOCOPILOT_MODEL_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("BIOCOPILOT_MODEL_NAME", "openai:fake")
    found = planner_check()
    assert found["state"] == "good"
    assert "auto takes embedded: openai:fake, which the settings name, cannot be used" in found["sentence"]
