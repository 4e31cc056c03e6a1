"""The `find_target` tool: which target a name or identifier means."""

from __future__ import annotations

from pydantic import Field

from ...memory.uniprot_store import HUMAN
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from .identify_target import candidates

__all__ = ["find_target"]


class FindTargetArguments(ToolArguments):
    """Whom to look for."""

    target: str = Field(min_length=1, description="gene symbol, name, UniProt accession or ChEMBL target id")


@tool(title="Find target", cost="instant", examples=({"target": "HER2"}, {"target": "P00533"}))
async def find_target(arguments: FindTargetArguments, context: ToolContext) -> Findings:
    """Find the drug target that a gene symbol, protein name, everyday name, UniProt accession or ChEMBL target id means.

    Use it for accessions, gene symbols and ChEMBL target ids. Not for what the target does (`target_profile`). Comes back: one
    record with the human target where there is one, all its ChEMBL targets (complexes and families too), and the other matches
    with their organisms. An unknown name lists the nearest ones. Reads the local store only.
    """
    found = candidates(arguments.target, context)
    ordered = sorted(found, key=lambda item: item.entry is None or item.entry.tax_id != HUMAN)
    first, others = ordered[0], ordered[1:]
    record = {
        "type": "target",
        "target": first.record(),
        "reviewed": first.entry.reviewed if first.entry else None,
        "chembl_targets": [
            {"chembl_id": row.chembl_id, "name": row.name, "type": row.target_type, "organism": row.organism}
            for row in first.targets
        ],
        "other_matches": [item.record() for item in others[:10]],
        "notes": _notes([item.record() for item in others[:3]]),
    }
    uniprot = context.bench.uniprot
    summary = f"{first.label}: {first.accession or 'no accession'}, {first.record()['chembl_id'] or 'no ChEMBL id'}, {first.name}"
    draft = Draft(record, uniprot.source, uniprot.backend, summary)
    return Findings((draft,), matched=len(found), returned=1 + len(others[:10]))


def _notes(others: list[dict[str, object]]) -> list[str]:
    if not others:
        return []
    told = "; ".join(f"{item['name']} ({item['accession']}, {item['organism']})" for item in others)
    return [f"The same name is also borne by: {told}."]
