"""JSON schemas in one plain form: references put in, alternatives as `anyOf`, nothing but what a grammar can hold.

The form has `enum` (a constant is an enumeration of one), `anyOf`, and the types null, boolean, integer, number, string
(with a list of `patterns`), array (with `items` or `prefixItems`) and object. An object is closed: it has the properties
that are named. That a list holds different things (`uniqueItems`), and formats beyond dates and UUIDs, are left to validation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import GrammarUnsatisfied
from .meeting import ANYTHING, NEVER, Schema, both

__all__ = ["plain"]

_TALK = {
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "discriminator",
    "$schema",
}
_TALK |= {"$defs", "definitions", "$id", "$comment", "uniqueItems", "contentMediaType", "contentEncoding"}
_LIMITS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_OF_TYPE = {
    "string": {"minLength", "maxLength", "pattern", "format"},
    "integer": _LIMITS,
    "number": _LIMITS,
    "array": {"items", "prefixItems", "minItems", "maxItems"},
    "object": {"properties", "required", "additionalProperties", "x-ordered"},
    "boolean": set(),
    "null": set(),
}
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_FORMATS = {
    "date": f"^{_DAY}$",  # days 29 to 31 hang on the month: left out
    "time": f"^{_CLOCK}Z$",
    "date-time": f"^{_DAY}T{_CLOCK}Z$",
    "uuid": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
}


def plain(schema: Mapping[str, Any] | bool) -> Schema:
    """The schema in plain form.

    Raises:
        GrammarUnsatisfied: it refers to itself, or has a keyword that no grammar here can hold.
    """
    whole = schema if isinstance(schema, Mapping) else {}
    return _read(schema, whole, ())


def _read(schema: Mapping[str, Any] | bool, whole: Mapping[str, Any], within: tuple[str, ...]) -> Schema:
    if isinstance(schema, bool):
        return ANYTHING if schema else NEVER
    rest = {key: value for key, value in schema.items() if key not in _TALK}
    parts: list[Schema] = []
    if "$ref" in rest:
        parts.append(_referred(rest.pop("$ref"), whole, within))
    parts += [_read(part, whole, within) for part in rest.pop("allOf", ())]
    for name in ("anyOf", "oneOf"):
        if name in rest:
            parts.append({"anyOf": [_read(part, whole, within) for part in rest.pop(name)]})
    if "const" in rest:
        parts.append({"enum": [rest.pop("const")]})
    if "enum" in rest:
        parts.append({"enum": list(rest.pop("enum"))})
    parts += _typed(rest, whole, within)
    if not parts:
        return ANYTHING
    found = parts[-1]
    for part in reversed(parts[:-1]):
        found = both(part, found)
    return found


def _referred(reference: str, whole: Mapping[str, Any], within: tuple[str, ...]) -> Schema:
    if reference in within:
        raise GrammarUnsatisfied(f"The schema refers to itself ({reference}), so its values have no end.")
    found: Any = whole
    for step in reference.removeprefix("#").strip("/").split("/"):
        found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, Mapping) else None
    if not reference.startswith("#") or found is None:
        raise GrammarUnsatisfied(f"The schema refers to {reference}, which it does not hold.")
    return _read(found, whole, (*within, reference))


def _typed(rest: Mapping[str, Any], whole: Mapping[str, Any], within: tuple[str, ...]) -> list[Schema]:
    """What the keywords of types say: nothing, one type, or alternatives."""
    named = rest.get("type")
    keywords = rest.keys() - {"type"}
    unknown = {key for key in keywords if not any(key in known for known in _OF_TYPE.values())}
    if unknown - {key for key in unknown if key.startswith("x-")}:
        raise GrammarUnsatisfied(f"The schema has {', '.join(sorted(unknown))}, which a grammar here cannot hold.")
    if named is None:
        names = [name for name, known in _OF_TYPE.items() if keywords & known]
        names = [name for name in names if name != "integer"]  # limits alone mean any number
    else:
        names = [named] if isinstance(named, str) else list(named)
    kinds = [_of_type(name, rest, whole, within) for name in names]
    return [kinds[0] if len(kinds) == 1 else {"anyOf": kinds}] if kinds else []


def _of_type(name: str, rest: Mapping[str, Any], whole: Mapping[str, Any], within: tuple[str, ...]) -> Schema:
    if name not in _OF_TYPE:
        raise GrammarUnsatisfied(f"The schema has the type {name}, which JSON does not know.")
    made: Schema = {"type": name, **{key: rest[key] for key in rest if key in _OF_TYPE[name]}}
    if name == "string":
        patterns = (made.pop("pattern", None), _FORMATS.get(made.pop("format", "")))
        made["patterns"] = [pattern for pattern in patterns if pattern is not None]
    elif name == "array":
        if "prefixItems" in made:
            made["prefixItems"] = [_read(item, whole, within) for item in made["prefixItems"]]
            made.pop("items", None)
        elif "items" in made:
            made["items"] = _read(made["items"], whole, within)
    elif name == "object":
        named_ones = made.pop("properties", {})
        others = made.pop("additionalProperties", True)
        if not named_ones and others is not False and "properties" not in rest and "required" not in rest:
            raise GrammarUnsatisfied(
                "The schema has an object whose keys are not named, so it has no end.", "Name its fields in a model."
            )
        made["properties"] = {key: _read(value, whole, within) for key, value in named_ones.items()}
        made["required"] = list(made.get("required", ()))
    return made
