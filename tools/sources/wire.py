"""One exchange with a service: redirects by hand, bytes counted as they arrive and as they are unpacked, causes named.

Knows nothing of deadlines, retries, pace or what a reply means: that is `transport` and `reading`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlencode

from ...memory.errors import BadReply, HostRefused, SourceUnavailable
from ...memory.text import clean, shorten
from .hosts import Service, address
from .request import Kind, Limits, Request

if TYPE_CHECKING:
    import httpx

__all__ = ["Passing", "Raw", "Wire", "without"]

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_REDIRECTS = 3
_BEGINNING = 4_096
"""So much is read of a reply that is no success: what it says, not more."""
_BEGINNING_S = 1.0
_ACCEPT: Mapping[Kind, str] = {
    "json": "application/json",
    "text": "text/plain, */*;q=0.5",
    "xml": "application/xml, text/xml",
}


@dataclass(frozen=True)
class Raw:
    """A reply before it is understood. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Passing(Exception):
    """An attempt failed in a way that another may mend.

    Args:
        why: what happened, to stand behind the service's name.
        wait_s: what the service asked to wait.
        error: what is raised when nothing mended it.
        most: attempts that make sense for this trouble; fewer than the limit, where it seldom passes.
    """

    def __init__(
        self,
        why: str,
        wait_s: float | None = None,
        error: type[SourceUnavailable] = SourceUnavailable,
        most: int = 1_000,
    ) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s
        self.error = error
        self.most = most


class Wire:
    """Connections of one event loop, kept open between requests until `close`."""

    def __init__(self, limits: Limits, user_agent: str) -> None:
        self._limits = limits
        self._user_agent = user_agent
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def exchange(self, service: Service, request: Request, turn: Callable[[], Awaitable[None]]) -> Raw:
        """The reply to one request, after redirects. `turn` waits until something may be sent: each hop has its own.

        Raises:
            Passing: what may pass.
            HostRefused, BadReply, SourceUnavailable: what will not.
        """
        import httpx

        client = self._opened()
        with _causes(service):
            url = httpx.URL(service.base + request.target)
            method, body = request.method, request.body
            for _ in range(_MOST_REDIRECTS + 1):
                _allow(service, url)
                await turn()
                raw = await self._once(client, method, url, body, request)
                if raw.status not in _REDIRECTS:
                    return raw
                place = raw.headers.get("location", "")
                if not place:
                    raise BadReply(f"{service.title}: a redirect to nowhere.", "Ask again later.")
                url = url.join(place)
                if raw.status == 303 or (raw.status in (301, 302) and method == "POST"):
                    method, body = "GET", None
            raise BadReply(f"{service.title}: more than {_MOST_REDIRECTS} redirects.", "Ask again later.")

    async def _once(self, client: httpx.AsyncClient, method: str, url: httpx.URL, body: Any, request: Request) -> Raw:
        headers = {"accept": _ACCEPT[request.kind], "accept-encoding": "gzip", **request.headers}
        options: dict[str, Any] = {}
        if isinstance(body, bytes):
            options["content"] = body
            headers.setdefault("content-type", "application/x-www-form-urlencoded")
        elif body is not None:
            options["data" if request.form else "json"] = body
        async with client.stream(method, url, headers=headers, **options) as response:
            names = {name.lower(): value for name, value in response.headers.items()}
            whole = 200 <= response.status_code < 300
            content = await (self._body(response, names) if whole else _beginning(response))
        return Raw(response.status_code, names, content, str(url))

    async def _body(self, response: httpx.Response, headers: Mapping[str, str]) -> bytes:
        most = self._limits.bytes
        too_large = BadReply(f"The reply is larger than {most:,} bytes.", "Ask for less.")
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and (len(length) > 18 or int(length) > most):
            raise too_large
        unpack = _unpacking(headers)
        received, size, parts = 0, 0, []
        async with contextlib.aclosing(_chunks(response)) as chunks:
            async for chunk in chunks:
                received += len(chunk)
                if received > most:
                    raise too_large
                piece = unpack.feed(chunk, most - size) if unpack else chunk
                size += len(piece)
                if size > most:
                    raise too_large
                parts.append(piece)
        if unpack is not None and received and not unpack.whole:
            raise Passing("the reply was cut short", error=BadReply)
        return b"".join(parts)

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx

            timeout = httpx.Timeout(self._limits.read_s, connect=self._limits.connect_s)
            try:
                self._client = httpx.AsyncClient(
                    timeout=timeout,
                    follow_redirects=False,
                    trust_env=True,  # proxies and certificates as the user has set them for other programs
                    headers={"user-agent": self._user_agent},
                )
            except (ValueError, ImportError, OSError, httpx.InvalidURL):
                # Not chained: the text may hold the proxy's password.
                raise SourceUnavailable(
                    "The proxy or the certificates that the environment names cannot be used.",
                    "Look at HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE; a SOCKS proxy needs `pip install httpx[socks]`.",
                ) from None
        return self._client


