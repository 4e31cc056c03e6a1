"""Schemas in which everything has an end, so that the longest value is known beforehand and fits a budget of tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import GrammarUnsatisfied
from .meeting import NEVER, Schema
from .pattern import LATIN, few_special, json_bytes, text_pattern
from .reading import plain
from .worst_case import worst_case_tokens

__all__ = ["USUAL", "Bounds", "bounded_schema", "fitted_schema"]

_SHORTEST = 24
"""Below so many characters a name or a small molecule no longer fits, so a budget that forces it is refused."""
_WANTED = 100
"""Characters that a string should have; where a budget leaves it less, fewer special characters and list entries help."""
_SPECIAL = 8
_OPTIONAL = 0.5
"""The share of a string that may be left out, or stands in a list."""
_UNKNOWN = 10**9
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_ANY_VALUE: tuple[Schema, ...] = (
    {"type": "string", "patterns": []},
    {"type": "number"},
    {"type": "boolean"},
    {"type": "null"},
)


@dataclass(frozen=True)
class Bounds:
    """Where a schema leaves something open, its end.

    A limit of the schema holds where it is the tighter one. A limit from below that lies beyond a bound moves the bound.
    """

    text: int = 200
    """Characters of a string; half of it where it may be left out or stands in a list."""
    special: int | None = None
    """Characters of a string that take more than a byte in JSON (quotes, backslashes, letters beyond ASCII); any where None."""
    items: int = 8
    """Entries of a list."""
    number: int = 10**9
    """The largest number, either way."""
    decimals: int = 9
    """Digits behind the point: 5 nM in mol/L are 0.000000005."""
    characters: str = LATIN
    """What a string may hold; see `pattern`."""


USUAL = Bounds()


def bounded_schema(schema: Mapping[str, Any], bounds: Bounds = USUAL) -> Schema:
    """A JSON schema that admits part of what the given one admits, in which everything has an end.

    Strings get a pattern, lists `maxItems`, numbers both limits and a step (`multipleOf`); objects are closed and all
    references are put in. What was bounded before stays as it is.

    Raises:
        GrammarUnsatisfied: the schema has a part that cannot be closed, or that nothing satisfies.
    """
    return _bounded(plain(schema), bounds)


def fitted_schema(schema: Mapping[str, Any], most_tokens: int, bounds: Bounds = USUAL) -> Schema:
    """A bounded schema whose longest value fits into so many tokens: strings and lists as long as that allows.

    Raises:
        GrammarUnsatisfied: it does not fit, however short the strings are.
    """
    read, best = plain(schema), 0
    made: Schema | None = None
    least = _UNKNOWN
    entries = dict.fromkeys((bounds.items, max(bounds.items // 2, 1), min(bounds.items, 2)))
    for items, special in ((bounds.items, bounds.special), *((items, _SPECIAL) for items in entries)):
        tried = replace(bounds, items=items, special=special)
        least = min(least, worst_case_tokens(_bounded(read, replace(tried, text=min(_SHORTEST, bounds.text)))))
        text = _longest_text(read, tried, most_tokens)
        if text > best:
            best, made = text, _bounded(read, replace(tried, text=text))
        if text >= min(_WANTED, bounds.text):
            break
    if made is None:
        raise GrammarUnsatisfied(
            f"What the model is to write may take {least:,} tokens, and {most_tokens:,} are allowed.",
            "Allow a longer answer (max_tokens), or ask for less at once.",
        )
    return made


def _longest_text(read: Schema, bounds: Bounds, most_tokens: int) -> int:
    """Characters that a string may have so that the budget holds; 0 where not even the shortest does."""
    fits, longest = 0, bounds.text
    tried = min(_SHORTEST, longest)
    while fits < longest:
        if worst_case_tokens(_bounded(read, replace(bounds, text=tried))) <= most_tokens:
            fits = tried
        elif not fits:
            return 0
        else:
            longest = tried - 1
        tried = (fits + longest + 1) // 2
    return fits


def _bounded(read: Schema, bounds: Bounds) -> Schema:
    made = _close(read, bounds)
    if made == NEVER:
        raise GrammarUnsatisfied("Nothing satisfies the schema.")
    return made


def _close(schema: Schema, bounds: Bounds) -> Schema:
    if not schema:
        return {"anyOf": [_close(kind, bounds) for kind in _ANY_VALUE]}
    if "anyOf" in schema:
        kept = [made for part in schema["anyOf"] if (made := _close(part, bounds)) != NEVER]
        kept = [part for at, part in enumerate(kept) if part not in kept[:at]]
        return kept[0] if len(kept) == 1 else {"anyOf": kept}
    if "enum" in schema:
        return schema
    match schema["type"]:
        case "string":
            return _string(schema, bounds)
        case "integer" | "number":
            return _number(schema, bounds)
        case "array":
            return _array(schema, bounds)
        case "object":
            return _object(schema, bounds)
        case _:
            return {"type": schema["type"]}


def _shorter(bounds: Bounds) -> Bounds:
    return replace(bounds, text=max(int(bounds.text * _OPTIONAL), min(_SHORTEST, bounds.text)))


def _string(schema: Schema, bounds: Bounds) -> Schema:
    least = schema.get("minLength", 0)
    most = min(schema.get("maxLength", _UNKNOWN), max(bounds.text, least))
    patterns = list(schema["patterns"])
    if most < least:
        return NEVER
    lengths: Schema = {key: schema[key] for key in ("minLength", "maxLength") if key in schema}
    if json_bytes(*patterns) is None:
        patterns.append(text_pattern(least, most, bounds.characters))
        lengths = {}  # the pattern has them
        if bounds.special is not None and bounds.special < most:
            patterns.append(few_special(bounds.special))
    if len(patterns) == 1:
        return {"type": "string", "pattern": patterns[0], **lengths}
    return {"type": "string", "allOf": [{"pattern": pattern} for pattern in patterns], **lengths}


def _number(schema: Schema, bounds: Bounds) -> Schema:
    made: Schema = {key: schema[key] for key in ("type", *_LIMITS) if key in schema}
    if schema["type"] == "integer":  # whole numbers have no open ends
        for open_end, end, step, tighter in (
            ("exclusiveMinimum", "minimum", 1, max),
            ("exclusiveMaximum", "maximum", -1, min),
        ):
            if open_end in made:
                value = made.pop(open_end) + step
                made[end] = tighter(made.get(end, value), value)
    lower = [made[key] for key in ("minimum", "exclusiveMinimum") if key in made]
    upper = [made[key] for key in ("maximum", "exclusiveMaximum") if key in made]
    if not lower:
        made["minimum"] = min(-bounds.number, *upper, 0)
    if not upper:
        made["maximum"] = max(bounds.number, *lower, 0)
    if lower and upper and max(lower) > min(upper):
        return NEVER
    if schema["type"] == "number" or "multipleOf" in schema:
        made["multipleOf"] = schema.get("multipleOf", float(f"1e-{bounds.decimals}"))
    return made


def _array(schema: Schema, bounds: Bounds) -> Schema:
    if "prefixItems" in schema:
        fixed = [_close(item, bounds) for item in schema["prefixItems"]]
        if NEVER in fixed:
            return NEVER
        return {"type": "array", "prefixItems": fixed, "items": False, "minItems": len(fixed), "maxItems": len(fixed)}
    items = _close(schema.get("items", {}), _shorter(bounds))
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", _UNKNOWN), max(bounds.items, least))
    if most < least or (items == NEVER and least):
        return NEVER
    return {"type": "array", "items": items, "minItems": least, "maxItems": most} if items != NEVER else {"enum": [[]]}


def _object(schema: Schema, bounds: Bounds) -> Schema:
    closed = {
        name: _close(value, bounds if name in schema["required"] else _shorter(bounds))
        for name, value in schema["properties"].items()
    }
    given = {name: value for name, value in closed.items() if value != NEVER}
    for name in schema["required"]:
        if closed.get(name) == NEVER:
            return NEVER
        if name not in given:
            raise GrammarUnsatisfied(f"The schema requires {json.dumps(name)} and does not say what it is.")
    made: Schema = {
        "type": "object",
        "properties": given,
        "required": [name for name in given if name in schema["required"]],
        "additionalProperties": False,
    }
    pairs = [pair for pair in schema.get("x-ordered", ()) if set(pair) <= given.keys()]
    return {**made, "x-ordered": pairs} if pairs else made
