"""Questions that are read as what they name outright: molecules that contain one, and the target of a drug."""

from __future__ import annotations

import pytest
from biocopilot.copilot import Copilot


@pytest.mark.parametrize(
    "question",
    [
        "Which molecules contain caffeine as a substructure?",
        "find compounds that contain caffeine",
        "substructure search with caffeine in ChEMBL",
    ],
)
def test_molecules_that_contain_one_are_searched(question: str, copilot: Copilot) -> None:
    answer = copilot.ask(question)
    assert [(call.tool, call.arguments["molecule"]) for call in answer.tool_calls] == [
        ("substructure_search", "CAFFEINE")
    ]
    assert "| linagliptin |" in answer.text


def test_does_a_molecule_contain_a_group_is_no_such_search(copilot: Copilot) -> None:
    assert {call.tool for call in copilot.ask("Does caffeine contain an imidazole?").tool_calls} == {
        "substructure_filter"
    }


def test_what_the_target_of_a_drug_does_is_looked_up_behind_its_mechanism(copilot: Copilot) -> None:
    answer = copilot.ask("What does the target of ibrutinib do?")
    assert [call.tool for call in answer.tool_calls] == ["drug_mechanisms", "target_profile"]
    assert "BTK is Tyrosine-protein kinase BTK" in answer.text


def test_what_the_target_of_a_drug_is_needs_its_mechanism_only(copilot: Copilot) -> None:
    assert {call.tool for call in copilot.ask("What is the target of ibrutinib?").tool_calls} == {"drug_mechanisms"}


def test_the_pi_of_a_short_translation_is_that_of_the_protein(copilot: Copilot) -> None:
    copilot.ask("translate ATGGCCAAGTGA", session="short translation")
    answer = copilot.ask("its pI", session="short translation")
    assert answer.text.startswith("The isoelectric point is 8.5")
