"""What two plain schemas have in common: `both(a, b)` admits what each of them admits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from ..errors import GrammarUnsatisfied

__all__ = ["ANYTHING", "NEVER", "Schema", "both"]

Schema: TypeAlias = dict[str, Any]
ANYTHING: Schema = {}
NEVER: Schema = {"anyOf": []}
"""Admits nothing: a property of this schema may not be given."""

_LARGEST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_SMALLEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def both(first: Schema, second: Schema) -> Schema:
    """The values that both admit. Keys stand in the order of the first."""
    if not first or not second:
        return first or second
    for one, other in ((first, second), (second, first)):
        if "anyOf" in one:
            met = [both(part, other) if one is first else both(other, part) for part in one["anyOf"]]
            return _alternatives(met)
    for one, other in ((first, second), (second, first)):
        if "enum" in one:
            kept = [value for value in one["enum"] if _admits(other, value)]
            return {"enum": kept} if kept else NEVER
    kinds = {first["type"], second["type"]}
    if kinds == {"integer", "number"}:
        kinds = {"integer"}
    if len(kinds) > 1:
        return NEVER
    (kind,) = kinds
    made = {**first, **second, "type": kind}
    for names, choose in ((_LARGEST, max), (_SMALLEST, min)):
        for name in names:
            if name in first and name in second:
                made[name] = choose(first[name], second[name])
    if kind == "object":
        return _objects(first, second, made)
    if kind == "array":
        return _arrays(first, second, made)
    if kind == "string":
        made["patterns"] = list(dict.fromkeys((*first["patterns"], *second["patterns"])))
    steps = {schema["multipleOf"] for schema in (first, second) if "multipleOf" in schema}
    if len(steps) > 1:
        raise GrammarUnsatisfied(f"The schema asks for multiples of {' and of '.join(map(str, steps))} at once.")
    return made


def _alternatives(schemas: Iterable[Schema]) -> Schema:
    kept: list[Schema] = []
    for schema in schemas:
        kept += schema.get("anyOf", [schema])
    return kept[0] if len(kept) == 1 else {"anyOf": kept}


def _objects(first: Schema, second: Schema, made: Schema) -> Schema:
    ours, theirs = first["properties"], second["properties"]
    made["properties"] = {
        name: both(ours.get(name, ANYTHING), theirs.get(name, ANYTHING)) for name in dict.fromkeys((*ours, *theirs))
    }
    made["required"] = list(dict.fromkeys((*first["required"], *second["required"])))
    return NEVER if any(made["properties"].get(name) == NEVER for name in made["required"]) else made


def _arrays(first: Schema, second: Schema, made: Schema) -> Schema:
    if "prefixItems" in made:
        if "prefixItems" in first and "prefixItems" in second:
            pairs = zip(first["prefixItems"], second["prefixItems"], strict=False)
            made["prefixItems"] = [both(one, other) for one, other in pairs]
        made.pop("items", None)
    elif "items" in made:
        made["items"] = both(first.get("items", ANYTHING), second.get("items", ANYTHING))
    return made


def _admits(schema: Schema, value: Any) -> bool:
    """Whether a plain schema admits an enumerated value; patterns are left to validation."""
    if not schema:
        return True
    if "enum" in schema:
        return any(value == known and type(value) is type(known) for known in schema["enum"])
    match schema["type"]:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "number":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            whole = schema["type"] == "number" or isinstance(value, int)
            return number and whole and _within(schema, "minimum", "maximum", value)
        case "string":
            return isinstance(value, str) and _within(schema, "minLength", "maxLength", len(value))
        case "array":
            return isinstance(value, list) and _within(schema, "minItems", "maxItems", len(value))
        case _:
            return isinstance(value, dict)


def _within(schema: Schema, least: str, most: str, value: float) -> bool:
    return schema.get(least, value) <= value <= schema.get(most, value)
