"""The schema of one thing that a model says to its program: a call of a tool, or an answer in words.

{"tool": "find_target", "args": {"target": "EGFR"}}
{"answer": "…"}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import GrammarUnsatisfied
from .bounded import USUAL, Bounds, bounded_schema, fitted_schema
from .meeting import Schema
from .pattern import json_bytes, text_pattern

__all__ = ["answer_schema", "calls_schema"]


def calls_schema(
    tools: Mapping[str, Mapping[str, Any]],
    most_tokens: int,
    *,
    answer: bool = False,
    bounds: Bounds = USUAL,
) -> Schema:
    """One call of one of the tools, each bounded so that it fits into `most_tokens`.

    Args:
        tools: the JSON schema of the arguments of each tool, by name.
        most_tokens: what a call, or the answer, may take at most.
        answer: whether an answer in words may stand in place of a call.
        bounds: the ends of what the schemas leave open; tighter ones where the tokens ask for it.

    Raises:
        GrammarUnsatisfied: there is no tool, or one whose call cannot be bounded or does not fit.
    """
    choices = [_call(name, schema, most_tokens, bounds) for name, schema in tools.items()]
    if answer:
        choices.append(answer_schema(most_tokens, bounds))
    if not choices:
        raise GrammarUnsatisfied("There is no tool to call.")
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def answer_schema(most_tokens: int, bounds: Bounds = USUAL) -> Schema:
    """An answer in words, of one line or several, that fits into so many tokens."""
    each = json_bytes(f"^[{bounds.characters}]$") or 1
    most = (most_tokens - len('{"answer":""}')) // each
    if most < 1:
        raise GrammarUnsatisfied(
            f"{most_tokens} tokens leave no room for an answer.", "Allow a longer answer (max_tokens)."
        )
    text = {"type": "string", "pattern": text_pattern(1, most, bounds.characters, lines=True)}
    return bounded_schema({"type": "object", "properties": {"answer": text}, "required": ["answer"]}, bounds)


def _call(name: str, schema: Mapping[str, Any], most_tokens: int, bounds: Bounds) -> Schema:
    frame = len(f'{{"tool":"{name}","args":}}'.encode())
    try:
        arguments = fitted_schema(schema, most_tokens - frame, bounds)
    except GrammarUnsatisfied as error:
        raise GrammarUnsatisfied(
            f"The tool {name} cannot be called under a grammar: {error.message}", error.hint
        ) from error
    return {
        "type": "object",
        "properties": {"tool": {"enum": [name]}, "args": arguments},
        "required": ["tool", "args"],
        "additionalProperties": False,
    }
