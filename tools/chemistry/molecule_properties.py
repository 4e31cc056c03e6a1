"""The `molecule_properties` tool: computed properties and rules of thumb."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ..contract import Findings, ToolArguments, ToolContext, tool
from .computed import computed
from .identify import identify

__all__ = ["molecule_properties"]

Property = Literal[
    "molecular_weight", "monoisotopic_mass", "formula", "clogp", "tpsa", "hbd", "hba", "rotatable_bonds", "rings",
    "aromatic_rings", "fsp3", "heavy_atoms", "formal_charge", "stereocentres", "molar_refractivity", "qed", "sa_score",
]  # fmt: skip

_QED = "QED measures likeness to oral drugs in eight computed properties; it says nothing about efficacy or safety."
_EGG = "The BOILED-Egg is a rule fitted to computed polarity and lipophilicity, not a measurement."
_RULE = "Rules of thumb sort compounds by likeness to oral drugs; many approved drugs break them."


class MoleculePropertiesArguments(ToolArguments):
    """Which molecule, and which properties."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")
    properties: tuple[Property, ...] = Field(default=(), description="properties to compute; all where none is named")
    rules: bool = Field(default=False, description="also apply the rules of thumb; always done with all properties")


@tool(
    title="Molecule properties",
    cost="fast",
    examples=({"molecule": "ibuprofen"}, {"molecule": "CCO", "properties": ["tpsa"]}),
)
async def molecule_properties(arguments: MoleculePropertiesArguments, context: ToolContext) -> Findings:
    """Compute a molecule's properties: masses, formula, cLogP, TPSA, counts, Fsp3, QED, SA score, and drug-likeness rules.

    Use it for one molecule's numbers and for Lipinski, Veber, Egan, Ghose, lead-likeness and the BOILED-Egg (brain and gut).
    Not for comparing several (`compare_molecules`) and not for measured values. Comes back: one record; every value has
    unit, definition and RDKit version. `molecular_weight` is the average one in g/mol, `monoisotopic_mass` in Da, `clogp`
    Wildman-Crippen, `tpsa` in Å² over N and O (with S and P beside it where that differs), `hba` and `hbd` by RDKit's SMARTS
    definitions, with Lipinski's counts beside them. The structure is taken as given: a salt counts with its counter-ion.
    Fails on a structure that RDKit refuses; limits: 2,000 characters, 1,000 atoms.
    """
    molecule = await identify(arguments.molecule, context)
    wants_rules = arguments.rules or not arguments.properties
    found = await context.bench.chemistry.call(
        "properties", {"structure": molecule.structure(), "wanted": list(arguments.properties), "rules": wants_rules}
    )
    record: dict[str, Any] = {
        "type": "molecule_properties",
        "molecule": molecule.record(),
        "properties": found["properties"],
    }
    notes = []
    if wants_rules:
        record["rules"] = found["rules"]
        notes.append(_RULE)
    if "qed" in found["properties"]:
        notes.append(_QED)
    if wants_rules:
        notes.append(_EGG)
    if "." in molecule.smiles:
        notes.insert(0, "The structure has several parts, as in a salt; all of them are counted.")
    record["notes"] = notes
    shown = ", ".join(f"{key} {value.get('text', value.get('value'))}" for key, value in found["properties"].items())
    return Findings((computed(record, f"{molecule.label}: {shown}"),), matched=1, returned=1)
