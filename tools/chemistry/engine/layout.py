"""A molecule laid out flat for drawing as text: where each atom stands, what is written at it, and how each bond is drawn."""

from __future__ import annotations

import contextlib
from typing import Any

from rdkit import Chem
from rdkit.Chem import AllChem, rdDepictor

__all__ = ["layout_of"]

_ORDERS = {Chem.BondType.SINGLE: 1, Chem.BondType.DOUBLE: 2, Chem.BondType.TRIPLE: 3}
_MAIN_GROUP = frozenset(("B", "C", "N", "O", "Si", "P", "S"))
_WEDGES = {Chem.BondDir.BEGINWEDGE: "wedge", Chem.BondDir.BEGINDASH: "hash", Chem.BondDir.UNKNOWN: "wavy"}


def layout_of(molecule: Chem.Mol, lit: set[int]) -> dict[str, Any]:
    """Atoms and bonds in the plane; a bond has a length of about 1, y points up.

    Returns:
        `atoms`: x, y, `label` (empty for a carbon that is only a corner), `anchor` (where in it the symbol stands), `turned` and
        `turned_anchor` (the same with the hydrogens on the left), `element`, `lit`. `bonds`: begin and end as numbers of atoms,
        `order` (0 for one that is none of single, double, triple), `stereo` (`wedge`, `hash`, `wavy` or empty; narrow at
        `begin`), `inner`: of a double bond in a ring the number of an atom on the side of the second line, else -1.
    """
    flat = Chem.Mol(molecule)
    with contextlib.suppress(Chem.KekulizeException):  # then its aromatic bonds get order 0 and a dotted line
        Chem.Kekulize(flat, clearAromaticFlags=True)
    rdDepictor.SetPreferCoordGen(True)  # as `drawing.py`, so that both look alike
    AllChem.Compute2DCoords(flat)
    Chem.WedgeMolBonds(flat, flat.GetConformer())
    positions = flat.GetConformer().GetPositions()
    rings = [set(ring) for ring in flat.GetRingInfo().AtomRings()]
    atoms = [
        {
            "x": round(float(x), 4),
            "y": round(float(y), 4),
            **_label(atom),
            "element": atom.GetSymbol(),
            "lit": atom.GetIdx() in lit,
        }
        for atom, (x, y, _) in zip(flat.GetAtoms(), positions, strict=True)
    ]
    bonds = [
        {
            "begin": bond.GetBeginAtomIdx(),
            "end": bond.GetEndAtomIdx(),
            "order": _ORDERS.get(bond.GetBondType(), 0),
            "stereo": _WEDGES.get(bond.GetBondDir(), ""),
            "inner": _inner(bond, rings),
        }
        for bond in flat.GetBonds()
    ]
    return {"atoms": atoms, "bonds": bonds}


def _label(atom: Chem.Atom) -> dict[str, Any]:
    """What is written at an atom: symbol, hydrogens and charge of all that is no plain carbon."""
    symbol, charge, hydrogens = atom.GetSymbol(), atom.GetFormalCharge(), atom.GetTotalNumHs()
    plain = not charge and not atom.GetIsotope() and not atom.GetNumRadicalElectrons()
    if symbol == "C" and plain and atom.GetDegree() > 0:
        return {"label": "", "anchor": 0, "turned": "", "turned_anchor": 0}
    isotope = str(atom.GetIsotope()) if atom.GetIsotope() else ""
    shown = f"H{hydrogens if hydrogens > 1 else ''}" if hydrogens else ""
    sign = "" if not charge else ("+" if charge > 0 else "-") if abs(charge) == 1 else f"{charge:+d}"
    radicals = atom.GetNumRadicalElectrons() if symbol in _MAIN_GROUP else 0  # of a metal ion RDKit counts them by rote
    tail = f"{sign}{'.' * radicals}"
    return {
        "label": f"{isotope}{symbol}{shown}{tail}",
        "anchor": len(isotope),
        "turned": f"{shown}{isotope}{symbol}{tail}",
        "turned_anchor": len(shown) + len(isotope),
    }


def _inner(bond: Chem.Bond, rings: list[set[int]]) -> int:
    """For a double bond in a ring, an atom of its smallest ring that is not of the bond."""
    if bond.GetBondType() != Chem.BondType.DOUBLE:
        return -1
    ends = {bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()}
    around = min((ring for ring in rings if ends <= ring), key=len, default=None)
    if around is None:
        return -1
    # The one farthest along the ring lies surely on its inner side: any other would do in a regular ring.
    return next(iter(sorted(around - ends)), -1)
