"""What went wrong when a model was asked, from whichever client's exception: what to do about it, and what to tell.

Clients name their errors alike and differ in their classes, so an exception is judged by its HTTP status, by the names of its
classes and, for a window that is too small, by its words. Nothing of any client is imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from ....memory.text import clean, shorten

__all__ = ["Fault", "FaultKind", "ModelFault", "fault_of"]

FaultKind = Literal["busy", "server", "unreachable", "stalled", "window", "no_tools", "no_schema", "key", "model", "request", "reply", "cut", "memory"]  # fmt: skip
"""`busy`: asked too often; `cut`: the reply ended at the token limit; `no_tools`, `no_schema`: the server cannot do that; `reply`: what came is no
reply."""

_WORTH_WAITING = frozenset(("busy", "server", "unreachable"))
_MOST_TEXT = 300

_WINDOW = re.compile(
    r"context.{0,20}(?:length|window|size|limit)|maximum.{0,30}tokens|too many (?:input )?tokens|prompt is too long|input.{0,20}too long"
    r"|exceeds?.{0,40}(?:context|tokens)|context_length_exceeded|n_ctx",
    re.IGNORECASE,
)
_NO_TOOLS = re.compile(
    r"(?:does not|doesn't|not|un)\s*support\w*.{0,40}\b(?:tools?|function)|\btool(?:s|_choice| choice| use| call\w*)?\b.{0,60}(?:not|un)\s*(?:support|available|enabled|allow|permitted)"
    r"|--enable-auto-tool-choice|--jinja|tools param|(?:unknown|unrecognized|unexpected|extra|unsupported).{0,40}\btools?\b",
    re.IGNORECASE,
)
_NO_SCHEMA = re.compile(
    r"response_format|json_schema|structured.?output|guided|grammar|\bformat\b.{0,30}support", re.IGNORECASE
)
_KEY_LIKE = re.compile(r"\b(?:sk|pk|hf|gsk|key|token)[-_][A-Za-z0-9_\-*.]{6,}|Bearer\s+\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """One failed request."""

    kind: FaultKind
    text: str
    """What the server or the client said, shortened, without anything like a key."""
    wait_s: float | None = None
    """How long the server asked to be left alone."""

    @property
    def worth_waiting(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.kind in _WORTH_WAITING


class ModelFault(Exception):
    """A request failed for good, after what was worth trying again."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


def fault_of(error: BaseException, now: datetime | None = None) -> Fault | None:
    """What this exception means; None where it is no failure of a model or its server, but an error of ours.

    Args:
        error: what was raised.
        now: the clock, for a `Retry-After` that is a date.
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    text = _said(error)
    status = _status(error)
    if "ContextOverflow" in names or "ContextOverflowError" in names:
        return Fault("window", text)
    if names & {"NotEnoughMemory", "OutOfMemoryError", "MemoryError"}:
        return Fault("memory", text)
    if any("LengthFinishReason" in name for name in names):
        return Fault("cut", text)
    if status is not None:
        return Fault(_by_status(status, text), f"HTTP {status}: {text}", _retry_after(error, now))
    if any("Timeout" in name for name in names):
        return Fault("stalled", text or "no answer in time")
    if any(part in name for name in names for part in ("Connect", "NetworkError", "ProtocolError", "ReadError")):
        return Fault("unreachable", text or type(error).__name__)
    if any(part in name for name in names for part in ("APIError", "ResponseError", "ModelError", "JSONDecodeError")):
        return Fault(_by_words(text) or "server", text)
    if isinstance(error, OSError):
        return Fault("unreachable", text)
    return None


def _by_status(status: int, text: str) -> FaultKind:
    if status == 429:
        return "busy"
    if status in (401, 403):
        return "key"
    if status == 408 or status >= 500:
        return _by_words(text) or "server"
    by_words = _by_words(text)
    if by_words:
        return by_words
    return "model" if status == 404 else "window" if status == 413 else "request"


def _by_words(text: str) -> FaultKind | None:
    if _WINDOW.search(text):
        return "window"
    if _NO_TOOLS.search(text):
        return "no_tools"
    return "no_schema" if _NO_SCHEMA.search(text) else None


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        found = getattr(holder, "status_code", None)
        if isinstance(found, int) and 100 <= found < 600:
            return found
    return None


def _said(error: BaseException) -> str:
    body = getattr(error, "body", None)
    inner: Any = body.get("message") if isinstance(body, Mapping) else None
    text = inner if isinstance(inner, str) and inner else getattr(error, "message", None) or str(error)
    cause = error.__cause__
    if cause is not None and str(cause) and str(cause) not in str(text) and "Connection error" in str(text):
        text = f"{text} {cause}"
    return shorten(_KEY_LIKE.sub("****", " ".join(clean(str(text)).split())), _MOST_TEXT)


def _retry_after(error: BaseException, now: datetime | None) -> float | None:
    """Seconds of the reply's Retry-After, which is a number or a date."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    text = headers.get("retry-after") if headers is not None else None
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())
