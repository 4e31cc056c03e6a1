"""Rules of thumb against the limits in their papers, on molecules whose numbers are known."""

from __future__ import annotations

import pytest

pytest.importorskip("rdkit")
from biocopilot.tools.chemistry.engine.parsing import molecule_from
from biocopilot.tools.chemistry.engine.rules import rules_of

ATORVASTATIN = "CC(C)c1c(C(=O)Nc2ccccc2)c(-c2ccccc2)c(-c2ccc(F)cc2)n1CC[C@@H](O)C[C@@H](O)CC(=O)O"
ERYTHROMYCIN = (
    "CC[C@H]1OC(=O)[C@H](C)[C@@H](O[C@H]2C[C@@](C)(OC)[C@@H](O)[C@H](C)O2)[C@H](C)[C@@H](O[C@@H]2O[C@H](C)C[C@@H]([C@H]2O)N(C)C)"
    "[C@](C)(O)C[C@@H](C)C(=O)[C@H](C)[C@@H](O)[C@]1(C)O"
)
IBUPROFEN = "CC(C)Cc1ccc(C(C)C(=O)O)cc1"


@pytest.mark.parametrize(
    ("name", "smiles", "rule", "passes", "violations"),
    [
        ("ibuprofen", IBUPROFEN, "lipinski", True, 0),
        ("atorvastatin: weight and cLogP", ATORVASTATIN, "lipinski", False, 2),
        ("erythromycin: weight and acceptors", ERYTHROMYCIN, "lipinski", False, 2),
        ("ibuprofen", IBUPROFEN, "veber", True, 0),
        ("atorvastatin: 12 rotatable bonds", ATORVASTATIN, "veber", False, 1),
        ("erythromycin: TPSA", ERYTHROMYCIN, "veber", False, 1),
        ("ibuprofen", IBUPROFEN, "egan", True, 0),
        ("erythromycin: TPSA", ERYTHROMYCIN, "egan", False, 1),
        ("ibuprofen", IBUPROFEN, "ghose", True, 0),
        ("ethanol: too small in everything but cLogP", "CCO", "ghose", False, 3),
        ("ibuprofen: below 250 g/mol", IBUPROFEN, "lead_like", False, 1),
    ],
)  # fmt: skip
def test_verdicts(name: str, smiles: str, rule: str, passes: bool, violations: int) -> None:
    found = rules_of(molecule_from(smiles))[rule]
    assert (found["passes"], found["violations"]) == (passes, violations), (name, found["details"])


def test_limits_are_those_of_the_papers() -> None:
    rules = rules_of(molecule_from(IBUPROFEN))
    limits = {name: [detail["limit"] for detail in rules[name]["details"]] for name in rules if name != "boiled_egg"}
    assert limits == {
        "lipinski": ["≤ 500", "≤ 5", "≤ 5", "≤ 10"],
        "veber": ["≤ 10", "≤ 140"],
        "egan": ["≤ 131.6", "≤ 5.88"],
        "ghose": ["160 to 480", "-0.4 to 5.6", "40 to 130", "20 to 70"],
        "lead_like": ["250 to 350", "≤ 3.5", "≤ 7"],
    }
    assert {name: rules[name]["allowed"] for name in limits} == {
        "lipinski": 1,
        "veber": 0,
        "egan": 0,
        "ghose": 0,
        "lead_like": 0,
    }


def test_each_criterion_says_value_limit_and_verdict() -> None:
    weight = rules_of(molecule_from(ATORVASTATIN))["lipinski"]["details"][0]
    assert weight["text"] == "average molecular weight 558.65 > 500"
    assert weight["passes"] is False


# Verdicts of Daina and Zoete's method on drugs that lie well inside or outside an ellipse.
@pytest.mark.parametrize(
    ("name", "smiles", "gut", "brain"),
    [
        ("caffeine", "Cn1c(=O)c2c(ncn2C)n(C)c1=O", True, False),
        ("haloperidol", "O=C(CCCN1CCC(O)(c2ccc(Cl)cc2)CC1)c1ccc(F)cc1", True, True),
        ("ibuprofen", IBUPROFEN, True, True),
        ("erythromycin", ERYTHROMYCIN, False, False),
        ("mannitol", "OC[C@@H](O)[C@@H](O)[C@H](O)[C@H](O)CO", False, False),
        ("hexadecane", "C" * 16, False, False),
    ],
)  # fmt: skip
def test_boiled_egg(name: str, smiles: str, gut: bool, brain: bool) -> None:
    egg = rules_of(molecule_from(smiles))["boiled_egg"]
    assert (egg["gi_absorption"], egg["bbb_permeant"]) == (gut, brain), (name, egg["inputs"])
    assert egg["inputs"]["wlogp"]["convention"].startswith("Wildman–Crippen")


def test_the_egg_takes_sulfur_into_its_polar_surface() -> None:
    egg = rules_of(molecule_from("CS(=O)(=O)c1ccccc1"))["boiled_egg"]
    assert egg["inputs"]["tpsa"]["kind"] == "tpsa_with_s_and_p"
    assert egg["inputs"]["tpsa"]["value"] > 40
