from __future__ import annotations

import csv
import random
from functools import cache
from pathlib import Path

import pytest
from biocopilot.tools.chemistry.engine.functions import FUNCTIONS
from biocopilot.tools.model.judging import judge_text
from biocopilot.tools.model.molecule_statements import StructureFacts, molecule_trials
from biocopilot.tools.model.structure_words import WORDS

ASPIRIN, CHOLESTEROL, BENZENE = "CC(=O)Oc1ccccc1C(=O)O", "CC(C)CCCC(C)C1CCC2C3CC=C4CC(O)CCC4(C)C3CCC12C", "c1ccccc1"
NARINGENIN, SULFANILAMIDE, CHLOROFORM = "O=C1CC(c2ccc(O)cc2)Oc2cc(O)cc(O)c12", "Nc1ccc(cc1)S(N)(=O)=O", "ClC(Cl)Cl"
GLYCYLALANINE, CAFFEINE, ETHANOL = "NCC(=O)NC(C)C(=O)O", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "CCO"


@cache
def facts(smiles: str) -> StructureFacts:
    patterns = [smarts for word in WORDS for smarts in word.smarts]
    counts = dict(zip(patterns, FUNCTIONS["pattern_counts"](smiles, patterns), strict=True))
    found = FUNCTIONS["properties"](smiles, (), False)["properties"]
    return StructureFacts(
        counts={word.key: sum(counts[smarts] for smarts in word.smarts) for word in WORDS},
        elements=FUNCTIONS["elements"](smiles),
        formula=found["formula"]["text"],
        average_mass=found["molecular_weight"]["value"],
        monoisotopic_mass=found["monoisotopic_mass"]["value"],
        rings=found["rings"]["value"],
        aromatic_rings=found["aromatic_rings"]["value"],
    )


def why(sentence: str, smiles: str) -> list[str]:
    return [trial.why for trial in molecule_trials(sentence, facts(smiles)) if trial.why]


@pytest.mark.parametrize(
    ("sentence", "smiles", "said"),
    [
        ("It is an alcohol.", BENZENE, "no alcohol (a hydroxyl on a saturated carbon)"),
        ("The molecule is a secondary alcohol.", ETHANOL, "no secondary alcohol"),
        ("It contains a sulfonamide group.", ASPIRIN, "no sulfonamide"),
        ("The compound has a nitro group and an amino group.", ASPIRIN, "no nitro"),
        ("It is a member of the class of flavonoids.", ASPIRIN, "no flavonoid"),
        ("It is a steroid.", NARINGENIN, "no steroid"),
        ("It is a dipeptide.", CAFFEINE, "no peptide"),
        ("It is an organochlorine compound.", BENZENE, "no organochlorine"),
        ("It is an organobromine compound.", CHLOROFORM, "no organobromine"),
        ("It is an aromatic ketone.", ETHANOL, "no ketone"),
        ("It is an aldehyde.", ASPIRIN, "no aldehyde"),
        ("It is a tertiary amine.", SULFANILAMIDE, "no tertiary amine"),
        ("It is an alkaloid.", CHOLESTEROL, "no alkaloid"),
        ("It is a fatty acid.", ASPIRIN, "no fatty acid"),
        ("It has three aromatic rings.", ASPIRIN, "1 aromatic ring"),
        ("It has 2 rings.", CHOLESTEROL, "4 rings"),
        ("It is a pentacyclic compound.", CHOLESTEROL, "4 rings"),
        ("It is an acyclic compound.", BENZENE, "one ring"),
        ("It is an organic heterotricyclic compound.", CAFFEINE, "2 rings"),
        ("It contains no ester.", ASPIRIN, "has an ester"),
        ("It lacks halogens.", CHLOROFORM, "has a halogen"),
        ("It has 12 carbon atoms.", ASPIRIN, "9 carbon atoms"),
        ("Its molecular formula is C9H8O5.", ASPIRIN, "C9H8O4"),
        ("Its molecular weight is 194.18 g/mol.", ASPIRIN, "180.16"),
    ],
)
def test_what_the_structure_contradicts_is_struck(sentence: str, smiles: str, said: str) -> None:
    found = why(sentence, smiles)
    assert found, sentence
    assert any(said in reason for reason in found)


@pytest.mark.parametrize(
    ("sentence", "smiles"),
    [
        ("It is a carboxylic acid, an ester and a member of benzenes.", ASPIRIN),
        ("It is a 3beta-hydroxy steroid and a secondary alcohol.", CHOLESTEROL),
        ("It is a flavanone and a polyphenol.", NARINGENIN),
        ("It is a sulfonamide and a primary amine.", SULFANILAMIDE),
        ("It is a dipeptide and an amino acid.", GLYCYLALANINE),
        ("It is a purine alkaloid.", CAFFEINE),
        ("It is a bicyclic compound.", CHOLESTEROL),
        ("It contains no alcohol.", ASPIRIN),
        ("Its formula is C9H8O4 and its molecular weight is 180.2 g/mol.", ASPIRIN),
        ("It has a monoisotopic mass of 180.042 Da.", ASPIRIN),
        ("It is a compound with 9 carbon atoms.", ASPIRIN),
        ("It is a benzenoid with one aromatic ring.", ASPIRIN),
    ],
)
def test_what_is_true_is_checked_and_kept(sentence: str, smiles: str) -> None:
    assert why(sentence, smiles) == []
    assert molecule_trials(sentence, facts(smiles))


@pytest.mark.parametrize(
    "sentence",
    [
        "It derives from a phenol.",
        "It is a conjugate base of an amino acid.",
        "It is an inhibitor of alcohol dehydrogenase.",
        "It is obtained by condensation of an alcohol with a nitrile.",
        "It is soluble in alcohol and in chloroform.",
        "It is a drug used with steroids.",
        "Steroids are hormones.",
        "It is not only an alcohol.",
        "It is similar to a steroid.",
        "The protein weighs 45 kDa.",
        "It binds the glycine receptor with 2 sites.",
    ],
)
def test_what_is_said_of_something_else_is_left_alone(sentence: str) -> None:
    if "not only" in sentence:
        assert why(sentence, ETHANOL) == []
    else:
        assert molecule_trials(sentence, facts(BENZENE)) == []


def test_every_pattern_can_be_read() -> None:
    patterns = [smarts for word in WORDS for smarts in word.smarts]
    assert len(FUNCTIONS["pattern_counts"]("CCO", patterns)) == len(patterns)
    assert len({word.key for word in WORDS}) == len(WORDS)


def test_captions_of_chemists_are_kept_and_those_of_other_molecules_struck(shared: Path) -> None:
    with (shared / "data" / "chebi20" / "validation.txt").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    rows = random.Random(7).sample(rows, 200)
    own, others = [0, 0], [0, 0]  # checked, struck
    for row, other in zip(rows, rows[1:] + rows[:1], strict=True):
        for text, counted in ((row["description"], own), (other["description"], others)):
            judged = judge_text(text, lambda sentence, smiles=row["SMILES"]: molecule_trials(sentence, facts(smiles)))
            counted[0] += sum(item.verdict != "unchecked" for item in judged)
            counted[1] += sum(item.verdict == "contradicted" for item in judged)
    assert own[0] > 100
    assert own[1] <= 0.03 * own[0]
    assert others[1] >= 0.7 * others[0]
