from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.cli import asking
from biocopilot.copilot.cli.commands import app
from biocopilot.copilot.planner.contract import CallTools, Give, Sentence, State, Step
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.memory.errors import ModelUnavailable
from biocopilot.memory.records import Source, ToolCall
from biocopilot.tools.contract import Draft, Findings, ToolArguments, ToolContext, tool
from typer.testing import CliRunner

Command = Callable[..., subprocess.CompletedProcess[str]]

SOURCE = Source(name="Oracle", release="1", licence="CC0", attribution="nobody")


class NoArguments(ToolArguments):
    pass


@tool(title="The answer")
async def oracle(arguments: NoArguments, context: ToolContext) -> Findings:
    """Know one number."""
    return Findings((Draft({"type": "oracle", "number": 42}, SOURCE, "computed", "42"),), matched=1, returned=1)


CALL = CallTools((ToolCall(id="c1", tool="oracle", arguments={}),), plan="asks the oracle")
TRUE = Sentence("The number is 42.", ("E1",))


def no_model(_state: State) -> Step:
    raise ModelUnavailable("The model is gone.", "Use --planner embedded.")


SCRIPTS: dict[str, tuple[Any, ...]] = {
    "answered": (CALL, Give(parts=(TRUE,))),
    "partial": (CALL, Give(parts=(TRUE,), status="partial")),
    "unknown": (Give(status="unknown"),),
    "failed": (no_model,),
}


