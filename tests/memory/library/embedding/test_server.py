"""Vectors from a server on loopback that answers well, badly, late, out of order, or with something else altogether."""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from biocopilot.memory.errors import (
    BadReply,
    BiocopilotError,
    InvalidSetting,
    ModelUnavailable,
    OfflineRefused,
    RateLimited,
)
from biocopilot.memory.library.embedding import EmbeddingSettings
from biocopilot.memory.library.embedding.server import EmbeddingServer, ServerLimits
from biocopilot.memory.library.embedding.server_reply import retry_after_s

KEY = "hush-hush-123"
PATH = "/v1/embeddings"
Open = Callable[..., EmbeddingServer]


def _fault_server() -> Any:
    path = Path(__file__).parents[3] / "tools" / "sources" / "conftest.py"
    spec = importlib.util.spec_from_file_location("fault_server_for_embeddings", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.FaultServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    opened = _fault_server()()
    yield opened
    opened.close()
    assert not opened.troubles


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def connect(server: Any, slept: list[float]) -> Open:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def open_it(url: str = f"{server.base}/v1", **limits: Any) -> EmbeddingServer:
        settings = EmbeddingSettings(model="server", url=url, server_model="some model", api_key=KEY)
        return EmbeddingServer(settings, limits=ServerLimits(**limits), sleep=sleep)

    return open_it


def vector(text: str) -> list[float]:
    return [float(len(text)), 3.0, -4.0]


def reply(texts: list[str], order: Callable[[list[Any]], list[Any]] = lambda items: items) -> dict[str, Any]:
    items = [{"object": "embedding", "index": place, "embedding": vector(text)} for place, text in enumerate(texts)]
    return {"object": "list", "data": order(items), "model": "some model"}


def well(heard: Any) -> dict[str, Any]:
    return reply(heard.json["input"])


def one(embedding: Any, index: Any = 0) -> dict[str, Any]:
    return {"data": [{"index": index, "embedding": embedding}]}


def test_rows_are_of_unit_length_and_keep_the_order_of_the_texts(server: Any, connect: Open) -> None:
    server.serve(PATH, lambda heard: reply(heard.json["input"], lambda items: items[::-1]))
    opened = connect(texts=4)
    texts = ["a" * number for number in range(1, 11)]
    rows = opened.documents(texts)
    assert rows.dtype == np.float32
    expected = np.array([vector(text) for text in texts])
    np.testing.assert_allclose(rows, expected / np.linalg.norm(expected, axis=1, keepdims=True), rtol=1e-6)
    np.testing.assert_array_equal(opened.query("aaa"), rows[2])
    assert [len(heard.json["input"]) for heard in server.heard] == [1, 4, 4, 2, 1]
    assert opened.documents([]).shape == (0, 3) == (0, opened.dimension)


def test_what_is_sent_is_what_the_interface_asks_for(server: Any, connect: Open) -> None:
    server.serve(PATH, well)
    connect().documents(["α-SMA", "", "a \ud83e b"])
    heard = server.heard[-1]
    assert (heard.method, heard.headers["authorization"]) == ("POST", f"Bearer {KEY}")
    assert heard.json == {"model": "some model", "input": ["α-SMA", " ", "a ? b"], "encoding_format": "float"}


@pytest.mark.parametrize("end", ["/v1", "/v1/", "/v1/embeddings"])
def test_the_address_may_end_in_three_ways(server: Any, connect: Open, end: str) -> None:
    server.serve(PATH, well)
    connect(f"{server.base}{end}")
    assert server.count(PATH) == 1


def test_the_checksum_is_of_model_and_dimension_not_of_the_address(server: Any, connect: Open) -> None:
    server.serve("/v1/embeddings", well)
    server.serve("/v2/embeddings", well)
    server.serve("/v3/embeddings", lambda heard: one([1.0, 2.0]))
    first, moved, other = (connect(f"{server.base}/v{number}") for number in (1, 2, 3))
    assert first.name == "server:some_model"
    assert first.checksum == moved.checksum != other.checksum
    assert len(first.checksum) == 64


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"data": [{"index": 0, "embedding": [float("nan"), 1.0]}]}, "not a direction"),
        (one([0.0, 0.0]), "not a direction"),
        (one([1e999, 1.0]), "not a direction"),
        (one([1e300, 1e300]), "not a direction"),
        (one([10**400, 1]), "beyond all bounds"),
        (one([True, 1.0]), "something else than numbers"),
        (one([None, 1.0]), "something else than numbers"),
        (one(["1", 1.0]), "something else than numbers"),
        (one([]), "no list of numbers"),
        (one("AAAA"), "no list of numbers"),
        (one([1.0], index=1), "which vector is of which text"),
        (one([1.0], index=-1), "which vector is of which text"),
        (one([1.0], index="0"), "which vector is of which text"),
        (one([1.0], index=None), "which vector is of which text"),
        ({"data": [1]}, "which vector is of which text"),
        ({"data": []}, "0 vectors came for 1 texts"),
        ({"data": {"0": [1.0]}}, "holds no vectors"),
        ({"error": "no such model"}, "holds no vectors"),
        ([1], "holds no vectors"),
        (b"<!doctype html><title>Log in</title>", "web page"),
    ],
)  # fmt: skip
def test_a_reply_that_holds_no_vectors_is_refused_at_once(server: Any, connect: Open, given: Any, said: str) -> None:
    server.serve(PATH, server.answer(json.dumps(given).encode() if isinstance(given, dict | list) else given))
    with pytest.raises(BadReply, match=said):
        connect()
    assert server.count() == 1


