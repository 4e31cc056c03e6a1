"""The flat layout: labels as chemists write them, wedges at stereocentres, second lines inside rings, alert atoms lit."""

from __future__ import annotations

import pytest
from biocopilot.tools.chemistry.engine.functions import layout


@pytest.mark.parametrize(
    ("smiles", "labels"),
    [
        ("C[N+](C)(C)C", ["N+"]),
        ("[O-]C=O", ["O", "O-"]),
        ("[13CH4]", ["13CH4"]),
        ("[NH3+]CC", ["NH3+"]),
        ("C[CH2]", ["CH2."]),
        ("c1cc[nH]c1", ["NH"]),
        ("[Fe+3].CC", ["Fe+3"]),
    ],
)
def test_labels_are_symbol_hydrogens_charge_isotope_and_radical(smiles: str, labels: list[str]) -> None:
    found = sorted(atom["label"] for atom in layout(smiles, "none")["atoms"] if atom["label"])
    assert found == labels


def test_hydrogens_stand_away_from_the_bond_and_the_anchor_is_the_symbol() -> None:
    atoms = layout("OCCO", "none")["atoms"]
    left, right = sorted((atom for atom in atoms if atom["label"]), key=lambda atom: atom["x"])
    assert (left["label"], left["anchor"], right["label"], right["anchor"]) == ("HO", 1, "OH", 0)


def test_a_stereocentre_has_one_wedge_that_begins_at_it() -> None:
    made = layout("C[C@H](N)C(=O)O", "none")
    (wedged,) = [bond for bond in made["bonds"] if bond["stereo"]]
    assert wedged["begin"] == 1
    mirrored = layout("C[C@@H](N)C(=O)O", "none")
    (other,) = [bond for bond in mirrored["bonds"] if bond["stereo"]]
    assert {wedged["stereo"], other["stereo"]} == {"wedge", "hash"}


def test_aromatic_rings_are_drawn_with_alternating_bonds_whose_second_line_is_inside() -> None:
    bonds = layout("c1ccccc1C=O", "none")["bonds"]
    assert sorted(bond["order"] for bond in bonds) == [1, 1, 1, 1, 2, 2, 2, 2]
    assert sorted(bond["inner"] >= 0 for bond in bonds if bond["order"] == 2) == [False, True, True, True]


def test_alert_atoms_are_lit() -> None:
    lit = [number for number, atom in enumerate(layout("CC(=O)Oc1ccccc1", "alerts")["atoms"]) if atom["lit"]]
    assert lit
    assert not any(atom["lit"] for atom in layout("CC(=O)Oc1ccccc1", "none")["atoms"])
