"""The `compare_molecules` tool: properties side by side, pairwise similarity, and the common core."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ...memory.errors import DeadlineExceeded
from ..contract import Findings, ToolArguments, ToolContext, tool
from .computed import computed, identify_all

__all__ = ["compare_molecules"]

_MOST = 12
_NOTE = "QED and the rules measure likeness to oral drugs; they say nothing about efficacy or safety."


class CompareMoleculesArguments(ToolArguments):
    """Which molecules."""

    molecules: tuple[str, ...] = Field(min_length=2, max_length=_MOST, description="2 to 12 names, SMILES or ids")


@tool(title="Compare molecules", cost="fast", examples=({"molecules": ["aspirin", "paracetamol"]},))
async def compare_molecules(arguments: CompareMoleculesArguments, context: ToolContext) -> Findings:
    """Put two or more molecules side by side: computed properties, Lipinski violations, similarity, largest common core.

    Use it for "which is more drug-like", "A versus B". Not for one molecule (`molecule_properties`) nor for potency. Comes back:
    a row a molecule with the same properties as `molecule_properties`, the Tanimoto similarity of each pair, and the maximum
    common substructure as SMARTS (rings matched whole; it says when the search was stopped early). Fails when any of them
    cannot be found or read.
    """
    molecules = await identify_all(arguments.molecules, context)
    chemistry = context.bench.chemistry
    rows: list[dict[str, Any]] = []
    for molecule in molecules:
        found = await chemistry.call("properties", {"structure": molecule.structure(), "wanted": [], "rules": True})
        rows.append(
            {
                "molecule": molecule.record(),
                "properties": found["properties"],
                "lipinski_violations": found["rules"]["lipinski"]["violations"],
            }
        )
    pairs = []
    for index, first in enumerate(molecules):
        for other, second in enumerate(molecules[index + 1 :], index + 1):
            found = await chemistry.call("similarity", {"structure": first.smiles, "other": second.smiles})
            pairs.append({"first": index, "second": other, "similarity": found["similarity"]})
    core = await _common_core([molecule.smiles for molecule in molecules], context)
    notes = [_NOTE]
    if any("." in molecule.smiles for molecule in molecules):
        notes.append("Structures of several parts, as in salts, are compared whole.")
    if not core["complete"]:
        notes.append("The search for the common core was stopped early, so it may be larger than shown.")
    record = {
        "type": "molecule_comparison",
        "rows": rows,
        "similarities": pairs,
        "common_core": core if core["atoms"] else None,
        "notes": notes,
    }
    told = "; ".join(
        f"{molecule.label} MW {row['properties']['molecular_weight']['value']} QED {row['properties']['qed']['value']}"
        for molecule, row in zip(molecules, rows, strict=True)
    )
    return Findings((computed(record, told),), matched=len(rows), returned=len(rows))


async def _common_core(structures: list[str], context: ToolContext) -> dict[str, Any]:
    """The largest common substructure; none, and incomplete, where even the worker's own time limit is not kept."""
    try:
        found: dict[str, Any] = await context.bench.chemistry.call(
            "common_core", {"structures": structures}, deadline_s=8
        )
    except DeadlineExceeded:
        return {"atoms": 0, "complete": False}
    return found
