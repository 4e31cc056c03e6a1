"""Standard form, parent and scaffold of a structure, by RDKit's MolStandardize and MurckoScaffold.

Three kinds of structure have no parent smaller than themselves: those with one component, coordination compounds
(cisplatin's largest organic part would be nothing, or ammonia), and salts without an organic part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import rdMolDescriptors
from rdkit.Chem.MolStandardize import rdMolStandardize
from rdkit.Chem.Scaffolds import MurckoScaffold

from .counter_ions import COUNTER_IONS, SOLVENTS, binds_metal, is_organic, part_name, uncharger
from .parsing import inchikey_of, structure_record
from .stereo import stereo_elements

__all__ = ["describe_form", "parent_of", "parent_record", "scaffold_of", "standardised"]

_TAUTOMER_ATOMS = 60
"""Enumeration grows steeply; above this many heavy atoms it is left out."""

_CLEAN_UP_MAY_CHANGE = Chem.MolFromSmarts(
    "[!+0,!#6&!#7&!#8&!#9&!#15&!#16&!#17&!#35&!#53,$([#7,#15](=[O,S])=[O,S]),$(n=O),$(*=N#N),$([S;X3]=O)]"
)
"""Atoms that a step of RDKit's clean-up may change. Hydrogens that are atoms, metals and charges take part in some step; of the
patterns of its normaliser, the others alone match uncharged molecules. SEE: normalizations.in of RDKit's MolStandardize"""

_LONE_CATION = Chem.MolFromSmarts("[+;!$([+]~[-])]")
_LONE_ANION = Chem.MolFromSmarts("[-;!$([-]~[+])]")


def parent_of(molecule: Chem.Mol, clean: bool = False) -> Chem.Mol:
    """The largest organic component, uncharged where that is possible; the whole where there is no such parent.

    Of stereoisomers written side by side (a racemate) the parent is the one constitution, stereochemistry open.

    Args:
        molecule: the whole.
        clean: whether it is known that RDKit's clean-up, which comes first, would change nothing.
    """
    parts = Chem.GetMolFrags(molecule, asMols=True)
    if binds_metal(molecule) or not any(is_organic(part) for part in parts):
        return Chem.Mol(molecule)
    with rdBase.BlockLogs():
        parent = uncharger().uncharge(rdMolStandardize.FragmentParent(molecule, skipStandardize=clean))
    if not _can_be_read(parent):
        return Chem.Mol(molecule)
    if _are_stereoisomers(parts, parent):
        Chem.RemoveStereochemistry(parent)
    return parent


def _can_be_read(molecule: Chem.Mol) -> bool:
    """Whether its SMILES is one: RDKit's clean-up makes a few mesoionic rings into what no parser accepts."""
    with rdBase.BlockLogs():
        return Chem.MolFromSmiles(Chem.MolToSmiles(molecule)) is not None


def _skeleton(molecule: Chem.Mol) -> str:
    """The first block of the InChIKey, uncharged where that is possible, so that a salt's anion equals its acid."""
    with rdBase.BlockLogs():
        return inchikey_of(uncharger().uncharge(molecule))[:14]


def _are_stereoisomers(parts: Sequence[Chem.Mol], parent: Chem.Mol) -> bool:
    if len(parts) < 2:
        return False
    own = [part for part in parts if part.GetNumHeavyAtoms() > 1 and _skeleton(part) == _skeleton(parent)]
    return bool(_skeleton(parent)) and len({Chem.MolToSmiles(part) for part in own}) > 1


def standardised(molecule: Chem.Mol) -> dict[str, Any]:
    """Standard form, parent, what was removed, what was changed, and notes."""
    metal = binds_metal(molecule)
    clean, unchanged = _cleaned(molecule)
    parent = parent_of(clean, unchanged)
    given, standard = structure_record(molecule), structure_record(clean)
    changes = []
    if standard["smiles"] != given["smiles"]:
        changes.append("functional groups normalised or metals disconnected")
    kept = structure_record(parent)
    parts = Chem.GetMolFrags(clean, asMols=True)
    if len(parts) == 1 and kept["smiles"] != standard["smiles"]:
        changes.append(_neutralised(clean, parent))
    return {
        "given": given,
        "standard": standard,
        "parent": {**kept, "formula": rdMolDescriptors.CalcMolFormula(parent)},
        "removed": _removed(parts, parent),
        "changes": changes,
        "notes": _kept_whole(metal, parts),
    }


def parent_record(molecule: Chem.Mol) -> dict[str, str]:
    """SMILES and InChIKey of the parent of the standard form, as `standardised` gives it, and nothing else.

    What that comes to is said of most molecules without doing it: nothing of them would be changed.
    """
    if len(Chem.GetMolFrags(molecule)) == 1 and not molecule.HasSubstructMatch(_CLEAN_UP_MAY_CHANGE):
        return structure_record(molecule)
    return structure_record(parent_of(*_cleaned(molecule)))


def _cleaned(molecule: Chem.Mol) -> tuple[Chem.Mol, bool]:
    """The standard form, and whether clean-up came to the molecule as it was; itself where there is none that can be read."""
    if binds_metal(molecule):
        return Chem.Mol(molecule), False
    with rdBase.BlockLogs():
        clean = rdMolStandardize.Cleanup(molecule)
    if Chem.MolToSmiles(clean) == Chem.MolToSmiles(molecule):
        return clean, True
    return (clean if _can_be_read(clean) else Chem.Mol(molecule)), False


