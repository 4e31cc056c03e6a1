"""Reading single values of the service's JSON, in which numbers arrive as strings and nulls are common.

A null stays a null. What is there but is no such value raises Unreadable: a number that is none is never a guess.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ....memory.text import clean, shorten

__all__ = [
    "Object",
    "Unreadable",
    "flag",
    "identified",
    "number",
    "objects",
    "part",
    "required",
    "text",
    "texts",
    "whole",
]

Object = Mapping[str, Any]


class Unreadable(Exception):
    """A field holds something other than what it should; its text says which."""


def text(source: Object, name: str) -> str | None:
    """Text, cleaned of control and escape sequences."""
    value = source.get(name)
    if value is None or isinstance(value, str):
        return value if value is None else clean(value)
    if isinstance(value, (int, float)):
        return str(value)
    raise _unreadable(name, value, "text")


def required(source: Object, name: str) -> str:
    """Text without which a record means nothing, such as its identifier."""
    found = text(source, name)
    if not found:
        raise Unreadable(f"`{name}` is missing")
    return found


def identified(source: Object, name: str) -> int:
    """A whole number without which a record means nothing."""
    found = whole(source, name)
    if found is None:
        raise Unreadable(f"`{name}` is missing")
    return found


def number(source: Object, name: str) -> float | None:
    """A finite number, given as one or as text."""
    value = source.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, (int, float, str)):
        try:
            found = float(value)
        except ValueError:
            found = math.nan
        if math.isfinite(found):
            return found
    raise _unreadable(name, value, "a number")


def whole(source: Object, name: str) -> int | None:
    """A whole number, given as one or as text, "9606" as well as "9606.0"."""
    found = number(source, name)
    if found is not None and not found.is_integer():
        raise _unreadable(name, source[name], "a whole number")
    return None if found is None else int(found)


_FLAGS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


def flag(source: Object, name: str) -> bool | None:
    """Yes or no, which the service writes as true and false, as 1 and 0, or as text of either; −1 is "not known"."""
    value = source.get(name)
    if value is None or value in ("", -1, "-1"):
        return None
    found = _FLAGS.get(str(value).lower())
    if found is None:
        raise _unreadable(name, value, "a flag")
    return found


def objects(source: Object, name: str) -> Sequence[Object]:
    """A list of objects; none where the field is null or missing."""
    value = source.get(name)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise _unreadable(name, value, "a list of objects")


def part(source: Object, name: str) -> Object:
    """An object within; an empty one where the field is null or missing."""
    value = source.get(name)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise _unreadable(name, value, "an object")


def texts(source: Object, name: str) -> tuple[str, ...]:
    """A list of texts, cleaned."""
    value = source.get(name)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(clean(item) for item in value)
    raise _unreadable(name, value, "a list of texts")


def _unreadable(name: str, value: object, wanted: str) -> Unreadable:
    return Unreadable(f"`{name}` is {shorten(clean(repr(value)), 40)}, which is not {wanted}")
