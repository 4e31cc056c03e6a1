"""The tools of tools/context over their services on loopback, with the servers of tests/tools/sources."""

from __future__ import annotations

import itertools
import runpy
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.tools.context.clinical_candidates import clinical_candidates
from biocopilot.tools.context.clinical_trials import clinical_trials
from biocopilot.tools.context.disease_evidence import disease_evidence
from biocopilot.tools.context.target_safety import target_safety
from biocopilot.tools.context.target_structures import target_structures
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.workbench import Workbench

_loading = runpy.run_path(str(Path(__file__).parents[1] / "loading.py"))
_SOURCES, _fixtures_of = _loading["SOURCES"], _loading["fixtures_of"]
TOOLS = {
    tool.name: tool
    for tool in (disease_evidence, target_safety, clinical_candidates, clinical_trials, target_structures)
}


_wire = _fixtures_of(_SOURCES / "conftest.py", "context_tools_wire")
_genes = _fixtures_of(_SOURCES / "opentargets/conftest.py", "context_tools_genes")
_trials = _fixtures_of(_SOURCES / "clinicaltrials/conftest.py", "context_tools_trials")
_bank = _fixtures_of(_SOURCES / "pdb/conftest.py", "context_tools_bank")
fresh_hosts, faulty, pass_time = _wire.fresh_hosts, _wire.faulty, _wire.pass_time
make_transport, transport = _wire.make_transport, _wire.transport
platform, hit, association, drug = _genes.platform, _genes.hit, _genes.association, _genes.drug
registry, study, bank, entry = _trials.registry, _trials.study, _bank.bank, _bank.entry


@pytest.fixture(scope="session")
def local() -> Iterator[Workbench]:
    """The starter set, opened once."""
    with Workbench() as opened:
        yield opened


@pytest.fixture
def ask(transport: Any, make_transport: Any, local: Workbench) -> Callable[..., Awaitable[ToolResult]]:
    """`await ask("tool_name", field=value)`, with every service on loopback."""
    bench = Workbench()
    bench.__dict__.update(
        transport=transport, kept_replies=make_transport(offline=True), chembl=local.chembl, uniprot=local.uniprot
    )
    ids = itertools.count(1)

    async def run(tool: str, offline: bool = False, **arguments: Any) -> ToolResult:
        context = ToolContext(bench=bench, offline=offline)
        request = ToolCall(id="c1", tool=tool, arguments=arguments)
        return await execute(request, TOOLS, context, lambda: f"E{next(ids)}")

    run.bench = bench  # type: ignore[attr-defined] # so that a test can give it another transport
    return run
