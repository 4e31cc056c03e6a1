from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import BadReply, NotFound, OfflineRefused, SourceUnavailable, StorageError
from biocopilot.memory.response_cache import ResponseCache
from biocopilot.tools.sources.kept import age_in_words
from biocopilot.tools.sources.transport import Reply, Request, Transport

KEY, EMAIL = "0123456789abcdef-key", "someone@example.org"
ASKED = Request("uniprot", "/x", {"query": "EGFR"})


class Day:
    """The time of day, for a transport and its cache."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()


@pytest.fixture
def day() -> Day:
    return Day()


@pytest.fixture
def cache(tmp_path: Path, day: Day) -> ResponseCache:
    return ResponseCache(tmp_path / "replies.sqlite", now=day.seconds)


@pytest.fixture
def keeping(make_transport: Callable[..., Transport], cache: ResponseCache, day: Day) -> Transport:
    return make_transport(cache=cache, now=day)


async def fetched(transport: Transport, request: Request = ASKED) -> tuple[Reply, list[str]]:
    async with transport.session() as session:
        return await session.fetch(request), session.notices


async def test_a_kept_reply_is_what_came(faulty: Any, keeping: Transport, day: Day) -> None:
    faulty.serve(
        "/uniprot/x",
        faulty.answer({"a": "é"}, x_uniprot_release="2026_03", x_total_results="3", link="<z>", set_cookie="s=1"),
    )
    live, _ = await fetched(keeping)
    day.moment += timedelta(days=20)
    kept, notices = await fetched(keeping)
    assert faulty.count() == 1
    assert (live.backend, kept.backend) == ("live", "cache")
    assert (kept.value, kept.release, kept.url, kept.request) == (live.value, "2026_03", live.url, live.request)
    assert kept.headers["x-total-results"] == "3"
    assert kept.headers["link"] == "<z>"
    assert "set-cookie" not in kept.headers
    assert kept.retrieved_at == live.retrieved_at
    assert not kept.stale
    assert not notices


async def test_a_fresh_reply_is_asked_for_anew_on_demand_and_kept(
    faulty: Any, keeping: Transport, cache: ResponseCache, make_transport: Callable[..., Transport], day: Day
) -> None:
    faulty.serve("/uniprot/x", {"a": 1}, {"a": 2}, faulty.answer("", 500))
    await fetched(keeping)
    async with keeping.session() as session:
        assert (await session.fetch(ASKED, anew=True)).value == {"a": 2}
        assert (await session.fetch(ASKED)).value == {"a": 2}
        stale = await session.fetch(ASKED, anew=True)
    assert (stale.value, stale.backend) == ({"a": 2}, "cache")
    assert stale.stale
    async with make_transport(offline=True, cache=cache, now=day).session() as session:
        assert (await session.fetch(ASKED, anew=True)).value == {"a": 2}
        assert not session.notices


async def test_a_known_release_keeps_replies_of_others_apart(faulty: Any, keeping: Transport) -> None:
    faulty.serve("/chembl/x", lambda heard: {"number": heard.number})
    for _ in range(2):
        for number, release in enumerate(("35", "36")):
            reply, _ = await fetched(keeping, Request("chembl", "/x", release=release))
            assert (reply.value, reply.release) == ({"number": number}, release)
    assert faulty.count() == 2


async def test_an_old_reply_is_asked_for_again(faulty: Any, keeping: Transport, day: Day) -> None:
    faulty.serve("/uniprot/x", {"a": 1}, {"a": 2})
    await fetched(keeping)
    day.moment += timedelta(days=31)
    reply, _ = await fetched(keeping)
    assert (reply.value, reply.backend) == ({"a": 2}, "live")


async def test_a_reply_kept_by_a_wrong_clock_is_asked_for_again(faulty: Any, keeping: Transport, day: Day) -> None:
    faulty.serve("/uniprot/x", {"a": 1}, {"a": 2})
    await fetched(keeping)
    day.moment -= timedelta(days=3_000)
    assert (await fetched(keeping))[0].value == {"a": 2}


def refuse(reply: Reply) -> None:
    raise BadReply("UniProt: an error object.")


def absent(reply: Reply) -> None:
    raise NotFound("UniProt has none.")


@pytest.mark.parametrize(
    ("answer", "request_", "error"),
    [
        (lambda faulty: faulty.answer("x", 500), ASKED, SourceUnavailable),
        (lambda faulty: faulty.answer("x", 400), ASKED, BadReply),
        (lambda faulty: faulty.answer("x", 404), ASKED, NotFound),
        (lambda faulty: "<html>down</html>", ASKED, BadReply),
        (lambda faulty: b"", ASKED, BadReply),
        (lambda faulty: b'{"a": NaN}', ASKED, BadReply),
        (lambda faulty: b"<a><b>", Request("uniprot", "/x", kind="xml"), BadReply),
        (lambda faulty: {}, Request("uniprot", "/x", check=refuse), BadReply),
        (lambda faulty: {}, Request("uniprot", "/x", check=absent), NotFound),
        (lambda faulty: {}, Request("uniprot", "/x", check=lambda reply: reply.value["rows"]), BadReply),
    ],
    ids=["500", "400", "404", "page", "empty", "NaN", "cut", "error object", "none", "shape"],
)
async def test_what_was_not_understood_is_not_kept(
    faulty: Any, keeping: Transport, cache: ResponseCache, answer: Any, request_: Request, error: type[Exception]
) -> None:
    faulty.serve("/uniprot/x", answer(faulty))
    with pytest.raises(error):
        await fetched(keeping, request_)
    assert cache.counts() == {}


async def test_what_waits_or_must_not_be_kept_is_not_kept(
    faulty: Any, keeping: Transport, cache: ResponseCache
) -> None:
    faulty.serve("/pubchem/x", faulty.answer({"Waiting": {"ListKey": "1"}}, 202))
    faulty.serve("/uniprot/x", {"jobStatus": "RUNNING"})
    assert (await fetched(keeping, Request("pubchem", "/x")))[0].status == 202
    await fetched(keeping, Request("uniprot", "/x", kept=False))
    await fetched(keeping, Request("uniprot", "/x", kept=False))
    assert cache.counts() == {}
    assert faulty.count() == 3


async def test_an_old_reply_stands_in_when_the_service_fails(faulty: Any, keeping: Transport, day: Day) -> None:
    faulty.serve("/uniprot/x", {"a": 1}, faulty.answer("", 500))
    await fetched(keeping)
    day.moment += timedelta(days=40)
    reply, notices = await fetched(keeping)
    assert (reply.value, reply.backend) == ({"a": 1}, "cache")
    assert reply.stale == "UniProt: it answered 500 (4 attempts)."
    assert notices[-1] == "UniProt: a reply kept 40 days ago stands in. UniProt: it answered 500 (4 attempts)."


async def test_an_old_reply_does_not_stand_in_for_what_is_gone(faulty: Any, keeping: Transport, day: Day) -> None:
    faulty.serve("/uniprot/x", {"a": 1}, faulty.answer("", 404))
    await fetched(keeping)
    day.moment += timedelta(days=40)
    with pytest.raises(NotFound):
        await fetched(keeping)


async def test_offline_gives_what_is_kept_and_tells_its_age_where_it_is_old(
    faulty: Any, keeping: Transport, make_transport: Callable[..., Transport], cache: ResponseCache, day: Day
) -> None:
    faulty.serve("/uniprot/x", {"a": 1})
    await fetched(keeping)
    offline = make_transport(offline=True, cache=cache, now=day)
    reply, notices = await fetched(offline)
    assert (reply.value, reply.stale, notices) == ({"a": 1}, "", [])
    day.moment += timedelta(days=40)
    reply, notices = await fetched(offline)
    assert reply.value == {"a": 1}
    assert notices == ["UniProt: a reply kept 40 days ago stands in. No connection may be opened (offline)."]
    with pytest.raises(OfflineRefused, match="UniProt needs the network, and no reply to this request is kept"):
        await fetched(offline, Request("uniprot", "/y"))
    with pytest.raises(OfflineRefused):
        await fetched(offline, Request("uniprot", "/x", {"query": "EGFR"}, kept=False))
    assert faulty.count() == 1


async def test_a_mirror_does_not_answer_for_the_service(
    faulty: Any, make_transport: Callable[..., Transport], cache: ResponseCache, day: Day
) -> None:
    faulty.serve("/a/x", {"from": "a"})
    faulty.serve("/b/x", {"from": "b"})
    for name in "ab":
        transport = make_transport(bases={"uniprot": f"{faulty.base}/{name}"}, cache=cache, now=day)
        assert (await fetched(transport))[0].value == {"from": name}
    with pytest.raises(OfflineRefused):
        await fetched(make_transport(bases={}, offline=True, cache=cache, now=day))
    assert cache.clear("uniprot") == 2


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_no_secret_is_kept(faulty: Any, keeping: Transport, cache: ResponseCache, tmp_path: Path) -> None:
    faulty.serve("/eutils/*", lambda heard: faulty.answer({"n": heard.number}, link=f"<x?api_key={KEY}>", x_next="y"))
    faulty.serve("/eutils/echo", lambda heard: {"said": heard.query["api_key"]})
    secrets = {"api_key": KEY, "email": EMAIL}
    for request in (
        Request("eutils", "/a", {"term": "egfr", **secrets}),
        Request("eutils", "/b", body={"id": "1", **secrets}, form=True),
        Request("eutils", "/c", body=f"id=1&api_key={KEY}&email={EMAIL}".encode(), form=True),
        Request("eutils", "/d", headers={"authorization": f"Bearer {KEY}"}),
    ):
        reply, notices = await fetched(keeping, request)
        kept, _ = await fetched(keeping, request)
        assert kept.backend == "cache"
        assert kept.headers.get("x-next") == "y"
        for text in (reply.request, reply.url, kept.request, kept.url, str(notices)):
            assert KEY not in text
            assert EMAIL not in text
    other, _ = await fetched(keeping, Request("eutils", "/a", {"term": "egfr", "api_key": "another-key-123"}))
    assert other.backend == "cache"  # another key asks for the same thing
    _, notices = await fetched(keeping, Request("eutils", "/echo", secrets))
    assert notices == ["The reply of PubMed is not kept: it repeats a secret."]
    cache.close()
    held = everything_in(tmp_path)
    assert KEY.encode() not in held
    assert EMAIL.encode() not in held


@pytest.mark.parametrize("statement", ["UPDATE body SET body = x'00'", "UPDATE body SET body = 'text'", "UPDATE reply SET headers = '[]'", "UPDATE reply SET headers = '{'", "UPDATE reply SET stored_at = 9e99", "UPDATE reply SET url = 'x' WHERE 0; UPDATE body SET body = substr(body, 1, 12)"])  # fmt: skip
async def test_a_damaged_kept_reply_is_told_and_asked_for_again(
    faulty: Any, keeping: Transport, cache: ResponseCache, statement: str
) -> None:
    faulty.serve("/uniprot/x", {"a": "something long enough to be cut " * 9})
    await fetched(keeping)
    cache._connection.executescript(statement)
    reply, notices = await fetched(keeping)
    assert reply.backend == "live"
    assert len(notices) == 1
    assert notices[0].startswith("A kept reply of UniProt could not be used: ")


async def test_a_kept_reply_that_is_no_longer_understood_is_asked_for_again(faulty: Any, keeping: Transport) -> None:
    faulty.serve("/uniprot/x", {"old": 1}, {"new": 1})
    await fetched(keeping)
    reply, notices = await fetched(
        keeping, Request("uniprot", "/x", {"query": "EGFR"}, check=lambda reply: reply.value["new"])
    )
    assert reply.value == {"new": 1}
    assert "has not the shape" in notices[0]


async def test_a_full_disk_costs_only_a_notice(faulty: Any, keeping: Transport, cache: ResponseCache) -> None:
    pages = cache._connection.execute("PRAGMA page_count").fetchone()[0]
    cache._connection.execute(f"PRAGMA max_page_count = {pages}")
    faulty.serve("/uniprot/x", {"a": [hash(str(number)) for number in range(5_000)]})
    async with keeping.session() as session:
        for _ in range(3):
            assert (await session.fetch(ASKED)).backend == "live"
    assert len(session.notices) == 1  # said once, not thrice
    assert "is not kept" in session.notices[0]
    assert "full" in session.notices[0]


async def test_a_closed_cache_costs_only_a_notice(faulty: Any, keeping: Transport, cache: ResponseCache) -> None:
    faulty.serve("/uniprot/x", {"a": 1})
    cache.close()
    reply, notices = await fetched(keeping)
    assert reply.value == {"a": 1}
    assert len(notices) == 2


async def test_a_cache_that_may_only_be_read_still_answers(
    faulty: Any, keeping: Transport, cache: ResponseCache, make_transport: Callable[..., Transport], day: Day,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    faulty.serve("/uniprot/x", {"a": 1})
    await fetched(keeping)
    from biocopilot.memory import response_cache

    def forbidden(path: Path) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(response_cache, "_opened_to_write", forbidden)
    reading = ResponseCache(cache.path, now=day.seconds)
    assert reading.read_only
    transport = make_transport(cache=reading, now=day)
    assert (await fetched(transport))[0].backend == "cache"
    faulty.serve("/uniprot/y", {})
    _, notices = await fetched(transport, Request("uniprot", "/y"))
    assert len(notices) == 1
    assert "may only be read" in notices[0]
    with pytest.raises(StorageError):
        reading.clear()


def test_offline_opens_no_socket(tmp_path: Path) -> None:
    program = f"""