@pytest.fixture
def ask(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`biocopilot ask WORD…` in this process, with a planner that plays a script."""

    def run(script: str, *words: str, given: str | None = None) -> Any:
        def scripted(_planner: str, **options: Any) -> Copilot:
            return Copilot(ScriptedPlanner(SCRIPTS[script]), tools=[oracle], **options)

        monkeypatch.setattr(asking, "Copilot", scripted)
        return CliRunner().invoke(app, ["ask", *words], input=given)

    return run


@pytest.mark.parametrize(("script", "code"), [("answered", 0), ("partial", 3), ("unknown", 4), ("failed", 5)])
def test_the_exit_code_and_the_object_say_how_it_ended(ask: Callable[..., Any], script: str, code: int) -> None:
    done = ask(script, "--json", "What", "is it?")
    assert done.exit_code == code
    said = json.loads(done.stdout)
    assert said["status"] == script
    assert said["question"] == "What is it?"
    keys = "run_id question status planner answer claims evidence tool_calls notices seconds"
    assert list(said) == keys.split()
    assert ("The model is gone" in done.stderr) == (script == "failed")


def test_plain_prints_the_answer_with_evidence_and_nothing_on_stderr(ask: Callable[..., Any]) -> None:
    done = ask("answered", "--plain", "What is it?")
    assert "The number is 42. [E1]" in done.stdout
    assert "Oracle 1" in done.stdout
    assert done.stderr == ""


def test_without_a_terminal_steps_and_suggestions_are_talk(ask: Callable[..., Any]) -> None:
    plain = ask("answered", "--plain", "What is it?")
    done = ask("answered", "What is it?")
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stdout.splitlines()[0] == plain.stdout.splitlines()[0]
    assert "· asks the oracle" in done.stderr
    assert re.search(r"✓ oracle · 1 found · \d+ ms", done.stderr)
    assert "biocopilot runs verify " in done.stderr


def test_jsonl_prints_each_event_and_only_events(ask: Callable[..., Any]) -> None:
    done = ask("answered", "--jsonl", "What is it?")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["type"], events[-1]["type"]) == ("run_started", "run_finished")
    assert done.stderr == ""


def test_a_question_is_read_from_standard_input(ask: Callable[..., Any]) -> None:
    done = ask("answered", "--json", "-", given="What is\nit?")
    assert json.loads(done.stdout)["question"] == "What is\nit?"


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (("",), "", "no question"),
        (("   ??",), "", "no question"),
        (("-",), "", "no question"),
        (("-",), "x" * 100_000, "characters"),
        (("\x1b[31m\x07",), "", "no question"),
        (("--file", "absent.smi", "MW of them?"), "", "absent.smi"),
    ],
)
def test_a_bad_question_is_a_usage_error(
    ask: Callable[..., Any], words: tuple[str, ...], given: str, said: str
) -> None:
    done = ask("answered", *words, given=given)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert "\x1b" not in done.stderr


def test_no_log_leaves_no_run_and_no_pointer_to_one(ask: Callable[..., Any], home: Path) -> None:
    done = ask("answered", "--no-log", "What is it?")
    assert done.exit_code == 0
    assert "runs verify" not in done.stderr
    assert not list(home.rglob("*.sqlite"))


def test_a_folder_that_cannot_be_written_costs_the_record_and_not_the_answer(
    ask: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = home / "file"
    blocked.write_text("no folder", "utf-8")
    monkeypatch.setenv("BIOCOPILOT_HOME", str(blocked))
    done = ask("answered", "--json", "What is it?")
    assert done.exit_code == 0
    assert any("not recorded" in notice for notice in json.loads(done.stdout)["notices"])


@pytest.mark.parametrize("form", ["--plain", "--json", "--jsonl"])
def test_a_replay_is_the_same_bytes(biocopilot: Command, form: str) -> None:
    asked = biocopilot("ask", form, "MW of ibuprofen?")
    assert asked.returncode == 0, asked.stderr
    replayed = biocopilot("runs", "replay", "last", form)
    assert replayed.stdout == asked.stdout


SLOW = """
import asyncio
from biocopilot.copilot import Copilot
from biocopilot.copilot.cli import asking
from biocopilot.copilot.planner.contract import CallTools
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.memory.records import ToolCall
from biocopilot.tools.contract import Findings, ToolArguments, ToolContext, tool

class NoArguments(ToolArguments):
    pass

@tool(title="Slow", deadline_s=60)
async def slow(arguments: NoArguments, context: ToolContext) -> Findings:
    "Wait."
    await asyncio.sleep(50)
    return Findings(())

step = CallTools((ToolCall(id="c1", tool="slow", arguments={}),))
asking.Copilot = lambda _planner, **options: Copilot(ScriptedPlanner([step]), tools=[slow], **options)
from biocopilot.copilot.cli.main import main
main()
"""


@pytest.fixture
def slow(home: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(form: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SLOW, "ask", form, "How long?"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_is_closed_as_cancelled(
    slow: Callable[[str], subprocess.Popen[str]], stop: signal.Signals, home: Path
) -> None:
    process = slow("--jsonl")
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if '"tool_started"' in line:
            break
    process.send_signal(stop)
    began = time.perf_counter()
    rest, talk = process.communicate(timeout=10)
    assert time.perf_counter() - began < 3
    assert process.returncode == 130
    assert "Traceback" not in talk
    assert "Stopped after" in talk
    events = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    assert (events[-3]["type"], events[-3]["error"]) == ("tool_failed", "Cancelled")
    assert (events[-1]["type"], events[-1]["status"]) == ("run_finished", "cancelled")
    from biocopilot.memory.paths import run_log_path
    from biocopilot.memory.run_log import RunLog

    log = RunLog.open(run_log_path())
    assert log.runs(1)[0].status == "cancelled"
    log.close()


def test_ctrl_c_while_the_program_still_loads_is_quiet(home: Path) -> None:
    script = (
        "import os, signal, sys; sys.argv = ['biocopilot', 'config', 'show']\n"
        "import biocopilot.copilot.settings as settings\n"
        "settings.load_settings = lambda: os.kill(os.getpid(), signal.SIGINT)\n"
        "from biocopilot.copilot.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 130
    assert done.stderr.strip() == "Stopped."


def on_a_terminal(words: list[str], columns: int = 80) -> tuple[int, str]:
    """Run a command with a pseudo-terminal as its input and outputs; its exit code and what the screen was sent."""
    import fcntl
    import pty
    import struct
    import termios

    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    process = subprocess.Popen(
        words,
        stdin=child,
        stdout=child,
        stderr=child,
        env={**environment, "TERM": "xterm-256color", "PYTHONUTF8": "1"},
        start_new_session=True,
    )
    os.close(child)
    sent = io.BytesIO()
    while True:
        try:
            part = os.read(parent, 65_536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        sent.write(part)
    os.close(parent)
    return process.wait(timeout=30), sent.getvalue().decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal there")
def test_on_a_terminal_steps_answer_and_suggestions_appear_within_its_width(home: Path) -> None:
    code, sent = on_a_terminal(
        [sys.executable, "-m", "biocopilot.copilot", "ask", "What is the MW of C[C@H](N)C(=O)O?"]
    )
    assert code == 0, sent
    assert "\x1b[2m" in sent
    screen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", sent)
    for line in re.split(r"[\r\n]+", screen):
        assert len(line) <= 80, line
    assert "C[C@H](N)C(=O)O" in screen
    for part in ("✓", "89.0", "Evidence", "RDKit", "Try next"):
        assert part in screen
