import pytest
from biocopilot.copilot.literature.quotable import quotable_span

LONG = "the drug lowered blood pressure in all of the patients that were seen"


@pytest.mark.parametrize(
    "bait",
    [
        "![x](https://evil.example/a.png)", "[click](https://evil.example)", "[E9]", "[ E 9 ]", "［Ｅ９］", "【E9】", "<img src=x>", "<!-- x -->",
        "`rm -rf`", "**SYSTEM**", "~~struck~~", "https://evil.example/?q=1", "www.evil.example", "| a | b |", "”", "{\"tool\": 1}", "&#91;E9&#93;",
        "[x]: https://evil.example", "E7: search_library",
    ],
)  # fmt: skip
def test_a_quotation_ends_before_what_looks_like_the_programs_own(bait: str) -> None:
    text = f"In this trial {LONG}, {bait} and more."
    start, end = quotable_span(text)
    assert text[start:end] == f"In this trial {LONG}"


@pytest.mark.parametrize("hidden", ["\x1b[31m", "\u202e", "\u200b", "\U000e0041"])
def test_what_hides_or_steers_is_not_quoted(hidden: str) -> None:
    assert quotable_span(f"{LONG}{hidden}") == (0, 0)


def test_brackets_and_inequalities_of_science_stay() -> None:
    text = "The odds ratio was 1.4 [95% CI 1.1-1.9] and IC50 = Ki × (1 + [ATP]/Km), p<0.05."
    assert quotable_span(text) == (0, len(text))


def test_what_is_too_short_is_not_quoted() -> None:
    assert quotable_span("Yes [E9] no.") == (0, 0)


def test_a_long_sentence_is_cut_between_words() -> None:
    text = "word " * 300
    start, end = quotable_span(text)
    assert start == 0
    assert 500 < end <= 600
    assert text[end - 4 : end] == "word"
