"""The `target_activities` tool: measured activities on a target, the most potent compounds first."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..activity_record import ActivityQuestion, activity_findings, fetch_activities
from ..contract import Findings, ToolArguments, ToolContext, tool
from .identify_target import identify_target

__all__ = ["target_activities"]


class TargetActivitiesArguments(ToolArguments):
    """On which target, and which of its activities."""

    target: str = Field(min_length=1, description="gene symbol, name, UniProt accession or ChEMBL target id")
    activity_type: Literal["IC50", "Ki", "Kd", "EC50"] | None = Field(
        default=None, description="the type; the most frequent one where absent"
    )
    threshold_nm: float | None = Field(default=None, gt=0, description="only values at or below this many nM")
    above_nm: float | None = Field(default=None, gt=0, description="only values above this many nM, the weak ones")
    min_pchembl: float | None = Field(default=None, ge=0, le=15, description="only values at or above this pChEMBL")
    approved_only: bool = Field(default=False, description="only approved drugs")
    most: int = Field(default=10, ge=1, le=200, description="how many compounds to give")


@tool(title="Target activities", cost="fast", examples=({"target": "EGFR", "most": 5},))
async def target_activities(arguments: TargetActivitiesArguments, context: ToolContext) -> Findings:
    """Give measured activities on a target: the most potent compounds, with median and spread over all values of one type.

    Use it for "most potent compounds on …", "which compounds hit … under 100 nM". Not for the drugs that act on a target by
    mechanism (`drugs_for_target`), nor for one compound (`compound_activities` takes a target too). IC50, Ki, Kd and EC50 are never
    mixed: without `activity_type` the most frequent one is taken and said. Comes back: a row a compound with its best value in nM,
    relation, pChEMBL, assay and document; median and quartiles on the log scale over exact values; bounds counted apart; identical
    values of one compound merged; variants and rows with a validity comment left out and counted. Salts count with their parent. An
    absent compound is not an inactive one: the starter set is a slice. Where the local store has none, ChEMBL is asked live.
    """
    target = identify_target(arguments.target, context)
    tids = [target.main.tid] if target.main else [row.tid for row in target.targets]
    rows = await fetch_activities(context, tids=tids) if tids else []
    question = ActivityQuestion(
        tool="target_activities",
        arguments=arguments.model_dump(mode="json", exclude_none=True),
        activity_type=arguments.activity_type,
        threshold_nm=arguments.threshold_nm,
        min_pchembl=arguments.min_pchembl,
        approved_only=arguments.approved_only,
        most=arguments.most,
        above_nm=arguments.above_nm,
    )
    return activity_findings(rows, question, {"target": target.record(), "molecule": None}, target.label, context)
