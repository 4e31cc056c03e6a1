"""From bytes to a reply that is what was asked for: status, encoding, form, and the service's own error objects."""

from __future__ import annotations

import email.utils
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.parsers import expat

from ...memory.errors import BadReply, BiocopilotError, NotFound
from ...memory.text import clean, shorten
from .hosts import Service
from .request import SECRET, Reply, Request
from .wire import Raw, without

__all__ = ["Malformed", "redacted", "retry_after_s", "understood", "worth_repeating"]

_ABSENT = frozenset((404, 410))
_NO_USE = frozenset((501, 505))
_NO_CONTENT = 204
_WHOLE = frozenset((200, 201, 202, 203))
_HINTS = {
    401: "Check the key for this service in the settings.",
    403: "Check the key for this service in the settings; it may also refuse this network.",
    407: "The proxy wants a login: look at HTTPS_PROXY and HTTP_PROXY.",
    413: "Ask for less at a time.",
    414: "Ask for less at a time.",
}


class Malformed(Exception):
    """Not whole, or not of the form asked for; that may be gone a moment later, unlike what `check` refuses."""


def worth_repeating(status: int) -> bool:
    """Whether the same request may well succeed after this status; after any other it would fail again."""
    return status in (408, 429) or (status >= 500 and status not in _NO_USE)


def understood(raw: Raw, request: Request, service: Service, shown: str, attempts: int, at: datetime) -> Reply:
    """The reply, once it is what was asked for. Raises NotFound, BadReply, Malformed, and what `check` raises."""
    secrets = request.secret_values(service.secret_parameters)
    reply = Reply(
        service=service.name,
        request=shown,
        status=raw.status,
        headers=raw.headers,
        body=raw.body,
        url=without(raw.url, service.secret_parameters),
        backend="live",
        retrieved_at=at,
        attempts=attempts,
        release=_release(raw, service) or request.release,
    )
    if raw.status in _ABSENT:
        where = shorten(clean(request.path.partition("?")[0]), 80)
        raise NotFound(f"{service.title} has nothing at {where}.", "Check the identifier.")
    if raw.status == _NO_CONTENT and request.may_be_empty:
        _checked(reply, request, service, secrets)
        return reply
    if raw.status not in _WHOLE:
        said = redacted(" ".join(clean(raw.body.decode("utf-8", "replace")).split()), secrets)
        said = "" if _is_web_page(reply) or not said else f": {shorten(said, 160)}"
        hint = _HINTS.get(raw.status, "Check the identifiers and filters.")
        raise BadReply(f"{service.title} refused the request ({raw.status}){said}.", hint)
    reply = replace(reply, value=_formed(reply, request))
    _checked(reply, request, service, secrets)
    return reply


def _release(raw: Raw, service: Service) -> str:
    return clean(raw.headers.get(service.release_header, "")) if service.release_header else ""


def _formed(reply: Reply, request: Request) -> Any:
    """The value of JSON; None for text and XML, once they are whole. Raises Malformed."""
    if not reply.body.strip():
        raise Malformed("an empty reply")
    if _is_web_page(reply):
        raise Malformed("a web page came instead of data")
    try:
        if request.kind == "json":
            return _json(reply.body)
        if request.kind == "xml":
            expat.ParserCreate().Parse(reply.body, True)  # opens nothing, and stops entity bombs by itself
        else:
            reply.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("the reply is not valid text") from error
    except (ValueError, RecursionError, LookupError, expat.ExpatError) as error:
        raise Malformed(f"the reply is not whole, or no {request.kind.upper()}") from error
    return None


def _checked(reply: Reply, request: Request, service: Service, secrets: tuple[str, ...]) -> None:
    """Let the source look at it; what it says is shown without secrets."""
    if request.check is None:
        return
    try:
        request.check(reply)
    except BiocopilotError as error:
        error.message, error.hint = redacted(error.message, secrets), redacted(error.hint, secrets)
        error.args = (error.message,)
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadReply(
            f"{service.title}: the reply has not the shape that it documents.", "Is this program up to date?"
        ) from error


def _json(body: bytes) -> Any:
    value = json.loads(body.decode("utf-8-sig"), parse_constant=_finite, parse_float=_finite)
    return _encodable(value) if b"\\ud" in body or b"\\uD" in body else value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no JSON number")
    return number


def _encodable(value: Any) -> Any:
    """The same without halves of surrogate pairs, which no file, hash or terminal takes."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {_encodable(name): _encodable(item) for name, item in value.items()}
    return value


_HTML = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)


def _is_web_page(reply: Reply) -> bool:
    return _HTML.match(reply.body[:2_000]) is not None


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that Retry-After asks for, given as seconds or as a date; None where it asks for nothing usable.

    A date is read by the clock of the service, where the reply tells it: the user's may be wrong.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return float(text)
    moment = _moment(text)
    if moment is None:
        return None
    return max(0.0, (moment - (_moment(headers.get("date", "")) or now)).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret blotted out."""
    for secret in secrets:
        text = text.replace(secret, SECRET)
    return text
