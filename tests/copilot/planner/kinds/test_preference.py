"""Which compound prefers one target over another: real values of the starter set, and what is told where there are none."""

from __future__ import annotations

import pytest
from biocopilot.copilot import Copilot
from biocopilot.memory.records import Answer


def called(answer: Answer) -> list[tuple[str, dict[str, object]]]:
    return [(call.tool, dict(call.arguments)) for call in answer.tool_calls]


def test_two_compounds_are_ranked_by_their_ratios(copilot: Copilot) -> None:
    answer = copilot.ask("which is more selective for DRD2 over HTR2A, clozapine or haloperidol?")
    both = {"target": "P14416", "other": "P28223"}
    assert sorted(called(answer), key=str) == [
        ("selectivity", {**both, "molecule": "CLOZAPINE"}),
        ("selectivity", {**both, "molecule": "HALOPERIDOL"}),
    ]
    assert answer.text.startswith(
        "By Ki, the more selective for DRD2 over HTR2A is haloperidol (40.3-fold), then clozapine (0.16-fold)."
    )
    assert answer.status == "answered"
    assert {claim.verdict for claim in answer.claims} == {"supported"}


def test_the_target_that_is_named_first_is_the_preferred_one(copilot: Copilot) -> None:
    answer = copilot.ask("selectivity of rimonabant for CB2 over CB1")
    assert [given["target"] for _, given in called(answer)] == ["P34972"]
    assert "over CNR1" in answer.text


def test_without_a_compound_the_most_selective_are_listed(copilot: Copilot) -> None:
    answer = copilot.ask("Which compounds are selective for DRD2 over HTR2A?")
    assert [tool for tool, _ in called(answer)] == ["selectivity"]
    assert "| haloperidol |" in answer.text
    assert {claim.verdict for claim in answer.claims} == {"supported"}


def test_where_no_ratio_is_known_what_is_known_of_either_target_is_told(copilot: Copilot) -> None:
    answer = copilot.ask("which is more selective, gefitinib or erlotinib, for EGFR over ERBB2?")
    assert answer.status == "partial"
    assert answer.text.startswith("No IC50 values of ")
    assert "The IC50 of gefitinib on EGFR" in answer.text


@pytest.mark.parametrize("question", ["How potent is gefitinib on EGFR and ERBB2?", "Is gefitinib an EGFR inhibitor?"])
def test_other_questions_ask_for_no_ratio(question: str, copilot: Copilot) -> None:
    assert "selectivity" not in {tool for tool, _ in called(copilot.ask(question))}
