"""A record (a JSON object) as indented text for reading: quantities in one line with their unit and convention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...memory.text import clean

__all__ = ["record_text"]

_QUANTITY_KEYS = frozenset({"value", "unit", "relation", "kind", "convention"})
_LONGEST = 400
"""A longer text is a sequence or a drawing, which nobody reads here."""

_UNIT_SHOWN_AS = {"dimensionless": "", "count": ""}


def record_text(record: Mapping[str, Any], indent: int = 0) -> str:
    """The record, one fact a line. Absent values (null) and empty lists are left out."""
    return "\n".join(_lines(record, indent))


def _lines(record: Mapping[str, Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for key, value in record.items():
        if value is None or value == [] or value == {}:
            continue
        if _is_quantity(value):
            yield f"{pad}{_word(key)}: {_flat(value)}"
            yield from _lines({name: part for name, part in value.items() if name not in _QUANTITY_KEYS}, indent + 2)
        elif _is_flat(value):
            yield f"{pad}{_word(key)}: {_flat(value)}"
        elif isinstance(value, Mapping):
            yield f"{pad}{_word(key)}"
            yield from _lines(value, indent + 2)
        else:
            yield f"{pad}{_word(key)}"
            for item in value:
                yield from _item(item, indent + 2)


def _item(item: Any, indent: int) -> Iterator[str]:
    pad = " " * indent
    if _is_flat(item):
        yield f"{pad}- {_flat(item)}"
    elif isinstance(item, Mapping):
        inner = list(_lines(item, indent + 2))
        if inner:
            yield f"{pad}- {inner[0].lstrip()}"
            yield from inner[1:]
    else:
        yield f"{pad}- {', '.join(_flat(part) for part in item)}"


def _is_quantity(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() >= _QUANTITY_KEYS


def _is_flat(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, int | float) for item in value) or (
            all(isinstance(item, str) for item in value) and sum(map(len, value)) <= 60
        )
    return not isinstance(value, Mapping) or _is_quantity(value)


def _flat(value: Any) -> str:
    if _is_quantity(value):
        relation = "" if value["relation"] == "=" else f"{value['relation']} "
        unit = _UNIT_SHOWN_AS.get(value["unit"], value["unit"])
        return f"{relation}{value['value']} {unit}".rstrip() + f"  ({clean(value['convention'])})"
    if isinstance(value, list):
        return ", ".join(_flat(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(clean(str(value)).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters; --json shows them all)"


def _word(key: str) -> str:
    return clean(key).replace("_", " ")
