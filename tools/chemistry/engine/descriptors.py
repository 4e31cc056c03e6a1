"""Computed properties of a molecule, each a quantity with unit, kind and convention.

Conventions are RDKit's; where the field means two things by one word both are computed under names of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from ....memory.errors import InvalidArguments
from .parsing import rdkit_version
from .sa_score import sa_score
from .stereo import stereo_elements

__all__ = ["PROPERTY_KEYS", "properties_of", "quantity"]

Number = int | float


def quantity(value: Number, unit: str, kind: str, convention: str) -> dict[str, Any]:
    """A quantity as JSON, its convention ending in the engine and version."""
    return {
        "value": value,
        "unit": unit,
        "relation": "=",
        "kind": kind,
        "convention": f"{convention}, RDKit {rdkit_version()}",
    }


def _qed(molecule: Chem.Mol) -> float:
    from rdkit.Chem import QED  # brings numpy with it: only where it is asked for

    return float(QED.qed(molecule))


_Compute = Callable[[Chem.Mol], Number]

# key: (computation, decimals or None for a count, unit, kind, convention)
_TABLE: dict[str, tuple[_Compute, int | None, str, str, str]] = {
    "molecular_weight": (rdMolDescriptors._CalcMolWt, 3, "g/mol", "molecular_weight_average", "average atomic masses"),
    "monoisotopic_mass": (
        rdMolDescriptors.CalcExactMolWt, 4, "Da", "molecular_mass_monoisotopic", "most abundant isotopes unless labelled",
    ),
    "clogp": (lambda m: rdMolDescriptors.CalcCrippenDescriptors(m)[0], 4, "dimensionless", "clogp", "Wildman–Crippen"),
    "tpsa": (rdMolDescriptors.CalcTPSA, 2, "Å²", "tpsa", "Ertl, N and O only"),
    "hbd": (rdMolDescriptors.CalcNumHBD, None, "count", "hbd", "SMARTS definition, CalcNumHBD"),
    "hba": (rdMolDescriptors.CalcNumHBA, None, "count", "hba", "SMARTS definition, CalcNumHBA"),
    "rotatable_bonds": (rdMolDescriptors.CalcNumRotatableBonds, None, "count", "rotatable_bonds", "strict definition"),
    "rings": (rdMolDescriptors.CalcNumRings, None, "count", "rings", "smallest set of smallest rings"),
    "aromatic_rings": (rdMolDescriptors.CalcNumAromaticRings, None, "count", "aromatic_rings", "RDKit aromaticity"),
    "fsp3": (rdMolDescriptors.CalcFractionCSP3, 4, "dimensionless", "fsp3", "sp3 carbons over all carbons"),
    "heavy_atoms": (rdMolDescriptors.CalcNumHeavyAtoms, None, "count", "heavy_atoms", "atoms other than hydrogen"),
    "formal_charge": (Chem.GetFormalCharge, None, "count", "formal_charge", "as drawn"),
    "stereocentres": (lambda m: stereo_elements(m).centres, None, "count", "stereocentres", "tetrahedral, defined or not"),
    "molar_refractivity": (
        lambda m: rdMolDescriptors.CalcCrippenDescriptors(m)[1], 2, "cm³/mol", "molar_refractivity", "Wildman–Crippen",
    ),
    "qed": (_qed, 4, "dimensionless", "qed", "Bickerton 2012, mean weights"),
}  # fmt: skip

PROPERTY_KEYS = ("molecular_weight", "monoisotopic_mass", "formula", *[key for key in _TABLE if key not in
                 ("molecular_weight", "monoisotopic_mass")], "sa_score")  # fmt: skip


def properties_of(molecule: Chem.Mol, wanted: Sequence[str] = ()) -> dict[str, Any]:
    """The properties asked for, or all of them, in the order of `PROPERTY_KEYS`.

    Raises:
        InvalidArguments: a name that is no property.
    """
    unknown = [key for key in wanted if key not in PROPERTY_KEYS]
    if unknown:
        raise InvalidArguments(f"No property is called {unknown[0]!r}.", f"Properties: {', '.join(PROPERTY_KEYS)}.")
    found: dict[str, Any] = {}
    for key in PROPERTY_KEYS:
        if wanted and key not in wanted:
            continue
        if key == "formula":
            found[key] = {"text": rdMolDescriptors.CalcMolFormula(molecule), "convention": "Hill order"}
        elif key == "sa_score":
            found[key] = sa_score(molecule)
        else:
            found[key] = _one(molecule, key)
    if "tpsa" in found:
        found.update(_tpsa_with_sulfur(molecule, found["tpsa"]["value"]))
    if "hbd" in found and "hba" in found:
        found.update(_lipinski_counts(molecule))
    return found


def _one(molecule: Chem.Mol, key: str) -> dict[str, Any]:
    compute, decimals, unit, kind, convention = _TABLE[key]
    value = compute(molecule)
    return quantity(int(value) if decimals is None else round(float(value), decimals), unit, kind, convention)


def _tpsa_with_sulfur(molecule: Chem.Mol, plain: float) -> dict[str, Any]:
    value = round(float(rdMolDescriptors.CalcTPSA(molecule, includeSandP=True)), 2)
    if value == plain:
        return {}
    return {"tpsa_with_s_and_p": quantity(value, "Å²", "tpsa_with_s_and_p", "Ertl, with S and P")}


def _lipinski_counts(molecule: Chem.Mol) -> dict[str, Any]:
    donors, acceptors = rdMolDescriptors.CalcNumLipinskiHBD(molecule), rdMolDescriptors.CalcNumLipinskiHBA(molecule)
    return {
        "hbd_lipinski": quantity(donors, "count", "hbd_lipinski", "N–H and O–H bonds, as Lipinski counted"),
        "hba_lipinski": quantity(acceptors, "count", "hba_lipinski", "N and O atoms, as Lipinski counted"),
    }
