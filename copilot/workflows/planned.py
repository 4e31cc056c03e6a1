"""What a workflow would do, told without doing anything: its steps, the sources it would ask, and what would leave the machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...tools.contract import Tool
from ...tools.from_services import ANSWERABLE
from ...tools.workbench import Workbench
from .contract import PlannedStep, Workflow
from .engines import cluster_of

__all__ = ["DryRun", "dry_run"]


@dataclass(frozen=True)
class DryRun:
    """What is known before anything runs."""

    workflow: str
    inputs: Mapping[str, Any]
    steps: tuple[PlannedStep, ...]
    """In order, of a workflow in a file; of one in Python the tools that it may call."""
    sources: tuple[str, ...]
    leaves: tuple[str, ...]
    """What would leave the machine, a line each; empty where nothing would."""


def dry_run(
    flow: Workflow,
    inputs: Mapping[str, Any],
    bench: Workbench,
    tools: Mapping[str, Tool],
    offline: bool,
    engine: str = "local",
) -> DryRun:
    """Tell what the workflow would do. Opens no connection and writes nothing; the inputs are checked ones."""
    called = [tools[name] for name in flow.tools if name in tools]
    steps = flow.steps or tuple(PlannedStep(f"{tool.name}: {tool.summary}", tool.name) for tool in called)
    local = (f"{source.name} {source.release}" for source in (bench.chembl.source, bench.uniprot.source))
    sources = [*dict.fromkeys(local)]
    if any(tool.needs_network or tool.name in ANSWERABLE for tool in called):
        sources.append("kept replies of services" if offline else "kept replies of services, then the live services")
    leaves = () if offline else tuple(_leaving(called, bench.services.structures_may_leave))
    if cluster := cluster_of(engine):
        leaves = (f"molecules and the arguments of calls, to the Ray cluster at {cluster}", *leaves)
    return DryRun(flow.name, inputs, steps, tuple(sources), leaves)


def _leaving(called: list[Tool], structures: bool) -> Iterator[str]:
    for tool in called:
        if tool.needs_network:
            yield f"{tool.name}: its arguments, to the services that it asks"
        elif tool.name in ANSWERABLE:
            yield f"{tool.name}: its arguments, where no local store knows them"
    if any(tool.needs_network or tool.name in ANSWERABLE for tool in called):
        yield (
            "structures: of one that no local store knows, its InChIKey"
            if structures
            else "structures: none; the setting structures_may_leave forbids it"
        )
