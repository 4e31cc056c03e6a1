"""A server on loopback that answers as told, well or badly, and a transport whose services all lie on it.

    async def test_a_source(faulty, transport):
        faulty.serve("/uniprot/uniprotkb/P00533", {"primaryAccession": "P00533"})         # JSON, text or bytes
        faulty.serve("/chembl/activity.json", faulty.answer("busy", 503), page)            # in turn; the last one stays
        faulty.serve("/eutils/*", lambda heard: {"id": heard.query["id"]})                 # from what was asked
        faulty.serve("/hgnc/x", lambda heard: heard.send(b"HTTP/1.1 200 OK\\r\\n"))        # raw bytes, then it hangs up
        async with transport.session() as session: ...
        assert faulty.count("/chembl/activity.json") == 2

A service lies at `faulty.base/NAME`. Time: `transport` waits for nobody (`pass_time` notes what it would have slept
and moves its clock on by it), so real seconds pass only where the server takes them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from biocopilot.memory.response_cache import ResponseCache
from biocopilot.tools.sources.hosts import SERVICES
from biocopilot.tools.sources.pace import forget_hosts
from biocopilot.tools.sources.transport import Limits, Transport

MOST_REQUESTS = 5_000
"""A test that asks more often than this runs in circles."""
MOST_WAIT_S = 5.0


@dataclass
class Answer:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Heard:
    """One request as it arrived, and its connection for answers that are no HTTP."""

    method: str
    path: str
    """Without the query."""
    target: str
    """With it."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    number: int
    """How many requests this path had before this one."""
    connection: socket.socket = field(repr=False)
    stopping: threading.Event = field(repr=False)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def send(self, data: bytes) -> None:
        """Raw bytes, headers included, `Connection: close` among them: it is closed when the route returns."""
        self.connection.sendall(data)

    def wait(self, seconds: float = MOST_WAIT_S) -> None:
        """Leave the client waiting, no longer than the test runs."""
        self.stopping.wait(min(seconds, MOST_WAIT_S))

    def reset(self) -> None:
        """Break the connection off without a goodbye."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())


Route = Any
"""An Answer; a JSON object or list, text or bytes, sent with 200; or a function from Heard to one of these or None."""


class FaultServer:
    """Serves routes on loopback until closed; every request is counted and kept in `heard`."""

    answer = staticmethod(lambda body, status=200, **headers: _answer(body, status, headers))
    """`answer(body, status, retry_after="3")`: header names with `_` for `-`."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.troubles: list[str] = []
        """What was wrong with a route itself; the fixture fails the test for it."""
        self._routes: dict[str, list[Route]] = {}
        self._lock = threading.RLock()
        self._arrived = threading.Condition(self._lock)
        self._open: set[socket.socket] = set()
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.trouble = self.troubles.append
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.base = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def serve(self, path: str, *answers: Route) -> None:
        """Answer a path, given without its query, `*` and `?` as in file names, with these in turn; the last one stays."""
        with self._lock:
            self._routes[path] = list(answers)

    def count(self, pattern: str = "*") -> int:
        """Requests so far to paths that match."""
        return sum(fnmatchcase(heard.path, pattern) for heard in list(self.heard))

    async def arrival(self, number: int) -> None:
        """Wait until so many requests have come."""

        def wait() -> None:
            with self._arrived:
                assert self._arrived.wait_for(lambda: len(self.heard) >= number, MOST_WAIT_S), "no request came"

        await asyncio.to_thread(wait)

    def open_connections(self) -> int:
        return len(self._open)

    def close(self) -> None:
        """Hang up on everybody and wait until all threads have ended."""
        self._stopping.set()
        self._server.shutdown()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the client was quicker
                    connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()

    def _route(self, heard: Heard) -> Route:
        with self._lock:
            self.heard.append(heard)
            self._arrived.notify_all()
            if len(self.heard) > MOST_REQUESTS:
                return _answer("too many requests for one test", 501, {})
            names = [name for name in self._routes if fnmatchcase(heard.path, name)]
            if not names:
                return _answer(f"no route for {heard.method} {heard.path}", 501, {})
            answers = self._routes[heard.path if heard.path in names else max(names, key=len)]
            return answers.pop(0) if len(answers) > 1 else answers[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing joins them
    trouble: Callable[[str], None]

    def handle_error(self, request: Any, client_address: Any) -> None:
        import sys

        error = sys.exc_info()[1]
        if not isinstance(error, OSError):  # a client that hung up is no trouble
            self.trouble(repr(error))


def _handler(server: FaultServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = MOST_WAIT_S
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            with server._lock:
                server._open.add(self.connection)
            if server._stopping.is_set():
                self.connection.shutdown(socket.SHUT_RDWR)

        def finish(self) -> None:
            with server._lock:
                server._open.discard(self.connection)
            super().finish()

        def answer(self) -> None:
            path = urlsplit(self.path).path
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            number = server.count(path)
            heard = Heard(self.command, path, self.path, headers, body, number, self.connection, server._stopping)
            route = server._route(heard)
            given = route(heard) if callable(route) else route
            if given is None:  # it has sent what it wanted by itself
                self.close_connection = True
                return
            answer = given if isinstance(given, Answer) else _answer(given, 200, {})
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_HEAD = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


def _answer(body: Any, status: int, headers: dict[str, str]) -> Answer:
    kind = "application/octet-stream"
    if isinstance(body, str):
        kind, body = "text/plain; charset=utf-8", body.encode()
    elif not isinstance(body, bytes):
        kind, body = "application/json", json.dumps(body).encode()
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Answer(body, status, {"content-type": kind, "content-length": str(len(body)), **named})


class PassingTime:
    """A clock that runs on by itself, and by what is slept, without waiting for it. `slept` is what was asked for."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._skipped = 0.0

    def clock(self) -> float:
        return time.monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        self._skipped += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.skip(seconds)
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def fresh_hosts() -> Iterator[None]:
    """No pace and no breaker is left over from another test."""
    forget_hosts()
    yield
    forget_hosts()


@pytest.fixture
def faulty() -> Iterator[FaultServer]:
    server = FaultServer()
    yield server
    server.close()
    assert not server.troubles


@pytest.fixture
def pass_time() -> PassingTime:
    return PassingTime()


@pytest.fixture
def make_transport(
    faulty: FaultServer, pass_time: PassingTime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Transport]]:
    """Makes transports with every service on `faulty`; arguments as Transport takes them. Closed afterwards."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    made: list[Transport] = []

    def make(**given: Any) -> Transport:
        bases = {name: f"{faulty.base}/{name}" for name in SERVICES}
        time_s = {"sleep": pass_time.sleep, "clock": pass_time.clock, "dice": lambda: 0.5}
        limits = Limits(total_s=30, connect_s=10, read_s=10)
        made.append(Transport(**{"bases": bases, "limits": limits, **time_s, **given}))
        return made[-1]

    yield make
    for transport in made:
        transport.close()


@pytest.fixture
def transport(make_transport: Callable[..., Transport]) -> Transport:
    """Without a cache."""
    return make_transport()


@pytest.fixture
def caching_transport(make_transport: Callable[..., Transport], tmp_path: Path) -> Transport:
    """With a cache of its own."""
    return make_transport(cache=ResponseCache(tmp_path / "replies.sqlite"))
