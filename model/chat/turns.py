"""Messages of LangChain as turns of text: system, human, assistant. What tools gave is said by the human side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.messages import AIMessage, BaseMessage, ChatMessage, HumanMessage, SystemMessage, ToolMessage

from ..errors import EmptyPrompt, ModelError

__all__ = ["Role", "Turn", "turns_of"]

Role = Literal["system", "human", "assistant"]
_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "user": "human", "human": "human"}
_NOT_SAID = {"tool_use", "tool_call", "input_json_delta", "thinking", "redacted_thinking", "reasoning"}
"""Blocks that repeat a message's tool calls, and thoughts."""


@dataclass(frozen=True)
class Turn:
    """What one side said."""

    role: Role
    text: str


def turns_of(messages: Sequence[BaseMessage], marks: Iterable[str] = ()) -> list[Turn]:
    """The turns, one after the other from different sides; a system's texts come first, as one.

    Args:
        messages: what was said so far.
        marks: texts that mean something to the model's format, such as the end of a turn. Where someone said one, a space
            is put into it, so that nobody can end a turn or speak for another side.

    Raises:
        EmptyPrompt: nothing was said.
        ModelError: a message holds something else than text.
    """
    found: list[Turn] = []
    for message in messages:
        turn = _turn(message, sorted(marks, key=len, reverse=True))
        before = next((at for at, known in enumerate(found) if known.role == "system"), None)
        if turn.role == "system" and before is not None:
            found[before] = Turn("system", f"{found[before].text}\n{turn.text}")
        elif turn.role == "system":
            found.insert(0, turn)
        elif found and found[-1].role == turn.role:
            found[-1] = Turn(turn.role, f"{found[-1].text}\n{turn.text}")
        else:
            found.append(turn)
    if not any(turn.text.strip() for turn in found if turn.role != "system"):
        raise EmptyPrompt("Nothing was asked.", "Ask a question.")
    return found


def _turn(message: BaseMessage, marks: Sequence[str]) -> Turn:
    text = _text(message.content)
    role: Role = "assistant"
    if isinstance(message, SystemMessage):
        role = "system"
    elif isinstance(message, HumanMessage):
        role = "human"
    elif isinstance(message, ChatMessage):
        role = _ROLES.get(message.role, "assistant")
    elif isinstance(message, ToolMessage):
        role = "human"
        what = "failed" if message.status == "error" else "gave"
        text = f"The tool {message.name or ''} {what}: {text}".replace("  ", " ")
    elif isinstance(message, AIMessage):
        calls = [{"tool": call["name"], "args": call["args"]} for call in message.tool_calls]
        text = "\n".join([*([text] if text else []), *(json.dumps(call, ensure_ascii=False) for call in calls)])
    for mark in marks:
        text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return Turn(role, text)


def _text(content: str | Sequence[str | dict[str, Any]]) -> str:
    if isinstance(content, str):
        return content
    texts = []
    for block in content:
        if isinstance(block, str):
            texts.append(block)
        elif block.get("type") == "text":
            texts.append(str(block["text"]))
        elif block.get("type") == "tool_result":
            texts.append(f"The tool gave: {_text(block.get('content', ''))}")
        elif block.get("type") not in _NOT_SAID:
            raise ModelError(f"A message holds {block.get('type')}, and this model reads text only.", "Send text.")
    return "".join(texts)
