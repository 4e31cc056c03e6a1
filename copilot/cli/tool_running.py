"""One tool call from the command line: the same checks, deadline and evidence as in a run, without a planner."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from typing import Any

from ...memory.earlier_runs import RECALL, EarlierRuns
from ...memory.errors import error_named
from ...memory.records import Evidence, ToolCall, ToolResult
from ...memory.sessions import Sessions
from ...tools.contract import Tool, ToolContext
from ...tools.execute import execute, validate_arguments
from ...tools.workbench import Workbench
from ..settings import load_settings
from .failures import say, show_error
from .record_text import record_text
from .tool_options import named_files

__all__ = ["run_by_hand"]

_EXIT_CODES = {"ok": 0, "partial": 3, "empty": 4}


def run_by_hand(tool: Tool, arguments: dict[str, Any], as_json: bool) -> int:
    """Run the tool, print what it found, and return the exit code."""
    validate_arguments(tool, arguments)
    settings = load_settings().settings
    numbers = count(1)
    with (
        Workbench(
            settings.store, settings.workers, settings.services, settings.library_choice, settings.weights_choice
        ) as bench,
        _newest_session() if tool.name == RECALL else nullcontext() as earlier,
    ):
        context = ToolContext(
            bench=bench,
            files=named_files(arguments),
            offline=settings.offline,
            progress=_progress_on_stderr(),
            earlier=earlier,
        )
        call = ToolCall(id="call-1", tool=tool.name, arguments=arguments)
        result = asyncio.run(execute(call, {tool.name: tool}, context, lambda: f"E{next(numbers)}"))
    sys.stdout.write(result.model_dump_json(indent=2) + "\n" if as_json else _text(result))
    if result.status != "failed":
        return _EXIT_CODES[result.status]
    message, _, hint = result.digest.partition("\n")
    error = error_named(result.error, message, hint)
    show_error(error)
    return error.exit_code


@contextmanager
def _newest_session() -> Iterator[EarlierRuns | None]:
    """What a handle typed by hand is looked up in."""
    from .recorded import earlier_runs, run_log

    with run_log() as log:
        yield earlier_runs(log, Sessions(log).find("last"))


def _progress_on_stderr() -> Callable[[str, int | None, int | None], None]:
    def report(text: str, done: int | None = None, total: int | None = None) -> None:
        if sys.stderr.isatty():
            say(f"· {text}" + (f" {done}/{total}" if done is not None and total is not None else ""))

    return report


def _text(result: ToolResult) -> str:
    if result.status == "failed":
        return ""
    blocks = [_evidence_text(item) for item in result.evidence]
    ends = [f"{key}: {value}" for key, value in result.filters.items()]
    if result.matched is not None:
        ends.insert(0, f"matched {result.matched}, shown {result.returned}")
    if result.omitted is not None:
        ends.append(f"not shown: {result.omitted.what}")
    ends += [f"warning: {warning}" for warning in result.warnings]
    return "\n\n".join([*blocks, *(["\n".join(ends)] if ends else [])]) + "\n"


def _evidence_text(item: Evidence) -> str:
    source = item.source
    head = f"{source.name} {source.release} ({source.licence}), {item.backend}"
    return f"{head}\n{record_text(item.record, 2)}"
