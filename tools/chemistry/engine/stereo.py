"""Stereo elements that a chemist would count: those that exist on the time scale of a bottle.

RDKit also proposes centres that invert or exchange at once: pyramidal nitrogen, phosphorus whose oxygens trade a
proton, the C=N of guanidines and amidines, cumulated bonds such as an azide's. Undefined ones of these are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdkit import Chem

__all__ = ["StereoElements", "stereo_elements"]

_TERMINAL_OXYGEN = Chem.MolFromSmarts("[P;X4](~[O;X1,X2H1])~[O;X1,X2H1]")
_LABILE_IMINE = Chem.MolFromSmarts(
    "[$([#7]=[#6][#7;!H0]),$([#7;!H0]=[#6]),$([#7]=[#6]([#7])[#7]),$([#7]=*=*),$([#7]=[#7+]=[#7-])]"
)


@dataclass(frozen=True)
class StereoElements:
    """How many there are: tetrahedral centres, and all kinds (centres and double bonds) by whether they are defined."""

    centres: int
    defined: int
    undefined: int


def stereo_elements(molecule: Chem.Mol) -> StereoElements:
    """The stereo elements of a molecule that are worth a word."""
    labile = {match[0] for match in molecule.GetSubstructMatches(_LABILE_IMINE, maxMatches=10_000)}
    exchanging = {match[0] for match in molecule.GetSubstructMatches(_TERMINAL_OXYGEN, maxMatches=10_000)}
    centres = defined = undefined = 0
    for item in Chem.FindPotentialStereo(molecule):
        known = item.specified == Chem.StereoSpecified.Specified
        tetrahedral = item.type == Chem.StereoType.Atom_Tetrahedral
        if not known and not _lasts(molecule, item, tetrahedral, labile, exchanging):
            continue
        centres += tetrahedral
        defined += known
        undefined += not known
    return StereoElements(centres, defined, undefined)


def _lasts(
    molecule: Chem.Mol, item: Chem.StereoInfo, tetrahedral: bool, labile: set[int], exchanging: set[int]
) -> bool:
    if tetrahedral:
        atom = molecule.GetAtomWithIdx(item.centeredOn)
        pyramidal = atom.GetAtomicNum() == 7 and (atom.GetDegree() < 4 or atom.GetTotalNumHs() > 0)
        return not pyramidal and item.centeredOn not in exchanging
    if item.type != Chem.StereoType.Bond_Double:
        return False
    bond = molecule.GetBondWithIdx(item.centeredOn)
    return not {bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()} & labile
