"""A run or a session as a workflow in YAML: the calls that were made, each once, with the arguments that they had.

`biocopilot workflow run FILE --out DIR` makes them again, keeps what each finds, and writes a report; no planner takes part.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...memory.errors import InvalidInput
from ...memory.events import Event, RunStarted
from ...memory.records import ToolCall, canonical_json
from ...memory.text import clean, shorten
from .program import finished_calls, why_left_out

__all__ = ["run_as_workflow", "session_as_workflow"]

_FILE_FIELDS = ("file", "files")
_QUESTION_CHARACTERS = 100


def run_as_workflow(events: Sequence[Event]) -> str:
    """The calls of one run. Raises InvalidInput where it made none that can be made again."""
    question = next(event.question for event in events if isinstance(event, RunStarted))
    return _written(question, [events])


def session_as_workflow(name: str, runs: Sequence[Sequence[Event]]) -> str:
    """The calls of a session, under the questions that they were made for. Raises InvalidInput as `run_as_workflow` does."""
    return _written(name, runs)


def _written(title: str, runs: Sequence[Sequence[Event]]) -> str:
    files: dict[str, str] = {}
    lines: list[str] = []
    names: dict[str, None] = {}
    made: set[str] = set()
    for events in runs:
        start = next(event for event in events if isinstance(event, RunStarted))
        releases = ", ".join(f"{name} {_line(release)}" for name, release in sorted(start.environment.items()))
        lines.append(f"  # {_question(start.question)} ({start.at:%Y-%m-%d}; {releases})")
        for call in finished_calls(events):
            key = f"{call.tool} {canonical_json(call.arguments)}"
            if key in made:
                continue
            made.add(key)
            reason = why_left_out(call)
            if reason:
                lines.append(f"  # left out: {call.tool}, {reason}")
                continue
            name = _free(call.tool, names)
            names[name] = None
            lines += [f"  {name}:", f"    tool: {call.tool}", f"    arguments: {_arguments(call, start.files, files)}"]
    if not names:
        raise InvalidInput("There is no call to make again.", "`biocopilot runs show ID` lists the calls of a run.")
    head = [f"workflow: {_slug(title)}", f"title: {_quoted(_question(title))}"]
    if files:
        head.append("inputs:")
        head += [f"  {name}: {{type: file, default: {_quoted(path)}}}" for path, name in files.items()]
    return "\n".join([*head, "steps:", *lines]) + "\n"


def _arguments(call: ToolCall, allowed: Mapping[str, str], files: dict[str, str]) -> str:
    """The arguments in one line; a file that the run was allowed to read becomes an input."""

    def pinned(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [pinned(item) for item in value]
        parts = Path(value).parts if isinstance(value, str) else ()
        fitting = [name for name in allowed if parts and Path(name).parts[-len(parts) :] == parts]
        if len(fitting) != 1:
            return value
        name = files.setdefault(fitting[0], "file" if not files else f"file_{len(files) + 1}")
        return {"$ref": f"inputs.{name}"}

    found = {name: pinned(value) if name in _FILE_FIELDS else value for name, value in call.arguments.items()}
    return _quoted(found)


def _quoted(value: Any) -> str:
    """As JSON, which is YAML too."""
    return json.dumps(value, ensure_ascii=False)


def _free(name: str, taken: Mapping[str, None]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _slug(text: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:50].strip("-")
    return found if found[:1].isalpha() else f"run-{found}".rstrip("-")


def _question(text: str) -> str:
    return shorten(_line(text), _QUESTION_CHARACTERS)


def _line(text: str) -> str:
    return " ".join(clean(text).split())
