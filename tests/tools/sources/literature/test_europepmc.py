"""Europe PMC over real sockets: pages, counts, errors that come with status 200, one article, full text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.articles.identifiers import ArticleId, read_article_id
from biocopilot.memory.errors import (
    BadReply,
    InvalidArguments,
    InvalidIdentifier,
    NotFound,
    OfflineRefused,
    SourceUnavailable,
)
from biocopilot.tools.sources.literature.europepmc import EuropePmc
from biocopilot.tools.sources.literature.queries import Query
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

Q = Query("EGFR")


async def search(transport: Any, most: int, page_rows: int = 100) -> Any:
    async with transport.session() as session:
        return await EuropePmc(session, page_rows).search(Q, most)


async def test_a_search_says_what_there_is_and_where_it_is_from(
    faulty: Any, transport: Any, library: Any, row: Any
) -> None:
    served = library([row(n) for n in range(7)])
    found = await search(transport, 3)
    assert ([article.id for article in found.rows], found.total) == (["20000000", "20000001", "20000002"], 7)
    assert not found.complete
    assert found.notices == ()
    assert (found.source.name, found.backend) == ("Europe PMC", "live")
    asked = served.asked[0]
    assert asked == {"query": "(EGFR)", "format": "json", "resultType": "core", "pageSize": "3", "cursorMark": "*"}
    assert faulty.count() == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(total=st.integers(0, 40), page_rows=st.integers(1, 13), most=st.integers(1, 45))
@example(total=40, page_rows=1, most=45)
@example(total=0, page_rows=5, most=5)
@example(total=10, page_rows=5, most=10)
def test_pages_joined_give_every_row_once(
    faulty: Any, transport: Any, library: Any, row: Any, total: int, page_rows: int, most: int
) -> None:
    library([row(n) for n in range(total)])
    found = asyncio.run(search(transport, most, page_rows))
    expected = [str(20_000_000 + n) for n in range(min(total, most))]
    assert [article.id for article in found.rows] == expected
    assert found.total == total
    assert found.complete == (most >= total)
    assert found.notices == ()


async def test_searches_side_by_side_do_not_mix(transport: Any, library: Any, row: Any) -> None:
    library([row(n) for n in range(30)])
    async with transport.session() as session:
        client = EuropePmc(session, 4)
        results = await asyncio.gather(*(client.search(Q, 30) for _ in range(6)))
    for found in results:
        assert [article.id for article in found.rows] == [str(20_000_000 + n) for n in range(30)]


async def test_a_repeated_cursor_ends_the_walk_and_the_shortfall_is_said(
    transport: Any, library: Any, row: Any
) -> None:
    def stuck(page: dict[str, Any], _: int) -> dict[str, Any]:
        return {**page, "nextCursorMark": "c4"}

    served = library([row(n) for n in range(20)], alter=stuck)
    found = await search(transport, 20, 4)
    assert len(served.asked) == 2
    assert len(found.rows) == 8
    assert not found.complete
    assert found.notices == ("Europe PMC counts 20 articles, but only 8 came.",)


async def test_new_cursors_without_new_rows_end_the_walk(transport: Any, library: Any, row: Any) -> None:
    def same(page: dict[str, Any], number: int) -> dict[str, Any]:
        rows = [row(n) for n in range(3)]
        return {**page, "hitCount": 99, "nextCursorMark": f"c{number}", "resultList": {"result": rows}}

    served = library([row(n) for n in range(3)], alter=same)
    found = await search(transport, 50, 3)
    assert len(served.asked) == 2
    assert len(found.rows) == 3
    assert found.notices == (
        "Europe PMC sent 3 rows twice; each is given once.",
        "Europe PMC counts 99 articles, but only 3 came.",
    )


async def test_a_count_that_drifts_is_said(transport: Any, library: Any, row: Any) -> None:
    def drift(page: dict[str, Any], number: int) -> dict[str, Any]:
        return {**page, "hitCount": page["hitCount"] + number - 1}

    library([row(n) for n in range(6)], alter=drift)
    found = await search(transport, 6, 3)
    assert len(found.rows) == 6
    assert "count changed while it was read, from 6 to 7" in found.notices[0]


async def test_rows_that_cannot_be_read_are_counted(transport: Any, library: Any, row: Any) -> None:
    library([row(0), {"title": "no id"}, row(2)])
    found = await search(transport, 10)
    assert [article.id for article in found.rows] == ["20000000", "20000002"]
    assert not found.complete
    assert "1 rows of Europe PMC could not be read" in found.notices[0]


async def test_a_later_page_that_fails_leaves_what_came(faulty: Any, transport: Any, library: Any, row: Any) -> None:
    def fail(page: dict[str, Any], number: int) -> Any:
        return page if number == 1 else faulty.answer("down", 503)

    library([row(n) for n in range(9)], alter=fail)
    found = await search(transport, 9, 4)
    assert len(found.rows) == 4
    assert not found.complete
    assert "The search stopped after 4 articles" in found.notices[0]


@pytest.mark.parametrize(
    "body",
    [
        {"version": "6.9", "errCode": 404, "errMsg": "Invalid page size. Maximum page size is 1000 \u001b[31m"},
        {"errMsg": "Unknown field"},
        {"version": "6.9"},
        {"hitCount": 3},
        {"hitCount": "3", "resultList": {"result": []}},
        {"hitCount": -1, "resultList": {"result": []}},
        {"hitCount": 1, "resultList": {"result": {}}},
        {"hitCount": 1, "resultList": []},
        [],
        "x",
    ],
)
async def test_errors_with_status_200_are_recognised(faulty: Any, transport: Any, body: Any) -> None:
    import json

    faulty.serve("/europepmc/search", json.dumps(body))
    with pytest.raises(BadReply) as error:
        await search(transport, 5)
    assert "Europe PMC" in error.value.message
    assert "\x1b" not in error.value.message
    said = body.get("errMsg", "") if isinstance(body, dict) else ""
    assert said.partition(" \u001b")[0] in error.value.message


async def test_errors_are_not_kept(faulty: Any, caching_transport: Any, library: Any, row: Any) -> None:
    faulty.serve("/europepmc/search", {"errCode": 404, "errMsg": "no"})
    with pytest.raises(BadReply):
        await search(caching_transport, 5)
    library([row(1)])
    assert len((await search(caching_transport, 5)).rows) == 1
    assert (await search(caching_transport, 5)).backend == "cache"


async def test_offline_gives_kept_replies_and_refuses_the_rest(
    make_transport: Any, library: Any, row: Any, tmp_path: Path
) -> None:
    from biocopilot.memory.response_cache import ResponseCache

    library([row(1)])
    online = make_transport(cache=ResponseCache(tmp_path / "a.sqlite"))
    live = await search(online, 5)
    offline = make_transport(cache=ResponseCache(tmp_path / "a.sqlite"), offline=True)
    kept = await search(offline, 5)
    assert kept.rows == live.rows
    assert kept.backend == "cache"
    with pytest.raises(OfflineRefused):
        await search(offline, 6)


async def test_no_words_ask_nothing(faulty: Any, transport: Any) -> None:
    async with transport.session() as session:
        with pytest.raises(InvalidArguments):
            await EuropePmc(session).search(Query("()"), 5)
    assert faulty.count() == 0


@pytest.mark.parametrize("text", ["20000004", "PMC3000004", "10.1000/TEST.4"])
async def test_one_article_by_each_kind_of_id(transport: Any, library: Any, row: Any, text: str) -> None:
    library([row(n) for n in range(9)])
    async with transport.session() as session:
        found = await EuropePmc(session).article(read_article_id(text))
    assert [article.pmid for article in found.rows] == ["20000004"]
    assert (found.total, found.complete) == (1, True)


async def test_the_published_article_goes_before_its_preprint(transport: Any, library: Any, row: Any) -> None:
    library([row(1, id="PPR1", source="PPR", pmid=None, pmcid=None), row(1)])
    async with transport.session() as session:
        found = await EuropePmc(session).article(ArticleId("doi", "10.1000/test.1"))
    assert found.rows[0].database == "MED"


async def test_another_article_than_was_asked_for_is_not_taken(transport: Any, faulty: Any, row: Any) -> None:
    faulty.serve("/europepmc/search", {"hitCount": 1, "resultList": {"result": [row(8)]}})
    async with transport.session() as session:
        with pytest.raises(NotFound):
            await EuropePmc(session).article(ArticleId("pmid", "5"))


async def test_full_text(faulty: Any, transport: Any, shared: Path) -> None:
    body = (shared / "data/biomcp_captures/ncbi_efetch/pmc6329583.xml").read_bytes()
    faulty.serve("/europepmc/PMC6329583/fullTextXML", body)
    async with transport.session() as session:
        found = await EuropePmc(session).full_text("pmc6329583")
    assert found.rows[0].article.pmcid == "PMC6329583"
    assert len(found.rows[0].sections) > 5


@pytest.mark.parametrize(
    "answer",
    [
        (
            "<errorBean><errCode>0</errCode><errMsg>Article with id PMC1 is not open access one</errMsg></errorBean>",
            200,
        ),
        ("<article><front><article-meta/></front></article>", 200),
        ("", 404),
        ("gone", 410),
    ],
)
async def test_an_article_that_is_not_open_says_so(faulty: Any, transport: Any, answer: tuple[str, int]) -> None:
    faulty.serve("/europepmc/PMC1/fullTextXML", faulty.answer(*answer))
    async with transport.session() as session:
        with pytest.raises(NotFound, match="not open access"):
            await EuropePmc(session).full_text("PMC1")
    assert faulty.count() == 1


@pytest.mark.parametrize("pmcid", ["1", "", "PMCx", "PMC1/../../etc", "../PMC1", "PMC1?x=1"])
async def test_no_other_path_is_asked_for(faulty: Any, transport: Any, pmcid: str) -> None:
    async with transport.session() as session:
        with pytest.raises(InvalidIdentifier):
            await EuropePmc(session).full_text(pmcid)
    assert faulty.count() == 0


FAULTS: dict[str, tuple[Callable[[Any, Any], Any], type[SourceUnavailable]]] = {
    "429": (lambda faulty, _: faulty.answer("slow down", 429, retry_after="1"), SourceUnavailable),
    "500": (lambda faulty, _: faulty.answer("oops", 500), SourceUnavailable),
    "503": (lambda faulty, _: faulty.answer("down", 503), SourceUnavailable),
    "400": (lambda faulty, _: faulty.answer("bad query", 400), BadReply),
    "web page": (lambda faulty, _: "<html><body>maintenance</body></html>", BadReply),
    "empty": (lambda faulty, _: b"", BadReply),
    "not utf-8": (lambda faulty, _: b'{"hitCount": 1, "x": "\xff\xfe"}', BadReply),
    "NaN": (lambda faulty, _: b'{"hitCount": NaN, "resultList": {"result": []}}', BadReply),
    "cut": (lambda faulty, body: body[: len(body) // 2], BadReply),
    "reset": (lambda faulty, _: lambda heard: heard.reset(), SourceUnavailable),
    "elsewhere": (lambda faulty, _: faulty.answer("", 302, location="http://169.254.169.254/x"), SourceUnavailable),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_faults_are_typed_and_end(faulty: Any, transport: Any, row: Any, fault: str) -> None:
    import json

    make, error = FAULTS[fault]
    body = json.dumps({"hitCount": 1, "resultList": {"result": [row(1)]}}).encode()
    faulty.serve("/europepmc/search", make(faulty, body))
    with pytest.raises(error):
        await search(transport, 5)
    assert 1 <= faulty.count() <= 4


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in ("400", "elsewhere")])
async def test_a_fault_that_passes_is_mended_by_asking_again(faulty: Any, transport: Any, row: Any, fault: str) -> None:
    body = {"hitCount": 1, "resultList": {"result": [row(1)]}}
    import json

    faulty.serve("/europepmc/search", FAULTS[fault][0](faulty, json.dumps(body).encode()), body)
    found = await search(transport, 5)
    assert len(found.rows) == 1
