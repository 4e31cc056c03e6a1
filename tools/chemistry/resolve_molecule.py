"""The `resolve_molecule` tool: which molecule is meant, and in what form."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..contract import Findings, ToolArguments, ToolContext, tool
from .computed import computed
from .identify import Molecule, identify

__all__ = ["resolve_molecule"]


class ResolveMoleculeArguments(ToolArguments):
    """Whom to look for."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")


@tool(title="Resolve molecule", cost="fast", examples=({"molecule": "imatinib"}, {"molecule": "CN1CCC[C@H]1c1cccnc1"}))
async def resolve_molecule(arguments: ResolveMoleculeArguments, context: ToolContext) -> Findings:
    """Find out which molecule a name or identifier means, and in what form it is given.

    Use it for InChIKey, SMILES, InChI, formula or ChEMBL id of a molecule, and to see salts, undefined stereocentres and
    isotopes before computing. Not for properties. Comes back: canonical isomeric SMILES, InChI, InChIKey, formula, the
    parent and what differs from it, stereocentres and stereo double bonds (defined, undefined), isotope labels, a tautomer
    note, synonyms. An ambiguous name lists its candidates, an unknown one the nearest names and no structure; a SMILES that
    RDKit refuses fails with the reason. Limits: 2,000 characters, 1,000 atoms.
    """
    molecule = await identify(arguments.molecule, context)
    described: dict[str, Any] = {}
    if molecule.smiles:
        described = await context.bench.chemistry.call("describe", {"structure": molecule.smiles})
    chembl = context.bench.chembl
    synonyms = chembl.synonyms(molecule.chembl_id)[:20] if molecule.chembl_id else []
    parent_row = chembl.parent(molecule.chembl_id) if molecule.chembl_id else None
    record = {
        "type": "molecule_identity",
        "molecule": molecule.record(),
        **{key: value for key, value in described.items() if key not in ("smiles", "inchikey")},
        "parent_chembl_id": parent_row.chembl_id if parent_row else None,
        "parent_name": parent_row.name if parent_row else None,
        "synonyms": synonyms,
        "structure_source": _structure_source(molecule, context),
        "notes": _notes(described),
    }
    return Findings(
        (computed(record, f"{molecule.label}: {molecule.inchikey or 'no structure'}"),), matched=1, returned=1
    )


def _structure_source(molecule: Molecule, context: ToolContext) -> str:
    given = molecule.matched_by in ("SMILES", "InChI")
    return "as given" if given else f"ChEMBL, {context.bench.chembl.source.release}"


def _notes(form: dict[str, Any]) -> list[str]:
    notes = []
    if not form:
        return ["No structure of it is in this source."]
    if form["removed"]:
        parts = ", ".join(
            f"{part['count']} × {part['name'] or part['smiles']}"
            if part["count"] > 1
            else part["name"] or part["smiles"]
            for part in form["removed"]
        )
        notes.append(f"It is a salt or mixture: its parent leaves out {parts}.")
    elif form["components"] > 1:
        notes.append(f"It has {form['components']} separate parts.")
    if form["stereo"]["undefined"]:
        notes.append(f"{form['stereo']['undefined']} of its stereo elements are undefined.")
    if form["isotopes"]:
        notes.append(f"It is labelled with {', '.join(form['isotopes'])}.")
    if form["is_canonical_tautomer"] is False:
        notes.append("It is drawn as another tautomer than RDKit's canonical one.")
    return notes
