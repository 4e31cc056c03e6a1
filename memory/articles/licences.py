"""The names of licences, from the many ways in which journals and databases write them."""

from __future__ import annotations

import re

from ..text import shorten
from .plain_text import one_line

__all__ = ["licence_name"]

_ADDRESS = re.compile(r"creativecommons\.org/licenses/([a-z]{2}(?:-[a-z]{2}){0,2})(?:/(\d\.\d))?", re.IGNORECASE)
_DEDICATION = re.compile(r"creativecommons\.org/publicdomain/(zero|mark)(?:/(\d\.\d))?", re.IGNORECASE)
_SHORT = re.compile(r"cc[ -]?(0|by(?:[ -](?:nc|nd|sa))*)(?:[ -]?v?(\d\.\d))?", re.IGNORECASE)
_WORDS = re.compile(
    r"creative commons attribution((?:[\s,/–-]+(?:non[ -]?commercial|no[ -]?deriv[a-z]*(?: works)?|share[ -]?alike))*)",
    re.IGNORECASE,
)


def licence_name(text: str) -> str:
    """A licence's usual short name (`CC BY 4.0`) where it is a known one; else the text as given, at most 200 characters."""
    text = one_line(text)
    address = _ADDRESS.search(text)
    if address:
        return " ".join(filter(None, ("CC", address.group(1).upper(), address.group(2))))
    dedication = _DEDICATION.search(text)
    if dedication:
        name = "CC0" if dedication.group(1).lower() == "zero" else "Public Domain Mark"
        return " ".join(filter(None, (name, dedication.group(2))))
    short = _SHORT.fullmatch(text)
    if short:
        terms = "0" if short.group(1) == "0" else " " + short.group(1).upper().replace(" ", "-")
        return " ".join(filter(None, (f"CC{terms}", short.group(2))))
    words = _WORDS.search(text)
    if words:
        terms = words.group(1).lower()
        held = (
            "NC" if "commercial" in terms else "",
            "ND" if "deriv" in terms else "",
            "SA" if "alike" in terms else "",
        )
        return "-".join(filter(None, ("CC BY", *held)))
    if re.search(r"\bcc0\b", text, re.IGNORECASE):
        return "CC0"
    return shorten(text, 200)
