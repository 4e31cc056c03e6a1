"""The `scaffold` tool: Bemis–Murcko scaffold and generic framework."""

from __future__ import annotations

from pydantic import Field

from ..contract import Findings, ToolArguments, ToolContext, tool
from .computed import computed
from .identify import identify

__all__ = ["scaffold"]


class ScaffoldArguments(ToolArguments):
    """Of which molecule."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")


@tool(title="Scaffold", cost="fast", examples=({"molecule": "imatinib"},))
async def scaffold(arguments: ScaffoldArguments, context: ToolContext) -> Findings:
    """Give a molecule's Bemis–Murcko scaffold: its rings and what links them, and the generic framework of carbons.

    Use it to group compounds by core. Not for the core that several share (`compare_molecules`). Comes back: both as SMILES,
    with ring and atom counts; empty for a molecule without rings. Atoms joined by a double bond to the scaffold stay, as in
    RDKit's definition. Fails on a structure that RDKit refuses.
    """
    molecule = await identify(arguments.molecule, context)
    found = await context.bench.chemistry.call("scaffold", {"structure": molecule.structure()})
    record = {
        "type": "scaffold",
        "molecule": molecule.record(),
        "scaffold": found["scaffold"],
        "generic": found["generic"],
        "rings": found["rings"],
        "heavy_atoms": found["heavy_atoms"],
        "convention": "Bemis–Murcko, atoms with double bonds to the scaffold kept",
        "notes": [],
    }
    return Findings((computed(record, f"{molecule.label}: {found['scaffold'] or 'no ring'}"),), matched=1, returned=1)
