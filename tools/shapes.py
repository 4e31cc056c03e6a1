"""Rules between a tool's arguments, as JSON schema says them: for models whose calls are decoded under a grammar.

Validators of an arguments model refuse what does not go together, with a sentence. A grammar needs to know before: so a
model with such a validator says the same as `shapes`, of which a call has one, and `ordered` pairs. They stand in
`exact_schema()` only: some services refuse alternatives at the top of a tool's schema.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

__all__ = ["shape", "with_rules"]

_SOMETHING = {
    "anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "minItems": 1}, {"type": "number"}, {"const": True}]
}


def shape(*given: str, without: Collection[str] = (), **fixed: str | bool) -> dict[str, Any]:
    """One way to call a tool: some arguments given and not empty, some left out, some with this value where given."""
    properties: dict[str, Any] = dict.fromkeys(given, _SOMETHING)
    properties |= dict.fromkeys(without, False)
    properties |= {name: {"const": value} for name, value in fixed.items()}
    return {"properties": properties, "required": list(given)}


def with_rules(
    schema: dict[str, Any], shapes: Sequence[dict[str, Any]], ordered: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """A schema of arguments with the rules between them; of an ordered pair the second number is not below the first."""
    made = dict(schema)
    if shapes:
        made["anyOf"] = list(shapes)
    if ordered:
        made["x-ordered"] = [list(pair) for pair in ordered]
    return made
