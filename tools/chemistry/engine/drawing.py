"""Drawings of a molecule: SVG text or PNG bytes, with atoms lit up."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

__all__ = ["drawing_of"]

_LIT = (1.0, 0.72, 0.55)


def drawing_of(
    molecule: Chem.Mol, form: str, lit: Sequence[int], legend: str, width: int, height: int, background: str = ""
) -> dict[str, Any]:
    """`svg` as text, or `png` as base64; on white, or on a colour `#rrggbb` with lines that stand out from it."""
    drawer = rdMolDraw2D.MolDraw2DSVG(width, height) if form == "svg" else rdMolDraw2D.MolDraw2DCairo(width, height)
    options = drawer.drawOptions()
    options.addStereoAnnotation = True
    options.legendFontSize = 18
    if background:
        red, green, blue = (int(background[at : at + 2], 16) / 255 for at in (1, 3, 5))
        if 0.3 * red + 0.59 * green + 0.11 * blue < 0.5:
            rdMolDraw2D.SetDarkMode(drawer)
        options.setBackgroundColour((red, green, blue))
    rdDepictor.SetPreferCoordGen(True)
    atoms = sorted(set(lit))
    bonds = [
        bond.GetIdx() for bond in molecule.GetBonds() if {bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()} <= set(atoms)
    ]
    rdMolDraw2D.PrepareAndDrawMolecule(
        drawer,
        Chem.Mol(molecule),
        legend=legend,
        highlightAtoms=atoms,
        highlightBonds=bonds,
        highlightAtomColors=dict.fromkeys(atoms, _LIT),
        highlightBondColors=dict.fromkeys(bonds, _LIT),
    )
    drawer.FinishDrawing()
    drawn = drawer.GetDrawingText()
    return {"svg": drawn} if form == "svg" else {"png": base64.b64encode(drawn).decode("ascii")}