def test_two_vectors_for_one_text_are_refused(server: Any, connect: Open) -> None:
    twice = {"data": [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}]}
    server.serve(PATH, well, twice)
    opened = connect()
    with pytest.raises(BadReply, match="which vector"):
        opened.documents(["a", "b"])


def test_vectors_of_another_dimension_than_before_are_refused(server: Any, connect: Open) -> None:
    server.serve(PATH, well, one([1.0, 2.0]))
    opened = connect()
    with pytest.raises(BadReply, match="2 and 3 numbers"):
        opened.query("a")


@pytest.mark.parametrize("body", [b'{"data": [{"index": 0, "embed', b"", b"[" * 100_000, b"\xff\xfe"])
def test_json_that_is_cut_short_is_asked_for_again_and_then_refused(server: Any, connect: Open, body: bytes) -> None:
    server.serve(PATH, server.answer(body), well)
    assert connect().dimension == 3
    server.serve(PATH, server.answer(body))
    with pytest.raises(BadReply, match="not whole"):
        connect(attempts=2)
    assert server.count() == 4


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_busy_server_is_asked_again(server: Any, connect: Open, slept: list[float], status: int) -> None:
    server.serve(PATH, server.answer("busy", status, retry_after="7"), server.answer("busy", status), well)
    assert connect().dimension == 3
    assert slept[0] == 7
    assert 0.5 <= slept[1] <= 1.5


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (503, ModelUnavailable)])
def test_a_server_that_stays_busy_is_given_up(server: Any, connect: Open, status: int, kind: type[Exception]) -> None:
    server.serve(PATH, server.answer("busy", status))
    with pytest.raises(kind, match=f"{status}"):
        connect(attempts=3)
    assert server.count() == 3


def test_a_wait_that_is_longer_than_there_is_time_is_not_begun(server: Any, connect: Open, slept: list[float]) -> None:
    server.serve(PATH, server.answer("busy", 429, retry_after="3600"))
    with pytest.raises(RateLimited):
        connect()
    assert slept == []
    assert server.count() == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 501])
def test_a_refusal_is_told_once_with_what_the_server_says_but_not_the_key(
    server: Any, connect: Open, status: int
) -> None:
    server.serve(PATH, server.answer(f"wrong key {KEY}\x1b[31m", status))
    with pytest.raises(BadReply, match=rf"\({status}\): wrong key \*\*\*\*\.") as caught:
        connect()
    assert KEY not in str(caught.value)
    assert caught.value.hint
    assert server.count() == 1


def test_a_redirect_is_not_followed(server: Any, connect: Open) -> None:
    server.serve(PATH, server.answer("", 307, location=f"{server.base}/elsewhere"))
    server.serve("/elsewhere", well)
    with pytest.raises(BadReply, match="sends elsewhere"):
        connect()
    assert server.count("/elsewhere") == 0


