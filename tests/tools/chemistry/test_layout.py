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


@pytest.mark.parametrize(
    ("smiles", "forms"),
    [
        ("CO", ("OH", 0, "HO", 1)),
        ("CC[15NH3+]", ("15NH3+", 2, "H315N+", 4)),
        ("CC[O-]", ("O-", 0, "O-", 0)),
    ],
)
def test_a_label_has_its_hydrogens_on_either_side_and_the_anchor_is_the_symbol(
    smiles: str, forms: tuple[str, int, str, int]
) -> None:
    (found,) = [atom for atom in layout(smiles, "none")["atoms"] if atom["label"]]
    assert (found["label"], found["anchor"], found["turned"], found["turned_anchor"]) == forms


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