import asyncio, socket, sys
from pathlib import Path
async def main():
    from biocopilot.memory.errors import OfflineRefused
    from biocopilot.memory.response_cache import ResponseCache
    from biocopilot.tools.sources.hosts import SERVICES
    from biocopilot.tools.sources.transport import Request, Transport
    def guard(event, arguments):
        if event == "socket.__new__" and arguments[1] != socket.AF_UNIX or event in (
            "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"):
            print("opened", event, arguments)
    sys.addaudithook(guard)
    transport = Transport(offline=True, cache=ResponseCache(Path({str(tmp_path)!r}) / "replies.sqlite"))
    transport.cache.put("uniprot", "GET /kept", "1", b"{{}}")
    refused = 0
    async with transport.session() as session:
        print((await session.fetch(Request("uniprot", "/kept"))).backend)
        for name in SERVICES:
            try:
                await session.fetch(Request(name, "/x"))
            except OfflineRefused:
                refused += 1
    transport.close()
    print(refused == len(SERVICES))
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.split() == ["cache", "True"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 seconds"),
        (70, "70 seconds"),
        (600, "10 minutes"),
        (7_300, "2 hours"),
        (172_800, "2 days"),
        (4e6, "46 days"),
    ],
)
def test_ages_are_said_in_words(seconds: float, words: str) -> None:
    assert age_in_words(seconds) == words
