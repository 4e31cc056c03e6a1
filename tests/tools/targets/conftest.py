"""Tools about targets that ask services: STRING, Reactome and HGNC on loopback, with the servers of tests/tools/sources."""

from __future__ import annotations

import gzip
import itertools
import json
import runpy
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.registry import all_tools
from biocopilot.tools.workbench import Workbench

_loading = runpy.run_path(str(Path(__file__).parents[1] / "loading.py"))
_SOURCES, _fixtures_of = _loading["SOURCES"], _loading["fixtures_of"]


_wire = _fixtures_of(_SOURCES / "conftest.py", "targets_wire")
_string = _fixtures_of(_SOURCES / "string_db/conftest.py", "targets_string")
_reactome = _fixtures_of(_SOURCES / "reactome/conftest.py", "targets_reactome")
_hgnc = _fixtures_of(_SOURCES / "hgnc/conftest.py", "targets_hgnc")
_uniprot = _fixtures_of(_SOURCES / "uniprot/conftest.py", "targets_uniprot")
fresh_hosts, faulty, pass_time = _wire.fresh_hosts, _wire.faulty, _wire.pass_time
make_transport = _wire.make_transport
string, link = _string.string, _string.link
reactome, event = _reactome.reactome, _reactome.event
hgnc = _hgnc.hgnc
uniprot, entry_json = _uniprot.service, _uniprot.entry_json


@pytest.fixture(scope="session")
def real_entries(shared: Path) -> dict[str, Any]:
    """EGFR, BRAF and BTK as UniProt gives them, by accession."""
    file = shared / "data" / "uniprot_json" / "uniprotkb_1958_targets.jsonl.gz"
    wanted = ('"P00533"', '"P15056"', '"Q06187"')
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines if any(name in line[:300] for name in wanted))
        return {row["primaryAccession"]: row for row in rows}


@pytest.fixture
def asking(bench: Workbench, make_transport: Any) -> ToolContext:
    """A context whose services all lie on loopback, over the starter set."""
    asked = Workbench()
    asked.__dict__.update(
        chembl=bench.chembl,
        uniprot=bench.uniprot,
        transport=make_transport(),
        kept_replies=make_transport(offline=True),
    )
    return ToolContext(bench=asked)


@pytest.fixture
def ask(asking: ToolContext) -> Callable[..., Awaitable[ToolResult]]:
    """`await ask("tool_name", target=…)`."""
    ids = itertools.count(1)

    async def run(tool: str, offline: bool = False, **arguments: Any) -> ToolResult:
        context = ToolContext(bench=asking.bench, offline=offline)
        request = ToolCall(id="c1", tool=tool, arguments=arguments)
        return await execute(request, all_tools(), context, lambda: f"E{next(ids)}")

    return run
