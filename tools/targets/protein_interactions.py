"""The `protein_interactions` tool: the partners of a human protein in STRING, with what each link rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from ..contract import Findings, ToolArguments, ToolContext, tool
from ..pages import listing
from .human_protein import HumanProtein, human_protein

if TYPE_CHECKING:
    from ..sources.found import Found
    from ..sources.string_db import Partner, StringProtein

__all__ = ["protein_interactions"]

_MOST = 200
_FURTHEST = 5_000
_IN_DIGEST = 12
_SCORE = "the probability that STRING gives the link, from 0 to 1; it is not how strong or how large the interaction is"


class ProteinInteractionsArguments(ToolArguments):
    """Of which protein, and which links count."""

    target: str = Field(min_length=1, max_length=200, description="gene symbol, name or UniProt accession, human")
    min_score: float = Field(
        default=0.7, ge=0, le=1, description="least combined score: 0.4 is medium, 0.7 high, 0.9 highest confidence"
    )
    network: Literal["functional", "physical"] = Field(
        default="functional", description="physical: only proteins in one complex; functional: those of one process too"
    )
    most: int = Field(default=20, ge=1, le=_MOST, description="how many partners to give")
    skip: int = Field(default=0, ge=0, le=_FURTHEST, description="how many of the first partners to leave out")


@tool(
    title="Protein interactions",
    cost="slow",
    deadline_s=60,
    needs_network=True,
    kept_replies=True,
    examples=({"target": "EGFR", "min_score": 0.9, "most": 10}, {"target": "P04637", "network": "physical"}),
)
async def protein_interactions(arguments: ProteinInteractionsArguments, context: ToolContext) -> Findings:
    """Give the interaction partners of a human protein from STRING, with combined score and the score of each kind of evidence.

    Use it for "what interacts with …", "partners of …". Not for drugs or compounds that bind it (`drugs_for_target`,
    `target_activities`), nor for pathways (`pathways`). Comes back: one record; a row a partner, likeliest first: gene, STRING id,
    combined score and channels (gene neighbourhood, fusion, phylogenetic profile, coexpression, experiments, databases, text
    mining), each 0 to 1, null where not given; the number of all partners above the score. A score is a probability, not a strength.
    Limits: human proteins only; 200 partners a call, `skip` pages on. An unknown protein is not found; no partner is a finding.
    """
    from ..sources.string_db import StringLive

    async with context.transport.session() as session:
        protein = await human_protein(arguments.target, context, session)
        live = StringLive(session)
        known = await live.protein(protein.accession)
        found = await live.partners(known.rows[0].string_id, arguments.min_score, arguments.network)
        notices = tuple(dict.fromkeys((*session.notices, *known.notices, *found.notices)))
    return _findings(arguments, protein, known.rows[0], found, notices)


def _findings(
    arguments: ProteinInteractionsArguments,
    protein: HumanProtein,
    known: StringProtein,
    found: Found[Partner],
    notices: tuple[str, ...],
) -> Findings:
    total = found.total if found.total is not None else len(found.rows)
    rows = found.rows[arguments.skip : arguments.skip + arguments.most]
    notes = [*protein.notes]
    if protein.gene and known.name != protein.gene:
        notes.append(f"STRING calls {protein.accession} {known.name}, not {protein.gene}.")
    record = {
        "type": "protein_interactions",
        "target": protein.record(),
        "string_id": known.string_id,
        "string_name": known.name,
        "network": arguments.network,
        "min_score": arguments.min_score,
        "score_means": _SCORE,
        "total": total,
        "partners": [_partner(row) for row in rows],
        "notes": notes,
    }
    filters = {"min_score": arguments.min_score, "network": arguments.network, "organism": "Homo sapiens"}
    count = f"{total:,}" if found.total is not None else f"at least {total:,}"
    summary = f"{protein.label}: {count} {arguments.network} partners with a score of at least {arguments.min_score:g}"
    return listing(
        "protein_interactions",
        arguments,
        found,
        rows,
        record,
        summary,
        rows_are="partners",
        there=len(found.rows),
        most=_MOST,
        furthest=_FURTHEST,
        total=total,
        in_digest=[f"{row.name} {row.score:.3f}" for row in rows[:_IN_DIGEST]],
        filters=filters,
        warnings=notices,
    )


def _partner(row: Partner) -> dict[str, Any]:
    from ..sources.string_db import CHANNELS

    channels = {words.replace(" ", "_"): row.channels[name] for name, words in CHANNELS.items()}
    return {"gene": row.name, "string_id": row.string_id, "score": row.score, "channels": channels}
