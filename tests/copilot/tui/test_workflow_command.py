"""What is typed behind `/workflow`: as behind `biocopilot workflow run`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from biocopilot.copilot.tui.completing import Word
from biocopilot.copilot.tui.workflow_command import start_of, to_go_on, workflow_words
from biocopilot.copilot.tui.workflow_runs import runs_in
from biocopilot.memory.errors import InvalidArguments

from .scripted_workflow import shipped


@pytest.fixture(autouse=True)
def ships(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped(monkeypatch)


def test_inputs_folder_and_flag_are_told_apart_wherever_they_stand() -> None:
    start = start_of("values --resume 1 --out 'a folder' --most=3 2")
    assert (start.flow.name, dict(start.inputs)) == ("values", {"values": [1.0, 2.0], "most": 3})
    assert (start.out, start.resume) == (Path("a folder"), True)
    assert start_of("values 1 --out=~/x").out == Path.home() / "x"


def test_the_same_inputs_find_the_same_folder_and_others_another() -> None:
    first = start_of("values 1 2")
    assert first.out == start_of("values --values 1 --values 2 --most 100").out
    assert first.out != start_of("values 1 3").out
    assert first.out.name.startswith("values-")


def test_out_without_a_folder_is_refused() -> None:
    with pytest.raises(InvalidArguments, match="--out needs a value"):
        start_of("values 1 --out")


def test_what_goes_on_with_a_run_can_be_typed_again(tmp_path: Path) -> None:
    folder = tmp_path / "it's one"
    again = to_go_on("values", folder)
    with pytest.raises(Exception, match="holds no run"):
        start_of(again.removeprefix("/workflow "))
    assert "'\"'\"'" in again


def test_a_python_file_is_executed_neither_while_it_is_typed_nor_because_a_folder_names_it(tmp_path: Path) -> None:
    file, executed = tmp_path / "flow.py", tmp_path / "executed"
    file.write_text(f"open({str(executed)!r}, 'w').close()\n", encoding="utf-8")
    found = workflow_words(Word("input", 0, "--", str(file)))
    assert [one.text for one in found] == ["--out ", "--resume "]
    (tmp_path / "run").mkdir()
    manifest = {
        "format": 1,
        "workflow": "x",
        "inputs": {},
        "starts": [],
        "status": "failed",
        "created_at": "2026-01-01",
    }
    again = f"biocopilot workflow run {file}:x --out FOLDER --resume"
    for more in ({"program": {"file": str(file), "sha256": ""}}, {"source": "workflow: x", "again": again}):
        (tmp_path / "run" / "run.json").write_text(json.dumps({**manifest, **more}), encoding="utf-8")
        assert [row.again for row in runs_in(tmp_path)] == [""]
    assert not executed.exists()
