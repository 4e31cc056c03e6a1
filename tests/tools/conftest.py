"""One workbench for all tool tests, and a way to call a tool as the loop does."""

from __future__ import annotations

import itertools
import runpy
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.earlier_runs import EarlierRuns
from biocopilot.memory.events import Event
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


@pytest.fixture(scope="session")
def dump_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A workbench over a small file with a full ChEMBL dump's tables, as tests/memory/conftest.py lays them out."""
    made = runpy.run_path(str(Path(__file__).parents[1] / "memory" / "conftest.py"))
    path = made["build"](tmp_path_factory.mktemp("dump") / "chembl_36.db", made["own_columns"]())
    with Workbench(store=path) as opened:
        yield opened


@pytest.fixture
def call(bench: Workbench, session_run: Callable[..., list[Event]]) -> Call:
    """`await call("tool_name", field=value)`, as the second question of a session; `files` are the paths that the user named."""
    return _calling(bench, EarlierRuns(("r1",), lambda run_id: session_run(run_id, "s")))


@pytest.fixture
def call_dump(dump_bench: Workbench) -> Call:
    """The same over the small dump."""
    return _calling(dump_bench)


def _calling(bench: Workbench, earlier: EarlierRuns | None = None) -> Call:
    ids = itertools.count(1)

    async def run(tool: str, *, files: tuple[Path, ...] = (), **arguments: Any) -> ToolResult:
        named = frozenset(path.resolve() for path in files)
        context = ToolContext(bench=bench, files=named, offline=True, earlier=earlier)
        request = ToolCall(id="c1", tool=tool, arguments=arguments)
        return await execute(request, all_tools(), context, lambda: f"E{next(ids)}")

    return run
