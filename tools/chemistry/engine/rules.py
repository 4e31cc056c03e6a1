"""Rules of thumb for drug-likeness, and the BOILED-Egg: each criterion with its value and limit.

Sources: Lipinski 1997 (Adv. Drug Deliv. Rev. 23:3), Veber 2002 (J. Med. Chem. 45:2615), Egan 2000 (J. Med. Chem.
43:3867), Ghose 1999 (J. Comb. Chem. 1:55), lead-likeness after Teague 1999 (Angew. Chem. 38:3743), BOILED-Egg after
Daina and Zoete 2016 (ChemMedChem 11:1117). A rule is not a measurement, and passing it proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from .descriptors import quantity

__all__ = ["rules_of"]

_LIPINSKI_ALLOWED = 1
"""Lipinski's rule warns from the second violation on."""

# Centre (TPSA, WLOGP), full axes and tilt in degrees of the two ellipses, as fitted by Daina and Zoete (2016).
_WHITE = ((71.051, 2.292), (142.081, 8.740), -1.031325)
_YOLK = ((38.117, 3.177), (82.061, 5.557), -0.171887)


def rules_of(molecule: Chem.Mol) -> dict[str, Any]:
    """Every rule with `passes`, `violations` and `details`; `boiled_egg` with its two verdicts and inputs."""
    mass = round(float(rdMolDescriptors._CalcMolWt(molecule)), 2)
    clogp, refractivity = (round(float(value), 2) for value in rdMolDescriptors.CalcCrippenDescriptors(molecule))
    tpsa = round(float(rdMolDescriptors.CalcTPSA(molecule)), 2)
    donors, acceptors = rdMolDescriptors.CalcNumLipinskiHBD(molecule), rdMolDescriptors.CalcNumLipinskiHBA(molecule)
    rotatable = rdMolDescriptors.CalcNumRotatableBonds(molecule)
    atoms = Chem.AddHs(molecule).GetNumAtoms()
    return {
        "lipinski": _rule(
            (
                _at_most("average molecular weight", mass, 500),
                _at_most("cLogP", clogp, 5),
                _at_most("N–H and O–H bonds", donors, 5),
                _at_most("N and O atoms", acceptors, 10),
            ),
            allowed=_LIPINSKI_ALLOWED,
        ),
        "veber": _rule((_at_most("rotatable bonds", rotatable, 10), _at_most("TPSA", tpsa, 140))),
        "egan": _rule((_at_most("TPSA", tpsa, 131.6), _at_most("cLogP", clogp, 5.88))),
        "ghose": _rule(
            (
                _between("average molecular weight", mass, 160, 480),
                _between("cLogP", clogp, -0.4, 5.6),
                _between("molar refractivity", refractivity, 40, 130),
                _between("atoms with hydrogens", atoms, 20, 70),
            )
        ),
        "lead_like": _rule(
            (
                _between("average molecular weight", mass, 250, 350),
                _at_most("cLogP", clogp, 3.5),
                _at_most("rotatable bonds", rotatable, 7),
            )
        ),
        "boiled_egg": _boiled_egg(molecule, clogp),
    }


def _rule(details: Sequence[dict[str, Any]], allowed: int = 0) -> dict[str, Any]:
    violations = sum(not detail["passes"] for detail in details)
    return {"passes": violations <= allowed, "violations": violations, "allowed": allowed, "details": list(details)}


def _at_most(name: str, value: float, limit: float) -> dict[str, Any]:
    passes = value <= limit
    text = f"{name} {value:g} {'≤' if passes else '>'} {limit:g}"
    return {"criterion": name, "value": value, "limit": f"≤ {limit:g}", "passes": passes, "text": text}


def _between(name: str, value: float, low: float, high: float) -> dict[str, Any]:
    passes = low <= value <= high
    text = f"{name} {value:g} {'within' if passes else 'outside'} {low:g} to {high:g}"
    return {"criterion": name, "value": value, "limit": f"{low:g} to {high:g}", "passes": passes, "text": text}


def _boiled_egg(molecule: Chem.Mol, wlogp: float) -> dict[str, Any]:
    tpsa = round(float(rdMolDescriptors.CalcTPSA(molecule, includeSandP=True)), 2)
    return {
        "gi_absorption": _inside(_WHITE, tpsa, wlogp),
        "bbb_permeant": _inside(_YOLK, tpsa, wlogp),
        "inputs": {
            "wlogp": quantity(wlogp, "dimensionless", "clogp", "Wildman–Crippen"),
            "tpsa": quantity(tpsa, "Å²", "tpsa_with_s_and_p", "Ertl, with S and P as the BOILED-Egg takes it"),
        },
    }


def _inside(ellipse: tuple[tuple[float, float], tuple[float, float], float], x: float, y: float) -> bool:
    (centre_x, centre_y), (width, height), degrees = ellipse
    angle = math.radians(degrees)
    dx, dy = x - centre_x, y - centre_y
    along = dx * math.cos(angle) + dy * math.sin(angle)
    across = dy * math.cos(angle) - dx * math.sin(angle)
    return (along / (width / 2)) ** 2 + (across / (height / 2)) ** 2 <= 1
