"""Workflows: typed programs over the tools that keep each result, go on after a kill, and end in a report with evidence.

    from biocopilot.copilot import Copilot, workflows

    with Copilot(planner="embedded", offline=True) as copilot:
        finished = workflows.run("target-dossier", {"genes": ["EGFR"]}, out="dossier", copilot=copilot)

`contract.py` says what a workflow is, `registry.py` which there are, `engine.py` runs one in a folder, `yaml_file.py` reads one
from YAML, `outputs/` writes what came of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .contract import Finished, Report, Workflow, WorkflowInputs, WorkflowRun, workflow
    from .registry import built_in, find_workflow
    from .running import arun, run
    from .yaml_file import read_workflow

__all__ = [
    "Finished",
    "Report",
    "Workflow",
    "WorkflowInputs",
    "WorkflowRun",
    "arun",
    "built_in",
    "find_workflow",
    "read_workflow",
    "run",
    "workflow",
]

_HOMES = {
    **dict.fromkeys(("Finished", "Report", "Workflow", "WorkflowInputs", "WorkflowRun", "workflow"), ".contract"),
    "arun": ".running",
    "built_in": ".registry",
    "find_workflow": ".registry",
    "read_workflow": ".yaml_file",
    "run": ".running",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name], __name__), name)
