"""The `target_profile` tool: what a target is, does, and where."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ...memory.records import Quantity
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id
from .identify_target import Target, identify_target

__all__ = ["target_profile"]

_NAMES = 12


class TargetProfileArguments(ToolArguments):
    """Of which target."""

    target: str = Field(min_length=1, description="gene symbol, name, UniProt accession or ChEMBL target id")
    include_sequence: bool = Field(default=False, description="also give the amino-acid sequence")


@tool(title="Target profile", cost="instant", examples=({"target": "EGFR"},))
async def target_profile(arguments: TargetProfileArguments, context: ToolContext) -> Findings:
    """Tell what a drug target does, where in the cell it is, its family, length, mass, diseases, names and identifiers.

    Use it for questions about one protein. Not for its ligands (`target_activities`) or drugs (`drugs_for_target`). Comes back: one
    record; `description` is this project's own wording and only there for the targets asked about most; locations, family,
    keywords and diseases are UniProt's terms. Lengths in amino acids, mass in Da. Reads the local store, else
    UniProt live; an unknown name lists the nearest.
    """
    target = identify_target(arguments.target, context)
    record = _profile(target, context, arguments.include_sequence)
    uniprot = context.bench.uniprot
    summary = record["description"] or f"{target.label}: {target.name}, {record['family'] or 'no family'}"
    return Findings(
        (Draft(record, uniprot.source, uniprot.backend, f"{target.label}: {summary}"),), matched=1, returned=1
    )


def _profile(target: Target, context: ToolContext, with_sequence: bool) -> dict[str, Any]:
    uniprot, entry = context.bench.uniprot, target.entry
    record: dict[str, Any] = {
        "type": "target_profile",
        "target": target.record(),
        "description": "",
        "family": None,
        "notes": [],
    }
    if entry is None:
        record["notes"] = ["No UniProt entry of this target is in this source."]
        return record
    accession, release = entry.accession, f"UniProt {uniprot.source.release}"
    keywords = {
        name: uniprot.keywords(accession, category)
        for name, category in (("molecular_functions", "Molecular function"), ("processes", "Biological process"))
    }
    record.update(
        entry_name=entry.entry_name,
        reviewed=entry.reviewed,
        description=uniprot.description(accession),
        family=entry.family,
        locations=uniprot.locations(accession),
        **keywords,
        diseases=[{"name": name, "mim": mim} for name, mim in uniprot.diseases(accession)],
        names=uniprot.other_names(accession)[:_NAMES],
        ec_numbers=uniprot.ec_numbers(accession),
        cross_references=uniprot.cross_references(accession),
        chembl_targets=[
            {"chembl_id": public_id(row.chembl_id), "name": row.name, "type": row.target_type} for row in target.targets
        ],
    )
    if entry.length:
        record["length"] = _quantity(entry.length, "amino acids", "sequence_length", release)
    if entry.mass_da:
        record["mass"] = _quantity(entry.mass_da, "Da", "protein_mass", f"{release}, of the unprocessed chain")
    if with_sequence:
        record["sequence"] = entry.sequence
    return record


def _quantity(value: float, unit: str, kind: str, convention: str) -> dict[str, Any]:
    return Quantity(value=value, unit=unit, kind=kind, convention=convention).model_dump(mode="json")
