"""PubMed over real sockets: ids and batches by POST, what is missing, the cap, the pace, and secrets that stay secret."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.articles.identifiers import ArticleId, read_article_id
from biocopilot.memory.errors import BadReply, InvalidIdentifier, NotFound, RateLimited, SourceUnavailable
from biocopilot.tools.sources.literature.pubmed import MOST_IDS, Pubmed, allowed_pace
from biocopilot.tools.sources.literature.queries import Query
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Q = Query("EGFR", 2018, 2020, types=("review",))
KEY, MAIL = "0123456789abcdef0123456789abcdef0123", "someone@example.org"


def pmids(count: int) -> list[int]:
    return [20_000_000 + n for n in range(count)]


async def search(transport: Any, most: int, query: Query = Q, **given: Any) -> Any:
    async with transport.session() as session:
        return await Pubmed(session, **given).search(query, most)


async def test_ids_first_then_articles_all_by_post(transport: Any, entrez: Any) -> None:
    served = entrez(pmids(5))
    found = await search(transport, 3, contact=MAIL)
    assert [article.pmid for article in found.rows] == ["20000000", "20000001", "20000002"]
    assert (found.total, found.complete, found.source.name) == (5, False, "PubMed")
    (search_method, asked), (fetch_method, fetched) = served.asked
    assert search_method == fetch_method == "POST"
    assert asked["term"] == '(EGFR) AND ("review"[pt])'
    assert (asked["mindate"], asked["maxdate"], asked["datetype"], asked["sort"]) == (
        "2018",
        "2020",
        "pdat",
        "relevance",
    )
    assert (asked["tool"], asked["email"]) == ("biocopilot", MAIL)
    assert "api_key" not in asked
    assert fetched["id"] == "20000000,20000001,20000002"


async def test_batches_are_of_two_hundred(transport: Any, entrez: Any) -> None:
    served = entrez(pmids(450))
    found = await search(transport, 450)
    assert [form["id"].count(",") + 1 for _, form in served.asked[1:]] == [200, 200, 50]
    assert [article.pmid for article in found.rows] == [str(pmid) for pmid in pmids(450)]
    assert found.complete
    assert found.notices == ()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    total=st.integers(0, 30),
    batch=st.integers(1, 9),
    most=st.integers(1, 35),
    lost=st.sets(st.integers(0, 30), max_size=4),
)
def test_batches_joined_give_every_article_once_or_name_the_missing(
    transport: Any, entrez: Any, total: int, batch: int, most: int, lost: set[int]
) -> None:
    missing = {20_000_000 + n for n in lost}
    entrez(pmids(total), lost=frozenset(missing))
    found = asyncio.run(search(transport, most, batch=batch))
    wanted = pmids(total)[:most]
    assert [article.pmid for article in found.rows] == [str(pmid) for pmid in wanted if pmid not in missing]
    assert found.total == total
    gone = [pmid for pmid in wanted if pmid in missing]
    assert found.complete == (not gone and most >= total)
    assert bool(found.notices) == bool(gone)
    assert all(str(pmid) in found.notices[0] for pmid in gone)


async def test_nothing_found_is_no_error_and_fetches_nothing(transport: Any, entrez: Any) -> None:
    served = entrez([], said="<ErrorList><PhraseNotFound>abcXYZ</PhraseNotFound></ErrorList>")
    found = await search(transport, 5)
    assert (found.rows, found.total, found.complete) == ((), 0, True)
    assert "abcXYZ" in found.notices[0]
    assert len(served.asked) == 1


async def test_the_cap_of_esearch_is_said(transport: Any, entrez: Any) -> None:
    served = entrez(pmids(3), count=42_249)
    found = await search(transport, 20_000)
    assert served.asked[0][1]["retmax"] == str(MOST_IDS)
    assert any("only the first 9,999 of 42,249" in notice for notice in found.notices)
    assert any("named only 3" in notice for notice in found.notices)
    assert not found.complete


async def test_a_later_batch_that_fails_leaves_what_came(faulty: Any, transport: Any, entrez: Any) -> None:
    served = entrez(pmids(6))

    def fetch(heard: Any) -> Any:
        return served.fetch(heard) if heard.number == 0 else faulty.answer("down", 503)

    faulty.serve("/eutils/efetch.fcgi", fetch)
    found = await search(transport, 6, batch=2)
    assert len(found.rows) == 2
    assert not found.complete
    assert "stopped after 2 of 6" in found.notices[0]


async def test_articles_by_id_keep_their_order(transport: Any, entrez: Any) -> None:
    entrez(pmids(3))
    async with transport.session() as session:
        found = await Pubmed(session).articles(["20000002", "20000000", "29999999", "20000002"])
        with pytest.raises(InvalidIdentifier):
            await Pubmed(session).articles(["20000001", "1 OR 2"])
    assert [article.pmid for article in found.rows] == ["20000002", "20000000"]
    assert not found.complete
    assert "29999999" in found.notices[0]


@pytest.mark.parametrize("text", ["20000001", "10.1000/test.1"])
async def test_one_article(transport: Any, entrez: Any, text: str) -> None:
    entrez([20_000_001])
    async with transport.session() as session:
        found = await Pubmed(session).article(read_article_id(text))
    assert [article.pmid for article in found.rows] == ["20000001"]


@pytest.mark.parametrize(
    "asked", [ArticleId("pmid", "5"), ArticleId("doi", "10.1000/other"), ArticleId("preprint", "PPR5")]
)
async def test_an_article_that_is_not_there(transport: Any, entrez: Any, asked: ArticleId) -> None:
    entrez([20_000_001])
    async with transport.session() as session:
        with pytest.raises(NotFound):
            await Pubmed(session).article(asked)


async def test_full_text_of_pubmed_central(faulty: Any, transport: Any, shared: Path) -> None:
    folder = shared / "data"
    faulty.serve(
        "/eutils/efetch.fcgi",
        (folder / "biomcp_captures/ncbi_efetch/pmc3040717.xml").read_bytes(),
        b"<pmc-articleset><article><front><article-meta/></front></article></pmc-articleset>",
    )
    async with transport.session() as session:
        found = await Pubmed(session).full_text("PMC3040717")
        assert found.rows[0].article.pmid == "20516115"
        assert found.source.name == "PubMed Central"
        with pytest.raises(NotFound, match="not open access"):
            await Pubmed(session).full_text("PMC1")
        with pytest.raises(InvalidIdentifier):
            await Pubmed(session).full_text("PMC1&db=x")
    assert faulty.heard[0].form == {"tool": "biocopilot", "db": "pmc", "id": "3040717", "retmode": "xml"}


def test_a_key_allows_ten_a_second() -> None:
    assert allowed_pace("") == {}
    assert allowed_pace("k") == {"eutils": 10.0}


@pytest.mark.parametrize(("key", "least_s"), [("", 9 / 3), (KEY, 9 / 10)])
async def test_the_pace_is_kept_by_the_whole_process(
    make_transport: Any, entrez: Any, pass_time: Any, key: str, least_s: float
) -> None:
    entrez(pmids(1))
    transport = make_transport(per_second=allowed_pace(key))

    async def one() -> None:
        async with transport.session() as session:
            await Pubmed(session, api_key=key).articles(["20000000"])

    began = pass_time.clock()
    for _ in range(10):
        await one()
    assert least_s - 0.1 <= pass_time.clock() - began < least_s + 1.5


@pytest.mark.parametrize(
    "answer",
    [
        ('{"error":"API key invalid","api-key":"' + KEY + '","type":"api","status":"unknown"}', 400),
        ("<eSearchResult><ERROR>" + "x" * 130 + f" API key {KEY} of {MAIL} is wrong</ERROR></eSearchResult>", 200),
        (f"<html>{KEY} {MAIL}</html>", 200),
        (f"<weird>{KEY} {MAIL}</weird>", 200),
        ('{"error":"API rate limit exceeded","api-key":"' + KEY + '"}', 429),
        ('{"error":"API rate limit exceeded","api-key":"' + KEY + '"}', 200),
    ],
)
async def test_neither_key_nor_address_is_ever_shown(
    faulty: Any, caching_transport: Any, caplog: pytest.LogCaptureFixture, answer: tuple[str, int]
) -> None:
    caplog.set_level(logging.DEBUG)
    faulty.serve("/eutils/esearch.fcgi", faulty.answer(*answer))
    async with caching_transport.session() as session:
        with pytest.raises(SourceUnavailable) as raised:
            await Pubmed(session, contact=MAIL, api_key=KEY).search(Q, 5)
    assert faulty.heard[0].form["api_key"] == KEY
    error: BaseException | None = raised.value
    texts = [caplog.text, *session.notices, faulty.heard[0].target]
    while error is not None:
        texts += [str(error), repr(error)]
        error = error.__cause__ or error.__context__
    for text in texts:
        assert KEY[:8] not in text
        assert MAIL[:8] not in text


async def test_what_is_kept_holds_no_secret_and_serves_another_key(
    faulty: Any, caching_transport: Any, entrez: Any, tmp_path: Path
) -> None:
    entrez(pmids(2))
    first = await search(caching_transport, 2, contact=MAIL, api_key=KEY)
    again = await search(caching_transport, 2)
    assert again.rows == first.rows
    assert again.backend == "cache"
    assert faulty.count() == 2
    kept = b"".join(_files_of(tmp_path))
    assert b"efetch" in kept
    assert KEY.encode() not in kept
    assert MAIL.encode() not in kept


def _files_of(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.glob("replies.sqlite*")]


async def test_a_search_kept_yesterday_still_leads_to_its_articles(
    faulty: Any, caching_transport: Any, entrez: Any
) -> None:
    entrez(pmids(4))
    await search(caching_transport, 4)
    faulty.serve("/eutils/*", faulty.answer("down", 503))
    faulty.serve("/eutils/esearch.fcgi", faulty.answer("down", 503))
    faulty.serve("/eutils/efetch.fcgi", faulty.answer("down", 503))
    assert len((await search(caching_transport, 4)).rows) == 4


FAULTS: dict[str, tuple[Any, type[SourceUnavailable]]] = {
    "429": (lambda faulty, _: faulty.answer('{"error":"API rate limit exceeded"}', 429), RateLimited),
    "429 with 200": (
        lambda faulty, _: '{"error":"API rate limit exceeded","count":"4","limit":"3"}',
        SourceUnavailable,
    ),
    "502": (lambda faulty, _: faulty.answer("gateway", 502), SourceUnavailable),
    "web page": (lambda faulty, _: "<html><body>maintenance</body></html>", BadReply),
    "empty": (lambda faulty, _: b"", BadReply),
    "cut": (lambda faulty, body: body[: len(body) // 2], BadReply),
    "not utf-8": (lambda faulty, body: body.replace(b"It works", b"It \xff\xfe works"), BadReply),
    "error": (lambda faulty, _: b"<eFetchResult><ERROR>Cannot process ID list</ERROR></eFetchResult>", BadReply),
    "other": (lambda faulty, _: b"<eSummaryResult/>", BadReply),
    "control": (lambda faulty, body: body.replace(b"It works", b"It \x01 works"), BadReply),
    "reset": (lambda faulty, _: lambda heard: heard.reset(), SourceUnavailable),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_faults_are_typed_and_end(
    faulty: Any, transport: Any, pubmed_set: Any, pubmed_article: Any, fault: str
) -> None:
    make, error = FAULTS[fault]
    faulty.serve("/eutils/efetch.fcgi", make(faulty, pubmed_set(pubmed_article(20_000_001))))
    async with transport.session() as session:
        with pytest.raises(error):
            await Pubmed(session).articles(["20000001"])
    assert 1 <= faulty.count() <= 4


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in ("error", "other")])
async def test_a_fault_that_passes_is_mended(
    faulty: Any, transport: Any, pubmed_set: Any, pubmed_article: Any, fault: str
) -> None:
    body = pubmed_set(pubmed_article(20_000_001))
    faulty.serve("/eutils/efetch.fcgi", FAULTS[fault][0](faulty, body), body)
    async with transport.session() as session:
        found = await Pubmed(session).articles(["20000001"])
    assert len(found.rows) == 1