def without(url: str, secrets: frozenset[str]) -> str:
    """The address without secret parameters and fragment."""
    address, _, query = url.partition("#")[0].partition("?")
    pairs = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in secrets]
    return f"{address}?{urlencode(pairs)}" if pairs else address


def _allow(service: Service, url: httpx.URL) -> None:
    """Refuse what is not the service's own address, as the same parser reads it that will connect."""
    secure = url.scheme == "https" or (url.scheme == "http" and not service.secure)
    if secure and address(url.scheme, url.host, url.port) in service.hosts and not url.userinfo:
        return
    where = shorten(clean(f"{url.scheme}://{url.host}"), 80)
    raise HostRefused(f"{service.title} sends to {where}, which is not its own address.", "Nothing was sent there.")


def _chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body as it arrives, packed as it is, a piece at a time."""
    return cast("AsyncGenerator[bytes, None]", response.aiter_raw())  # httpx calls its generator an iterator


async def _beginning(response: httpx.Response) -> bytes:
    """The first bytes of a reply that is no success, as far as they come soon and can be read."""
    import httpx

    read = b""
    with contextlib.suppress(httpx.RequestError, TimeoutError, BadReply, Passing):
        unpack = _unpacking(response.headers)
        async with asyncio.timeout(_BEGINNING_S), contextlib.aclosing(_chunks(response)) as chunks:
            async for chunk in chunks:
                read += unpack.feed(chunk, _BEGINNING) if unpack else chunk
                if len(read) >= _BEGINNING:
                    break
    return read[:_BEGINNING]


class _Gunzip:
    """Unpacks gzip as it arrives, member after member, never more than there is room for."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def whole(self) -> bool:
        return self._member.eof

    def feed(self, data: bytes, room: int) -> bytes:
        """What this chunk unpacks to; more than `room`, if only by one byte, where there is more."""
        parts = []
        try:
            while data and room >= 0:
                if self._member.eof:
                    data = data.lstrip(b"\0")  # padding behind the last member is allowed
                    if not data:
                        break
                    self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                piece = self._member.decompress(data, room + 1)
                parts.append(piece)
                room -= len(piece)
                data = self._member.unused_data or self._member.unconsumed_tail
        except zlib.error as error:
            raise Passing("the reply cannot be unpacked", error=BadReply, most=2) from error
        return b"".join(parts)


def _unpacking(headers: Mapping[str, str]) -> _Gunzip | None:
    packed = headers.get("content-encoding", "").strip().lower()
    if packed in ("", "identity"):
        return None
    if packed in ("gzip", "x-gzip"):
        return _Gunzip()
    named = shorten(clean(packed), 20)
    raise BadReply(f"The reply is packed as {named}, which was not asked for.", "Ask again later.")


@contextlib.contextmanager
def _causes(service: Service) -> Iterator[None]:
    """Say what went wrong on the wire, and whether it may pass."""
    import httpx

    try:
        yield
    except httpx.InvalidURL as error:
        raise BadReply(f"{service.title}: a redirect to no address.", "Ask again later.") from error
    except httpx.ConnectTimeout as error:
        raise Passing("no connection came about in time") from error
    except httpx.TimeoutException as error:
        raise Passing("it stopped answering") from error
    except httpx.ProxyError as error:
        raise SourceUnavailable(
            f"{service.title}: the proxy lets nothing through.", "Look at HTTPS_PROXY and ALL_PROXY."
        ) from error
    except httpx.RequestError as error:
        causes = list(_chain(error))
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
            raise SourceUnavailable(
                f"{service.title}: its certificate is not accepted.",
                "Where a proxy reads along, name its certificate in SSL_CERT_FILE.",
            ) from error
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            raise Passing("its name is not found; is there a network?", most=2) from error
        if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
            raise Passing("the connection was refused", most=2) from error
        if "location header" in str(error):
            raise BadReply(f"{service.title}: a redirect to no address.", "Ask again later.") from error
        if "incomplete" in str(error) or "without sending complete" in str(error):
            raise Passing("the reply was cut short", error=BadReply) from error
        if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
            raise Passing("the reply is no valid HTTP", error=BadReply, most=2) from error
        raise Passing("the connection was broken off") from error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        if isinstance(error, BaseExceptionGroup):
            for part in error.exceptions:
                yield from _chain(part)
        yield error
        error = error.__cause__ or error.__context__
