"""The one way to a live service: everything that could go wrong on the wire is settled here, once, for all of them.

A request has a total deadline besides the time each read may take, a cap on bytes counted while they arrive and again
while they are unpacked, a pace that the whole process keeps, retries only where a repetition can help, and a breaker
for hosts that keep failing. Redirects are followed by hand, to the service's own hosts only. A reply is kept only after
it was understood. `offline` refuses here and nowhere else.
"""

from __future__ import annotations

import asyncio
import email.utils
import json
import random
import re
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from ...memory.errors import (
    BadReply,
    HostRefused,
    NotFound,
    OfflineRefused,
    RateLimited,
    SourceUnavailable,
    StorageError,
)
from ...memory.text import clean, shorten
from .hosts import SERVICES, Service
from .pace import breaker_of, pace_of

if TYPE_CHECKING:
    import httpx

    from ...memory.response_cache import ResponseCache

__all__ = ["Limits", "Reply", "Request", "Session", "Transport"]

_RETRIED = frozenset((429, 500, 502, 503, 504))
"""Statuses after which the same request may well succeed; after any other it would fail again."""
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 3
_ABSENT = frozenset((404, 410))
_BACK_OFF_S = 0.5
_CHUNK = 65_536

Backend = Literal["live", "cache"]


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
        path: behind the service's base address; already quoted.
        parameters: query parameters.
        body: for a POST: JSON where it is a mapping or list, a form where it is bytes of one.
        kind: what is expected back.
        check: raises BadReply or NotFound for a reply that the service's own conventions mark as an error, such as an
            error object with status 200.
        kept: whether a reply may be kept and used again.
    """

    service: str
    path: str
    parameters: Mapping[str, str | int | float] = field(default_factory=dict)
    body: Any = None
    form: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["json", "text", "xml"] = "json"
    check: Callable[[Reply], None] | None = None
    kept: bool = True

    def shown(self, secrets: frozenset[str] = frozenset()) -> str:
        """The request as text without its secrets: what errors say and what the cache is keyed by."""
        pairs = sorted((name, str(value)) for name, value in self.parameters.items() if name not in secrets)
        query = f"?{urlencode(pairs)}" if pairs else ""
        extra = "" if self.body is None else " " + json.dumps(self.body, sort_keys=True, ensure_ascii=False)
        return f"{'POST' if self.body is not None else 'GET'} {self.path}{query}{extra}"


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
    """The address without secrets."""
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
        return self.body.decode("utf-8")


@dataclass(frozen=True)
class _Raw:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class _Retry(Exception):
    """An attempt failed in a way that another may mend."""

    def __init__(
        self, why: str, wait_s: float | None = None, error: type[SourceUnavailable] = SourceUnavailable
    ) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s
        self.error = error


class Transport:
    """Shared by all sources of a process; thread-safe. Requests are made in a `session`.

    Args:
        offline: open no connection; kept replies are still given.
        cache: where replies are kept; nowhere where None.
        contact: an address that services can write to, sent in User-Agent.
        bases: other base addresses by service name, for mirrors and test servers.
        limits: bounds of one request.
        sleep: waits; replaced in tests.
        dice: numbers from 0 to 1 for the spread of waiting times.
    """

    def __init__(
        self,
        offline: bool = False,
        cache: ResponseCache | None = None,
        contact: str = "",
        bases: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        dice: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.offline = offline
        self.cache = cache
        self.limits = limits or Limits()
        self._contact = contact
        self._services = {
            name: replace(SERVICES[name], base=base.rstrip("/"), more_hosts=()) for name, base in (bases or {}).items()
        }
        self._sleep = sleep
        self._dice = dice
        self._clock = clock
        self._now = now

    def service(self, name: str) -> Service:
        """A service, at the address that this transport uses for it."""
        return self._services.get(name) or SERVICES[name]

    def session(self) -> Session:
        """Requests that share connections, within one event loop; an async context."""
        return Session(self)

    def close(self) -> None:
        """Close the cache."""
        if self.cache is not None:
            self.cache.close()

    def user_agent(self) -> str:
        """What the services see: program, version and contact."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("biocopilot")
        except PackageNotFoundError:
            number = "0"
        return f"biocopilot/{number}" + (f" (mailto:{self._contact})" if self._contact else "")


