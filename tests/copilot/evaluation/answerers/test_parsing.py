from __future__ import annotations

import pytest
from biocopilot.copilot.evaluation.answerers.parsing import choice_in

LETTERS = {"A": "Aspirin", "B": "Vitamin B12", "C": "A diuretic", "D": "None of these"}
VERDICTS = {"yes": "yes", "no": "no", "maybe": "maybe"}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("B", "B"),
        ("(C)", "C"),
        ("**D**", "D"),
        ("B. Vitamin B12", "B"),
        ("Answer: C", "C"),
        ("The answer is D.", "D"),
        ("The correct option is (B), since the others are wrong.", "B"),
        ("A) is wrong. B) is right. The answer is B", "B"),
        ("aspirin", "A"),
        ("a diuretic.", "C"),
        ("Let us see.\nThe answer is C.\nAnswer: C", "C"),
    ],
)
def test_a_letter_that_is_said_is_found(text: str, label: str) -> None:
    assert choice_in(text, LETTERS) == label


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A patient with this finding needs a diuretic and aspirin.",
        "The answer is a diuretic or aspirin.",
        "The answer is A. No, the answer is B.",
        "The answer is E",
        "Dear colleague",
        "B12 is a vitamin",
        "I do not know.",
    ],
)
def test_where_no_letter_or_two_are_said_none_is_guessed(text: str) -> None:
    assert choice_in(text, LETTERS) is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Yes", "yes"),
        ("No, it does not.", "no"),
        ("**Maybe**: results differ.", "maybe"),
        ("The abstract shows less. The answer is no.", "no"),
        ("yes\n\nbecause", "yes"),
        ("Answer: Maybe", "maybe"),
    ],
)
def test_a_verdict_that_is_said_is_found(text: str, label: str) -> None:
    assert choice_in(text, VERDICTS) == label


@pytest.mark.parametrize(
    "text",
    [
        "Nothing is known.",
        "Non-responders had yes-saying bias",
        "It is not clear: yes and no.",
        "no-one knows",
        "The answer is yes. The answer is no.",
    ],
)
def test_a_verdict_is_not_guessed_from_words_like_it(text: str) -> None:
    assert choice_in(text, VERDICTS) is None
