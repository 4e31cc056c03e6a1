"""The `target_safety` tool: which safety events are linked to a target, and by which kinds of drug it can be reached."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import Field

from ...memory.errors import NotFound
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..pages import FURTHEST, MOST, absent, window
from ..sources.found import Found
from ..sources.opentargets import OpenTargets, SafetyLiability, Target
from .gene_of import Gene, gene_of, symbol_of

__all__ = ["target_safety"]

_MODALITIES = {"SM": "small molecule", "AB": "antibody", "PR": "PROTAC", "OC": "other clinical modality"}
_PAGE = "https://platform.opentargets.org/target"


class TargetSafetyArguments(ToolArguments):
    """Of which target."""

    target: str = Field(
        min_length=1, max_length=200, description="gene symbol, name, UniProt accession or ChEMBL target id"
    )
    most: int = Field(default=10, ge=1, le=MOST, description="how many safety events to give")
    skip: int = Field(default=0, ge=0, le=FURTHEST, description="how many of the first safety events to leave out")


@tool(
    title="Target safety",
    cost="slow",
    deadline_s=60,
    needs_network=True,
    kept_replies=True,
    examples=({"target": "EGFR"},),
)
async def target_safety(arguments: TargetSafetyArguments, context: ToolContext) -> Findings:
    """List the safety events linked to acting on a human target, and whether small molecules, antibodies or PROTACs can reach it.

    Use it for on-target risk and for tractability. Not for the warnings of one drug (`drug_status`) nor for its measured
    activities. Comes back: a record a safety event with its source, tissues, direction of the effect and literature, then one
    record on tractability: for each modality the statements that hold and those that do not. Both are Open Targets'. Limits: 100
    events a call, `skip` pages on; human targets only; no event recorded is no proof of safety; an unknown target gives the nearest.
    """
    symbol = symbol_of(arguments.target, context)
    async with context.transport.session() as session:
        client = OpenTargets(session)
        try:
            gene, hits = await gene_of(symbol, client)
            found = await client.target(gene.hit.ensembl_id)
        except NotFound as error:
            return absent("target_safety", arguments, error, context.transport.service("opentargets"))
        warnings = (*session.notices, *gene.notes)
    target = found.rows[0]
    source = found.source.model_copy(update={"url": f"{_PAGE}/{target.ensembl_id}"})
    found = replace(found, source=source)
    events = Found(
        target.safety, source, found.backend, found.retrieved_at, len(target.safety), found.complete, found.notices
    )  # fmt: skip
    return window(
        "target_safety",
        arguments,
        events,
        lambda row: _event(events, gene, row),
        rows_are="safety events",
        none_found=f"Open Targets records no safety event for {target.symbol}; that is no proof of safety.",
        warnings=warnings,
        also=(_tractability(found, gene, target),),
        retrieved_at=hits.retrieved_at,
    )


def _event(found: Found[SafetyLiability], gene: Gene, row: SafetyLiability) -> Draft:
    record: dict[str, Any] = {
        "type": "safety_event",
        "target": gene.record(),
        "event": row.event,
        "event_id": row.event_id,
        "stated_by": row.source,
        "effects": list(row.effects),
        "tissues": list(row.tissues),
        "literature": row.literature,
        "notes": [],
    }
    tissues = f" in {shorten(', '.join(row.tissues), 20)}" if row.tissues else ""
    effects = f" on {shorten('; '.join(row.effects), 20)}" if row.effects else ""
    summary = f"{gene.hit.symbol}: {shorten(row.event or 'an event without a name', 35)}{tissues}{effects} ({shorten(row.source, 20)})"
    return Draft(record, found.source, found.backend, summary)


def _tractability(found: Found[Target], gene: Gene, target: Target) -> Draft:
    modalities: dict[str, dict[str, Any]] = {}
    for item in target.tractability:
        entry = modalities.setdefault(
            item.modality, {"modality": _MODALITIES.get(item.modality, item.modality), "holds": [], "does_not_hold": [], "not_known": []}
        )  # fmt: skip
        entry[{True: "holds", False: "does_not_hold", None: "not_known"}[item.holds]].append(item.label)
    record: dict[str, Any] = {
        "type": "target_tractability",
        "target": gene.record(),
        "tractability": modalities,
        "safety_events": len(target.safety),
        "notes": [] if target.safety else ["No safety event is recorded; that is no proof of safety."],
    }
    told = "; ".join(
        f"{entry['modality']}: {', '.join(entry['holds'][:3]) or 'nothing holds'}" for entry in modalities.values()
    )
    summary = f"{target.symbol}: {len(target.safety)} safety events; tractability by {told or 'no modality stated'}"
    return Draft(record, found.source, found.backend, summary)
