"""What is asked of a list that an earlier answer gave: the first sentence answers it, of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from biocopilot.copilot import Copilot
from biocopilot.memory.records import Answer

Ask = Callable[..., Answer]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """`ask(question, …)`: the answer to the last of them, all of one session; nothing in it was struck."""

    with Copilot(planner="embedded", offline=True, log=tmp_path / "runs.sqlite") as copilot:

        def asked(*questions: str) -> Answer:
            *_, answer = [copilot.ask(question, session="s") for question in questions]
            assert all(claim.verdict == "supported" for claim in answer.claims), answer.text
            return answer

        yield asked


def test_withdrawals_of_a_list_are_no_approvals(ask: Ask) -> None:
    answer = ask("Which drugs target EGFR?", "Are any of them withdrawn?")
    assert {call.tool for call in answer.tool_calls} == {"drug_warnings"}
    assert len(answer.tool_calls) == 13
    assert answer.text.startswith(
        "Whether any was withdrawn or carries a warning cannot be told of gefitinib, cetuximab"
    )
    assert answer.status == "unknown"


def test_who_of_a_list_was_approved_first_is_no_place_in_it(ask: Ask) -> None:
    answer = ask("Which drugs target EGFR?", "which one was approved first?")
    assert answer.text.startswith("Gefitinib (2003) was approved before all the others.")
    assert answer.notices == ()


@pytest.mark.parametrize(
    ("question", "tool", "begins"),
    [
        ("which one was approved first?", "drug_status", "Ibrutinib (2013) was approved before acalabrutinib (2017)"),
        ("only the ones approved after 2018", "drug_status", "First approved then: zanubrutinib (2019) and pirtobrutinib (2023)."),
        ("which is the heaviest?", "molecule_properties", "By average molecular weight, pirtobrutinib (479.43 g/mol) is higher"),
        ("Which of them has the fewest structural alerts?", "structural_alerts", "Pirtobrutinib has the fewest structural alerts (0), then acalabrutinib (2)"),
        ("Do any of them have PAINS?", "structural_alerts", "No: no PAINS alert was found in ibrutinib, acalabrutinib, zanubrutinib and pirtobrutinib."),
        ("Which ones are brain penetrant?", "molecule_properties", "By the BOILED-Egg rule, not expected to cross the blood–brain barrier: ibrutinib,"),
        ("how many of them break Lipinski?", "molecule_properties", "0 of 4 do:"),
        ("Which one is most potent?", "compound_activities", "By median IC50, the most potent is ibrutinib on BTK (0.794 nM)"),
        ("show me their SMILES", "resolve_molecule", ""),
    ],
)  # fmt: skip
def test_which_of_a_list_is_answered_of_all_of_it_first(ask: Ask, question: str, tool: str, begins: str) -> None:
    answer = ask("Which drugs act on BTK?", question)
    assert {call.tool for call in answer.tool_calls} == {tool}
    assert answer.text.startswith(begins)


def test_the_first_of_no_list_is_said_and_nothing_else_is_told(ask: Ask) -> None:
    answer = ask("What does BTK do?", "draw the first")
    assert (answer.status, answer.claims) == ("unknown", ())
    assert answer.notices == ("“the first” is of no list: nothing was listed before.",)


@pytest.mark.parametrize(
    ("question", "begins", "rows"),
    [
        ("List drugs approved since 2020 for BTK", "1 approved drug in this source acts on BTK, first approved from 2020.", ["pirtobrutinib"]),
        ("BTK inhibitors approved before 2012", "No approved drug that acts on BTK and was first approved until 2011 is in this source.", []),
        ("Drugs for rheumatoid arthritis that inhibit JAK", "Tofacitinib, baricitinib, upadacitinib and filgotinib act on JAK1, JAK2, JAK3 or TYK2 and are recorded for rheumatoid arthritis.", ["tofacitinib", "baricitinib", "upadacitinib", "filgotinib"]),
        ("which drugs act on both ABL1 and KIT", "Imatinib and dasatinib act on ABL1 and KIT.", ["imatinib", "dasatinib"]),
        ("Which drugs hit both BTK and EGFR?", "No drug of this source acts on BTK and EGFR.", []),
        ("Which drugs for asthma were approved after 2010?", "3 drugs in this source are recorded for asthma, first approved from 2011.", ["reslizumab", "mepolizumab", "vilanterol"]),
        ("how many BTK inhibitors are approved?", "4 approved drugs in this source act on BTK.", ["ibrutinib", "acalabrutinib", "zanubrutinib", "pirtobrutinib"]),
        ("Are there any compounds that hit both BTK and EGFR?", "No IC50 values of one compound on both BTK and EGFR are in", []),
        ("which compounds hit both DRD2 and HTR2A", "", None),
    ],
)  # fmt: skip
def test_a_list_keeps_to_every_condition_that_was_set(
    ask: Ask, question: str, begins: str, rows: list[str] | None
) -> None:
    answer = ask(question)
    assert answer.text.startswith(begins)
    listed = [line.split(" | ")[0].strip("| ") for line in answer.text.splitlines() if line.startswith("| ")][2:]
    assert listed == rows if rows is not None else len(listed) > 2


def test_compounds_of_two_targets_come_by_their_weaker_value(ask: Ask) -> None:
    answer = ask("which compounds hit both DRD2 and HTR2A")
    (call,) = answer.tool_calls
    assert call.tool == "selectivity"
    cells = [line.split(" | ") for line in answer.text.splitlines() if line.startswith("| ")][2:]
    weaker = [max(float(cell.replace(",", "").split()[-2]) for cell in row[2:4]) for row in cells]
    assert weaker == sorted(weaker)


@pytest.mark.parametrize(
    ("earlier", "question", "tool", "begins"),
    [
        (["Which drugs act on BTK?"], "list all of them", "drugs_for_target", "4 drugs in this source act on BTK."),
        (["Which drugs act on BTK?"], "how many are there?", "drugs_for_target", "4 drugs in this source act on BTK."),
        (["Which drugs act on BTK?", "When was the first one approved?"], "list all of them", "drug_status", "All of them are approved drugs."),
    ],
)  # fmt: skip
def test_the_whole_list_is_given_again(ask: Ask, earlier: list[str], question: str, tool: str, begins: str) -> None:
    answer = ask(*earlier, question)
    assert {call.tool for call in answer.tool_calls} == {tool}
    assert answer.text.startswith(begins)


def test_one_thing_and_a_list_are_both_meant(ask: Ask) -> None:
    answer = ask("What else does sunitinib hit?", "at which of those is it below 10 nM?")
    asked = [(call.arguments["molecule"], call.arguments["target"]) for call in answer.tool_calls]
    assert {molecule for molecule, _ in asked} == {"SUNITINIB"}
    assert len(asked) == len(set(asked)) > 5
    assert answer.text.startswith("The IC50 of sunitinib on KDR is 3.98 nM")


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Which drug has the highest MW of EGFR inhibitors?", "By average molecular weight, mobocertinib (585.71 g/mol) is higher than lapatinib"),
        ("which EGFR inhibitors have a MW below 450", "Within that limit: gefitinib and erlotinib."),
    ],
)  # fmt: skip
def test_who_has_most_of_the_drugs_of_a_target_is_told_beside_those_without_structure(
    ask: Ask, question: str, begins: str
) -> None:
    answer = ask(question)
    assert answer.text.startswith(begins)
    assert "Not computed, since no structure is in this source: cetuximab, necitumumab and panitumumab." in answer.text


@pytest.mark.parametrize(
    ("questions", "tool", "of"),
    [
        (["What's known about the safety of JAK inhibitors?"], "target_safety", 4),
        (["What is TYK2?", "Is it druggable?"], "target_safety", 1),
        (["What are the liabilities of thalidomide?"], "drug_warnings", 1),
    ],
)
def test_how_safe_something_is_is_answered_by_no_list_of_drugs(
    ask: Ask, questions: list[str], tool: str, of: int
) -> None:
    answer = ask(*questions)
    assert [call.tool for call in answer.tool_calls] == [tool] * of
    assert answer.status == "unknown"


def test_an_efficiency_is_not_answered_by_a_potency_alone(ask: Ask) -> None:
    answer = ask("what is the ligand efficiency of erlotinib on EGFR?")
    assert answer.text.startswith("Efficiencies are not computed here.")
    assert "Erlotinib has 29 heavy atoms and a Crippen cLogP of 3.41." in answer.text
    assert answer.status == "partial"


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Is aspirin not an inhibitor of COX-2?", "A mechanism through PTGS2 is recorded of aspirin."),
        ("Is aspirin an inhibitor of COX-2?", "Yes: a mechanism through PTGS2 is recorded of aspirin."),
        ("Has erlotinib been tested on HER2?", "No activity value of ERLOTINIB on ERBB2 is in"),
        ("Which of ibrutinib and acalabrutinib is cleaner?", "Acalabrutinib has fewer structural alerts (2) than ibrutinib (3)."),
    ],
)  # fmt: skip
def test_the_first_sentence_is_the_answer(ask: Ask, question: str, begins: str) -> None:
    assert ask(question).text.startswith(begins)


def test_a_class_of_drugs_that_nobody_knows_is_no_group_that_was_named_before(ask: Ask) -> None:
    answer = ask("Which approved drugs contain a sulfonamide?", "how many of these are diuretics?")
    assert answer.status == "unknown"
    assert "contain a sulfonamide" not in answer.text
