"""The literature tools over Europe PMC and PubMed on loopback, with the servers of tests/tools/sources."""

from __future__ import annotations

import itertools
import runpy
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.literature.fetch_article import fetch_article
from biocopilot.tools.literature.literature_search import literature_search
from biocopilot.tools.workbench import Workbench

_loading = runpy.run_path(str(Path(__file__).parents[1] / "loading.py"))
_SOURCES, _fixtures_of = _loading["SOURCES"], _loading["fixtures_of"]
TOOLS = {tool.name: tool for tool in (literature_search, fetch_article)}


_wire = _fixtures_of(_SOURCES / "conftest.py", "literature_tools_wire")
_served = _fixtures_of(_SOURCES / "literature/conftest.py", "literature_tools_served")
fresh_hosts, faulty, pass_time = _wire.fresh_hosts, _wire.faulty, _wire.pass_time
make_transport, transport = _wire.make_transport, _wire.transport
row, library, entrez = _served.row, _served.library, _served.entrez
pubmed_article, pubmed_set, read = _served.pubmed_article, _served.pubmed_set, _served.read


@pytest.fixture
def ask(transport: Any) -> Iterator[Callable[..., Awaitable[ToolResult]]]:
    """`await ask("tool_name", field=value)`, with every service on loopback."""
    bench = Workbench()
    bench.__dict__["transport"] = transport
    ids = itertools.count(1)

    async def run(tool: str, offline: bool = False, **arguments: Any) -> ToolResult:
        context = ToolContext(bench=bench, offline=offline)
        request = ToolCall(id="c1", tool=tool, arguments=arguments)
        return await execute(request, TOOLS, context, lambda: f"E{next(ids)}")

    yield run
    bench.close()