class Session:
    """One event loop's connections; `notices` gathers what a reader should be told (retries, kept replies)."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.notices: list[str] = []
        self._client: httpx.AsyncClient | None = None
        self._at_once: dict[str, asyncio.Semaphore] = {}

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def fetch(self, request: Request) -> Reply:
        """The reply to a request, from the cache where a fresh one is kept.

        Raises:
            NotFound: the service has no such thing (404, 410, or as `check` says).
            OfflineRefused: offline, and no reply is kept.
            RateLimited: it asks to wait for longer than there is time.
            BadReply: what came is not what the service documents, or was refused as too large.
            HostRefused: a redirect to somewhere else.
            SourceUnavailable: it does not answer.
        """
        service = self.transport.service(request.service)
        shown = request.shown(service.secret_parameters)
        kept = self._kept(service, request, shown) if request.kept else None
        if kept is not None and self._fresh(kept, service):
            return kept
        if self.transport.offline:
            if kept is not None:
                return kept
            raise OfflineRefused(
                f"{service.title} needs the network, and no reply to this request is kept.",
                "Ask again without `--offline`.",
            )
        try:
            reply = await self._live(service, request, shown)
        except NotFound:
            raise
        except SourceUnavailable as error:
            if kept is None:
                raise
            age = self._age(kept)
            self.notices.append(f"{service.title} did not answer; a reply kept {age} ago stands in. {error.message}")
            return replace(kept, stale=error.message)
        self._keep(service, request, reply)
        return reply

    # Cache -------------------------------------------------------------------------------------------------------

    def _kept(self, service: Service, request: Request, shown: str) -> Reply | None:
        cache = self.transport.cache
        if cache is None:
            return None
        try:
            found = cache.get(service.name, shown)
            if found is None:
                return None
            raw = _Raw(200, {"content-type": found.kind}, found.body, service.base + request.path)
            reply = _understood(raw, request, service, shown, 0, datetime.fromtimestamp(found.stored_at, UTC))
            return replace(reply, backend="cache", release=found.release)
        except (StorageError, BadReply) as error:
            self.notices.append(f"A kept reply of {service.title} could not be used: {error.message}")
            return None

    def _fresh(self, kept: Reply, service: Service) -> bool:
        return (self.transport._now() - kept.retrieved_at).total_seconds() <= service.max_age_s

    def _age(self, kept: Reply) -> str:
        seconds = (self.transport._now() - kept.retrieved_at).total_seconds()
        return f"{seconds / 86_400:.0f} days" if seconds > 172_800 else f"{seconds / 3600:.0f} hours"

    def _keep(self, service: Service, request: Request, reply: Reply) -> None:
        if self.transport.cache is None or not request.kept:
            return
        try:
            kind = reply.headers.get("content-type", "")
            self.transport.cache.put(service.name, reply.request, reply.release, kind, reply.body)
        except StorageError as error:
            self.notices.append(f"The reply of {service.title} is not kept: {error.message}")

    # Wire --------------------------------------------------------------------------------------------------------

    async def _live(self, service: Service, request: Request, shown: str) -> Reply:
        transport = self.transport
        breaker = breaker_of(service.host)
        refused = breaker.refused_for_s()
        if refused > 0:
            raise SourceUnavailable(
                f"{service.title} failed several times in a row and is left alone for {refused:.0f} s more.",
                "Ask again later; other sources are not affected.",
            )
        deadline = transport._clock() + transport.limits.total_s
        attempt = 0
        try:
            async with asyncio.timeout(transport.limits.total_s):
                while True:
                    attempt += 1
                    try:
                        reply = await self._attempt(service, request, shown, attempt)
                    except _Retry as trouble:
                        await self._before_next(service, trouble, attempt, deadline)
                        continue
                    breaker.succeeded()
                    return reply
        except TimeoutError as error:
            self._give_up(service)
            raise SourceUnavailable(
                f"{service.title} did not answer within {transport.limits.total_s:g} s ({attempt} attempts).",
                "Ask again later, or use a local store: `biocopilot data status`.",
            ) from error
        except (NotFound, BadReply, HostRefused):
            breaker.succeeded()  # it answered, if not as wished
            raise

    async def _before_next(self, service: Service, trouble: _Retry, attempt: int, deadline: float) -> None:
        """Wait before another attempt. Raises where none is left or there is no time for it."""
        transport = self.transport
        if attempt >= transport.limits.attempts:
            self._give_up(service)
            raise trouble.error(
                f"{service.title}: {trouble.why} ({attempt} attempts).",
                "Ask again later; other sources are not affected.",
            )
        wait_s = trouble.wait_s
        if wait_s is None:
            wait_s = _BACK_OFF_S * 2 ** (attempt - 1) * (0.5 + transport._dice())
        if transport._clock() + wait_s >= deadline:
            self._give_up(service)
            raise (
                RateLimited(
                    f"{service.title} asks to wait {wait_s:.0f} s, which is longer than this request may take.",
                    "Ask again later.",
                )
                if trouble.wait_s is not None
                else trouble.error(f"{service.title}: {trouble.why}.", "Ask again later.")
            )
        if trouble.wait_s is not None:
            pace_of(service.host, service.per_second).hold_back(wait_s)
        self.notices.append(f"{service.title}: {trouble.why}; asked again after {wait_s:.1f} s.")
        await transport._sleep(wait_s)

    def _give_up(self, service: Service) -> None:
        if breaker_of(service.host).failed():
            self.notices.append(f"{service.title} keeps failing and is left alone for a while.")

    async def _attempt(self, service: Service, request: Request, shown: str, attempt: int) -> Reply:
        semaphore = self._at_once.setdefault(service.host, asyncio.Semaphore(service.at_once))
        async with semaphore:
            wait_s = pace_of(service.host, service.per_second).wait_s()
            if wait_s > 0:
                await self.transport._sleep(wait_s)
            raw = await self._exchange(service, request)
        if raw.status in _RETRIED:
            raise _Retry(
                f"it answered {raw.status}",
                _retry_after_s(raw.headers.get("retry-after", ""), self.transport._now()),
                RateLimited if raw.status == 429 else SourceUnavailable,
            )
        try:
            return _understood(raw, request, service, shown, attempt, self.transport._now())
        except BadReply as error:
            if raw.status == 200 and attempt == 1:  # a maintenance page or a cut body is often gone a moment later
                raise _Retry(error.message.removeprefix(f"{service.title}: ").rstrip("."), None, BadReply) from error
            raise

    async def _exchange(self, service: Service, request: Request) -> _Raw:
        """One request and its redirects. Raises _Retry for what may pass, HostRefused and BadReply for what may not."""
        import httpx

        url = service.base + request.path
        if request.parameters:
            url += ("&" if "?" in url else "?") + urlencode(
                [(name, str(value)) for name, value in request.parameters.items()]
            )
        method = "GET" if request.body is None else "POST"
        body = request.body
        for _ in range(_MOST_REDIRECTS + 1):
            self._allow(service, url)
            try:
                raw = await self._once(method, url, body, request)
            except httpx.TimeoutException as error:
                raise _Retry(f"it did not answer in time ({type(error).__name__})") from error
            except httpx.TransportError as error:
                raise _Retry(f"the connection failed ({type(error).__name__})") from error
            if raw.status not in _REDIRECTS:
                return replace(raw, url=_without(url, service.secret_parameters))
            place = raw.headers.get("location", "")
            if not place:
                raise BadReply(f"{service.title}: a redirect to nowhere.", "Ask again later.")
            url = urljoin(url, place)
            if raw.status in (301, 302, 303):
                method, body = "GET", None
        raise BadReply(f"{service.title}: more than {_MOST_REDIRECTS} redirects.", "Ask again later.")

    def _allow(self, service: Service, url: str) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and urlsplit(service.base).scheme == "http")
        if parts.netloc not in service.hosts or not secure or parts.username or parts.password:
            where = shorten(clean(f"{parts.scheme}://{parts.hostname or ''}"), 80)
            raise HostRefused(
                f"{service.title} sends to {where}, which is not its own address.", "Nothing was sent there."
            )

    async def _once(self, method: str, url: str, body: Any, request: Request) -> _Raw:
        limits = self.transport.limits
        headers = {"accept": _ACCEPT[request.kind], "accept-encoding": "gzip", **request.headers}
        options: dict[str, Any] = {}
        if body is not None:
            options = {"data": body} if request.form else {"json": body}
        async with self._http().stream(method, url, headers=headers, **options) as response:
            names = {name.lower(): value for name, value in response.headers.items()}
            if int(names.get("content-length", "0") or 0) > limits.bytes:
                raise BadReply("The reply is larger than is taken.", "Ask for less.")
            packed = names.get("content-encoding", "").lower()
            unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if packed == "gzip" else None
            if packed not in ("", "identity", "gzip"):
                raise BadReply(
                    f"The reply is packed as {shorten(clean(packed), 20)}, which was not asked for.", "Ask again later."
                )
            received, parts = 0, []
            size = 0
            async for chunk in response.aiter_raw(_CHUNK):
                received += len(chunk)
                piece = _unpacked(unpack, chunk, limits.bytes - size) if unpack else chunk
                size += len(piece)
                if received > limits.bytes or size > limits.bytes or (unpack and unpack.unconsumed_tail):
                    raise BadReply(f"The reply is larger than {limits.bytes:,} bytes.", "Ask for less.")
                parts.append(piece)
            if unpack is not None and not unpack.eof:
                raise _Retry("the reply was cut short")
        return _Raw(response.status_code, names, b"".join(parts), url)

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx

            limits = self.transport.limits
            timeout = httpx.Timeout(limits.read_s, connect=limits.connect_s)
            self._client = httpx.AsyncClient(
                timeout=timeout,
                follow_redirects=False,
                trust_env=True,
                headers={"user-agent": self.transport.user_agent()},
            )
        return self._client


_ACCEPT = {"json": "application/json", "text": "text/plain, */*", "xml": "application/xml, text/xml"}


def _unpacked(unpack: Any, chunk: bytes, most: int) -> bytes:
    try:
        return bytes(unpack.decompress(chunk, max(1, most + 1)))
    except zlib.error as error:
        raise _Retry("the reply cannot be unpacked") from error


def _understood(raw: _Raw, request: Request, service: Service, shown: str, attempts: int, at: datetime) -> Reply:
    """The reply, once it is what was asked for. Raises NotFound and BadReply."""
    reply = Reply(
        service=service.name,
        request=shown,
        status=raw.status,
        headers=raw.headers,
        body=raw.body,
        url=raw.url,
        backend="live",
        retrieved_at=at,
        attempts=attempts,
        release=raw.headers.get(service.release_header, "") if service.release_header else "",
    )
    if raw.status in _ABSENT:
        raise NotFound(f"{service.title} has nothing at {shorten(request.path, 80)}.", "Check the identifier.")
    if raw.status != 200:
        said = shorten(" ".join(clean(raw.body[:400].decode("utf-8", "replace")).split()), 160)
        raise BadReply(
            f"{service.title} refused the request ({raw.status}): {said}", "Check the identifiers and filters."
        )
    if not raw.body.strip():
        raise BadReply(f"{service.title}: an empty reply.", "Ask again later.")
    if request.kind == "json":
        reply = replace(reply, value=_json(raw.body, service))
    elif request.kind == "xml" and _looks_like_html(raw.body):
        raise BadReply(f"{service.title}: a web page came instead of data.", "Ask again later.")
    if request.check is not None:
        request.check(reply)
    return reply


def _json(body: bytes, service: Service) -> Any:
    def refuse(name: str) -> Any:
        raise ValueError(f"{name} is no JSON number")

    try:
        return json.loads(body.decode("utf-8"), parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise BadReply(f"{service.title}: the reply is not valid text.", "Ask again later.") from error
    except (ValueError, RecursionError) as error:
        what = "a web page came instead of data" if _looks_like_html(body) else "the reply is not whole, or no JSON"
        raise BadReply(f"{service.title}: {what}.", "Ask again later.") from error


_HTML = re.compile(rb"^\s*(?:<!doctype html|<html)", re.IGNORECASE)


def _looks_like_html(body: bytes) -> bool:
    return _HTML.match(body[:500]) is not None


def _retry_after_s(header: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, given as seconds or as a date; None where it asks for nothing."""
    text = header.strip()
    if text.isdigit():
        return float(text)
    if not text:
        return None
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _without(url: str, secrets: frozenset[str]) -> str:
    """The address without secret parameters."""
    parts = urlsplit(url)
    pairs = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in secrets]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))
