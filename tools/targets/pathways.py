"""The `pathways` tool: the pathways in which Reactome places a human protein."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from ...memory.text import shorten
from ..contract import Findings, ToolArguments, ToolContext, tool
from ..pages import listing
from .human_protein import HumanProtein, human_protein

if TYPE_CHECKING:
    from ..sources.found import Found
    from ..sources.reactome import Pathway

__all__ = ["pathways"]

_MOST = 300
_FURTHEST = 5_000
_IN_DIGEST = 10


class PathwaysArguments(ToolArguments):
    """Of which protein, and which pathways count."""

    target: str = Field(min_length=1, max_length=200, description="gene symbol, name or UniProt accession, human")
    without_disease: bool = Field(default=False, description="leave out pathways that describe what a disease changes")
    most: int = Field(default=50, ge=1, le=_MOST, description="how many pathways to give")
    skip: int = Field(default=0, ge=0, le=_FURTHEST, description="how many of the first pathways to leave out")


@tool(
    title="Pathways",
    cost="slow",
    deadline_s=60,
    needs_network=True,
    kept_replies=True,
    examples=({"target": "EGFR"}, {"target": "P15056", "without_disease": True}),
)
async def pathways(arguments: PathwaysArguments, context: ToolContext) -> Findings:
    """List the Reactome pathways in which a human protein takes part, with stable ids.

    Use it for "which pathways is … in". Not for partners (`protein_interactions`) or function and location (`target_profile`).
    Comes back: one record; a row a pathway, by name: stable id with its version, name, whether it describes a disease, whether it
    was inferred from another species, address. These are the pathways that hold the protein itself, not the larger ones around
    them. Limits: human proteins only; 300 pathways a call, `skip` pages on. A protein in no pathway is not found: Reactome does
    not say whether it knows it.
    """
    from ..sources.reactome import ReactomeLive

    async with context.transport.session() as session:
        protein = await human_protein(arguments.target, context, session)
        found = await ReactomeLive(session).pathways(protein.accession)
        notices = tuple(dict.fromkeys((*session.notices, *found.notices)))
    return _findings(arguments, protein, found, notices)


def _findings(
    arguments: PathwaysArguments, protein: HumanProtein, found: Found[Pathway], notices: tuple[str, ...]
) -> Findings:
    kept = [row for row in found.rows if not (arguments.without_disease and row.in_disease)]
    rows = kept[arguments.skip : arguments.skip + arguments.most]
    notes = [*protein.notes]
    if len(kept) < len(found.rows):
        notes.append(f"{len(found.rows) - len(kept):,} pathways that describe a disease are left out.")
    total = len(kept) + (found.total or len(found.rows)) - len(found.rows)
    record = {
        "type": "pathways",
        "target": protein.record(),
        "total": total,
        "pathways": [_pathway(row) for row in rows],
        "notes": notes,
    }
    return listing(
        "pathways",
        arguments,
        found,
        rows,
        record,
        f"{protein.label} ({protein.accession}): {total:,} Reactome pathways",
        rows_are="pathways",
        there=len(kept),
        most=_MOST,
        furthest=_FURTHEST,
        total=total,
        in_digest=[f"{shorten(row.name, 70)} ({row.stable_id})" for row in rows[:_IN_DIGEST]],
        told_apart_by="; ",
        filters={"organism": "Homo sapiens", **({"without_disease": True} if arguments.without_disease else {})},
        warnings=notices,
    )


def _pathway(row: Pathway) -> dict[str, Any]:
    return {
        "stable_id": row.stable_id,
        "version": row.version,
        "name": row.name,
        "disease": row.in_disease,
        "inferred": row.inferred,
        "url": row.url,
    }
