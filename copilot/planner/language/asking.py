"""One question to a model, one reply: streamed, so that a silence is noticed; tried again where that can help; counted.

Every retry is told as it happens. What cannot be mended by asking again leaves as `ModelFault`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ....memory.text import clean, shorten
from ..contract import State
from .background import in_background
from .faults import Fault, ModelFault, fault_of
from .reply import Reply, reply_of

__all__ = ["Patience", "ask_model"]

_TRIES = 3
_MOST_WAIT_S = 30.0
_GRACE_S = 20.0
"""What a model gets for its answer when the question's seconds are used up."""
_CHARACTERS_A_TOKEN = 16
"""More than this for each token allowed, and the server does not keep to its limit."""


@dataclass(frozen=True)
class Patience:
    """How long a model is waited for, and how much of it is read."""

    silence_s: float = 60.0
    max_new_tokens: int = 4_096


async def ask_model(
    runnable: Any,
    messages: Sequence[Any],
    state: State,
    patience: Patience,
    tools: Collection[str] = (),
    *,
    estimate: int = 0,
) -> Reply:
    """The model's reply.

    Args:
        runnable: a chat model, with its tools or its schema bound.
        messages: LangChain messages.
        state: of the run; told of retries and of what was used.
        patience: bounds.
        tools: names of tools that may be called in the text.
        estimate: tokens of the messages, counted where the server does not say.

    Raises:
        ModelFault: no reply, and why.
    """
    until = time.monotonic() + max(state.seconds_left, min(_GRACE_S, patience.silence_s))
    for attempt in range(1, _TRIES + 1):
        started = time.perf_counter()
        try:
            message, stopped = await in_background(_streamed(runnable, messages, patience, until, state.offline))
        except ModelFault:
            raise
        except Exception as error:  # clients raise whatever their parsing meets; none of it is to end a run
            fault = fault_of(error) or Fault("reply", shorten(f"{type(error).__name__}: {clean(str(error))}", 300))
            wait = _wait(fault, attempt, until)
            if wait is None:
                raise ModelFault(fault) from error
            state.tell(f"The model's server cannot answer now ({fault.text}); asked again in {wait:g} s.", "fallback")
            await asyncio.sleep(wait)
            continue
        reply = reply_of(message, tools)
        reply = replace(reply, cut=reply.cut or stopped)
        used_in, used_out = reply.tokens_in or estimate, reply.tokens_out or _guess(reply)
        state.spend(used_in, used_out, time.perf_counter() - started)
        return reply
    raise AssertionError("the last attempt returns or raises")


def _wait(fault: Fault, attempt: int, until: float) -> float | None:
    """Seconds until the next attempt; None where there is to be none."""
    if not fault.worth_waiting or attempt == _TRIES:
        return None
    wait = fault.wait_s if fault.wait_s is not None else 0.5 * 2 ** (attempt - 1)
    return wait if wait <= min(_MOST_WAIT_S, until - time.monotonic()) else None


async def _streamed(
    runnable: Any, messages: Sequence[Any], patience: Patience, until: float, offline: bool
) -> tuple[Any, bool]:
    """The reply's chunks as one message, and whether it was stopped for its length."""
    with _untraced(offline):
        return await _read(runnable, messages, patience, until)


async def _read(runnable: Any, messages: Sequence[Any], patience: Patience, until: float) -> tuple[Any, bool]:
    chunks: list[Any] = []
    length, most, stopped = 0, patience.max_new_tokens * _CHARACTERS_A_TOKEN, False
    stream = runnable.astream(list(messages))
    try:
        while not stopped:
            left = until - time.monotonic()
            async with asyncio.timeout(max(0.0, min(patience.silence_s, left))):
                chunk = await anext(stream, None)
            if chunk is None:
                break
            chunks.append(chunk)
            length += len(str(chunk.content)) + sum(len(part.get("args") or "") for part in _call_chunks(chunk))
            stopped = length > most
    except TimeoutError as error:
        said = f"no word from the model for {min(patience.silence_s, max(left, 0.0)):g} s"
        raise ModelFault(Fault("stalled", said)) from error
    except ValueError as error:
        if chunks or "No generation" not in str(error):
            raise
    finally:
        with contextlib.suppress(Exception):  # a stream that failed has nothing more to close
            await stream.aclose()
    message = chunks[0] if len(chunks) == 1 else chunks[0] + chunks[1:] if chunks else None
    if message is None or not (message.content or message.tool_calls or message.invalid_tool_calls):
        # Nothing came: the server does not stream, or the client leaves out what it has no place for, such as a refusal.
        return await _whole(runnable, messages, patience, until), False
    return message, stopped


def _call_chunks(chunk: Any) -> list[dict[str, Any]]:
    return getattr(chunk, "tool_call_chunks", None) or []


async def _whole(runnable: Any, messages: Sequence[Any], patience: Patience, until: float) -> Any:
    """The reply at once, from a server that streams nothing."""
    try:
        async with asyncio.timeout(max(0.0, min(patience.silence_s, until - time.monotonic()))):
            return await runnable.ainvoke(list(messages))
    except TimeoutError as error:
        raise ModelFault(Fault("stalled", f"no reply from the model within {patience.silence_s:g} s")) from error


@contextlib.contextmanager
def _untraced(offline: bool) -> Iterator[None]:
    """Without LangSmith's tracing, which a user's environment may switch on, and which would send everything away."""
    if not offline:
        yield
        return
    from langsmith import tracing_context

    with tracing_context(enabled=False):
        yield


def _guess(reply: Reply) -> int:
    return max(1, (len(reply.text) + len(reply.thought)) // 4)
