"""The `standardise_molecule` tool: standard form, parent, and what was removed."""

from __future__ import annotations

from pydantic import Field

from ..contract import Findings, ToolArguments, ToolContext, tool
from .computed import computed
from .identify import identify

__all__ = ["standardise_molecule"]


class StandardiseMoleculeArguments(ToolArguments):
    """Which molecule."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")


@tool(title="Standardise molecule", cost="fast", examples=({"molecule": "CC(=O)[O-].[Na+]"},))
async def standardise_molecule(arguments: StandardiseMoleculeArguments, context: ToolContext) -> Findings:
    """Bring a structure into standard form and find its parent: salts and solvents removed, charges neutralised.

    Use it before registering or comparing structures, and for "what is the free base of …". Not for tautomers or for
    pH-dependent charges. Comes back: the structure as given, its standard form, its parent (largest organic part, uncharged
    where that is possible), what was removed by name or SMILES, and what was changed. Coordination compounds and inorganic
    salts are kept whole and have no parent. Fails on a structure that RDKit refuses.
    """
    molecule = await identify(arguments.molecule, context)
    found = await context.bench.chemistry.call("standardise", {"structure": molecule.structure()})
    record = {
        "type": "standard_form",
        "molecule": molecule.record(),
        **found,
        "convention": "RDKit MolStandardize: Cleanup, FragmentParent, Uncharger",
    }
    return Findings((computed(record, f"{molecule.label}: parent {found['parent']['smiles']}"),), matched=1, returned=1)
