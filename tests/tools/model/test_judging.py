from __future__ import annotations

import pytest
from biocopilot.tools.model.judging import Trial, judge_text, number_of, sentences


def test_text_is_cut_into_plain_sentences() -> None:
    text = "It is an acid [E1]. **It** weighs `180.16` g/mol, e.g. in C9H8O4! See [E2, E3] <b>it</b>"
    assert sentences(text) == ["It is an acid .", "It weighs 180.16 g/mol, e.g. in C9H8O4!", "See bit/b"]


def test_one_contradiction_is_enough() -> None:
    trials = {"a.": [Trial("x"), Trial("y", "no y")], "B.": [Trial("x")], "C.": []}
    judged = judge_text("a. B. C.", lambda sentence: trials[sentence])
    assert [(item.verdict, item.why) for item in judged] == [
        ("contradicted", ("no y",)),
        ("agrees", ()),
        ("unchecked", ()),
    ]


@pytest.mark.parametrize(
    ("text", "number"), [("1,210", 1210), ("two", 2), ("Twelve", 12), ("3.5", 3.5), ("many", None)]
)
def test_numbers_are_read_in_digits_and_words(text: str, number: float | None) -> None:
    assert number_of(text) == number
