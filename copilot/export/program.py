"""Tool calls as a Python program that makes them again, without a planner: one call, or all of a session's.

The program asks as the settings say: with BIOCOPILOT_OFFLINE=true it opens no connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...memory.earlier_runs import RECALL
from ...memory.events import Event, RunStarted, ToolFinished, ToolStarted
from ...memory.records import ToolCall, canonical_json
from ...memory.text import clean, shorten
from ...tools.registry import all_tools

__all__ = ["as_python", "finished_calls", "session_as_python", "why_left_out"]

_QUESTION_CHARACTERS = 100


def as_python(*calls: ToolCall) -> str:
    """A program that makes the calls and prints what they find."""
    return _program("Tool calls of a Biocopilot run, made again.", [_line(call) for call in calls], ())


def session_as_python(name: str, runs: Sequence[Sequence[Event]]) -> str:
    """A program that makes the calls of a session again, each once, under the questions that they were made for.

    Calls that failed are left out, as are those that write a file, and those that look into the session itself.
    """
    lines: list[str] = []
    files: dict[str, None] = {}
    made: set[str] = set()
    for number, events in enumerate(runs, 1):
        for event in events:
            if isinstance(event, RunStarted):
                question = shorten(" ".join(clean(event.question).split()), _QUESTION_CHARACTERS)
                lines.append(f"    # R{number}: {question}\n")
                files |= dict.fromkeys(event.files)
        for call in finished_calls(events):
            key = f"{call.tool} {canonical_json(call.arguments)}"
            left_out = why_left_out(call)
            if key not in made:
                lines.append(_line(call) if not left_out else f"    # left out: {call.tool}, {left_out}\n")
            made.add(key)
    title = f"The tool calls of the Biocopilot session {_in_docstring(name)}, made again."
    return _program(title, lines, files)


def finished_calls(events: Sequence[Event]) -> list[ToolCall]:
    """The calls that came to a result, in the order in which they were made."""
    ended = {event.call_id for event in events if isinstance(event, ToolFinished)}
    return [event.call for event in events if isinstance(event, ToolStarted) and event.call.id in ended]


def why_left_out(call: ToolCall) -> str:
    """Why a call is not to be made again outside its session; empty where it can be."""
    tool = all_tools().get(call.tool)
    if call.tool == RECALL:
        return "which looks into the session"
    if tool is None:
        return "which this version does not have"
    return "which writes a file" if tool.writes(call.arguments) else ""


def _line(call: ToolCall) -> str:
    return f"    ToolCall(id={call.id!r}, tool={call.tool!r}, arguments={call.arguments!r}),\n"


def _in_docstring(text: str) -> str:
    """On one line, and nothing in it ends the docstring or begins an escape."""
    return " ".join(clean(text).split()).replace("\\", "/").replace('"', "'")


def _program(title: str, lines: Iterable[str], files: Iterable[str]) -> str:
    named = "".join(f"    Path({name!r}),\n" for name in files)
    parts = {"TITLE": title, "CALLS": "".join(lines), "FILES": named}
    return "".join(parts.get(piece, piece) for piece in _PROGRAM.split("@@"))


_PROGRAM = '''"""@@TITLE@@"""

import asyncio
from itertools import count
from pathlib import Path

from biocopilot.copilot.settings import load_settings
from biocopilot.memory.records import ToolCall
from biocopilot.tools import ToolContext, Workbench, all_tools
from biocopilot.tools.execute import execute

CALLED = (
@@CALLS@@)

FILES: frozenset[Path] = frozenset((
@@FILES@@))


async def main() -> None:
    settings, numbers = load_settings().settings, count(1)
    with Workbench(settings.store, settings.workers, settings.services, settings.library_choice) as bench:
        context = ToolContext(bench=bench, files=FILES, offline=settings.offline)
        for call in CALLED:
            result = await execute(call, all_tools(), context, lambda: f"E{next(numbers)}")
            print(f"{call.tool}: {result.status}")
            print(result.digest)


if __name__ == "__main__":
    asyncio.run(main())
'''
