from __future__ import annotations

import re

import pytest
from biocopilot.model.errors import GrammarUnsatisfied
from biocopilot.model.grammar.pattern import LATIN, UNICODE, few_special, json_bytes, text_pattern


@pytest.mark.parametrize("text", ["aspirin", "TNF-α", "Ménière's disease", "C/C=C\\C", 'a "b" c', "5 µM ± 10 %", "x"])
def test_text_admits_names_and_structures(text: str) -> None:
    assert re.fullmatch(text_pattern(1, 40), text)


@pytest.mark.parametrize("text", ["", " a", "a\nb", "a\tb", "\u200b", "a\u202eb", "x" * 41, "阿司匹林"])
def test_text_admits_no_hidden_characters_and_no_other_length(text: str) -> None:
    assert not re.fullmatch(text_pattern(1, 40), text)


@pytest.mark.parametrize(("least", "most"), [(0, 0), (0, 1), (1, 1), (2, 2), (0, 5), (3, 5)])
def test_text_has_the_lengths_asked_for(least: int, most: int) -> None:
    admitted = {length for length in range(8) if re.fullmatch(text_pattern(least, most), "x" * length)}
    assert admitted == set(range(least, most + 1))


def test_few_characters_beyond_plain_ascii_shorten_the_worst_case() -> None:
    patterns = text_pattern(1, 100), few_special(8)
    assert json_bytes(*patterns) == 108
    assert json_bytes(text_pattern(1, 100, UNICODE), few_special(8)) == 100 + 8 * 2
    for text, admitted in (("C/C=C\\C" * 8, True), ("C/C=C\\C" * 9, False), ("TNF-α, IFN-γ", True)):
        assert all(re.fullmatch(pattern, text) for pattern in patterns) == admitted


def test_text_of_at_least_two_characters_ends_in_one_that_counts() -> None:
    assert not re.fullmatch(text_pattern(2, 40), "a ")


def test_lines_and_other_scripts_where_asked_for() -> None:
    assert re.fullmatch(text_pattern(1, 9, lines=True), "a\n\nb")
    assert re.fullmatch(text_pattern(1, 9, UNICODE), "阿司匹林")
    assert not re.fullmatch(text_pattern(1, 9, UNICODE), "a\u202eb")


@pytest.mark.parametrize(
    ("pattern", "most"),
    [
        ("^abc$", 3),
        ("^[a-z]{2,5}$", 5),
        (r"^a\\b$", 4),
        ("^(a|bcd)?$", 3),
        ("^é$", 2),
        ("^[^a]$", 4),
        (text_pattern(1, 20), 40),
        (text_pattern(1, 20, UNICODE), 60),
        ("^a+$", None),
        ("a", None),
        ("^[Rr][1-9][0-9]{0,5}$", 7),
    ],
)
def test_the_longest_string_of_a_pattern_is_known(pattern: str, most: int | None) -> None:
    assert json_bytes(pattern) == most


def test_a_pattern_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(GrammarUnsatisfied, match="cannot be read"):
        json_bytes("^(a$")


@pytest.mark.parametrize("characters", [LATIN, UNICODE])
def test_classes_hold_no_control_or_invisible_character(characters: str) -> None:
    one = re.compile(f"[{characters}]")
    hidden = [0, 9, 27, 0x7F, 0x9B, 0xAD, 0x61C, 0x200B, 0x200F, 0x2028, 0x202E, 0x2060, 0xD800, 0xFEFF, 0xFFF9]
    assert not [hex(code) for code in hidden if one.match(chr(code))]
