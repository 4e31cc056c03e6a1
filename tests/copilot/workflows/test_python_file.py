from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from biocopilot.copilot import Copilot, workflows
from biocopilot.copilot.workflows.contract import Program
from biocopilot.copilot.workflows.known_runs import known_runs, was_run_here
from biocopilot.copilot.workflows.python_file import declared_in, read_python
from biocopilot.copilot.workflows.verifying import verify_folder
from biocopilot.memory.errors import FileRefused, InvalidInput

FLOWS = '''\
"""Two workflows."""

from __future__ import annotations

import words
from biocopilot.copilot.workflows.built_in.watch import watch
from biocopilot.copilot.workflows.contract import Cell, Report, WorkflowInputs, WorkflowRun, workflow


class Things(WorkflowInputs):
    things: tuple[str, ...]


@workflow(name="weights", title="Weights", inputs=Things, tools=("weigh",))
async def weights(run: WorkflowRun, inputs: Things) -> Report:
    """Weigh things."""
    found = await run.each(inputs.things, lambda thing: run.need("weigh", thing=thing))

    async def count() -> int:
        return len(found.done)

    number = await run.step("count", {}, count)
    rows = [{"thing": Cell(item.row, (item.result.evidence[0].id,)), "of": Cell(number)} for item in found.done]
    return Report(words.TITLE, (), ("thing", "of"), tuple(rows))


@workflow(name="wrong", title="Wrong", inputs=Things)
async def wrong(run: WorkflowRun, inputs: Things) -> Report:
    """Fall over."""
    return {}["no such\\nkey"]
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "words.py").write_text("TITLE = 'Weights'\n", encoding="utf-8")
    (tmp_path / "flows.py").write_text(FLOWS, encoding="utf-8")
    return tmp_path / "flows.py"


@pytest.fixture
def copilot(scripted: ModuleType, tmp_path: Path) -> Iterator[Copilot]:
    log = tmp_path / "home" / "runs.sqlite"
    with Copilot(planner="embedded", offline=True, tools=[scripted.weigh_tool(tmp_path / "log")], log=log) as opened:
        yield opened


def run(copilot: Copilot, which: str, folder: Path, **options: Any) -> workflows.Finished:
    return workflows.run(which, {"things": ["lead", "iron"]}, out=folder, copilot=copilot, **options)


def test_a_file_that_was_named_is_run_and_verified_as_what_it_was(copilot: Copilot, file: Path, tmp_path: Path) -> None:
    finished = run(copilot, f"{file}:weights", tmp_path / "run")
    assert [row["thing"].value for row in finished.report.rows] == ["lead", "iron"]
    assert finished.again == f"biocopilot workflow run {file}:weights --out FOLDER --resume"
    known = tmp_path / "home" / "workflow-runs"
    program = Program(**json.loads((tmp_path / "run" / "run.json").read_text())["program"])
    assert program.file == str(file)
    assert was_run_here(known, program)
    assert not was_run_here(known, Program(program.file, "0" * 64))

    def verify(flow: Any = None, trusted: bool = True) -> Any:
        given = (copilot.bench, copilot.tools, flow, lambda _program: trusted)
        return asyncio.run(verify_folder(tmp_path / "run", *given))

    assert verify().troubles == ()
    assert verify(read_python(f"{file}:weights"), trusted=False).troubles == ()
    with pytest.raises(InvalidInput, match="a program that was not run here"):
        verify(trusted=False)
    file.write_text(FLOWS + f"open({str(tmp_path / 'executed')!r}, 'w').close()\n", encoding="utf-8")
    with pytest.raises(FileRefused, match=r"flows\.py has changed since the run"):
        verify()
    assert not (tmp_path / "executed").exists()
    with pytest.raises(FileRefused, match=r"flows\.py has changed since the run"):
        verify(read_python(f"{file}:weights"))
    file.unlink()
    with pytest.raises(FileRefused, match=r"flows\.py, which the run is of, is not there"):
        verify()


def test_a_folder_that_names_a_program_does_not_have_it_executed(copilot: Copilot, file: Path, tmp_path: Path) -> None:
    run(copilot, f"{file}:weights", tmp_path / "run")
    file.write_text(FLOWS + f"open({str(tmp_path / 'executed')!r}, 'w').close()\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="was not run here"):
        asyncio.run(verify_folder(tmp_path / "run", copilot.bench, copilot.tools))
    assert not (tmp_path / "executed").exists()


def test_a_file_that_was_mended_goes_on_with_its_calls_kept_and_its_own_steps_done_again(
    scripted: ModuleType, copilot: Copilot, file: Path, tmp_path: Path
) -> None:
    file.write_text(FLOWS.replace("words.TITLE", "words.TITEL"), encoding="utf-8")
    with pytest.raises(
        InvalidInput, match=r"flows\.py, line 24: AttributeError: module 'words' has no attribute 'TITEL'"
    ):
        run(copilot, f"{file}:weights", tmp_path / "run")
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "failed"
    file.write_text(FLOWS.replace("len(found.done)", "-len(found.done)"), encoding="utf-8")
    finished = run(copilot, f"{file}:weights", tmp_path / "run", resume=True)
    assert (tmp_path / "log").read_text().split() == ["lead", "iron"] or len(
        (tmp_path / "log").read_text().split()
    ) == 2
    assert [row["of"].value for row in finished.report.rows] == [-2, -2]
    assert [note.text for note in finished.notes] == [
        "Between two starts of this run the workflow's Python file was changed."
    ]


def test_a_file_is_named_by_its_workflow_where_it_declares_several(file: Path) -> None:
    assert [flow.name for flow in declared_in(str(file))] == ["weights", "wrong"]  # and not what it imports
    with pytest.raises(InvalidInput, match="declares several workflows: weights, wrong"):
        read_python(str(file))
    with pytest.raises(InvalidInput, match="declares no workflow 'watch'"):
        read_python(f"{file}:watch")
    file.write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="declares no workflow"):
        read_python(str(file))
    with pytest.raises(FileRefused, match="There is no file"):
        read_python(f"{file.parent}/none.py:x")
    assert str(file.parent) not in sys.path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\nif x\n", "line 2: expected ':'"),
        ("import nothing_of_this_name\n", "line 1: ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("def f():\n    return 1 / 0\n\n\nf()\n", "line 2: ZeroDivisionError: division by zero"),
        ("raise SystemExit('no')\n", "line 1: SystemExit: no"),
        ("x = '\udcff'\n", "can't decode byte 0xff"),
        ("raise ValueError('\\x1b[2J')\n", "line 1: ValueError:"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "f.py").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidInput) as caught:
        read_python(str(tmp_path / "f.py"))
    assert caught.value.message.startswith(f"{tmp_path / 'f.py'}")
    assert told in caught.value.message
    assert "\x1b" not in caught.value.message


def test_a_workflow_that_falls_over_or_gives_no_report_is_told_with_its_line(
    copilot: Copilot, file: Path, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match=r"flows\.py, line 30: KeyError: 'no such\\nkey'"):
        run(copilot, f"{file}:wrong", tmp_path / "run")
    file.write_text(FLOWS.replace('{}["no such\\nkey"]', "None"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="wrong gave NoneType and no Report"):
        run(copilot, f"{file}:wrong", tmp_path / "other")


def test_known_runs_tell_what_became_of_their_folders(copilot: Copilot, file: Path, tmp_path: Path) -> None:
    known = tmp_path / "home" / "workflow-runs"
    assert known_runs(known) == ()
    for name in ("first", "moved", "replaced", "broken"):
        run(copilot, f"{file}:weights", tmp_path / name)
    run(copilot, f"{file}:weights", tmp_path / "first", resume=True)
    (tmp_path / "moved").rename(tmp_path / "elsewhere")
    manifest = tmp_path / "replaced" / "run.json"
    manifest.write_text(manifest.read_text().replace('"workflow": "weights"', '"workflow": "watch"'))
    (tmp_path / "broken" / "run.json").write_text("{")
    (known / "torn.json").write_text('{"folder": ')
    found = {run.folder.name: run for run in known_runs(known)}
    assert {name: run.state for name, run in found.items()} == {
        "first": "answered", "moved": "gone", "replaced": "gone", "broken": "gone", "torn.json": "gone",
    }  # fmt: skip
    assert found["moved"].trouble == "its folder is there no more: moved, renamed or deleted"
    assert found["replaced"].trouble == "its folder holds another run now"
    assert "cannot be read" in found["broken"].trouble
    assert found["first"].inputs == '{"things":["lead","iron"]}'
    manifest = tmp_path / "first" / "run.json"
    told = json.loads(manifest.read_text())
    del told["ended_at"]
    manifest.write_text(json.dumps(told))
    assert [run.state for run in known_runs(known) if run.folder.name == "first"] == ["unfinished"]


def test_nothing_is_written_down_without_a_log_and_a_run_goes_on_where_it_cannot_be(
    scripted: ModuleType, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIOCOPILOT_HOME", str(tmp_path / "home"))
    tools = [scripted.weigh_tool(tmp_path / "log")]
    with Copilot(planner="embedded", offline=True, tools=tools, log=False) as silent:
        run(silent, f"{file}:weights", tmp_path / "silent")
    assert not (tmp_path / "home").exists()
    (tmp_path / "home").write_text("no folder")
    told: list[Any] = []
    with Copilot(planner="embedded", offline=True, tools=tools, log=tmp_path / "home" / "log") as copilot:
        finished = run(copilot, f"{file}:weights", tmp_path / "run", listener=told.append)
    assert finished.notes == ()
    assert any("`workflow runs` will not list this run" in one.text for one in told if one.kind == "note")
