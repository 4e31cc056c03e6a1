from __future__ import annotations

import pytest
from biocopilot.tools.model.protein_statements import ChainFacts, protein_trials

FACTS = ChainFacts("MKTAYIAKQRQISFVKSHFSRQLEERLG", 3383.9)


def why(sentence: str) -> list[str]:
    return [trial.why for trial in protein_trials(sentence, FACTS) if trial.why]


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("This protein has 90 amino acids.", "28 residues"),
        ("It is a 1,210-residue protein.", "28 residues"),
        ("Its mass is 45 kDa.", "3.4 kDa"),
        ("It contains two methionine residues.", "1 methionine residue"),
        ("It has no lysine.", "3 lysine residues"),
        ("Its sequence holds GGGGSGGGGS.", "GGGGSGGGGS does not stand"),
        ("The signal peptide is MKTAYIAKKK.", "MKTAYIAKKK does not stand"),
    ],
)
def test_what_the_sequence_contradicts_is_struck(sentence: str, said: str) -> None:
    assert [said in reason for reason in why(sentence)] == [True]


@pytest.mark.parametrize(
    "sentence",
    ["It has 28 amino acids.", "Its mass is 3.4 kDa.", "It has two lysine residues.", "It begins with MKTAYIAKQRQ."],
)
def test_what_is_true_is_checked_and_kept(sentence: str) -> None:
    assert protein_trials(sentence, FACTS)
    assert why(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The mature chain has 20 amino acids.",
        "It contains a domain of 90 residues.",
        "It forms a complex of 450 kDa.",
        "It binds two zinc ions.",
        "It is an ESSENTIAL enzyme.",
    ],
)
def test_what_the_sequence_does_not_say_is_left_alone(sentence: str) -> None:
    assert why(sentence) == []


def test_a_mass_that_is_open_is_not_compared() -> None:
    assert protein_trials("Its mass is 45 kDa.", ChainFacts("MXK", None)) == []
