"""A session as a program: it runs, offline, and finds what the session found; nothing in it can do anything else."""

from __future__ import annotations

import ast
import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from biocopilot.copilot import Copilot
from biocopilot.copilot.export.program import session_as_python
from biocopilot.copilot.export.session import export_session
from biocopilot.memory.events import Event, RunStarted, ToolFailed, ToolFinished, ToolStarted
from biocopilot.memory.records import ToolCall

from ..test_export import AT

HOSTILE = 'q """ \\ \u2028 import os\n)\nos.system("x") # @@FILES@@'


async def asked(copilot: Copilot, question: str) -> list[Event]:
    events: list[Event] = []
    await copilot.aask(question, listener=events.append)
    return events


def run_of(question: str, *calls: ToolCall, failed: tuple[str, ...] = (), file: str = "") -> list[Event]:
    numbers = iter(range(1, 100))

    def make(kind: type, **fields: object) -> Event:
        return kind(run_id="r", number=next(numbers), at=AT, **fields)  # type: ignore[no-any-return]  # an event

    events = [make(RunStarted, question=question, planner="p", files={file: ""} if file else {})]
    for call in calls:
        events.append(make(ToolStarted, call=call))
        if call.id in failed:
            events.append(make(ToolFailed, call_id=call.id, tool=call.tool, seconds=0.1, error="NotFound", message="m"))
        else:
            events.append(make(ToolFinished, call_id=call.id, tool=call.tool, status="empty", seconds=0.1))
    return events


def call(tool: str, id_: str = "c1", **arguments: object) -> ToolCall:
    return ToolCall(id=id_, tool=tool, arguments=arguments)


def test_the_program_finds_again_what_the_session_found(copilot: Copilot, tmp_path: Path) -> None:
    runs = [asyncio.run(asked(copilot, question)) for question in ("MW of ibuprofen?", "What does JAK2 do?")]
    file = export_session("mine", runs, tmp_path / "again.py")
    environment = {**os.environ, "BIOCOPILOT_OFFLINE": "true"}
    done = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, check=False, timeout=120, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "206.28" in done.stdout
    assert "JAK2" in done.stdout
    assert "# R2: What does JAK2 do?" in file.read_text("utf-8")


def called(text: str) -> list[tuple[str, object]]:
    """The calls that a program makes, read from its syntax tree."""
    made = next(
        node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "CALLED"  # type: ignore[attr-defined]
    )
    assert isinstance(made, ast.Tuple)
    return [
        (ast.literal_eval(item.keywords[1].value), ast.literal_eval(item.keywords[2].value))
        for item in made.elts
        if isinstance(item, ast.Call)
    ]


def test_each_call_is_made_once_and_those_that_cannot_be_made_again_are_named() -> None:
    property_call = call("molecule_properties", molecule="C[C@@H](N)C(=O)O")
    first = run_of("a?", property_call, call("drug_status", "c2", molecule="x"), failed=("c2",))
    writing = call("draw_molecule", "c2", molecule="CCO", to="x.svg")
    second = run_of("b?", property_call, writing, call("recall_result", "c3", handle="R1.E1"), call("gone_tool", "c4"))
    text = session_as_python("s", [first, second])
    assert called(text) == [("molecule_properties", {"molecule": "C[C@@H](N)C(=O)O"})]
    assert "# left out: draw_molecule, which writes a file" in text
    assert "# left out: recall_result, which looks into the session" in text
    assert "# left out: gone_tool, which this version does not have" in text


def test_files_that_tools_may_read_are_named() -> None:
    text = session_as_python("s", [run_of("q?", file="/tmp/with 'quote'.smi")])
    assert repr("/tmp/with 'quote'.smi") in text
    ast.parse(text)


def test_names_questions_and_arguments_are_data_and_nothing_else() -> None:
    text = session_as_python(HOSTILE, [run_of(HOSTILE, call("molecule_properties", molecule=HOSTILE))])
    assert called(text) == [("molecule_properties", {"molecule": HOSTILE})]
    tree = ast.parse(text)
    assert [type(node).__name__ for node in tree.body[-4:]] == ["Assign", "AnnAssign", "AsyncFunctionDef", "If"]
    assert not any(isinstance(node, ast.Attribute) and node.attr == "system" for node in ast.walk(tree))


def test_a_session_without_calls_is_a_program_all_the_same(session_run: Callable[..., list[Event]]) -> None:
    assert called(session_as_python("s", [])) == []
    assert "# left out: find" in session_as_python("s", [session_run("r1", "s")])
