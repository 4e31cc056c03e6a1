from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from biocopilot.memory.errors import HostRefused, SourceUnavailable
from biocopilot.tools.sources.hosts import SERVICES
from biocopilot.tools.sources.transport import Request, Transport
from biocopilot.tools.sources.wire import _allow

KEY, EMAIL = "0123456789abcdef-key", "someone@example.org"
SECRETS = {"api_key": KEY, "email": EMAIL}


def asked(**more: Any) -> Request:
    return Request(**{"service": "eutils", "path": "/esearch.fcgi", "parameters": {"term": "egfr", **SECRETS}, **more})


def packed(body: bytes) -> Callable[..., Any]:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    return lambda heard: heard.send(head % len(body) + body)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b'{"a": 1}'),
        gzip.compress(b'{"a"') + gzip.compress(b": 1}"),
        gzip.compress(b'{"a": 1}') + b"\0" * 50,
    ],
    ids=["one member", "two members", "padded"],
)
async def test_gzip_is_unpacked_whole(faulty: Any, transport: Transport, body: bytes) -> None:
    faulty.serve("/uniprot/x", packed(body))
    async with transport.session() as session:
        assert (await session.fetch(Request("uniprot", "/x"))).value == {"a": 1}


def test_only_the_services_own_address_is_allowed() -> None:
    _allow(SERVICES["eutils"], httpx.URL("HTTPS://EUTILS.ncbi.nlm.nih.gov:443/entrez/x"))
    for address in (
        "http://eutils.ncbi.nlm.nih.gov/entrez",
        "https://eutils.ncbi.nlm.nih.gov:8443/entrez",
        "https://eutils.ncbi.nlm.nih.gov.evil.example.org/",
        "https://evil.example.org/eutils.ncbi.nlm.nih.gov",
        "https://evil.example.org\\@eutils.ncbi.nlm.nih.gov/",
        "https://%65utils.ncbi.nlm.nih.gov.evil.example.org/",
        "https://a@eutils.ncbi.nlm.nih.gov/",
    ):
        with pytest.raises((HostRefused, httpx.InvalidURL)):
            _allow(SERVICES["eutils"], httpx.URL(address))


async def test_redirects_within_the_service_are_followed(faulty: Any, transport: Transport) -> None:
    faulty.serve("/uniprot/old", faulty.answer("", 303, location="/uniprot/new?a=1"))
    faulty.serve("/uniprot/new", {"a": 1})
    async with transport.session() as session:
        reply = await session.fetch(Request("uniprot", "/old"))
    assert reply.value == {"a": 1}
    assert reply.url == f"{faulty.base}/uniprot/new?a=1"


@pytest.mark.parametrize(("status", "method", "body"), [(303, "GET", b""), (302, "GET", b""), (307, "POST", b"ids=P1"), (308, "POST", b"ids=P1")])  # fmt: skip
async def test_a_redirected_post_becomes_what_its_status_says(
    faulty: Any, transport: Transport, status: int, method: str, body: bytes
) -> None:
    faulty.serve("/uniprot/run", faulty.answer("", status, location="/uniprot/done"))
    faulty.serve("/uniprot/done", {})
    async with transport.session() as session:
        await session.fetch(Request("uniprot", "/run", body={"ids": "P1"}, form=True))
    assert (faulty.heard[1].method, faulty.heard[1].body) == (method, body)


@pytest.mark.parametrize(
    ("body", "form", "kind", "sent"),
    [
        ({"query": "{ x }"}, False, "application/json", b'{"query":"{ x }"}'),
        ([1, 2], False, "application/json", b"[1,2]"),
        ({"a": "b c"}, True, "application/x-www-form-urlencoded", b"a=b+c"),
        (b"a=b&a=c", True, "application/x-www-form-urlencoded", b"a=b&a=c"),
    ],
)
async def test_a_body_is_sent_as_json_or_as_a_form(
    faulty: Any, transport: Transport, body: Any, form: bool, kind: str, sent: bytes
) -> None:
    faulty.serve("/uniprot/x", {})
    async with transport.session() as session:
        await session.fetch(Request("uniprot", "/x", body=body, form=form))
    assert faulty.heard[0].method == "POST"
    assert faulty.heard[0].headers["content-type"] == kind
    assert faulty.heard[0].body == sent


async def test_a_proxy_that_is_none_is_named_without_its_password(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://me:hidden-word@proxy.example.org")
    async with transport.session() as session:
        with pytest.raises(SourceUnavailable, match="The proxy") as caught:
            await session.fetch(asked())
    assert "hidden-word" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_requests_go_through_the_proxy_that_the_user_named(
    faulty: Any, make_transport: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", faulty.base)
    faulty.serve("/x", {"through": "proxy"})
    async with make_transport(bases={"uniprot": "http://mirror.example.org"}).session() as session:
        reply = await session.fetch(Request("uniprot", "/x"))
    assert reply.value == {"through": "proxy"}
    assert faulty.heard[0].target == "http://mirror.example.org/x"


async def test_a_base_in_upper_case_works(make_transport: Callable[..., Transport], faulty: Any) -> None:
    faulty.serve("/x", {})
    base = faulty.base.replace("http", "HTTP").replace("127.0.0.1", "LOCALHOST")
    async with make_transport(bases={"uniprot": base}).session() as session:
        assert (await session.fetch(Request("uniprot", "/x"))).status == 200