def _neutralised(clean: Chem.Mol, parent: Chem.Mol) -> str:
    before, after = Chem.GetFormalCharge(clean), Chem.GetFormalCharge(parent)
    if before == after:
        return "zwitterion written uncharged"
    return (
        f"charge neutralised from {before:+d} to {after:+d}" if after else f"charge neutralised from {before:+d} to 0"
    )


def _kept_whole(metal: str, parts: Sequence[Chem.Mol]) -> list[str]:
    if metal:
        return [f"It holds {metal} with bonds of its own, so it is kept whole and no parent is derived."]
    if not any(is_organic(part) for part in parts):
        return ["It has no organic part, so it is kept whole and no parent is derived."]
    return []


def _removed(parts: Sequence[Chem.Mol], parent: Chem.Mol) -> list[dict[str, Any]]:
    """What the parent leaves out; further components that are the parent itself are not among it."""
    if len(parts) < 2 or len(Chem.GetMolFrags(parent)) > 1:
        return []
    skeleton = _skeleton(parent)
    rest = [part for part in parts if _skeleton(part) != skeleton]
    counts = Counter(Chem.MolToSmiles(part) for part in rest)
    names = {Chem.MolToSmiles(part): part_name(part) for part in rest}
    return [{"smiles": smiles, "name": names[smiles], "count": count} for smiles, count in counts.items()]


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
    """Formula, charge, components, parent, stereo, isotopes and tautomers of a structure as it was given."""
    stereo = stereo_elements(molecule)
    parts = Chem.GetMolFrags(molecule, asMols=True)
    with rdBase.BlockLogs():
        parent = parent_of(molecule)
        tautomer = _canonical_tautomer(parent)
    labels = Counter(f"{atom.GetIsotope()}{atom.GetSymbol()}" for atom in molecule.GetAtoms() if atom.GetIsotope())
    parent_record = structure_record(parent)
    removed = _removed(parts, parent)
    return {
        "kind": _kind(molecule, parts, parent, removed),
        "metal": binds_metal(molecule),
        "formula": rdMolDescriptors.CalcMolFormula(molecule),
        "inchi": _inchi(molecule),
        "formal_charge": Chem.GetFormalCharge(molecule),
        "zwitterion": molecule.HasSubstructMatch(_LONE_CATION)
        and molecule.HasSubstructMatch(_LONE_ANION)
        and len(parts) == 1,
        "components": len(parts),
        "parent": {**parent_record, "formula": rdMolDescriptors.CalcMolFormula(parent)},
        "parent_count": sum(_skeleton(part) == _skeleton(parent) for part in parts),
        "removed": removed,
        "stereo": {"defined": stereo.defined, "undefined": stereo.undefined},
        "isotopes": sorted(labels),
        "isotope_counts": dict(sorted(labels.items())),
        "canonical_tautomer": tautomer,
        "is_canonical_tautomer": None if tautomer is None else tautomer == parent_record["smiles"],
    }


def _inchi(molecule: Chem.Mol) -> str:
    try:
        with rdBase.BlockLogs():
            return str(Chem.MolToInchi(molecule))
    except (ValueError, RuntimeError):
        return ""


def _kind(molecule: Chem.Mol, parts: Sequence[Chem.Mol], parent: Chem.Mol, removed: Sequence[dict[str, Any]]) -> str:
    """What a chemist calls it: `molecule`, `complex`, `inorganic`, `stereoisomers`, `hydrate`, `solvate`, `salt`, `mixture`."""
    if binds_metal(molecule):
        return "complex"
    if not any(is_organic(part) for part in parts):
        return "inorganic"
    if len(parts) == 1:
        return "molecule"
    if _are_stereoisomers(parts, parent) and not removed:
        return "stereoisomers"
    if removed and all(part["smiles"] == "O" for part in removed):
        return "hydrate"
    if removed and all(part["smiles"] in SOLVENTS for part in removed):
        return "solvate"
    charged = any(atom.GetFormalCharge() for part in parts for atom in part.GetAtoms() if part.GetNumAtoms() == 1)
    known = any(part["name"] in _COUNTER_NAMES for part in removed)
    return "salt" if charged or known or any(Chem.GetFormalCharge(part) for part in parts) else "mixture"


_COUNTER_NAMES = frozenset(COUNTER_IONS.values())


def _canonical_tautomer(molecule: Chem.Mol) -> str | None:
    """RDKit's canonical tautomer where it is the same compound by InChIKey; None where that is not to be said.

    The enumerator also moves protons between carbons: it would call testosterone a tautomer of its β,γ-unsaturated
    isomer. The standard InChIKey tells apart what chemists do.
    """
    if molecule.GetNumHeavyAtoms() > _TAUTOMER_ATOMS or binds_metal(molecule):
        return None
    enumerator = rdMolStandardize.TautomerEnumerator()
    enumerator.SetMaxTautomers(50)
    enumerator.SetMaxTransforms(50)
    enumerator.SetRemoveSp3Stereo(False)
    enumerator.SetRemoveBondStereo(False)
    canonical = enumerator.Canonicalize(molecule)
    return str(Chem.MolToSmiles(canonical)) if _skeleton(canonical) == _skeleton(molecule) else None
