from __future__ import annotations

from typing import Any

import pytest
from biocopilot.tools.sources.plain import number, text, texts, whole


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  aspirin \n tablet ", "aspirin tablet"),
        ("\x1b]0;owned\x07\x1b[2Jred\u202e", "red"),
        ("\u200b", None),
        ("", None),
        (7, "7"),
        (None, None),
        (True, None),
        (["a"], None),
        ({"a": 1}, None),
    ],
)
def test_a_text_is_clean_on_one_line_or_none(value: Any, expected: str | None) -> None:
    assert text(value) == expected


def test_texts_are_each_given_once_and_nulls_left_out() -> None:
    assert texts(["a", None, "b", "a ", "", 3]) == ("a", "b", "3")
    assert texts("alone") == ("alone",)
    assert texts(None) == ()


@pytest.mark.parametrize(("value", "expected"), [("0.5", 0.5), (1, 1.0), (True, None), ("x", None), (None, None)])
def test_a_number_is_one_also_as_text(value: Any, expected: float | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(("value", "expected"), [("2244", 2244), (3.0, 3), (3.5, None), ("", None), ("inf", None)])
def test_a_whole_number_has_no_fraction(value: Any, expected: int | None) -> None:
    assert whole(value) == expected
