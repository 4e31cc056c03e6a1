"""How selective one compound is: ratios told as they are known, and what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.copilot import Copilot


def ask(copilot: Copilot, question: str) -> Any:
    answer = copilot.ask(question)
    assert all(claim.verdict == "supported" for claim in answer.claims), answer.text
    return answer


@pytest.mark.parametrize(
    ("question", "begins", "status"),
    [
        ("How selective is gefitinib for EGFR?", "By IC50, gefitinib is more potent on EGFR than on BRAF (ratio 171) and KDR (ratio 1,260).", "answered"),
        ("How selective is gefitinib?", "By IC50, gefitinib is more potent on EGFR than on BRAF (ratio 171) and KDR (ratio 1,260).", "answered"),
        ("what are the off-targets of gefitinib", "By IC50, gefitinib is more potent on EGFR than on BRAF (ratio 171) and KDR (ratio 1,260).", "answered"),
        ("is gefitinib selective for EGFR", "Yes: by IC50, gefitinib is more potent on EGFR than on BRAF (ratio 171)", "answered"),
        ("is tofacitinib selective for JAK3?", "By IC50, tofacitinib is more potent on JAK3 than on JAK2 (ratio 3.19).", "answered"),
        ("how selective is gefitinib for BRAF", "By IC50, gefitinib is less potent on BRAF than on EGFR (ratio 0.0059).", "answered"),
        ("How selective is ibrutinib for BTK?", "Values of ibrutinib on BTK are in this source, and none of the same kind on another target", "partial"),
        ("How selective is gefitinib for KRAS?", "No value of gefitinib on KRAS is in this source, so no ratio to it is known.", "partial"),
        ("how selective is metformin for KRAS", "No IC50 value of METFORMIN is in", "unknown"),
    ],
)  # fmt: skip
def test_the_first_sentence_says_over_what_it_is_selective(
    copilot: Copilot, question: str, begins: str, status: str
) -> None:
    answer = ask(copilot, question)
    assert answer.text.startswith(begins)
    assert answer.status == status


def test_types_are_told_apart_and_organisms_named(copilot: Copilot) -> None:
    text = ask(copilot, "is haloperidol selective for DRD2?").text
    assert text.startswith(
        "No: by Ki, haloperidol is less potent on DRD2 than on Drd2 of Rattus norvegicus (ratio 0.179)."
    )
    assert "| target | best IC50 | ratio |" in text
    assert "| target | best Ki | ratio |" in text
    assert "| Dopamine D2 receptor (Rattus norvegicus) | 0.2 nM | 0.179 |" in text


def test_of_two_named_targets_the_one_ratio_is_told(copilot: Copilot) -> None:
    answer = ask(copilot, "Is tofacitinib selective for JAK3 over JAK2?")
    assert [call.tool for call in answer.tool_calls] == ["selectivity"]


def test_the_most_selective_one_needs_another_target(copilot: Copilot) -> None:
    answer = ask(copilot, "What's the most selective JAK1 inhibitor?")
    assert answer.text.startswith("Selectivity is a ratio between two targets: name the other one")
    assert answer.status == "partial"


def test_it_is_looked_for_and_is_no_compound_of_before(copilot: Copilot) -> None:
    copilot.ask("how selective is tofacitinib", session="most-selective")
    answer = copilot.ask("What's the most selective JAK1 inhibitor?", session="most-selective")
    assert "target_activities" in {call.tool for call in answer.tool_calls}
