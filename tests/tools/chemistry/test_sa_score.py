"""Synthetic accessibility: the score's range, and what drives it."""

from __future__ import annotations

import pytest

pytest.importorskip("rdkit")
from biocopilot.tools.chemistry.engine.descriptors import properties_of
from biocopilot.tools.chemistry.engine.parsing import molecule_from
from biocopilot.tools.chemistry.engine.sa_score import sa_score

TAXOL = (
    "CC(=O)O[C@H]1C(=O)[C@@]2(C)[C@H]([C@H](OC(=O)c3ccccc3)[C@]3(O)C[C@H](OC(=O)[C@H](O)[C@@H](NC(=O)c4ccccc4)c4ccccc4)C(C)=C1C3(C)C)"
    "[C@]1(OC(C)=O)CO[C@@H]1C[C@@H]2O"
)


def test_an_easy_molecule_scores_below_a_hard_one() -> None:
    aspirin, taxol = sa_score(molecule_from("CC(=O)Oc1ccccc1C(=O)O")), sa_score(molecule_from(TAXOL))
    assert 1 <= aspirin["value"] < 2
    assert 5 < taxol["value"] <= 10


def test_drivers_are_the_features_that_the_formula_punishes() -> None:
    assert sa_score(molecule_from("Cc1ccccc1"))["drivers"] == {"heavy atoms": 7}
    norbornane = sa_score(molecule_from("C1CC2CCC1C2"))["drivers"]
    assert norbornane["bridgehead atoms"] == 2
    assert sa_score(molecule_from("C1CCC2(CC1)CCCC2"))["drivers"]["spiro atoms"] == 1
    assert sa_score(molecule_from("O=C1CCCCCCCCCCCCCCO1"))["drivers"]["macrocycles"] == 1
    assert sa_score(molecule_from(TAXOL))["drivers"]["stereocentres"] == 11


def test_the_score_says_its_scale_and_engine() -> None:
    found = sa_score(molecule_from("CCO"))
    assert (found["unit"], found["kind"]) == ("dimensionless", "sa_score")
    assert "1 easy to 10 hard" in found["convention"]
    assert "RDKit" in found["convention"]


# Published QED values (Bickerton 2012 as implemented by RDKit; ChEMBL gives them to two decimals).
@pytest.mark.parametrize(
    ("smiles", "qed"),
    [("CC(=O)Oc1ccccc1C(=O)O", 0.55), ("CC(=O)Nc1ccc(O)cc1", 0.59), ("Cn1c(=O)c2c(ncn2C)n(C)c1=O", 0.54), ("CC(C)Cc1ccc(C(C)C(=O)O)cc1", 0.82),
     ("C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1", 0.42), ("Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1", 0.39)],
)  # fmt: skip
def test_qed_of_drugs(smiles: str, qed: float) -> None:
    assert properties_of(molecule_from(smiles), ("qed",))["qed"]["value"] == pytest.approx(qed, abs=0.0101)
