"""An answer as LangChain's messages: chunks while it is spoken, with what they cost, or one message at its end."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import invalid_tool_call, tool_call

from ..errors import ModelError

if TYPE_CHECKING:
    from ..decoding import Cancel
    from .speaker import Sampling, Speech

__all__ = ["Deadline", "chunks_of", "message_of"]

_ANSWER = re.compile(r'\{"answer":"((?:[^"\\]|\\.)*)', re.DOTALL)
_CALL = re.compile(r'\{"tool":"((?:[^"\\]|\\.)*)","args":', re.DOTALL)


class Deadline:
    """Cancels an answer when asked to, or when its time is up."""

    def __init__(self, cancel: Cancel | None, timeout: float | None) -> None:
        self._cancel = cancel
        self._timeout = timeout
        self._end = None if timeout is None else time.monotonic() + timeout

    def is_set(self) -> bool:
        """See `decoding.Cancel`."""
        return self.cancelled or (self._end is not None and time.monotonic() > self._end)

    @property
    def cancelled(self) -> bool:
        """Someone asked for the end."""
        return self._cancel is not None and self._cancel.is_set()

    def check(self) -> None:
        """Raises ModelError where the time ran out."""
        if self.is_set() and not self.cancelled:
            raise ModelError(f"The model did not finish within {self._timeout:g} s.", "Allow more time (timeout).")


@dataclass
class _Said:
    """What an answer amounted to."""

    content: str = ""
    calls: list[Any] = field(default_factory=list)
    broken: list[Any] = field(default_factory=list)
    reason: str = "stop"


def chunks_of(speech: Speech, sampling: Sampling, deadline: Deadline, name: str) -> Iterator[AIMessageChunk]:
    """The answer in pieces. The first has what the prompt took, each its own tokens, the last why it ended.

    A call comes whole, with the last piece: half a call looks like another whole one. A call that was cut off comes as text
    that nobody can take for arguments, in `invalid_tool_calls`; the reason is `length`.
    """
    told, counted, prompt = "", 0, len(speech.prompt)
    for piece in speech.tokens(sampling, deadline):
        if speech.chooser is not None:
            piece = _content(speech)[len(told) :]
        if piece:
            told += piece
            yield AIMessageChunk(content=piece, usage_metadata=_usage(prompt, speech.spoken - counted))
            counted, prompt = speech.spoken, 0
    deadline.check()
    said = _outcome(speech, told, deadline)
    broken = [{**call, "args": f"({call['error']}) {call['args']}"} for call in said.broken]
    yield AIMessageChunk(
        content=said.content[len(told) :],
        tool_calls=said.calls,
        invalid_tool_calls=broken,
        usage_metadata=_usage(prompt, speech.spoken - counted),
        response_metadata=_metadata(name, said),
        chunk_position="last",
    )


def message_of(speech: Speech, sampling: Sampling, deadline: Deadline, name: str) -> AIMessage:
    """The whole answer. A call that was cut off stands in `invalid_tool_calls`, with the reason as its error."""
    told = "".join(speech.tokens(sampling, deadline))
    deadline.check()
    said = _outcome(speech, told, deadline)
    return AIMessage(
        content=said.content,
        tool_calls=said.calls,
        invalid_tool_calls=said.broken,
        usage_metadata=_usage(len(speech.prompt), speech.spoken),
        response_metadata=_metadata(name, said),
    )


def _content(speech: Speech) -> str:
    """What of the text under a grammar is for the reader, as far as it is certain."""
    assert speech.chooser is not None
    text = speech.chooser.text.rstrip("�")  # a character whose last byte is still to come
    if speech.offer.kind == "object":
        return text
    hit = _ANSWER.match(text)
    return json.loads(f'"{hit[1]}"') if hit else ""


def _outcome(speech: Speech, told: str, deadline: Deadline) -> _Said:
    cut = "" if speech.ended else "cancelled" if deadline.cancelled else "length"
    said = _Said(told if speech.chooser is None else _content(speech), reason=cut or "stop")
    if speech.chooser is None or speech.offer.kind == "object":
        return said
    text, made = speech.chooser.text, f"call_{uuid.uuid4().hex[:16]}"
    hit = _CALL.match(text)
    if not cut and hit:
        call = json.loads(text)
        said.calls.append(tool_call(name=call["tool"], args=call["args"], id=made))
        said.reason = "tool_calls"
    elif cut and not _ANSWER.match(text):
        why = f"cut off after {speech.spoken} tokens"
        name = json.loads(f'"{hit[1]}"') if hit else None
        said.broken.append(invalid_tool_call(name=name, args=text[hit.end() if hit else 0 :], id=made, error=why))
    return said


def _usage(prompt: int, spoken: int) -> UsageMetadata:
    return UsageMetadata(input_tokens=prompt, output_tokens=spoken, total_tokens=prompt + spoken)


def _metadata(name: str, said: _Said) -> dict[str, str]:
    return {"model_name": name, "finish_reason": said.reason}
