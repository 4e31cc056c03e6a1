"""The `find_target` tool: which target a name or identifier means."""

from __future__ import annotations

from pydantic import Field

from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id
from .identify_target import candidates, check_one_human, from_entry

__all__ = ["find_target"]


class FindTargetArguments(ToolArguments):
    """Whom to look for."""

    target: str = Field(min_length=1, description="gene symbol, name, UniProt accession or ChEMBL target id")


@tool(title="Find target", cost="instant", examples=({"target": "HER2"}, {"target": "P00533"}))
async def find_target(arguments: FindTargetArguments, context: ToolContext) -> Findings:
    """Find the drug target that a gene symbol, protein name, everyday name, UniProt accession or ChEMBL target id means.

    Use it for accessions, gene symbols and ChEMBL target ids. Not for what the target does (`target_profile`). Comes back: one
    record with the human target where there is one, all its ChEMBL targets (complexes and families too), and the other matches
    with their organisms. A name of several human proteins (PI3K) lists them, an unknown one the nearest. Reads the local store,
    else UniProt live.
    """
    found = candidates(arguments.target, context)
    check_one_human(arguments.target, found)
    if found[0].matched_by == "name":
        found += [from_entry(arguments.target, entry, "name", context) for entry in
                  context.bench.uniprot.also_named(arguments.target)]  # fmt: skip
    ordered = sorted(found, key=lambda item: not item.is_human)
    first, others = ordered[0], ordered[1:]
    record = {
        "type": "target",
        "target": first.record(),
        "reviewed": first.entry.reviewed if first.entry else None,
        "chembl_targets": [
            {"chembl_id": public_id(row.chembl_id), "name": row.name, "type": row.target_type, "organism": row.organism}
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
