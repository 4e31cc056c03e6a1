from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.evaluation.run_file import Answered, opened_run
from biocopilot.memory.errors import InvalidInput, StorageError

CONFIGURATION: Mapping[str, Any] = {"task": "medqa", "data": "abc", "answerer": {"model": "m"}}


def answer(number: int, status: Any = "answered") -> Answered:
    return Answered(number, f"q{number}", "A", status, "A", "A", "text")


def begun(folder: Path, *numbers: int) -> Path:
    with opened_run(folder, CONFIGURATION, resume=False) as run:
        for number in numbers:
            run.add(answer(number))
    return folder / "items.jsonl"


def test_answers_are_found_again_and_more_are_added_behind_them(tmp_path: Path) -> None:
    file = begun(tmp_path, 0, 1)
    before = file.read_bytes()
    with opened_run(tmp_path, CONFIGURATION, resume=True) as run:
        assert list(run.answers) == [0, 1]
        run.add(answer(2))
    assert file.read_bytes().startswith(before)
    with opened_run(tmp_path, CONFIGURATION, resume=True) as run:
        assert run.answers[2] == answer(2)


def test_each_answer_is_on_the_disk_when_it_was_added(tmp_path: Path) -> None:
    with opened_run(tmp_path, CONFIGURATION, resume=False) as run:
        run.add(answer(0))
        assert len((tmp_path / "items.jsonl").read_text("utf-8").splitlines()) == 2


def test_an_evaluation_that_is_there_needs_resume(tmp_path: Path) -> None:
    begun(tmp_path, 0, 1)
    with pytest.raises(InvalidInput, match="2 answers") as caught, opened_run(tmp_path, CONFIGURATION, resume=False):
        pass
    assert "--resume" in caught.value.hint


def test_resume_with_nothing_there_begins(tmp_path: Path) -> None:
    with opened_run(tmp_path / "new", CONFIGURATION, resume=True) as run:
        assert not run.answers
        run.add(answer(0))


@pytest.mark.parametrize("kept", ["line", "header"])
def test_what_a_kill_cut_off_is_dropped(tmp_path: Path, kept: str) -> None:
    file = begun(tmp_path, 0, 1)
    held = file.read_bytes()
    file.write_bytes(held[:-7] if kept == "line" else held[:20])
    with opened_run(tmp_path, CONFIGURATION, resume=True) as run:
        assert run.dropped
        assert list(run.answers) == ([0] if kept == "line" else [])
        run.add(answer(1))
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert rows[0]["task"] == "medqa"
    assert [row["number"] for row in rows[1:]] == ([0, 1] if kept == "line" else [1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data": "other"}, 'data was "abc" and is "other"'),
        ({"answerer": {"model": "n"}}, 'answerer was {"model": "m"} and is {"model": "n"}'),
        ({"seed": 3}, "seed was null and is 3"),
    ],
)
def test_another_evaluation_does_not_go_on_and_what_differs_is_said(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    file = begun(tmp_path, 0)
    before = file.read_bytes()
    with pytest.raises(InvalidInput) as caught, opened_run(tmp_path, {**CONFIGURATION, **change}, resume=True):
        pass
    assert said in caught.value.message
    assert file.read_bytes() == before


def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = begun(tmp_path, 0, 1)
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text(lines[0] + "garbage\n" + lines[2], "utf-8")
    before = file.read_bytes()
    with pytest.raises(StorageError, match="damaged"), opened_run(tmp_path, CONFIGURATION, resume=True):
        pass
    assert file.read_bytes() == before


def test_a_second_process_is_turned_away(tmp_path: Path) -> None:
    with (
        opened_run(tmp_path, CONFIGURATION, resume=False),
        pytest.raises(StorageError, match="is working on the evaluation"),
        opened_run(tmp_path, CONFIGURATION, resume=True),
    ):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(StorageError, match="cannot be made"), opened_run(tmp_path / "file" / "x", CONFIGURATION, False):
        pass
