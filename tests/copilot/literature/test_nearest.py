"""Sentences nearest to a question, from how near `search_library` measured them: which come first, and which are never shown."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.copilot.literature.answer import answered_from
from biocopilot.copilot.literature.nearest import ANSWERS, NEAR, nearest_of
from biocopilot.memory.library.sentences import sentence_spans

QUESTION = "How many zorbs live in a pond?"


def passage(text: str, *cosines: float, title: str = "", title_cosine: float = 0.0, **more: Any) -> dict[str, Any]:
    """A passage each of whose sentences has the given cosine, and none of the question's words."""
    spans = [(0, 0), *sentence_spans(text)] if title else sentence_spans(text)
    near = [title_cosine, *cosines] if title else cosines
    scores = [
        {"start": start, "end": end, "cosine": cosine, "words": 0.0}
        for (start, end), cosine in zip(spans, near, strict=True)
    ]
    about = {"type": "passage", "document": "d", "label": "PMID 1", "title": title}
    return {**about, "text": text, "match": {"sentences": scores}, **more}


def told(*passages: dict[str, Any], question: str = QUESTION) -> list[str]:
    return [near.text for near in nearest_of(question, [(f"E{n}", held) for n, held in enumerate(passages, 1)])]


def test_only_what_is_near_is_told() -> None:
    text = "A pond is deep and rather cold. The zorb is green and rather small."
    assert told(passage(text, NEAR - 0.05, NEAR + 0.05)) == ["The zorb is green and rather small."]
    assert told(passage(text, 0.1, 0.2)) == []


def test_where_nothing_was_measured_nothing_is_near() -> None:
    assert told({**passage("The zorb is green and rather small.", 1.0), "match": None}) == []


def test_of_those_that_are_near_the_one_with_most_of_the_questions_own_words_is_first() -> None:
    text = "Every zorb is green and rather small. Every zorb of a pond sleeps at night."
    assert told(passage(text, 0.95, 0.95))[0] == "Every zorb of a pond sleeps at night."


@pytest.mark.parametrize(
    "worse",
    [
        "Do many zorbs live in a pond of this kind?",
        "There is concern that zorbs do live in a pond.",
        "We aimed to see how zorbs live in a pond, and why.",
        "zorbs, pond, live, many, water, frog, fish, newt, duck, reed; toad, carp.",
    ],
)
def test_questions_aims_earlier_beliefs_and_lists_stand_behind_findings(worse: str) -> None:
    better = "Zorbs live in a pond as many as that."
    question = "Which zorbs live in a pond?"
    assert told(passage(worse, 0.95), passage(better, 0.92), question=question)[0] == better


def test_a_number_is_preferred_where_one_is_asked_for() -> None:
    text = "Few of the zorbs live in a pond. 12 of the zorbs live in a pond."
    assert told(passage(text, 0.9, 0.9))[0] == "12 of the zorbs live in a pond."
    assert (
        told(passage(text, 0.9, 0.8), question="Which zorbs live in a pond?")[0] == "Few of the zorbs live in a pond."
    )


def test_a_title_is_quoted_only_where_it_states_something() -> None:
    text = "The pond was visited in May and in June."
    states = passage(text, 0.1, title="Light increases survival of zorbs", title_cosine=0.9)
    asks = passage(text, 0.1, title="Light and survival of zorbs: a trial", title_cosine=0.9)
    question = "Does light help zorbs survive?"
    assert told(states, question=question) == ["Light increases survival of zorbs"]
    assert told(asks, question=question) == []


def test_what_is_retracted_and_lists_of_references_are_not_near() -> None:
    text = "12 of the zorbs live in a pond."
    assert told(passage(text, 0.95, retracted=True), passage(text, 0.95, kind="references")) == []


@pytest.mark.parametrize(("cosine", "answers"), [(ANSWERS, True), (ANSWERS - 0.15, False)])
def test_it_is_taken_to_answer_only_from_a_threshold_on(cosine: float, answers: bool) -> None:
    text = "The zorb is green and rather small."
    said = answered_from(QUESTION, [("E1", passage(text, cosine))])
    assert [(item.text, item.evidence) for item in said.near] == [(text, "E1")]
    assert said.near_answers is answers


def test_a_near_sentence_brings_what_it_leans_on_as_one_exact_span() -> None:
    text = "Sepsis kills many. The zorb is an animal of the pond. It is green and rather small."
    (item,) = answered_from(QUESTION, [("E1", passage(text, 0.1, 0.1, 0.9))]).near
    assert item.text == text[item.start : item.end] == text.split(". ", 1)[1]
