"""A server on this machine that speaks OpenAI's chat completions over a real socket, with whatever behaviour a test enqueues.

It plays its replies in order, keeps every request, and streams where it is asked to. Nothing in it lasts: a reply that stalls ends
when the server is closed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["FakeOpenAI", "Reply", "call", "failure", "serving"]


@dataclass(frozen=True)
class Reply:
    """One reply of the server; what is not said is as OpenAI's would be."""

    text: str = ""
    calls: tuple[Mapping[str, Any], ...] = ()
    refusal: str = ""
    finish: str = ""
    status: int = 200
    body: str = ""
    """In place of all else, with `content_type`."""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    stall_after: int = -1
    """Chunks after which it says nothing more; 0 before the first."""
    streams: bool = True
    tokens: tuple[int, int] = (0, 0)


def call(name: str, arguments: Mapping[str, Any] | str, call_id: str = "") -> dict[str, Any]:
    """A tool call; arguments as text are sent as they are."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": written}}


def failure(status: int, message: str, code: str | None = None, **headers: str) -> Reply:
    """An error as OpenAI's server writes it."""
    body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": code}})
    return Reply(status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


class FakeOpenAI:
    """What the server was told to reply, and what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.endless: Reply | None = None
        """Given when no other reply is left."""
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.keys: list[str] = []
        self.connections: set[Any] = set()
        self.keep_alive = False
        """Whether a connection serves another request; a test that leaves one open leaves a socket to be collected."""
        self.closing = threading.Event()
        self.url = ""

    def enqueue(self, *replies: Reply | str) -> None:
        """Add replies; a text is one that says it."""
        self.replies += [Reply(text=item) if isinstance(item, str) else item for item in replies]

    def tools_of(self, number: int) -> list[str]:
        """Names of the tools in a request."""
        return [item["function"]["name"] for item in self.requests[number].get("tools", ())]

    def text_of(self, number: int) -> str:
        """All that a request's messages say."""
        return "\n".join(str(message.get("content") or "") for message in self.requests[number]["messages"])


@contextmanager
def serving() -> Iterator[FakeOpenAI]:
    """The server, on a free port of this machine, until the block ends."""
    fake = FakeOpenAI()

    class Handler(_Handler):
        server_state = fake

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: FakeOpenAI

    def do_POST(self) -> None:
        fake = self.server_state
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fake.requests.append(request)
        fake.paths.append(self.path)
        fake.keys.append(self.headers.get("Authorization", ""))
        fake.connections.add(self.client_address)
        reply = fake.replies.pop(0) if fake.replies else fake.endless
        if reply is None:
            reply = failure(418, "the test enqueued no more replies")
        if reply.body or reply.status != 200:
            self._send(reply.status, reply.body.encode(), reply.content_type, reply.headers)
        elif request.get("stream") and reply.streams:
            self._stream(reply, request)
        else:
            self._send(200, json.dumps(_whole(reply, request)).encode(), "application/json", reply.headers)

    def do_GET(self) -> None:
        self._send(
            200,
            json.dumps({"object": "list", "data": [{"id": "fake", "object": "model"}]}).encode(),
            "application/json",
            {},
        )

    def _send(self, status: int, body: bytes, content_type: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self._last()
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, reply: Reply, request: Mapping[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self._last()
        self.end_headers()
        chunks = list(_chunks(reply, request))
        for number, chunk in enumerate(chunks):
            if number == reply.stall_after:
                self.server_state.closing.wait(30)
                return
            self._event(json.dumps(chunk))
        self._event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _last(self) -> None:
        if not self.server_state.keep_alive:
            self.send_header("Connection", "close")

    def _event(self, text: str) -> None:
        data = f"data: {text}\n\n".encode()
        try:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        except OSError:  # the client has left
            self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        """Tests keep the requests; nothing is printed."""


def _finish(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.calls else "stop")


def _numbered(reply: Reply) -> list[dict[str, Any]]:
    return [{**item, "id": item["id"] or f"call_{place}"} for place, item in enumerate(reply.calls)]


def _usage(reply: Reply) -> dict[str, int]:
    return {"prompt_tokens": reply.tokens[0], "completion_tokens": reply.tokens[1], "total_tokens": sum(reply.tokens)}


def _whole(reply: Reply, request: Mapping[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    if reply.calls:
        message["tool_calls"] = _numbered(reply)
    if reply.refusal:
        message["refusal"] = reply.refusal
    choice = {"index": 0, "message": message, "finish_reason": _finish(reply), "logprobs": None}
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": request["model"],
        "choices": [choice],
        "usage": _usage(reply),
    }


def _chunks(reply: Reply, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    def chunk(delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
        choices = [{"index": 0, "delta": dict(delta), "finish_reason": finish, "logprobs": None}]
        return {
            "id": "x",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": request["model"],
            "choices": choices,
        }

    yield chunk({"role": "assistant", "content": ""})
    for piece in _pieces(reply.text):
        yield chunk({"content": piece})
    if reply.refusal:
        yield chunk({"refusal": reply.refusal})
    for place, item in enumerate(_numbered(reply)):
        function = item["function"]
        head = {
            "index": place,
            "id": item["id"],
            "type": "function",
            "function": {"name": function["name"], "arguments": ""},
        }
        yield chunk({"tool_calls": [head]})
        for piece in _pieces(function["arguments"]):
            yield chunk({"tool_calls": [{"index": place, "function": {"arguments": piece}}]})
    yield chunk({}, _finish(reply))
    if (request.get("stream_options") or {}).get("include_usage"):
        yield {**chunk({}), "choices": [], "usage": _usage(reply)}


def _pieces(text: str) -> Sequence[str]:
    return [text[start : start + 12] for start in range(0, len(text), 12)]
