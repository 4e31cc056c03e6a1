"""The `resolve_molecule` tool: which molecule is meant, and in what form."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..contract import Findings, ToolArguments, ToolContext, tool
from ..identifiers import public_id
from .computed import computed
from .identify import Molecule, identify

__all__ = ["resolve_molecule"]


_MOST_ALIKE = 10


class ResolveMoleculeArguments(ToolArguments):
    """Whom to look for."""

    molecule: str = Field(min_length=1, description="name, SMILES, InChI, InChIKey or ChEMBL id")


@tool(title="Resolve molecule", cost="fast", examples=({"molecule": "imatinib"}, {"molecule": "CN1CCC[C@H]1c1cccnc1"}))
async def resolve_molecule(arguments: ResolveMoleculeArguments, context: ToolContext) -> Findings:
    """Find out which molecule a name or identifier means, and in what form it is given.

    Use it for InChIKey, SMILES, InChI, formula or ChEMBL id of a molecule, and to see salts, undefined stereocentres and
    isotopes before computing. Not for properties. Comes back: canonical isomeric SMILES, InChI, InChIKey, formula, the
    parent and what differs from it, stereocentres and stereo double bonds (defined, undefined), isotope labels, a tautomer
    note, synonyms, and how many other molecules of the store share the InChIKey's first block (the same connectivity: other
    stereoisomers, isotopes or protonation), the first ten named. An ambiguous name lists its candidates, an unknown one the nearest
    names and no structure; a SMILES that RDKit refuses fails with the reason. Limits: 2,000 characters, 1,000 atoms.
    """
    molecule = await identify(arguments.molecule, context)
    described: dict[str, Any] = {}
    if molecule.smiles:
        described = await context.bench.chemistry.call("describe", {"structure": molecule.smiles})
    chembl = context.bench.chembl
    synonyms = chembl.synonyms(molecule.chembl_id)[:20] if molecule.chembl_id else []
    parent_row = chembl.parent(molecule.chembl_id) if molecule.chembl_id else None
    alike = chembl.sharing_connectivity(molecule.inchikey) if molecule.inchikey else []
    others = [row for row in alike if row.chembl_id != molecule.chembl_id]
    record = {
        "type": "molecule_identity",
        "molecule": molecule.record(),
        **{key: value for key, value in described.items() if key not in ("smiles", "inchikey")},
        "parent_chembl_id": public_id(parent_row.chembl_id) if parent_row else None,
        "parent_name": parent_row.name if parent_row else None,
        "synonyms": synonyms,
        "same_connectivity": {
            "count": len(others),
            "first": [
                {"chembl_id": public_id(row.chembl_id), "name": row.name, "inchikey": row.inchikey}
                for row in others[:_MOST_ALIKE]
            ],
        },
        "structure_source": _structure_source(molecule, context),
        "notes": _notes(described),
    }
    key = molecule.inchikey or ("no InChIKey" if molecule.smiles else "no structure")
    return Findings((computed(record, f"{molecule.label}: {key}"),), matched=1, returned=1)


def _structure_source(molecule: Molecule, context: ToolContext) -> str:
    given = molecule.matched_by in ("SMILES", "InChI")
    return "as given" if given else f"ChEMBL, {context.bench.chembl.source.release}"


def _notes(form: dict[str, Any]) -> list[str]:
    if not form:
        return ["No structure of it is in this source."]
    notes = [*_composition(form), *_stereo(form["stereo"])]
    if form["isotope_counts"]:
        labels = [f"{count} × {label}" + (" (deuterium)" if label == "2H" else "") for label, count in
                  form["isotope_counts"].items()]  # fmt: skip
        notes.append(f"It is labelled with {', '.join(labels)}.")
    if form["formal_charge"]:
        notes.append(f"It carries a net charge of {form['formal_charge']:+d}.")
    if form["zwitterion"]:
        notes.append("It is drawn as a zwitterion.")
    if form["is_canonical_tautomer"] is False:
        notes.append(
            "It is drawn as one of several tautomers, which share this InChIKey; RDKit's canonical one is"
            f" `{form['canonical_tautomer']}`."
        )
    return notes


def _composition(form: dict[str, Any]) -> list[str]:
    parts = ", ".join(
        f"{part['count']} × {part['name'] or part['smiles']}" if part["count"] > 1 else part["name"] or part["smiles"]
        for part in form["removed"]
    )
    several = f" with {form['parent_count']} × its parent" if form["parent_count"] > 1 else ""
    match form["kind"]:
        case "molecule":
            return []
        case "complex":
            return [f"It holds {form['metal']} with bonds of its own, so it is kept whole and no parent is derived."]
        case "inorganic":
            return ["It has no organic part, so it is kept whole and no parent is derived."]
        case "stereoisomers":
            return [
                f"It is a mixture of stereoisomers, written as {form['components']} components;"
                " its parent leaves the stereochemistry open."
            ]
        case "mixture" if form["removed"]:
            return [f"It is a mixture{several}; the largest organic component is taken as its parent, without {parts}."]
        case kind if form["removed"]:
            return [f"It is a {kind}{several}; its parent leaves out {parts}."]
    return [f"It has {form['components']} separate components."]


def _stereo(stereo: dict[str, int]) -> list[str]:
    undefined, total = stereo["undefined"], stereo["undefined"] + stereo["defined"]
    if not undefined:
        return []
    if total == 1:
        return ["Its one stereo element is undefined: a racemate or mixture of isomers, or not known which."]
    return [f"{undefined} of its {total} stereo elements {'is' if undefined == 1 else 'are'} undefined."]
