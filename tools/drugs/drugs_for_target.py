"""The `drugs_for_target` tool: the drugs that act on a target by mechanism."""

from __future__ import annotations

from pydantic import Field

from ...memory.records import Omitted
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..targets.identify_target import identify_target
from .drug_rows import in_years, mechanism_row, split_drafts, years_told

__all__ = ["drugs_for_target"]


class DrugsForTargetArguments(ToolArguments):
    """On which target."""

    target: str = Field(min_length=1, description="gene symbol, name, UniProt accession or ChEMBL target id")
    approved_only: bool = Field(default=False, description="only approved drugs")
    approved_from: int | None = Field(
        default=None, ge=1800, le=2200, description="first approval in this year or later"
    )
    approved_to: int | None = Field(default=None, ge=1800, le=2200, description="first approval in this year or before")
    most: int = Field(default=50, ge=1, le=500, description="how many drugs to give")


@tool(title="Drugs for target", cost="instant", examples=({"target": "BTK"},))
async def drugs_for_target(arguments: DrugsForTargetArguments, context: ToolContext) -> Findings:
    """List the drugs that act on a target by their recorded mechanism, also through a complex or family that it belongs to.

    Use it for "which drugs hit …", "approved … inhibitors", "… since 2018". Not for measured compounds (`target_activities`).
    Comes back: a row a drug with action, mechanism, first approval year, ChEMBL id and references, approved drugs first and
    then by year; a record a source. A drug that is absent may still act on the target: the starter set knows drugs to 2016 and
    a curated list of later ones.
    """
    target = identify_target(arguments.target, context)
    chembl = context.bench.chembl
    facts = chembl.mechanisms(tids=[row.tid for row in target.targets]) if target.targets else []
    if arguments.approved_only:
        facts = [fact for fact in facts if fact.max_phase == 4]
    facts = in_years(facts, arguments.approved_from, arguments.approved_to)
    unique = list({fact.molecule_chembl_id: fact for fact in reversed(facts)}.values())
    unique.sort(key=lambda fact: (fact.max_phase != 4, fact.first_approval or 9999, fact.molecule_name or ""))
    record = {"type": "drugs_for_target", "target": target.record(), "total": len(unique), "notes": []}
    if arguments.approved_from or arguments.approved_to:
        record["years"] = {"from": arguments.approved_from, "to": arguments.approved_to}
    if not unique:
        message = (
            f"No {'approved ' if arguments.approved_only else ''}drug that acts on {target.label}"
            f"{_years(arguments)} is in this source."
        )
        draft = Draft({**record, "message": message, "rows": []}, chembl.source, chembl.backend, message)
        return Findings((draft,), matched=0, returned=0, filters=_filters(arguments), empty=True)
    shown = unique[: arguments.most]
    groups: dict[str, list[dict[str, object]]] = {}
    for fact in shown:
        groups.setdefault(fact.source, []).append(mechanism_row(fact))
    omitted = None
    if len(shown) < len(unique):
        again = {**arguments.model_dump(mode="json"), "most": 500}
        omitted = Omitted(what=f"{len(unique) - len(shown)} more drugs", tool="drugs_for_target", arguments=again)
    return Findings(
        split_drafts(record, dict(groups), target.label, context),
        matched=len(unique),
        returned=len(shown),
        filters=_filters(arguments),
        omitted=omitted,
    )


def _filters(arguments: DrugsForTargetArguments) -> dict[str, object]:
    given = arguments.model_dump(include={"approved_only", "approved_from", "approved_to"}, exclude_defaults=True)
    return dict(given)


def _years(arguments: DrugsForTargetArguments) -> str:
    told = years_told(arguments.approved_from, arguments.approved_to)
    return f" and was {told}" if told else ""
