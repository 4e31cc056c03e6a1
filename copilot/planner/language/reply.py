"""What a model replied: text, reasoning, and the calls it asks for, each read strictly or told as unreadable.

A cut-off call must not run with half of its arguments, so arguments are read from the text that was sent, never from a parser
that mends what is missing. Calls that a model writes into its text, because its server does not know them, are found there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ....memory.text import clean, shorten

__all__ = ["Reply", "Wish", "calls_in_text", "reply_of", "whole_sentences", "without_fence"]

_THINK = re.compile(r"<(think|thinking|reasoning)>(.*?)(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_CALL = re.compile(r"<(tool_call|function_call)>\s*(.*?)\s*(?:</\1>|\Z)", re.DOTALL)
_CODE = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*```\s*\Z", re.DOTALL)
_ANSWER = re.compile(r'\{\s*"answer"\s*:\s*"((?:[^"\\]|\\.)*)', re.DOTALL)
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?](?:\s*\[E\d[^\]\n]*\])*(?=\s|\Z)|\|[ \t]*(?=\n)|\][ \t]*(?=\n)")
_CUT = ("length", "max_tokens", "max_output_tokens")
_DECLINED = ("content_filter", "refusal", "safety")


@dataclass(frozen=True)
class Wish:
    """A call as the model asked for it; `arguments` is None where what it wrote is no JSON object."""

    id: str
    tool: str
    arguments: Mapping[str, Any] | None
    written: str = ""


@dataclass(frozen=True)
class Reply:
    """One reply. `message` is the client's own, to be sent back as it came."""

    message: Any
    text: str = ""
    thought: str = ""
    wishes: tuple[Wish, ...] = ()
    refusal: str = ""
    cut: bool = False
    """Whether it ended at the token limit."""
    in_text: bool = False
    """Whether the calls were found in the text."""
    tokens_in: int = 0
    tokens_out: int = 0


def reply_of(message: Any, tools: Collection[str] = ()) -> Reply:
    """Read a LangChain message, or a merged chunk of one.

    Args:
        message: an `AIMessage` or `AIMessageChunk`.
        tools: names of tools; calls in the text are only seen for these.
    """
    ends = str(
        [message.response_metadata.get(name) for name in ("finish_reason", "stop_reason", "done_reason")]
    ).casefold()
    text, thoughts = _split(message)
    wishes, in_text = _wishes(message), False
    if not wishes:
        wishes, rest = calls_in_text(text, tools)
        in_text, text = bool(wishes), rest
    if tools and not wishes:
        text = _answer_in(text)
    refusal = clean(str(message.additional_kwargs.get("refusal") or _refusal_block(message))).strip()
    if not refusal and any(word in ends for word in _DECLINED) and not wishes:
        refusal = text or "no reason given"
    usage = message.usage_metadata or {}
    return Reply(
        message=message,
        text=_HEADING.sub("", text).strip(),
        thought="\n\n".join(thoughts),
        wishes=tuple(wishes),
        refusal=refusal,
        cut=any(word in ends for word in _CUT),
        in_text=in_text,
        tokens_in=int(usage.get("input_tokens") or 0),
        tokens_out=int(usage.get("output_tokens") or 0),
    )


def calls_in_text(text: str, tools: Collection[str]) -> tuple[list[Wish], str]:
    """Calls written into a reply, and the text without them: `<tool_call>{…}</tool_call>`, or a reply that is all JSON."""
    tagged = _CALL.findall(text)
    if tagged:
        wishes = [wish for _, body in tagged for wish in _from_json(body, tools, strict=False)]
        return wishes, _CALL.sub("", text).strip()
    body = without_fence(text)
    if body[:1] not in ("{", "["):
        return [], text
    wishes = _from_json(body, tools, strict=True)
    return (wishes, "") if wishes else ([], text)


def _answer_in(text: str) -> str:
    """What stands in `{"answer": …}`, also where it was cut off; any other text as it is."""
    body = without_fence(text)
    hit = _ANSWER.match(body)
    if hit is None:
        return text
    try:
        return str(json.loads(body)["answer"])
    except (ValueError, KeyError, TypeError):
        pass
    try:
        return str(json.loads(f'"{hit[1].rstrip(chr(92))}"', strict=False))
    except ValueError:
        return text


def without_fence(text: str) -> str:
    """The text of a reply that is all one code block, without the block's marks."""
    code = _CODE.match(text)
    return (code[1] if code else text).strip()


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence or row."""
    ends = [hit.end() for hit in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]].rstrip() if ends else ""


def _split(message: Any) -> tuple[str, list[str]]:
    """The text and the reasoning, however the client gives it; cleaned."""
    thoughts, texts = [], []
    for block in message.content_blocks:
        if block["type"] == "text":
            texts.append(str(block.get("text", "")))
            continue
        held = block.get("value") if block["type"] == "non_standard" else block
        said = (held.get("reasoning") or held.get("thinking")) if isinstance(held, dict) else None
        if said:
            thoughts.append(clean(str(said)).strip())
    text = clean("".join(texts))
    thoughts += [hit[2].strip() for hit in _THINK.finditer(text) if hit[2].strip()]
    return _THINK.sub("", text).strip(), thoughts


def _refusal_block(message: Any) -> str:
    """A refusal as a block of the content, where OpenAI's newer interface puts it."""
    blocks = message.content if isinstance(message.content, list) else []
    return next(
        (str(item.get("refusal")) for item in blocks if isinstance(item, dict) and item.get("type") == "refusal"), ""
    )


def _wishes(message: Any) -> list[Wish]:
    chunks = getattr(message, "tool_call_chunks", None)
    if chunks:
        return [_read(chunk.get("id"), chunk.get("name"), chunk.get("args")) for chunk in chunks]
    found = [Wish(str(call.get("id") or ""), clean(call["name"]), call["args"]) for call in message.tool_calls]
    return found + [
        Wish(str(call.get("id") or ""), clean(call.get("name") or ""), None, _shown(call.get("args")))
        for call in message.invalid_tool_calls
    ]


def _read(call_id: str | None, name: str | None, written: str | None) -> Wish:
    try:
        arguments = json.loads(written or "{}")
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        return Wish(call_id or "", clean(name or ""), None, _shown(written))
    return Wish(call_id or "", clean(name or ""), arguments)


def _from_json(body: str, tools: Collection[str], strict: bool) -> list[Wish]:
    """The calls of a JSON text. Strict: nothing, unless each of them names a tool; else a broken one is a wish without arguments."""
    try:
        data = json.loads(body)
    except ValueError:
        return [] if strict else [Wish("", "", None, _shown(body))]
    if isinstance(data, dict) and isinstance(data.get("calls"), list):
        data = data["calls"]
    items = data if isinstance(data, list) else [data]
    found = []
    for item in items:
        name = item.get("tool") or item.get("name") if isinstance(item, dict) else None
        if not isinstance(name, str) or (strict and name not in tools):
            return []
        given: Any = next((item[key] for key in ("arguments", "args", "parameters") if key in item), {})
        found.append(Wish("", clean(name), given if isinstance(given, dict) else None, _shown(given)))
    return found


def _shown(written: object) -> str:
    return shorten(clean(str(written or "")), 200)
