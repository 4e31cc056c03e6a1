"""Standard form, parent and scaffold of a structure, by RDKit's MolStandardize and MurckoScaffold."""

from __future__ import annotations

from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import rdMolDescriptors
from rdkit.Chem.MolStandardize import rdMolStandardize
from rdkit.Chem.Scaffolds import MurckoScaffold

from .parsing import structure_record

__all__ = ["describe_form", "parent_of", "scaffold_of", "standardised"]

_COUNTER_IONS = {
    "Cl": "chloride", "[Cl-]": "chloride", "Br": "bromide", "[Br-]": "bromide", "I": "iodide", "[I-]": "iodide",
    "[Na+]": "sodium", "[K+]": "potassium", "[Li+]": "lithium", "[Ca+2]": "calcium", "[Mg+2]": "magnesium", "[Zn+2]": "zinc",
    "CS(=O)(=O)O": "mesylate", "CS(=O)(=O)[O-]": "mesylate", "Cc1ccc(S(=O)(=O)O)cc1": "tosylate", "O": "water",
    "O=C(O)/C=C\\C(=O)O": "maleate", "O=C(O)/C=C/C(=O)O": "fumarate", "O=C(O)C(=O)O": "oxalate", "CC(=O)O": "acetate",
    "O=C(O)CCC(=O)O": "succinate", "O=C(O)CC(O)(CC(=O)O)C(=O)O": "citrate", "O=S(=O)(O)O": "sulfate", "O=P(O)(O)O": "phosphate",
    "O=C(O)C(F)(F)F": "trifluoroacetate", "O=[N+]([O-])O": "nitrate", "N": "ammonia", "CCO": "ethanol",
    "O=C(O)C(O)C(O)C(=O)O": "tartrate", "O=C(O)[C@H](O)[C@@H](O)C(=O)O": "tartrate", "O=C(O)c1ccccc1": "benzoate",
}  # fmt: skip
"""Counter-ions and solvents by canonical SMILES."""


def parent_of(molecule: Chem.Mol) -> Chem.Mol:
    """The largest organic fragment, uncharged where that is possible."""
    with rdBase.BlockLogs():
        return rdMolStandardize.Uncharger().uncharge(rdMolStandardize.FragmentParent(molecule))


def standardised(molecule: Chem.Mol) -> dict[str, Any]:
    """Standard form, parent, what was removed and what was changed."""
    with rdBase.BlockLogs():
        clean = rdMolStandardize.Cleanup(molecule)
        parent = parent_of(molecule)
    given, standard = structure_record(molecule), structure_record(clean)
    changes = []
    if standard["smiles"] != given["smiles"]:
        changes.append("functional groups normalised or metals disconnected")
    pieces = Chem.GetMolFrags(clean, asMols=True)
    kept = structure_record(parent)
    if len(pieces) == 1 and kept["smiles"] != standard["smiles"]:
        changes.append(f"charge neutralised from {Chem.GetFormalCharge(clean):+d} to {Chem.GetFormalCharge(parent):+d}")
    return {
        "given": given,
        "standard": standard,
        "parent": {**kept, "formula": rdMolDescriptors.CalcMolFormula(parent)},
        "removed": _removed(pieces, parent),
        "changes": changes,
    }


def _removed(pieces: tuple[Chem.Mol, ...], parent: Chem.Mol) -> list[dict[str, Any]]:
    if len(pieces) < 2:
        return []
    skeleton = Chem.MolToInchiKey(parent)[:14]
    rest: dict[str, int] = {}
    kept = False
    for piece in sorted(pieces, key=lambda item: -item.GetNumHeavyAtoms()):
        smiles = Chem.MolToSmiles(piece)
        if not kept and Chem.MolToInchiKey(piece)[:14] == skeleton:
            kept = True
            continue
        rest[smiles] = rest.get(smiles, 0) + 1
    return [{"smiles": smiles, "name": _COUNTER_IONS.get(smiles, ""), "count": count} for smiles, count in rest.items()]


def scaffold_of(molecule: Chem.Mol) -> dict[str, Any]:
    """Bemis–Murcko scaffold and its generic framework, as SMILES; empty where there is no ring."""
    with rdBase.BlockLogs():
        core = MurckoScaffold.GetScaffoldForMol(molecule)
        if core.GetNumAtoms() == 0:
            return {"scaffold": "", "generic": "", "rings": 0, "heavy_atoms": 0}
        generic = MurckoScaffold.MakeScaffoldGeneric(core)
        return {
            "scaffold": Chem.MolToSmiles(core),
            "generic": Chem.MolToSmiles(MurckoScaffold.GetScaffoldForMol(generic)),
            "rings": rdMolDescriptors.CalcNumRings(core),
            "heavy_atoms": core.GetNumHeavyAtoms(),
        }


def describe_form(molecule: Chem.Mol) -> dict[str, Any]:
    """Formula, charge, parts, parent, stereo, isotopes and tautomers of a structure as it was given."""
    stereo = {"defined": 0, "undefined": 0}
    with rdBase.BlockLogs():
        for item in Chem.FindPotentialStereo(molecule):
            known = item.specified == Chem.StereoSpecified.Specified
            stereo["defined" if known else "undefined"] += 1
        parent = parent_of(molecule)
        tautomer = _canonical_tautomer(parent)
    isotopes = sorted({f"{atom.GetIsotope()}{atom.GetSymbol()}" for atom in molecule.GetAtoms() if atom.GetIsotope()})
    parent_record = structure_record(parent)
    return {
        "formula": rdMolDescriptors.CalcMolFormula(molecule),
        "inchi": Chem.MolToInchi(molecule),
        "formal_charge": Chem.GetFormalCharge(molecule),
        "components": len(Chem.GetMolFrags(molecule)),
        "parent": {**parent_record, "formula": rdMolDescriptors.CalcMolFormula(parent)},
        "removed": _removed(Chem.GetMolFrags(molecule, asMols=True), parent),
        "stereo": stereo,
        "isotopes": isotopes,
        "canonical_tautomer": tautomer,
        "is_canonical_tautomer": None if tautomer is None else tautomer == parent_record["smiles"],
    }


_TAUTOMER_ATOMS = 60
"""Enumeration grows steeply; above this many heavy atoms it is left out."""


def _canonical_tautomer(molecule: Chem.Mol) -> str | None:
    if molecule.GetNumHeavyAtoms() > _TAUTOMER_ATOMS:
        return None
    enumerator = rdMolStandardize.TautomerEnumerator()
    enumerator.SetMaxTautomers(50)
    enumerator.SetMaxTransforms(50)
    enumerator.SetRemoveSp3Stereo(False)
    enumerator.SetRemoveBondStereo(False)
    return str(Chem.MolToSmiles(enumerator.Canonicalize(molecule)))
