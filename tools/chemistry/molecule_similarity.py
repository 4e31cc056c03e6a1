"""The `molecule_similarity` tool: Tanimoto similarity of two molecules."""

from __future__ import annotations

from pydantic import Field

from ..contract import Findings, ToolArguments, ToolContext, tool
from .computed import computed, identify_all
from .identify import Molecule

__all__ = ["molecule_similarity"]


class MoleculeSimilarityArguments(ToolArguments):
    """Which two."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")
    other: str = Field(min_length=1, description="the molecule to compare it with, named in any of these ways")


@tool(title="Molecule similarity", cost="fast", examples=({"molecule": "caffeine", "other": "theophylline"},))
async def molecule_similarity(arguments: MoleculeSimilarityArguments, context: ToolContext) -> Findings:
    """Compute how similar two molecules are: Tanimoto coefficient of Morgan fingerprints, radius 2, 2,048 bits.

    Use it for two molecules. Not for searching (`nearest_molecules`) and not for a comparison of properties
    (`compare_molecules`). Comes back: a number from 0 to 1 with its fingerprint named. Structures are taken as given, so salts
    count with their counter-ions. Fails on a structure that RDKit refuses.
    """
    first, second = await identify_all((arguments.molecule, arguments.other), context)
    found = await context.bench.chemistry.call(
        "similarity", {"structure": first.structure(), "other": second.structure()}
    )
    record = {
        "type": "molecule_similarity",
        "molecule": first.record(),
        "other": second.record(),
        "similarity": found["similarity"],
        "notes": _notes(first, second, found["similarity"]["value"]),
    }
    summary = f"{first.label} and {second.label}: Tanimoto {found['similarity']['value']}"
    return Findings((computed(record, summary),), matched=1, returned=1)


def _notes(first: Molecule, second: Molecule, value: float) -> list[str]:
    notes = []
    if value == 1 and first.smiles != second.smiles:
        notes.append(
            "Their fingerprints are equal, though they are not: stereoisomers and isotopes are not told apart."
        )
    if "." in first.smiles or "." in second.smiles:
        notes.append("A structure of several parts, as in a salt, is compared whole.")
    return notes
