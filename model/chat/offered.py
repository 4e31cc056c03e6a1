"""What a model may say: words, one call of a tool, or an object of a schema; and the sentence that tells it so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from ..grammar import Bounds, calls_schema, fitted_schema

__all__ = ["Offer", "ToolChoice", "as_tool", "checked_choice", "offer_of"]

ToolChoice = str | bool | Mapping[str, Any] | None
_ANY = ("any", "required")


@dataclass(frozen=True)
class Offer:
    """What may be said in one answer. Where `schema` is None, anything."""

    schema: dict[str, Any] | None = None
    instruction: str = ""
    kind: Literal["words", "call", "object"] = "words"


def as_tool(tool: Any) -> dict[str, Any]:
    """A tool as OpenAI's services describe it. Arguments that know rules between them (`exact_schema`) tell those too."""
    made: dict[str, Any] = convert_to_openai_tool(tool)
    exact = getattr(tool.args_schema if isinstance(tool, BaseTool) else tool, "exact_schema", None)
    if callable(exact):
        made = {**made, "function": {**made["function"], "parameters": exact()}}
    return made


def checked_choice(choice: ToolChoice, tools: Sequence[Mapping[str, Any]]) -> str:
    """`auto`, `any`, `none`, or the name of one tool.

    Raises:
        ValueError: there is no tool of that name.
    """
    if isinstance(choice, Mapping):
        choice = str(choice.get("function", choice).get("name"))
    if choice is None or choice is False or choice == "auto":
        return "auto"
    if choice is True or choice in _ANY:
        return "any"
    names = [tool["function"]["name"] for tool in tools]
    if choice != "none" and choice not in names:
        raise ValueError(f"tool_choice is {choice!r}, and the tools are {', '.join(names)}")
    return str(choice)


def offer_of(
    tools: Sequence[Mapping[str, Any]],
    choice: ToolChoice,
    schema: Mapping[str, Any] | None,
    most_tokens: int,
    bounds: Bounds,
) -> Offer:
    """What may be said, within so many tokens.

    Raises:
        GrammarUnsatisfied: a tool or a schema cannot be bounded, or does not fit.
    """
    if schema is not None:
        made = fitted_schema(schema, most_tokens, bounds)
        return Offer(made, f"Answer with one JSON object and nothing else, of this form: {_form(made)}", "object")
    chosen = checked_choice(choice, tools)
    if not tools or chosen == "none":
        return Offer()
    named = {tool["function"]["name"]: tool["function"] for tool in tools}
    offered = named if chosen in ("auto", "any") else {chosen: named[chosen]}
    parameters = {
        name: tool.get("parameters") or {"type": "object", "properties": {}} for name, tool in offered.items()
    }
    made = calls_schema(parameters, most_tokens, answer=chosen == "auto", bounds=bounds)
    lines = [_line(name, offered[name].get("description", ""), parameters[name]) for name in offered]
    ways = '{"tool": its name, "args": its arguments}' + (' or {"answer": your answer}' if chosen == "auto" else "")
    return Offer(made, "\n".join((f"Say one JSON object and nothing else: {ways}. The tools:", *lines)), "call")


def _line(name: str, description: str, parameters: Mapping[str, Any]) -> str:
    """One tool in one line: `find_target(target, most?): Finds …`; the first line of its description."""
    required = parameters.get("required", ())
    fields = [field if field in required else f"{field}?" for field in parameters.get("properties", {})]
    summary = description.strip().splitlines()[0] if description.strip() else ""
    return f"- {name}({', '.join(fields)}){': ' if summary else ''}{summary}"


def _form(schema: Mapping[str, Any]) -> str:
    """A bounded schema as an example of itself, with types for values."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_form(part) for part in schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    match schema["type"]:
        case "object":
            fields = (f"{json.dumps(name)}: {_form(value)}" for name, value in schema["properties"].items())
            return "{" + ", ".join(fields) + "}"
        case "array":
            items = schema.get("prefixItems") or [schema["items"]]
            return f"[{', '.join(map(_form, items))}{'' if 'prefixItems' in schema else ', …'}]"
        case kind:
            return str(kind)
