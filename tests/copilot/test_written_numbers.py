from __future__ import annotations

import pytest
from biocopilot.copilot.written_numbers import as_shown, numbers_in, rounds_to


def test_numbers_are_found_with_their_units_and_parts_of_names_are_none() -> None:
    text = "12,500 nM, −3.07, 1.2e-3 uM and 40 % of 5-HT2A at IC50; v1.2.3"
    assert list(numbers_in(text)) == [("12,500", "nM"), ("−3.07", ""), ("1.2e-3", "µM"), ("40", "%"), ("5", "")]


@pytest.mark.parametrize(
    ("token", "value", "decimals"),
    [("12,500", 12500.0, 0), ("−3.07", -3.07, 2), ("1.2e-3", 0.0012, 4), ("1e3", 1000.0, -3)],
)
def test_a_written_number_has_a_value_and_decimals(token: str, value: float, decimals: int) -> None:
    assert as_shown(token) == (value, decimals)


@pytest.mark.parametrize(
    ("value", "token", "holds"),
    [(3.14159, "3.14", True), (3.14159, "3.15", False), (7.4, "7", False), (207.4, "207", True), (207.6, "207", False)],
)
def test_a_value_is_rounded_to_the_decimals_shown_and_small_whole_numbers_are_exact(
    value: float, token: str, holds: bool
) -> None:
    assert rounds_to(value, *as_shown(token)) is holds
