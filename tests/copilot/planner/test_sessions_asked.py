"""Questions of a session through the embedded planner: lists, ordinals, handles, and what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.history import EARLIER_TURNS
from biocopilot.memory.records import Answer

Ask = Callable[..., list[Answer]]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """`ask(question, …)`: the answers, of one session that is recorded."""
    with Copilot(planner="embedded", offline=True, log=tmp_path / "runs.sqlite") as copilot:
        yield lambda *questions: [copilot.ask(question, session="s") for question in questions]


def molecules(answer: Answer) -> set[str]:
    return {str(value).lower() for call in answer.tool_calls for value in [call.arguments.get("molecule")] if value}


def test_the_second_one_is_the_second_row_of_the_answer_and_is_found_in_this_run(ask: Ask) -> None:
    listed, answer = ask("Which drugs act on BTK?", "What is the logP of the second one?")
    rows = [line for line in listed.text.splitlines() if line.startswith("| ")][2:]
    assert rows[1].startswith("| acalabrutinib")
    assert answer.text.startswith("The Crippen cLogP of acalabrutinib is 3.31")
    assert answer.evidence_by_id("E1").record["molecule"]["name"] == "ACALABRUTINIB"
    assert answer.notices == ("“the second one” was read as acalabrutinib, of the 4 that were named last.",)


def test_a_list_is_counted_in_after_other_questions(ask: Ask) -> None:
    *_, third, those = ask(
        "Which drugs act on BTK?",
        "What is the logP of the second one?",
        "and of the third?",
        "Which of those drugs is approved?",
    )
    assert third.text.startswith("The Crippen cLogP of zanubrutinib is")
    assert molecules(those) == {"ibrutinib", "acalabrutinib", "zanubrutinib", "pirtobrutinib"}


def test_two_are_picked_at_once(ask: Ask) -> None:
    *_, both = ask("Which drugs act on BTK?", "Compare the first and the third one")
    assert both.tool_calls[0].arguments["molecules"] == ["ibrutinib", "zanubrutinib"]


def test_a_place_that_the_list_does_not_have_is_said_and_nothing_else_is_told(ask: Ask) -> None:
    *_, answer = ask("Which drugs act on BTK?", "MW of the seventh one")
    assert (answer.status, answer.claims) == ("unknown", ())
    assert answer.notices == ("“the seventh one” is none of the 4 that were named last.",)


def test_the_newest_one_is_asked_back_for_and_nothing_else_is_told(ask: Ask) -> None:
    *_, answer = ask("Which drugs act on BTK?", "MW of the newest one")
    assert (answer.status, answer.claims) == ("unknown", ())
    assert "the newest one" in answer.notices[0]


def test_a_handle_is_recalled_told_and_checked(ask: Ask) -> None:
    first, recalled = ask("logP of acalabrutinib", "What is R1.E1?")
    assert recalled.status == "answered"
    assert {claim.verdict for claim in recalled.claims} == {"supported"}
    assert "| properties clogp | 3.3126 | [E1] |" in recalled.text
    assert recalled.evidence[0].record["sha256"] == first.evidence[0].sha256


def test_a_handle_stands_for_its_molecule_where_something_is_asked_of_it(ask: Ask) -> None:
    *_, answer = ask("logP of acalabrutinib", "TPSA of r1.e1?")
    assert answer.text.startswith("The topological polar surface area (TPSA) of acalabrutinib")
    assert answer.notices == ("“R1.E1” was read as ACALABRUTINIB.",)


def test_a_handle_of_nothing_is_said_with_what_there_is(ask: Ask) -> None:
    *_, answer = ask("logP of acalabrutinib", "show R1.E5")
    assert answer.status == "unknown"
    assert "It has R1.E1." in answer.text


def test_what_was_left_out_is_said_where_a_question_leans_and_only_there(ask: Ask) -> None:
    plain = ["Which drugs act on BTK?", *["MW of aspirin"] * EARLIER_TURNS]
    *_, alone, leaning = ask(*plain, "MW of caffeine", "is it drug-like?")
    assert alone.notices == ()
    assert leaning.notices[-1] == "Of the 8 earlier questions of this session the last 6 were looked back at."