def test_more_bytes_than_allowed_are_not_read(server: Any, connect: Open) -> None:
    server.serve(PATH, server.answer(b" " * 2_000_000))
    with pytest.raises(BadReply, match="more than 10,000 bytes"):
        connect(bytes=10_000)


def test_a_packed_reply_is_refused(server: Any, connect: Open) -> None:
    server.serve(PATH, server.answer(b"\x1f\x8b", 200, content_encoding="gzip"))
    with pytest.raises(BadReply, match="packs its reply"):
        connect()
    assert server.heard[0].headers["accept-encoding"] == "identity"


def drip(heard: Any) -> None:
    """A byte of a header, then another one, for ever."""
    heard.send(b"HTTP/1.1 200 OK\r\nX: ")
    while not heard.stopping.wait(0.02):
        heard.send(b"x")


@pytest.mark.parametrize("route", [drip, lambda heard: heard.wait()], ids=["drips", "says nothing"])
def test_the_total_time_is_kept(server: Any, connect: Open, route: Callable[[Any], None]) -> None:
    server.serve(PATH, route)
    began = time.monotonic()
    with pytest.raises(ModelUnavailable, match=r"within 0\.3 s"):
        connect(total_s=0.3)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (lambda heard: heard.reset(), "broke|reached"),
        (lambda heard: heard.send(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"), "broke off"),
        (lambda heard: heard.send(b"220 mail.example.org ESMTP\r\n"), "broke off"),
    ],
    ids=["resets", "breaks off", "is no web server"],
)
def test_a_broken_connection_is_tried_again_and_then_told(
    server: Any, connect: Open, route: Callable[[Any], None], said: str
) -> None:
    server.serve(PATH, route, well)
    assert connect().dimension == 3
    server.serve(PATH, route)
    with pytest.raises(ModelUnavailable, match=said):
        connect(attempts=2)


def test_a_server_that_is_not_there_is_told(connect: Open) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        connect("http://127.0.0.1:1/v1", attempts=1)


def test_offline_nothing_is_sent(server: Any) -> None:
    settings = EmbeddingSettings(model="server", url=f"{server.base}/v1", server_model="x")
    with pytest.raises(OfflineRefused):
        EmbeddingServer(settings, offline=True)
    assert server.count() == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8080",
        "ftp://host/v1",
        "http://",
        "http://user:pw@host/v1",
        "http://host/v1?key=1",
        "http://h\x00/",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(InvalidSetting, match="address") as caught:
        EmbeddingServer(EmbeddingSettings(model="server", url=url, server_model="x"))
    assert "pw" not in str(caught.value)


def test_a_model_without_a_name_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="not named"):
        EmbeddingServer(EmbeddingSettings(model="server", url="http://localhost/v1"))


def test_a_key_that_no_header_can_hold_is_refused_without_showing_it() -> None:
    settings = EmbeddingSettings(model="server", url="http://localhost:1/v1", server_model="x", api_key="hüsh")
    with pytest.raises(InvalidSetting, match="key") as caught:
        EmbeddingServer(settings)
    assert "hüsh" not in str(caught.value)


async def test_it_can_be_asked_where_an_event_loop_runs(server: Any, connect: Open) -> None:
    server.serve(PATH, well)
    assert connect().query("a").shape == (3,)


def test_a_closed_one_says_so(server: Any, connect: Open) -> None:
    server.serve(PATH, well)
    opened = connect()
    opened.close()
    with pytest.raises(BiocopilotError, match="closed"):
        opened.query("a")


def test_retry_after_is_read_as_seconds_or_as_a_date_by_the_servers_clock() -> None:
    date = {"date": "Tue, 24 Nov 2026 10:00:00 GMT", "retry-after": "Tue, 24 Nov 2026 10:00:30 GMT"}
    assert retry_after_s(date) == 30
    assert retry_after_s({"retry-after": "1.5"}) == 1.5
    assert retry_after_s({"retry-after": "soon"}) is None
    assert retry_after_s({}) is None
