"""Untrusted text: nothing that steers a terminal or hides from a reader passes."""

from __future__ import annotations

import unicodedata

import pytest
from biocopilot.memory.text import clean, shorten
from hypothesis import example, given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;ZWNobyBoaQ==\x07", ""),
        ("\x1bPq#0~\x1b\\sixel", "sixel"),
        ("\x1bcreset", "reset"),
        ("\x9b31mred\x9d0;title\x9c.", "red."),
        ("bell\x07 back\x08 null\x00 delete\x7f", "bell back null delete"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("\u2066isolate\u2069 \u061cmark\u200f", "isolate mark"),
        ("as\u200bpi\u200drin\ufeff\u2060 so\u00adft \u180e", "aspirin soft "),
        ("tag\U000e0041s", "tags"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("\ufff9note\ufffb", "note"),
        ("N[C@@H](C)C(=O)O µM ≤ 5 Å² – α", "N[C@@H](C)C(=O)O µM ≤ 5 Å² – α"),
        ("", ""),
    ],
)
def test_what_steers_or_hides_is_removed_and_the_rest_stays(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


hostile = st.text(st.sampled_from("\x1b[]\\;0m\x07\x9b\x9c\x9d\r\n\t P^_abc\u200b\u202e\ufeff\ud800"))


@given(st.text() | hostile)
@example("\x1b\x1b[0m[0m")
@example("\r\u200b\n")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(st.text() | hostile)
def test_nothing_invisible_is_left(text: str) -> None:
    for char in clean(text):
        assert char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"), hex(ord(char))
        assert unicodedata.bidirectional(char) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def test_a_long_hostile_text_is_cleaned_at_once() -> None:
    text = "\x1b]" * 200_000 + "\x1bP" * 200_000 + "x"
    assert len(clean(text)) <= len(text)


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("ab  cd", 5, "ab…"), ("abc", 0, "…"), ("", 0, ""), ("abc", 1, "…")],
)
def test_text_is_shortened_with_an_ellipsis(text: str, most: int, short: str) -> None:
    assert shorten(text, most) == short


@given(st.text(), st.integers(1, 50))
def test_shortened_text_is_never_longer_than_asked(text: str, most: int) -> None:
    assert len(shorten(text, most)) <= most
