"""The `compound_activities` tool: what a compound was measured on, or its activity on one target."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..activity_record import ActivityQuestion, activity_findings, fetch_activities
from ..chemistry.identify import identify
from ..contract import Findings, ToolArguments, ToolContext, tool
from ..targets.identify_target import identify_target

__all__ = ["compound_activities"]


class CompoundActivitiesArguments(ToolArguments):
    """Of which compound, and on what."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")
    target: str | None = Field(
        default=None, description="gene symbol, name, accession or ChEMBL target id; all targets where absent"
    )
    activity_type: Literal["IC50", "Ki", "Kd", "EC50"] | None = Field(
        default=None, description="the type; the most frequent one where absent"
    )
    threshold_nm: float | None = Field(default=None, gt=0, description="only values at or below this many nM")
    above_nm: float | None = Field(default=None, gt=0, description="only values above this many nM, the weak ones")
    min_pchembl: float | None = Field(default=None, ge=0, le=15, description="only values at or above this pChEMBL")
    most: int = Field(default=10, ge=1, le=200, description="how many rows to give")


@tool(
    title="Compound activities",
    cost="fast",
    examples=({"molecule": "erlotinib", "target": "EGFR"}, {"molecule": "haloperidol"}),
)
async def compound_activities(arguments: CompoundActivitiesArguments, context: ToolContext) -> Findings:
    """Give a compound's measured activities: on one target, or its best value on each target it was measured on.

    Use it for "how potent is X on Y" and "what does X hit". Not for a drug's mechanism (`drug_mechanisms`): an activity is a
    measurement. IC50, Ki, Kd and EC50 are never mixed: without `activity_type` the most frequent one is taken and said. Comes back:
    on one target every value, with median and quartiles on the log scale over exact values; otherwise the best value on each target,
    and no median. Values in nM with relation, pChEMBL, assay and document; bounds counted apart; identical values merged; variants
    and rows with a validity comment left out and counted. Salts count with their parent. An absent row does not mean inactive: it
    is read from the local store first, which in the starter set is a slice, and then from ChEMBL live.
    """
    molecule = await identify(arguments.molecule, context)
    target = identify_target(arguments.target, context) if arguments.target else None
    chembl = context.bench.chembl
    family = chembl.family_of(molecule.chembl_id) if molecule.chembl_id else []
    tids = [row.tid for row in ([target.main] if target and target.main else target.targets if target else [])]
    rows = []
    if family and (tids or target is None):
        rows = await fetch_activities(context, molecules=family, tids=tids)
    question = ActivityQuestion(
        tool="compound_activities",
        arguments=arguments.model_dump(mode="json", exclude_none=True),
        activity_type=arguments.activity_type,
        threshold_nm=arguments.threshold_nm,
        min_pchembl=arguments.min_pchembl,
        approved_only=False,
        most=arguments.most,
        above_nm=arguments.above_nm,
    )
    heads = {"target": target.record() if target else None, "molecule": molecule.record()}
    label = f"{molecule.label} on {target.label}" if target else molecule.label
    return activity_findings(rows, question, heads, label, context)
