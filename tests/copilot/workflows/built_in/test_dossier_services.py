from __future__ import annotations

import asyncio
from pathlib import Path

from biocopilot.copilot.workflows.built_in.target_dossier import target_dossier
from biocopilot.copilot.workflows.contract import Sentence, Struck, Table
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.memory.records import Source
from biocopilot.tools.contract import Draft, Findings, Tool, ToolArguments, ToolContext, tool
from biocopilot.tools.registry import all_tools, outside_a_session
from biocopilot.tools.workbench import Workbench
from pydantic import Field

SOURCE = Source(name="Open Targets", release="25.09", licence="CC0", attribution="Open Targets")
TARGET = {"query": "P29597", "gene": "TYK2", "name": "TYK2", "accession": "P29597", "organism": None, "chembl_id": None}
EVENT = {
    "type": "safety_event", "target": TARGET, "event": "increased infections", "event_id": None, "stated_by": "Lynch et al. (2017)",
    "effects": [], "tissues": ["blood"], "literature": None, "notes": [],
}  # fmt: skip
REACH = {
    "type": "target_tractability", "target": TARGET, "safety_events": 1, "notes": [],
    "tractability": {
        "SM": {"modality": "small molecule", "holds": ["Approved Drug", "Structure with Ligand"], "does_not_hold": [], "not_known": []},
        "AB": {"modality": "antibody", "holds": [], "does_not_hold": ["Approved Drug"], "not_known": []},
    },
}  # fmt: skip


class OfTarget(ToolArguments):
    target: str = Field(description="The target.")


def with_services() -> dict[str, Tool]:
    @tool(title="Safety", examples=({"target": "TYK2"},))
    async def target_safety(arguments: OfTarget, context: ToolContext) -> Findings:
        """Tell of safety."""
        drafts = tuple(Draft(record, SOURCE, "live", "TYK2") for record in (EVENT, REACH))
        return Findings(drafts, matched=1, returned=1)

    return {**outside_a_session(all_tools()), "target_safety": target_safety}


def test_what_services_say_of_safety_and_tractability_is_told_with_evidence(tmp_path: Path) -> None:
    with Workbench() as bench:
        finished = asyncio.run(
            run_workflow(
                target_dossier, {"genes": ["TYK2"]}, tmp_path / "run", bench=bench, tools=with_services(), offline=True
            )
        )
    parts = next(section.parts for section in finished.report.sections if section.id == "TYK2-safety")
    assert not [part for part in parts if isinstance(part, Struck)]
    assert [part.text for part in parts if isinstance(part, Sentence)] == [
        "Small molecule: Approved Drug and Structure with Ligand."
    ]
    (events,) = [part for part in parts if isinstance(part, Table)]
    assert events.rows[0].cells == ("Increased infections", "blood", "Lynch et al. (2017)")
    assert all(row.evidence for row in events.rows)
    questions = next(section.parts for section in finished.report.sections if section.id == "TYK2-questions")
    assert not [part for part in questions if "Safety" in getattr(part, "text", "")]
    assert "Open Targets 25.09" in (finished.folder / "methods.md").read_text(encoding="utf-8")
