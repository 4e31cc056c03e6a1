"""How many tokens the longest value of a bounded schema takes.

Under a grammar each token adds at least one byte, so the bytes of the longest JSON text are the bound, for every
tokenizer. Real values take a third of it, since a token is some three bytes.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from ..errors import GrammarUnsatisfied
from .meeting import Schema
from .pattern import json_bytes

__all__ = ["worst_case_tokens"]


def worst_case_tokens(schema: Schema) -> int:
    """The most tokens that a value of a bounded schema can take, for any tokenizer.

    Raises:
        GrammarUnsatisfied: something in it has no end.
    """
    if "anyOf" in schema:
        return max(worst_case_tokens(part) for part in schema["anyOf"])
    if "enum" in schema:
        return max(_bytes_of(value) for value in schema["enum"])
    if "const" in schema:
        return _bytes_of(schema["const"])
    match schema.get("type"):
        case "null" | "boolean":
            return 5 if schema["type"] == "boolean" else 4
        case "string":
            return 2 + _text(schema)
        case "integer" | "number":
            return _number(schema)
        case "array":
            return _array(schema)
        case "object":
            entries = [_bytes_of(name) + 1 + worst_case_tokens(value) for name, value in schema["properties"].items()]
            return 2 + sum(entries) + max(len(entries) - 1, 0)
        case _:
            raise GrammarUnsatisfied("The schema is not bounded, so its longest value is not known.")


def _bytes_of(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _text(schema: Schema) -> int:
    patterns = [part["pattern"] for part in schema.get("allOf", (schema,)) if "pattern" in part]
    most = json_bytes(*patterns)
    if most is None:
        raise GrammarUnsatisfied("The schema has a string without an end, so its longest value is not known.")
    return most


def _number(schema: Schema) -> int:
    limits = [schema[key] for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum") if key in schema]
    if len(limits) < 2 or (schema["type"] == "number" and "multipleOf" not in schema):
        raise GrammarUnsatisfied("The schema has a number without an end, so its longest value is not known.")
    step = Decimal(str(schema.get("multipleOf", 1))).normalize().as_tuple()
    decimals = max(-int(step.exponent), 0)
    sign = 1 if min(limits) <= 0 else 0  # a minus before zero too
    whole = max(len(str(abs(int(limit)))) for limit in limits)
    return sign + whole + (1 + decimals if decimals else 0)


def _array(schema: Schema) -> int:
    if "prefixItems" in schema:
        sizes = [worst_case_tokens(item) for item in schema["prefixItems"]]
    else:
        sizes = [worst_case_tokens(schema["items"])] * schema["maxItems"] if schema["maxItems"] else []
    return 2 + sum(sizes) + max(len(sizes) - 1, 0)
