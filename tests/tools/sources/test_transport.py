from __future__ import annotations

import asyncio
import gzip
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from biocopilot.memory.errors import (
    BadReply,
    HostRefused,
    InvalidSetting,
    NotFound,
    RateLimited,
    SourceUnavailable,
)
from biocopilot.tools.sources.transport import Limits, Reply, Request, Transport

KEY, EMAIL = "0123456789abcdef-key", "someone@example.org"
SECRETS = {"api_key": KEY, "email": EMAIL}
PAGE = "<!DOCTYPE html><html><body>We are down for maintenance.</body></html>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


def asked(**more: Any) -> Request:
    return Request(**{"service": "eutils", "path": "/esearch.fcgi", "parameters": {"term": "egfr", **SECRETS}, **more})


def packed(body: bytes, **headers: str) -> Callable[..., Any]:
    return lambda heard: heard.send(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def chunked(chunk: bytes, times: int) -> Callable[..., Any]:
    def send(heard: Any) -> None:
        heard.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(times):
            heard.send(b"%x\r\n" % len(chunk) + chunk + b"\r\n")
        heard.send(b"0\r\n\r\n")

    return send


def drip(heard: Any) -> None:
    heard.send(HEAD + b"Content-Length: 1000\r\n\r\n")
    for _ in range(1000):
        heard.send(b" ")
        heard.wait(0.02)


def broken_off(heard: Any) -> None:
    heard.send(HEAD + b'Content-Length: 1000\r\n\r\n{"a"')
    heard.wait(0.02)
    heard.reset()


def raw(text: bytes) -> Callable[..., Any]:
    return lambda heard: heard.send(text)


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@dataclass
class Row:
    """One fault: what the server does, and what becomes of it."""

    name: str
    body: Any
    error: type[Exception]
    attempts: int
    says: str
    """In the message that the user reads."""
    status: int = 200
    headers: dict[str, Any] = field(default_factory=dict)
    kind: str = "json"
    slept_s: float = 0.0
    """Waiting between attempts, all together, at most."""
    limits: Limits = field(default_factory=lambda: Limits(total_s=20, connect_s=10, read_s=10, bytes=200_000))
    check: Callable[[Reply], None] | None = None
    post: bool = False


QUICK = Limits(total_s=0.25, connect_s=30, read_s=30)
BACK_OFF_S = 0.5 + 1 + 2  # with the dice at the middle


def refuse_error_object(reply: Reply) -> None:
    if "errCode" in reply.value:
        raise BadReply(f"PubMed: {reply.value['errMsg']}", "Mend the query.")


def passing_error_object(reply: Reply) -> None:
    if "error" in reply.value:
        raise SourceUnavailable("PubMed: its search is down.", "")


def careless_check(reply: Reply) -> None:
    reply.value["result"]["rows"][0]


ROWS = [
    Row("429, seconds", {"error": "limit", "api-key": KEY}, RateLimited, 4, r"it answered 429 \(4 attempts\)", 429, {"retry_after": "2"}, slept_s=6),
    Row("429, date", "", RateLimited, 4, "it answered 429", 429, {"retry_after": lambda: in_seconds(3)}, slept_s=12),
    Row("429, bare", "", RateLimited, 4, "it answered 429", 429, slept_s=BACK_OFF_S),
    Row("429, nonsense", "", RateLimited, 4, "it answered 429", 429, {"retry_after": "soon²"}, slept_s=BACK_OFF_S),
    Row("429, in no time", "", RateLimited, 4, "it answered 429", 429, {"retry_after": "0"}, slept_s=BACK_OFF_S),
    Row("429, too long", "", RateLimited, 1, "asks to wait 120 s, which is longer", 429, {"retry_after": "120"}),
    Row("503, too long, date", "", RateLimited, 1, "asks to wait", 503, {"retry_after": lambda: in_seconds(3_000)}),
    Row("429, for ever", "", RateLimited, 1, "asks to wait", 429, {"retry_after": "999999999"}),
    *(Row(f"{status}", "x", SourceUnavailable, 4, f"it answered {status}", status, slept_s=BACK_OFF_S) for status in (408, 500, 502, 503, 504, 522)),
    Row("501", "not made", BadReply, 1, r"refused the request \(501\): not made", 501),
    Row("400", {"error": f"bad field, api_key={KEY}"}, BadReply, 1, r"refused the request \(400\).*bad field, api_key=\[secret\]", 400),
    Row("400, page", PAGE, BadReply, 1, r"refused the request \(400\)\.", 400),
    Row("400, escapes", "\x1b]0;title\x07bad\x1b[2J \u202e field", BadReply, 1, r"\(400\): bad field\.", 400),
    Row("401", f"unknown key {KEY}", BadReply, 1, r"\(401\): unknown key \[secret\]\. Check the key", 401),
    Row("403", "no", BadReply, 1, r"\(403\): no\. Check the key", 403),
    Row("404", PAGE, NotFound, 1, "PubMed has nothing at /esearch.fcgi. Check the identifier", 404),
    Row("404, huge", "x" * 3_000_000, NotFound, 1, "PubMed has nothing at", 404),
    Row("410", "", NotFound, 1, "PubMed has nothing at", 410),
    Row("429, dripping", lambda heard: (heard.send(b"HTTP/1.1 501 No\r\nContent-Length: 9\r\n\r\nstalled"), heard.wait(3), None)[2], BadReply, 1, r"\(501\): stalled"),
    Row("204", "", BadReply, 1, r"\(204\)", 204),
    Row("206", "{}", BadReply, 1, r"\(206\)", 206),
    Row("HTML with 200", PAGE, BadReply, 2, "a web page came instead of data", slept_s=0.5),
    Row("HTML as XML", '<?xml version="1.0"?>\n<!-- x -->\n' + PAGE, BadReply, 2, "a web page", kind="xml", slept_s=0.5),
    Row("HTML as text", "\n" + PAGE, BadReply, 2, "a web page", kind="text", slept_s=0.5),
    Row("error object", {"errCode": 404, "errMsg": f"no such field, {KEY}"}, BadReply, 1, r"no such field, \[secret\] Mend the query", check=refuse_error_object),
    Row("error object that passes", {"error": "down"}, SourceUnavailable, 4, r"PubMed: its search is down \(4", check=passing_error_object, slept_s=BACK_OFF_S),
    Row("unknown shape", {"result": []}, BadReply, 1, "has not the shape", check=careless_check),
    Row("truncated", raw(HEAD + b'Content-Length: 100\r\n\r\n{"a": 1'), BadReply, 4, "cut short", slept_s=BACK_OFF_S),
    Row("truncated chunks", raw(HEAD + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n'), BadReply, 4, "cut short", slept_s=BACK_OFF_S),
    Row("length too small", '{"a": 12345}', BadReply, 2, "not whole, or no JSON", headers={"content_length": "5", "connection": "close"}, slept_s=0.5),
    Row("length is none", raw(HEAD + b"Content-Length: many\r\n\r\n{}"), BadReply, 2, "no valid HTTP", slept_s=0.5),
    Row("two lengths", raw(HEAD + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}"), BadReply, 2, "no valid HTTP", slept_s=0.5),
    Row("no HTTP", raw(b"220 mail.example.org ESMTP\r\n\r\n"), BadReply, 2, "no valid HTTP", slept_s=0.5),
    Row("empty", b"", BadReply, 2, "an empty reply", slept_s=0.5),
    Row("blank", b" \n", BadReply, 2, "an empty reply", slept_s=0.5),
    Row("no reply at all", raw(b""), SourceUnavailable, 4, "broken off", slept_s=BACK_OFF_S),
    Row("invalid UTF-8", b'{"a": "\xff\xfe"}', BadReply, 2, "not valid text", slept_s=0.5),
    Row("invalid UTF-8, text", b"P00533 \xe9", BadReply, 2, "not valid text", kind="text", slept_s=0.5),
    *(Row(f"number {number}", f'{{"a": {number}}}', BadReply, 2, "no JSON", slept_s=0.5) for number in ("NaN", "-Infinity", "1e999", "9" * 5_000)),
    Row("deeply nested", "[" * 50_000 + "]" * 50_000, BadReply, 2, "no JSON", slept_s=0.5),
    Row("cut XML", "<a><b>1</b>", BadReply, 2, "not whole, or no XML", kind="xml", slept_s=0.5),
    Row("XML bomb", '<!DOCTYPE a [<!ENTITY b "' + "b" * 1000 + '">' + "".join(f'<!ENTITY b{i} "{f"&b{i - 1 if i else str()};" * 20}">' for i in range(8)) + "]><a>&b7;</a>", BadReply, 2, "no XML", kind="xml", slept_s=0.5),
    Row("drip", drip, SourceUnavailable, 1, "did not answer within 0.25 s", limits=QUICK),
    Row("stall", lambda heard: heard.wait(), SourceUnavailable, 1, "did not answer within 0.25 s", limits=QUICK),
    Row("stall, read by read", lambda heard: heard.wait(), SourceUnavailable, 4, "it stopped answering", limits=Limits(read_s=0.05), slept_s=BACK_OFF_S),
    Row("stall in the body", lambda heard: (heard.send(HEAD + b"Content-Length: 9\r\n\r\n{"), heard.wait())[1], SourceUnavailable, 4, "it stopped answering", limits=Limits(read_s=0.05), slept_s=BACK_OFF_S),
    Row("broken off", broken_off, SourceUnavailable, 4, "broken off", slept_s=BACK_OFF_S),
    Row("huge, chunked", chunked(b" " * 100_000, 60), BadReply, 1, "larger than 200,000 bytes"),
    Row("huge length", raw(HEAD + b"Content-Length: 99999999999999999999\r\n\r\n{}"), BadReply, 1, "larger than 200,000 bytes"),
    Row("gzip bomb", packed(gzip.compress(b" " * 90_000_000)), BadReply, 1, "larger than 200,000 bytes"),
    Row("gzip bomb of members", packed(gzip.compress(b" " * 150_000) * 2), BadReply, 1, "larger than 200,000 bytes"),
    Row("gzip of nothing", raw(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"") * 20_000), BadReply, 1, "larger than 200,000 bytes"),
    Row("gzip, broken", packed(gzip.compress(b'{"a": 1}')[:10] + b"\xff" * 20), BadReply, 2, "cannot be unpacked", slept_s=0.5),
    Row("gzip, none", packed(b'{"a": 1}'), BadReply, 2, "cannot be unpacked", slept_s=0.5),
    Row("gzip, cut", packed(gzip.compress(b'{"a": 1}')[:-4]), BadReply, 4, "cut short", slept_s=BACK_OFF_S),
    Row("packed otherwise", "x", BadReply, 1, "packed as br, which was not asked for", headers={"content_encoding": "br"}),
    *(
        Row(f"redirect to {place}", "", HostRefused, 1, "is not its own address. Nothing was sent there", 302, {"location": place})
        for place in (
            "https://evil.example.org/",
            "http://169.254.169.254/latest/meta-data",
            "http://10.0.0.1/",
            "http://[::1]:1/",
            "//evil.example.org/x",
            "file:///etc/passwd",
            "ftp://127.0.0.1/",
            "http://user:pw@127.0.0.1:{port}/",
            "http://127.0.0.1:{port}@evil.example.org/",
            "http://127.0.0.1.:{port}/",
            "http://127.0.0.1:1/",
            "http://2130706433:{port}/",
        )
    ),
    Row("redirect to nowhere", "", BadReply, 1, "a redirect to nowhere", 302),
    Row("redirect to no address", "", BadReply, 1, "a redirect to no address", 302, {"location": "http://[::1"}),
    *(
        Row(f"redirect to {place!r}", "", BadReply, 1, "a redirect to no address", 302, {"location": place})
        for place in ("/a\x01b", "data:application/json,1", "http://127.0.0.1:{port}.evil.example.org/")
    ),
    Row("redirect loop", "", BadReply, 4, "more than 3 redirects", 302, {"location": "/eutils/esearch.fcgi"}),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_each_fault_ends_in_its_error(
    row: Row, faulty: Any, make_transport: Callable[..., Transport], pass_time: Any
) -> None:
    port = faulty.host.rpartition(":")[2]
    headers = {name: value() if callable(value) else value.format(port=port) for name, value in row.headers.items()}
    body = row.body if callable(row.body) else faulty.answer(row.body, row.status, **headers)
    faulty.serve("/eutils/esearch.fcgi", body)
    started = time.monotonic()
    async with make_transport(limits=row.limits).session() as session:
        with pytest.raises(row.error) as caught:
            await session.fetch(asked(kind=row.kind, check=row.check))
    assert type(caught.value) is row.error
    assert re.search(row.says, str(caught.value))
    assert "PubMed" in caught.value.message or "The reply" in caught.value.message
    assert faulty.count() == row.attempts
    assert sum(pass_time.slept) <= row.slept_s + 0.01 * row.attempts + 1 / 3 * row.attempts
    assert time.monotonic() - started < 4  # loose: the machine may be busy; without its deadline the drip lasts 20 s
    told = f"{caught.value} {session.notices}"
    assert KEY not in told
    assert EMAIL not in told
    assert "example.org:" not in told
    assert "\x1b" not in told


async def test_a_good_reply_comes_as_it_was_sent(faulty: Any, transport: Transport) -> None:
    faulty.serve("/uniprot/x", faulty.answer({"a": "Ä"}, x_uniprot_release="2026_03", link="<y>; rel=next"))
    async with transport.session() as session:
        reply = await session.fetch(Request("uniprot", "/x", {"query": "gene:EGFR", "size": 2}))
    assert reply.value == {"a": "Ä"}
    assert (reply.status, reply.backend, reply.attempts, reply.release) == (200, "live", 1, "2026_03")
    assert reply.headers["link"] == "<y>; rel=next"
    assert reply.url == f"{faulty.base}/uniprot/x?query=gene%3AEGFR&size=2"
    assert faulty.heard[0].query == {"query": "gene:EGFR", "size": "2"}
    assert not session.notices


async def test_who_asks_is_named_with_a_contact(faulty: Any, make_transport: Callable[..., Transport]) -> None:
    faulty.serve("/uniprot/x", {})
    async with make_transport(contact="me@example.org").session() as session:
        await session.fetch(Request("uniprot", "/x"))
    assert re.fullmatch(r"biocopilot/\S+ \(mailto:me@example\.org\)", faulty.heard[0].headers["user-agent"])


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "a (b)", "ä@example.org", "a b"])
def test_a_contact_that_would_break_the_header_is_refused(contact: str) -> None:
    with pytest.raises(InvalidSetting):
        Transport(contact=contact)


async def test_a_passing_fault_is_told_and_mended(faulty: Any, transport: Transport, pass_time: Any) -> None:
    faulty.serve("/uniprot/x", faulty.answer("", 503), broken_off, faulty.answer(PAGE), {"a": 1})
    async with transport.session() as session:
        with pytest.raises(BadReply, match="a web page"):  # the third in a row, and no second page is waited for
            await session.fetch(Request("uniprot", "/x"))
        reply = await session.fetch(Request("uniprot", "/x"))
    assert reply.value == {"a": 1}
    assert session.notices == [
        "UniProt: it answered 503; asked again after 0.5 s.",
        "UniProt: the connection was broken off; asked again after 1.0 s.",
    ]


async def test_connection_refused_is_tried_twice(make_transport: Callable[..., Transport], faulty: Any) -> None:
    faulty.close()
    async with make_transport().session() as session:
        with pytest.raises(SourceUnavailable, match=r"PubMed: the connection was refused \(2 attempts\)"):
            await session.fetch(asked())


async def test_an_unknown_name_is_tried_twice(
    make_transport: Callable[..., Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*given: Any, **more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    async with make_transport(bases={"eutils": "http://eutils.example.org/x"}).session() as session:
        with pytest.raises(SourceUnavailable, match=r"PubMed: its name is not found.*\(2 attempts\)"):
            await session.fetch(asked())


async def test_cancelling_hangs_up_at_once(faulty: Any, transport: Transport) -> None:
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stall(heard: Any) -> None:
        heard.connection.settimeout(3)
        if heard.connection.recv(1) == b"":
            loop.call_soon_threadsafe(gone.set)

    faulty.serve("/uniprot/x", stall)
    took = []
    async with transport.session() as session:
        for number in range(3):  # the best of three: the machine may be busy
            task = asyncio.create_task(session.fetch(Request("uniprot", "/x")))
            await faulty.arrival(number + 1)
            started = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            took.append(time.monotonic() - started)
            await asyncio.wait_for(gone.wait(), 3)
            gone.clear()
    assert min(took) < 0.1


async def test_the_total_deadline_holds_while_a_reply_drips(
    faulty: Any, make_transport: Callable[..., Transport]
) -> None:
    faulty.serve("/uniprot/x", drip)
    took = []
    async with make_transport(limits=QUICK).session() as session:
        for _ in range(3):  # the best of three: the machine may be busy
            started = time.monotonic()
            with pytest.raises(SourceUnavailable, match=r"did not answer within 0\.25 s"):
                await session.fetch(Request("uniprot", "/x"))
            took.append(time.monotonic() - started)
            if took[-1] < 0.35:
                break
    assert 0.24 < min(took) < 0.35


async def test_a_request_that_had_no_turn_in_time_is_no_failure_of_the_service(
    faulty: Any, make_transport: Callable[..., Transport]
) -> None:
    release = threading.Event()
    faulty.serve("/string/slow", lambda heard: (release.wait(3) and {}) or {})
    faulty.serve("/string/x", {})
    transport = make_transport()
    async with transport.session() as session, make_transport(limits=Limits(total_s=0.02)).session() as hasty:
        slow = asyncio.create_task(session.fetch(Request("string", "/slow")))  # takes the only place
        await faulty.arrival(1)
        for _ in range(6):
            with pytest.raises(RateLimited, match="too many requests wait already"):
                await hasty.fetch(Request("string", "/x"))
        release.set()
        await slow
        assert (await session.fetch(Request("string", "/x"))).status == 200
    assert faulty.count() == 2


async def test_what_waits_while_the_breaker_opens_is_not_sent(
    faulty: Any, make_transport: Callable[..., Transport]
) -> None:
    faulty.serve("/chembl/x", faulty.answer("", 500))
    async with make_transport(limits=Limits(attempts=1)).session() as session:
        outcomes = await asyncio.gather(
            *(session.fetch(Request("chembl", "/x")) for _ in range(12)), return_exceptions=True
        )
    assert all(isinstance(error, SourceUnavailable) for error in outcomes)
    assert faulty.count() <= 7  # four failed, and three may have been under way


async def test_each_hop_of_a_redirect_has_its_turn(faulty: Any, transport: Transport, pass_time: Any) -> None:
    faulty.serve("/string/a", faulty.answer("", 302, location="/string/b"))
    faulty.serve("/string/b", faulty.answer("", 302, location="/string/c"))
    faulty.serve("/string/c", {})
    async with transport.session() as session:
        reply = await session.fetch(Request("string", "/a"))
    assert reply.attempts == 1
    assert sum(pass_time.slept) == pytest.approx(2, abs=0.3)  # once a second


async def test_a_deadline_from_outside_stays_a_deadline_from_outside(faulty: Any, transport: Transport) -> None:
    faulty.serve("/uniprot/x", lambda heard: heard.wait(1))
    async with transport.session() as session:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await session.fetch(Request("uniprot", "/x"))


async def test_a_session_leaves_no_connection_open(faulty: Any, transport: Transport) -> None:
    faulty.serve("/uniprot/*", {})
    async with transport.session() as session:
        await asyncio.gather(*(session.fetch(Request("uniprot", f"/{number}")) for number in range(8)))
        assert faulty.open_connections() <= 4  # as many at once as the service may be asked
    for _ in range(100):
        if not faulty.open_connections():
            break
        await asyncio.sleep(0.01)
    assert not faulty.open_connections()


async def test_the_breaker_opens_after_four_failures_and_lets_one_try(
    faulty: Any, transport: Transport, pass_time: Any
) -> None:
    faulty.serve("/chembl/x", faulty.answer("", 500))
    faulty.serve("/europepmc/x", {})
    async with transport.session() as session:
        for _ in range(4):
            with pytest.raises(SourceUnavailable, match="it answered 500"):
                await session.fetch(Request("chembl", "/x"))
        assert session.notices[-1] == "ChEMBL keeps failing and is left alone for a while."
        sent = faulty.count()
        with pytest.raises(SourceUnavailable, match="left alone for 30 s more"):
            await session.fetch(Request("chembl", "/x"))
        assert faulty.count() == sent
        await session.fetch(Request("europepmc", "/x"))  # the same host, another service

        pass_time.skip(30)
        faulty.serve("/chembl/x", {})
        assert (await session.fetch(Request("chembl", "/x"))).status == 200
        assert (await session.fetch(Request("chembl", "/x"))).status == 200


async def test_a_cancelled_try_leaves_the_next_one_to_another(
    faulty: Any, transport: Transport, pass_time: Any
) -> None:
    faulty.serve("/chembl/x", faulty.answer("", 500))
    async with transport.session() as session:
        for _ in range(4):
            with pytest.raises(SourceUnavailable):
                await session.fetch(Request("chembl", "/x"))
        pass_time.skip(30)
        sent = faulty.count()
        faulty.serve("/chembl/x", lambda heard: heard.wait(2), {})
        task = asyncio.create_task(session.fetch(Request("chembl", "/x")))
        await faulty.arrival(sent + 1)
        with pytest.raises(SourceUnavailable, match="left alone for 1 s more"):
            await session.fetch(Request("chembl", "/x"))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await session.fetch(Request("chembl", "/x"))).status == 200


async def test_an_answer_of_any_kind_breaks_a_row_of_failures(
    faulty: Any, make_transport: Callable[..., Transport]
) -> None:
    bad = faulty.answer("", 500)
    faulty.serve("/chembl/x", bad, bad, bad, faulty.answer("", 404), bad, bad, bad, faulty.answer("", 400), bad)
    async with make_transport(limits=Limits(attempts=1)).session() as session:
        for _ in range(9):
            with pytest.raises((SourceUnavailable, NotFound)):
                await session.fetch(Request("chembl", "/x"))
    assert faulty.count() == 9


async def test_no_attempt_is_waited_for_that_would_come_too_late(
    faulty: Any, make_transport: Callable[..., Transport], pass_time: Any
) -> None:
    faulty.serve("/chembl/x", faulty.answer("", 500))
    async with make_transport(limits=Limits(total_s=1.4)).session() as session:
        with pytest.raises(SourceUnavailable, match=r"it answered 500 \(2 attempts\)"):
            await session.fetch(Request("chembl", "/x"))
    assert sum(pass_time.slept) == pytest.approx(0.5, abs=0.25)  # not the second wait, of a second


async def test_a_program_error_in_a_check_stays_one(faulty: Any, transport: Transport) -> None:
    def check(reply: Reply) -> None:
        raise TimeoutError("ours")

    faulty.serve("/chembl/x", {})
    async with transport.session() as session:
        with pytest.raises(TimeoutError, match="ours"):
            await session.fetch(Request("chembl", "/x", check=check))


async def test_wrong_requests_do_not_open_the_breaker(faulty: Any, transport: Transport) -> None:
    faulty.serve("/chembl/x", faulty.answer("no", 400))
    async with transport.session() as session:
        for _ in range(8):
            with pytest.raises(BadReply, match="400"):
                await session.fetch(Request("chembl", "/x"))
    assert faulty.count() == 8


async def test_a_wait_that_one_request_was_asked_for_holds_for_all(
    faulty: Any, transport: Transport, pass_time: Any
) -> None:
    faulty.serve("/chembl/x", faulty.answer("", 429, retry_after="600"))
    faulty.serve("/europepmc/x", {})
    async with transport.session() as session:
        for _ in range(6):
            with pytest.raises(RateLimited, match="600 s"):
                await session.fetch(Request("chembl", "/x"))
        assert faulty.count() == 1
        assert (await session.fetch(Request("europepmc", "/x"))).status == 200
        assert sum(pass_time.slept) < 1


async def test_a_queue_longer_than_the_deadline_is_told_at_once(
    faulty: Any, make_transport: Callable[..., Transport]
) -> None:
    faulty.serve("/uniprot/x", {})
    started = time.monotonic()
    transport = make_transport(limits=Limits(total_s=5), per_second={"uniprot": 0.25}, sleep=asyncio.sleep)
    async with transport.session() as session:
        waiting = {asyncio.create_task(session.fetch(Request("uniprot", "/x"))) for _ in range(4)}
        refused = []
        while len(waiting) > 1:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            refused += [task.exception() for task in done if task.exception()]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(error) for error in refused] == 2 * [
        "UniProt may be asked 0.25 times a second, and too many requests wait already. Ask for less at a time, or again later."
    ]
    assert all(isinstance(error, RateLimited) for error in refused)
    assert time.monotonic() - started < 3.9  # the one that waits is to start after 4 s
