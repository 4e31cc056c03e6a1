"""Numbers as a text writes them: which there are, with their units, and whether one is a value rounded."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

__all__ = ["NUMBER", "as_shown", "numbers_in", "numbers_placed", "rounds_to", "same_unit"]

NUMBER = re.compile(r"(?<![\w.])[-−–]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w]|\.\d)")
_UNIT = re.compile(r"\s?(nM|µM|μM|uM|pM|mM|M|µg/mL|μg/mL|ug/mL|ng/mL|mg/mL|mg/L|g/mol|kDa|Da|Å²|Å|%|°C)(?![\w/])")
_SAME_UNIT = {"μM": "µM", "uM": "µM", "μg/mL": "µg/mL", "ug/mL": "µg/mL", "Å2": "Å²", "Å^2": "Å²", "percent": "%"}


def same_unit(written: str) -> str:
    """A unit in one of its writings."""
    return _SAME_UNIT.get(written, written)


def numbers_in(text: str) -> Iterator[tuple[str, str]]:
    """Each number that stands in a text by itself, as it is written, and the unit behind it, if one is."""
    for hit, unit in numbers_placed(text):
        yield hit.group(), unit


def numbers_placed(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """The same with where each number stands."""
    for hit in NUMBER.finditer(text):
        unit = _UNIT.match(text, hit.end())
        yield hit, same_unit(unit.group(1)) if unit else ""


def as_shown(token: str) -> tuple[float, int]:
    """A written number's value, and how many decimals it shows; fewer than none where it is rounded to tens."""
    plain = token.replace(",", "").replace("−", "-").replace("–", "-")
    mantissa, _, exponent = plain.lower().partition("e")
    return float(plain), len(mantissa.partition(".")[2]) - (int(exponent) if exponent else 0)


def rounds_to(value: float, shown: float, decimals: int) -> bool:
    """Whether `shown`, written with that many decimals, is `value` rounded; a small whole number must be exact."""
    if math.isclose(value, shown, rel_tol=1e-12, abs_tol=1e-12):
        return True
    if decimals <= 0 and abs(value) < 10:
        return False
    return abs(value - shown) <= 0.5 * 10.0**-decimals * (1 + 1e-9)
