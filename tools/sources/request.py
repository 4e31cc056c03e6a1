"""What is asked of a service, what came back, and the bounds of asking. How it is asked stands in `transport`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlencode

__all__ = ["SECRET", "Backend", "Kind", "Limits", "Reply", "Request"]

Backend = Literal["live", "cache"]
Kind = Literal["json", "text", "xml"]

SECRET = "[secret]"
"""Stands where a secret was."""
_SECRET_HEADERS = frozenset(("authorization", "cookie", "proxy-authorization", "x-api-key"))


@dataclass(frozen=True)
class Limits:
    """Bounds of one request, all attempts together where nothing else is said."""

    total_s: float = 30.0
    connect_s: float = 6.0
    read_s: float = 15.0
    attempts: int = 4
    bytes: int = 50_000_000
    """Of the body as it arrives, and of the body unpacked."""


@dataclass(frozen=True)
class Request:
    """What is asked of a service.

    Args:
        service: its short name in `SERVICES`.
        path: behind the service's base address; already quoted; a query in it is allowed.
        parameters: query parameters.
        body: for a POST: JSON, or with `form` a mapping of fields or a form's own bytes.
        kind: what is expected back.
        check: raises BadReply or NotFound for a reply that the service's own conventions mark as an error, such as an
            error object with status 200; raises SourceUnavailable or RateLimited where asking again may help.
        kept: whether a reply may be kept and used again.
        may_be_empty: whether 204, no content, is an answer, as where a search finds nothing; its value is None.
        release: of the data that the reply will be of, where it is known and the service does not say it in a reply;
            then only kept replies of that release stand in, and the reply names it.

    Raises:
        ValueError: a path that is not quoted, or that leaves the service's base address.
    """

    service: str
    path: str
    parameters: Mapping[str, str | int | float] = field(default_factory=dict)
    body: Any = None
    form: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = "json"
    check: Callable[[Reply], None] | None = None
    kept: bool = True
    may_be_empty: bool = False
    release: str = ""

    def __post_init__(self) -> None:
        if self.path and self.path[0] not in "/?":
            raise ValueError(f"the path {self.path!r} does not begin with /")
        if "#" in self.path or "\\" in self.path or any(not "!" <= letter <= "~" for letter in self.path):
            raise ValueError(f"the path {self.path!r} is not quoted")
        if any(unquote(part) in (".", "..") for part in self.path.partition("?")[0].split("/")):
            raise ValueError(f"the path {self.path!r} leaves its folder")

    @property
    def method(self) -> str:
        """GET, or POST where there is a body."""
        return "GET" if self.body is None else "POST"

    @property
    def target(self) -> str:
        """Path and query as they are sent."""
        if not self.parameters:
            return self.path
        query = urlencode([(name, str(value)) for name, value in self.parameters.items()])
        return f"{self.path}{'&' if '?' in self.path else '?'}{query}"

    def shown(self, secrets: frozenset[str] = frozenset()) -> str:
        """The request as text without its secrets: what errors say and what the cache is keyed by."""
        path, _, query = self.target.partition("?")
        pairs = sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in secrets)
        parts = [self.method, f"{path}?{urlencode(pairs)}" if pairs else path]
        if self.kind != "json":
            parts.append(f"as {self.kind}")
        parts += [
            f"{name.lower()}={value}"
            for name, value in sorted(self.headers.items())
            if name.lower() not in _SECRET_HEADERS
        ]
        if self.body is not None:
            parts.append(self._body_shown(secrets))
        return " ".join(parts)

    def secret_values(self, secrets: frozenset[str]) -> tuple[str, ...]:
        """The values that must not be shown, longest first."""
        pairs = [*parse_qsl(self.target.partition("?")[2]), *self._fields()]
        values = {str(value) for name, value in pairs if name in secrets}
        for name, value in self.headers.items():
            if name.lower() in _SECRET_HEADERS:
                values |= {value, value.rpartition(" ")[2]}  # `Bearer …`
        return tuple(sorted((value for value in values if len(value) > 3), key=len, reverse=True))

    def _fields(self) -> list[tuple[str, Any]]:
        """Names and values of the body, where it has any."""
        if isinstance(self.body, Mapping):
            return list(self.body.items())
        if self.form and isinstance(self.body, bytes):
            return list(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        return []

    def _body_shown(self, secrets: frozenset[str]) -> str:
        if self.form or isinstance(self.body, Mapping):
            body: Any = {}
            for name, value in self._fields():
                if name not in secrets:
                    body.setdefault(name, []).append(value)
        else:
            body = self.body
        return ("form " if self.form else "") + json.dumps(body, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class Reply:
    """A reply that was understood."""

    service: str
    request: str
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    url: str
    """The address that answered, after redirects, without secrets."""
    backend: Backend
    retrieved_at: datetime
    attempts: int = 1
    release: str = ""
    stale: str = ""
    """Why a kept reply stands in that is older than it should be; empty where none does."""
    value: Any = None
    """The JSON, where JSON was expected."""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8-sig")
