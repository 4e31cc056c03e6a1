"""Choosing over a real socket: what is put to the model, and what becomes of its letter."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from biocopilot.copilot.planner.contract import State
from biocopilot.copilot.planner.frames import Entity, Frame, Reading
from biocopilot.copilot.planner.language.candidates import open_questions
from biocopilot.memory.sessions import Turn

DOUBTFUL = "aspirin bleeding"
"""The classifier is not sure of it; a test says so."""
ASPIRIN = Entity("molecule", "aspirin", 0, 7, "CHEMBL25", "aspirin")
EGFR = Entity("target", "EGFR", 10, 14, "CHEMBL203", "EGFR")


def choice(letter: str) -> str:
    return json.dumps({"choice": letter})


def options(server: Any, number: int) -> dict[str, str]:
    """The options of a request by their letters."""
    lines = server.requests[number]["messages"][-1]["content"].splitlines()
    return {line[0]: line[3:] for line in lines if line[1:3] == ") "}


@pytest.fixture
def choose(ask: Any) -> Any:
    def asked(question: str = DOUBTFUL, **choice: Any) -> Any:
        return ask(question, mode="choose", **choice)

    return asked


def test_a_clear_question_is_not_put_to_the_model(choose: Any, server: Any) -> None:
    asked = choose("What is the molecular weight of aspirin?")
    assert asked.answer.status == "answered"
    assert asked.answer.planner == "openai:fake"
    assert server.requests == []


def test_a_doubtful_one_is_what_the_model_chooses(choose: Any, server: Any) -> None:
    server.enqueue(choice("C"))
    server.enqueue(*[choice("A")] * 3)
    asked = choose()
    said = options(server, 0)
    assert server.requests[0]["response_format"]["json_schema"]["schema"]["properties"]["choice"]["enum"] == list(said)
    assert said[max(said)] == "none of these"
    plan = asked.of("plan_proposed")[0]
    assert plan.details["chosen_by"] == "openai:fake"
    assert said["C"][:20] in plan.details["chosen"][0]
    assert said["C"].split("(")[0].strip() in plan.summary
    assert all(claim.verdict == "supported" for claim in asked.answer.claims)


def test_another_letter_makes_another_run(choose: Any, server: Any) -> None:
    calls = set()
    for letter in "AB":
        server.enqueue(choice(letter))
        server.endless = None
        server.enqueue(*[choice("A")] * 3)
        calls.add(tuple(tool for tool, _ in choose().called))
        server.replies.clear()
    assert len(calls) == 2


def test_none_of_these_leaves_it_to_the_embedded_planner(choose: Any, server: Any, copilot: Any) -> None:
    server.enqueue(choice(max(_letters(choose, server))))
    server.endless = None
    server.enqueue(*[choice("A")] * 3)
    assert choose().answer.text == copilot.ask(DOUBTFUL).text


def _letters(choose: Any, server: Any) -> dict[str, str]:
    server.enqueue(*[choice("A")] * 4)
    choose()
    server.replies.clear()
    return options(server, 0)


def test_a_letter_that_is_no_option_is_asked_for_again_and_then_the_first_is_taken(
    choose: Any, server: Any, openai: Any
) -> None:
    server.endless = openai.Reply("I would say all of them.")
    asked = choose()
    assert "named none of" in asked.notices("fallback")[0]
    assert "the first was taken" in asked.notices("fallback")[0]
    assert asked.answer.status in ("answered", "partial", "unknown")
    assert asked.called


@pytest.mark.parametrize("text", ["B", "b)", "Option B.", '"B"', '```json\n{"choice": "B"}\n```', "**B**"])
def test_a_server_without_schemas_is_read_as_it_writes(choose: Any, server: Any, openai: Any, text: str) -> None:
    server.enqueue(openai.failure(400, "response_format is not supported"), text)
    server.enqueue(*[choice("A")] * 3)
    asked = choose()
    assert "follows no schema" in asked.notices("fallback")[0]
    assert options(server, 0)["B"][:20] in asked.of("plan_proposed")[0].details["chosen"][0]


def test_a_server_that_fails_leaves_it_to_the_fallback(choose: Any, server: Any, openai: Any, copilot: Any) -> None:
    server.enqueue(openai.failure(401, "no key"))
    asked = choose()
    assert "refuses the key" in asked.notices("fallback")[0]
    assert asked.answer.text == copilot.ask(DOUBTFUL).text


def test_an_answer_that_is_not_whole_is_put_to_the_model_before_it_is_given(choose: Any, server: Any) -> None:
    question = "How potent is glorpinol on EGFR?"
    server.enqueue(choice("A"))
    kept = choose(question)
    assert kept.answer.status != "answered"
    assert options(server, 0)["A"].startswith("give this answer: ")
    server.enqueue(choice("B"), *[choice("A")] * 4)
    tried = choose(question)
    assert len(tried.called) > len(kept.called)
    ids = [call.id for call in tried.answer.tool_calls]
    assert len(set(ids)) == len(ids)
    assert any(call_id.startswith("w1.") for call_id in ids)


def test_the_session_stands_before_the_question_as_data(choose: Any, server: Any, ask: Any, openai: Any) -> None:
    from biocopilot.copilot import Copilot
    from biocopilot.copilot.planner.language.choice import ModelChoice

    server.endless = openai.Reply(choice("A"))
    with Copilot("openai:fake", log=False, model=ModelChoice(base_url=server.url, mode="choose")) as made:
        made.offline = True
        made.ask("What is the molecular weight of aspirin?", session="s")
        made.ask("caffeine bleeding", session="s")
    text = server.text_of(0)
    assert "<earlier>\nR1 question: What is the molecular weight of aspirin?" in text
    assert text.index("</earlier>") < text.index("Question: caffeine bleeding")


async def test_what_is_missing_is_chosen_from_what_was_named(copilot: Any) -> None:
    frame = Frame("potency", "how potent is it", 1.0, 1.0, molecules=(ASPIRIN,))
    state = State("how potent is it", (), (), copilot.tools, copilot.bench)
    whole = Reading("q", (replace(frame, targets=(EGFR,)),))
    assert await open_questions(whole, state) == []
    named = Reading("q", (replace(frame, molecules=(), kind="drug_status"),), entities=(ASPIRIN, EGFR))
    [question] = await open_questions(named, state)
    assert "does not name a molecule" in question.asked
    assert [item.said for item in question.candidates] == ["aspirin", "none of these"]
    assert question.candidates[0].frame is not None
    assert question.candidates[0].frame.molecules == (ASPIRIN,)


async def test_names_of_earlier_questions_are_offered_too(copilot: Any) -> None:
    reading = Reading("q", (Frame("target_profile", "what does it do", 1.0, 1.0),))
    history = (Turn(run_id="r", number=1, question="Which drugs act on BTK?", answer="", status="answered"),)
    state = State("what does it do", history, (), copilot.tools, copilot.bench)
    [question] = await open_questions(reading, state)
    assert any("BTK" in item.said for item in question.candidates)
