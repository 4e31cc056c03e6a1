"""The `protein_isoforms` tool: the isoforms of a protein that UniProt lists, and how each differs from the canonical one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from ...memory.errors import NotFound
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..pages import FURTHEST, MOST, absent, window
from .asked_entry import AskedEntry, asked_entry

if TYPE_CHECKING:
    from ..sources.found import Found
    from ..sources.uniprot import Feature, Isoform

__all__ = ["protein_isoforms"]

_LINE = 110
_LETTERS = 12
"""A stretch longer than this is counted."""


class ProteinIsoformsArguments(ToolArguments):
    """Of which protein."""

    target: str = Field(
        min_length=1, max_length=200, description="gene symbol, name, UniProt accession or ChEMBL target id"
    )
    include_sequences: bool = Field(default=False, description="also give the amino-acid sequences")
    most: int = Field(default=10, ge=1, le=MOST, description="how many isoforms to give")
    skip: int = Field(default=0, ge=0, le=FURTHEST, description="how many of the first isoforms to leave out")


@tool(
    title="Protein isoforms",
    cost="slow",
    deadline_s=60,
    needs_network=True,
    kept_replies=True,
    examples=({"target": "BRAF"}, {"target": "P00533", "include_sequences": True, "most": 2}),
)
async def protein_isoforms(arguments: ProteinIsoformsArguments, context: ToolContext) -> Findings:
    """List a protein's isoforms in UniProt with ids, names, synonyms, sequence status, length and differences from the canonical one.

    Use it for "which isoforms has X", "which isoform is canonical", "what does isoform 2 lack". Not for features of the canonical
    chain (`protein_features`). Comes back: a record an isoform in UniProt's order: id such as P00533-2, other ids, names, whether
    it is the canonical one, how its sequence is given, length in amino acids, what makes it, and each change with the residues
    of the canonical chain it stands for; on request the sequence. A protein without listed isoforms gives its canonical chain
    alone. Any organism. Limits: 100 isoforms a call, `skip` pages on; no local store keeps isoforms, so UniProt is asked, or its
    kept reply; sequences that UniProt does not describe are null with the reason.
    """
    from ..sources.uniprot import isoforms_of

    async with context.transport.session() as session:
        try:
            asked = await asked_entry(arguments.target, context, session)
        except NotFound as error:
            return absent("protein_isoforms", arguments, error, context.transport.service("uniprot"))
        notices = tuple(session.notices)
    found = asked.rows(isoforms_of(asked.entry))
    changes = {row.id: row for row in asked.entry.features_of("Alternative sequence") if row.id}
    return window(
        "protein_isoforms",
        arguments,
        found,
        lambda row: _draft(found, asked, row, changes, arguments.include_sequences),
        rows_are="isoforms",
        none_found=f"UniProt lists no isoform of {asked.label} ({asked.entry.accession}).",
        warnings=(*asked.notes, *notices),
    )


def _draft(
    found: Found[Isoform], asked: AskedEntry, row: Isoform, changes: dict[str, Feature], with_sequence: bool
) -> Draft:
    products = asked.entry.products
    record: dict[str, Any] = {
        "type": "protein_isoform",
        "target": asked.record(),
        "isoform_id": row.id,
        "other_ids": list(row.other_ids),
        "name": row.name,
        "synonyms": list(row.synonyms),
        "canonical": row.canonical,
        "status": row.status,
        "length": row.length,
        "made_by": list(products.events) if products is not None else [],
        "changes": [_change(identifier, changes.get(identifier)) for identifier in row.changes],
        "no_sequence_because": row.no_sequence_because or None,
        "note": row.note or None,
        "notes": [] if products is not None and products.isoforms else ["UniProt lists no other isoform of it."],
    }
    if with_sequence:
        record["sequence"] = row.sequence
    named = f" “{row.name}”" if row.name else ""
    size = f"{row.length:,} residues" if row.length is not None else row.no_sequence_because
    canonical = ", canonical" if row.canonical else ""
    differs = "; ".join(f"{item['position']} {item['instead']}" for item in record["changes"])
    summary = f"{row.id}{named}{canonical}: {size}{f'; {differs}' if differs else ''}"
    return Draft(record, found.source, found.backend, shorten(summary, _LINE))


def _change(identifier: str, feature: Feature | None) -> dict[str, Any]:
    """One difference from the canonical sequence, without the letters where they are many."""
    if feature is None or feature.replacement is None:
        return {"id": identifier, "position": None, "instead": None}
    instead = "/".join(feature.replacement.alternatives)
    shown = instead if len(instead) <= _LETTERS else f"{len(instead)} residues"
    told = f"replaced by {shown}" if instead else "missing"
    return {"id": identifier, "position": feature.position, "instead": told}
