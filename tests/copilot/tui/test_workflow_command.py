"""What is typed behind `/workflow`: as behind `biocopilot workflow run`."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.copilot.tui.workflow_command import start_of, to_go_on
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
