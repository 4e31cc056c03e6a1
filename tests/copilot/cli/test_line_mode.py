"""`tui --plain` under Ctrl-C: a run stops, the program goes on, and a question of the program's own can be left."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, os
from biocopilot.copilot import Copilot
from biocopilot.copilot.cli import asking
from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.memory.records import ToolCall
from biocopilot.tools.contract import Findings, ToolArguments, ToolContext, tool

if os.isatty(0):
    os.close(os.open(os.ttyname(0), os.O_RDWR))  # now it is this session's terminal, and its Ctrl-C ours

class NoArguments(ToolArguments):
    pass

@tool(title="Slow", deadline_s=60)
async def slow(arguments: NoArguments, context: ToolContext) -> Findings:
    "Wait."
    context.progress("waiting")
    await asyncio.sleep(50)
    return Findings(())

@tool(title="Write", read_only=False)
async def write(arguments: NoArguments, context: ToolContext) -> Findings:
    "Write."
    return Findings(())

step = CallTools((ToolCall(id="c1", tool="TOOL", arguments={}),), plan="begin")
planner = ScriptedPlanner([step, Give(text="", status="unknown")])
asking.Copilot = lambda _planner, **options: Copilot(planner, tools=[slow, write], **options)
from biocopilot.copilot.cli.main import main
main()
"""
WORDS = ("tui", "--plain", "--session", "s")

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts the line mode over a tool, in a process group of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(tool: str, stdin: int, stdout: int, stderr: int) -> subprocess.Popen[bytes]:
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM.replace("TOOL", tool), *WORDS],
            stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True, env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
        started.append(program)
        return program

    yield begin
    for program in started:
        program.kill()
        program.communicate()


def statuses() -> list[str]:
    from biocopilot.memory.paths import run_log_path
    from biocopilot.memory.run_log import RunLog

    log = RunLog.open(run_log_path())
    try:
        return [run.status for run in log.runs(5)]
    finally:
        log.close()


def test_ctrl_c_stops_the_run_and_the_next_question_is_answered(start: Start) -> None:
    program = start("slow", subprocess.PIPE, subprocess.PIPE, subprocess.PIPE)
    assert program.stdin is not None
    assert program.stderr is not None
    program.stdin.write(b"How long?\n")
    program.stdin.flush()
    told = [next(program.stderr)]
    while b"begin" not in told[-1]:
        told.append(next(program.stderr))
    time.sleep(0.3)
    os.killpg(program.pid, signal.SIGINT)  # as a terminal does: to everything in the group
    while not told[-1].startswith(b"Stopped."):
        told.append(next(program.stderr))
    program.stdin.write(b"And now?\n")
    out, rest = program.communicate(timeout=20)
    assert told[-1] == b"Stopped. What was found stays in the session.\n"
    assert b"Traceback" not in b"".join(told) + rest
    assert b"Not answered." in out
    assert program.returncode == 4, rest
    assert statuses() == ["unknown", "cancelled"]


def test_ctrl_c_at_the_question_whether_a_call_may_write_leaves_it_undone(start: Start) -> None:
    terminal, child = pty.openpty()
    program = start("write", child, child, child)
    os.close(child)
    seen = _read_until(terminal, b"question: ")
    os.write(terminal, b"Write it.\n")
    seen += _read_until(terminal, b"Let it? (y, anything else is no): ")
    os.write(terminal, b"\x03")
    seen += _read_until(terminal, b"question: ")
    assert b"Stopped." in seen
    os.write(terminal, b"/quit\n")  # goes to the prompt, not to the question that was left
    assert program.wait(timeout=20) == 130
    os.close(terminal)
    assert statuses() == ["cancelled"]


def _read_until(terminal: int, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen:
        assert select.select([terminal], [], [], 20)[0], seen
        seen += os.read(terminal, 4_096)
    return seen
