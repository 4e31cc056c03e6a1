"""One workbench for all tool tests, and a way to call a tool as the loop does."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.registry import all_tools
from biocopilot.tools.workbench import Workbench

Call = Callable[..., Awaitable[ToolResult]]


@pytest.fixture(scope="session")
def bench() -> Iterator[Workbench]:
    with Workbench() as opened:
        yield opened


@pytest.fixture
def call(bench: Workbench) -> Call:
    """`await call("tool_name", field=value)`; `files` are the paths that the user named."""
    ids = itertools.count(1)

    async def run(tool: str, *, files: tuple[Path, ...] = (), **arguments: Any) -> ToolResult:
        context = ToolContext(bench=bench, files=frozenset(path.resolve() for path in files), offline=True)
        request = ToolCall(id="c1", tool=tool, arguments=arguments)
        return await execute(request, all_tools(), context, lambda: f"E{next(ids)}")

    return run
