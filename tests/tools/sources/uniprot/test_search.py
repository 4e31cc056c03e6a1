"""Searches page by page: every row once, or a result that says that it is not whole."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.memory.errors import BadReply, InvalidArguments, SourceUnavailable
from biocopilot.tools.sources.request import Reply, Request
from biocopilot.tools.sources.transport import Session
from biocopilot.tools.sources.uniprot import UniprotLive
from biocopilot.tools.sources.uniprot.paging import walk_pages
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEARCH = "/uniprot/uniprotkb/search"


def _filled(service: Any, entry_json: Any, rows: int, page: int) -> list[str]:
    names = [f"P{number:05d}" for number in range(rows)]
    service.add(*(entry_json(name) for name in names))
    service.page = page
    return names


async def test_pages_are_joined_by_the_cursor_of_each_link(service: Any, live: UniprotLive, entry_json: Any) -> None:
    names = _filled(service, entry_json, 23, page=5)
    found = await live.search({"gene_exact": 'EGFR" OR x:"', "organism": 9606})
    assert [row.accession for row in found.rows] == names
    assert (found.total, found.complete, found.notices) == (23, True, ())
    asked = [heard.query for heard in service.faulty.heard]
    assert [query.get("cursor") for query in asked] == [None, "c5", "c10", "c15", "c20"]
    assert {query["query"] for query in asked} == {'(gene_exact:"EGFR\\" OR x:\\"") AND (organism_id:9606)'}
    assert {query["size"] for query in asked} == {"500"}


async def test_hit_is_an_entry_in_short(service: Any, live: UniprotLive, entry_json: Any) -> None:
    genes = [{"geneName": {"value": "EGFR"}, "synonyms": [{"value": "ERBB1"}]}]
    service.add(entry_json("P00533", genes=genes))
    (hit,) = (await live.search({"gene": "EGFR"})).rows
    assert (hit.accession, hit.name, hit.gene, hit.gene_synonyms) == ("P00533", "Protein P00533", "EGFR", ("ERBB1",))
    assert (hit.organism, hit.tax_id, hit.length, hit.reviewed, hit.active) == ("Homo sapiens", 9606, 24, True, True)


async def test_nothing_found_is_a_whole_answer(service: Any, live: UniprotLive) -> None:
    found = await live.search({"gene": "NOSUCHGENE"})
    assert (found.rows, found.total, found.complete) == ((), 0, True)


async def test_search_stops_at_the_bound_and_says_so(service: Any, live: UniprotLive, entry_json: Any) -> None:
    _filled(service, entry_json, 23, page=5)
    found = await live.search({"gene": "EGFR"}, most=7)
    assert (len(found.rows), found.total, found.complete) == (7, 23, False)
    assert found.notices == ("UniProt has 23 of these; asking was stopped at 7.",)
    assert service.faulty.count(SEARCH) == 2


async def test_unknown_field_is_refused_before_anything_is_sent(service: Any, live: UniprotLive) -> None:
    with pytest.raises(InvalidArguments, match="cannot be searched by “gene_name”"):
        await live.search({"gene_name": "EGFR"})
    assert service.faulty.count() == 0


def _rows(entry_json: Any, *numbers: int) -> list[Any]:
    return [entry_json(f"P{number:05d}") for number in numbers]


def _link(cursor: str, path: str = "/uniprotkb/search") -> str:
    return f'<https://rest.uniprot.org{path}?fields=id,name&cursor={cursor}&size=2>; rel="next"'


async def test_repeated_cursor_ends_the_walk(service: Any, live: UniprotLive, entry_json: Any) -> None:
    first = service.answer({"results": _rows(entry_json, 1, 2)}, x_total_results="6", link=_link("a"))
    second = service.answer({"results": _rows(entry_json, 3, 4)}, x_total_results="6", link=_link("a"))
    service.faulty.serve(SEARCH, first, second)
    found = await live.search({"gene": "x"})
    assert (len(found.rows), found.total, found.complete) == (4, 6, False)
    assert "same cursor twice" in found.notices[0]
    assert service.faulty.count(SEARCH) == 2


async def test_total_that_drifts_is_said(service: Any, live: UniprotLive, entry_json: Any) -> None:
    first = service.answer({"results": _rows(entry_json, 1, 2)}, x_total_results="4", link=_link("a"))
    second = service.answer({"results": _rows(entry_json, 2, 3)}, x_total_results="3")
    service.faulty.serve(SEARCH, first, second)
    found = await live.search({"gene": "x"})
    assert ([row.accession for row in found.rows], found.total, found.complete) == (
        ["P00001", "P00002", "P00003"],
        3,
        False,
    )
    assert "count changed from 4 to 3" in found.notices[0]
    assert "came more than once" in found.notices[-1]


async def test_release_that_changes_meanwhile_is_said(service: Any, live: UniprotLive, entry_json: Any) -> None:
    first = service.answer({"results": _rows(entry_json, 1, 2)}, x_total_results="3", link=_link("a"))
    second = service.answer({"results": _rows(entry_json, 3)}, x_total_results="3", x_uniprot_release="2025_04")
    service.faulty.serve(SEARCH, first, second)
    found = await live.search({"gene": "x"})
    assert not found.complete
    assert found.notices == ("UniProt went from release 2025_03 to 2025_04 meanwhile.",)


async def test_cut_page_is_said(service: Any, live: UniprotLive, entry_json: Any) -> None:
    first = service.answer({"results": _rows(entry_json, 1)}, x_total_results="4", link=_link("a"))
    second = service.answer({"results": _rows(entry_json, 3, 4)}, x_total_results="4")
    service.faulty.serve(SEARCH, first, second)
    found = await live.search({"gene": "x"})
    assert (len(found.rows), found.total, found.complete) == (3, 4, False)
    assert found.notices == ("UniProt has 4 of these; 3 came.",)


async def test_missing_total_is_said(service: Any, live: UniprotLive, entry_json: Any) -> None:
    service.faulty.serve(SEARCH, service.answer({"results": _rows(entry_json, 1)}))
    found = await live.search({"gene": "x"})
    assert (len(found.rows), found.total, found.complete) == (1, None, False)
    assert "did not say how many" in found.notices[0]


@pytest.mark.parametrize("link", [_link("a", "/uniref/search"), '<https://evil.example/x>; rel="next"', _link("")])
async def test_link_to_somewhere_else_is_not_followed(
    service: Any, live: UniprotLive, entry_json: Any, link: str
) -> None:
    service.faulty.serve(SEARCH, service.answer({"results": _rows(entry_json, 1)}, x_total_results="2", link=link))
    found = await live.search({"gene": "x"})
    assert (len(found.rows), found.complete, service.faulty.count()) == (1, False, 1)
    assert "leads somewhere else" in found.notices[0]


async def test_endless_empty_pages_end(service: Any, live: UniprotLive) -> None:
    service.faulty.serve(
        SEARCH, lambda heard: service.answer({"results": []}, x_total_results="9", link=_link(f"c{heard.number}"))
    )
    found = await live.search({"gene": "x"})
    assert (found.rows, found.complete, service.faulty.count(SEARCH)) == ((), False, 1)


async def test_row_that_cannot_be_read_is_counted(service: Any, live: UniprotLive, entry_json: Any) -> None:
    rows = [*_rows(entry_json, 1), {"primaryAccession": "P00002"}]
    service.faulty.serve(SEARCH, service.answer({"results": rows}, x_total_results="2"))
    found = await live.search({"gene": "x"})
    assert (len(found.rows), found.complete) == (1, False)
    assert found.notices[0] == "1 rows could not be read and are left out."


async def test_later_page_that_fails_leaves_the_earlier_ones(service: Any, live: UniprotLive, entry_json: Any) -> None:
    first = service.answer({"results": _rows(entry_json, 1, 2)}, x_total_results="4", link=_link("a"))
    service.faulty.serve(SEARCH, first, service.error(500, "Internal server error"))
    found = await live.search({"gene": "x"})
    assert (len(found.rows), found.total, found.complete) == (2, 4, False)
    assert found.notices[0].startswith("Page 2 did not come: UniProt: it answered 500")


FAULTS = {
    "error object with 200": (lambda s: s.error(200, "Invalid query"), BadReply, "Invalid query", 1),
    "error object with 400": (
        lambda s: s.error(400, "query parameter has an invalid syntax"),
        BadReply,
        "invalid syntax",
        1,
    ),
    "429 without Retry-After": (lambda s: s.error(429, "Too many requests"), SourceUnavailable, "answered 429", 4),
    "web page with 200": (lambda s: s.answer("<!DOCTYPE html><html>Maintenance</html>"), BadReply, "web page", 2),
    "cut in the middle": (lambda s: s.answer(b'{"results": [{"primaryAcc'), BadReply, "not whole", 2),
    "empty body": (lambda s: s.answer(b""), BadReply, "empty", 2),
    "a list": (lambda s: s.answer([]), BadReply, "no results in it", 1),
    "no list of results": (lambda s: s.answer({"results": None}), BadReply, "no results in it", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_first_page_that_is_no_page_is_an_error(service: Any, live: UniprotLive, fault: str) -> None:
    make, error, said, attempts = FAULTS[fault]
    service.faulty.serve(SEARCH, make(service))
    with pytest.raises(error, match=said):
        await live.search({"gene": "x"})
    assert service.faulty.count(SEARCH) == attempts


@pytest.mark.parametrize("fault", FAULTS)
async def test_entry_that_is_none_is_an_error(service: Any, live: UniprotLive, fault: str) -> None:
    make, error, _, attempts = FAULTS[fault]
    service.faulty.serve("/uniprot/uniprotkb/P00533", make(service))
    with pytest.raises(error):
        await live.entry("P00533")
    assert service.faulty.count() == attempts


@pytest.mark.parametrize("fault", FAULTS)
async def test_fault_on_a_later_page_is_partial(service: Any, live: UniprotLive, entry_json: Any, fault: str) -> None:
    first = service.answer({"results": _rows(entry_json, 1, 2)}, x_total_results="4", link=_link("a"))
    service.faulty.serve(SEARCH, first, FAULTS[fault][0](service))
    found = await live.search({"gene": "x"})
    assert (len(found.rows), found.complete) == (2, False)
    assert found.notices[0].startswith("Page 2 did not come: ")


async def test_busy_service_is_asked_again(service: Any, live: UniprotLive, entry_json: Any) -> None:
    service.add(entry_json("P00533"))
    service.faulty.serve(SEARCH, service.error(429, "Too many requests"), service._search)
    assert (await live.search({"gene": "x"})).complete


async def test_kept_pages_answer_offline(
    service: Any, make_transport: Any, caching_transport: Any, entry_json: Any
) -> None:
    names = _filled(service, entry_json, 12, page=5)
    async with caching_transport.session() as session:
        await UniprotLive(session).search({"gene": "x"})
    asked = service.faulty.count()
    offline = make_transport(offline=True, cache=caching_transport.cache)
    async with offline.session() as session:
        found = await UniprotLive(session).search({"gene": "x"})
    assert [row.accession for row in found.rows] == names
    assert (found.backend, found.complete, found.total, service.faulty.count()) == ("cache", True, 12, asked)


async def test_kept_pages_that_do_not_add_up_are_asked_for_anew(
    service: Any, caching_transport: Any, entry_json: Any
) -> None:
    cut = service.answer({"results": _rows(entry_json, 1)}, x_total_results="3")
    names = _filled(service, entry_json, 3, page=5)
    service.faulty.serve(SEARCH, cut, service._search)
    async with caching_transport.session() as session:
        first = await UniprotLive(session).search({"gene": "x"})
        again = await UniprotLive(session).search({"gene": "x"})
    assert (first.complete, len(first.rows)) == (False, 1)
    assert (again.complete, [row.accession for row in again.rows]) == (True, names)


async def test_searches_side_by_side_do_not_mix(service: Any, live: UniprotLive, entry_json: Any) -> None:
    names = _filled(service, entry_json, 17, page=4)
    several = await asyncio.gather(*(live.search({"gene": f"G{number}"}) for number in range(5)))
    assert all([row.accession for row in found.rows] == names and found.complete for found in several)


async def test_recorded_link_headers_are_understood(
    service: Any, live: UniprotLive, entry_json: Any, shared: Any
) -> None:
    recorded = json.loads((shared / "data" / "uniprot_rest" / "uniprotREST_http_captures.json").read_text())
    links = [
        dict(exchange["headers"])["Link"]
        for exchange in recorded
        if "/uniprotkb/search" in exchange["url"] and "Link" in dict(exchange["headers"])
    ]
    assert links
    first = service.answer({"results": _rows(entry_json, 1)}, x_total_results="2", link=links[0])
    service.faulty.serve(SEARCH, first, service.answer({"results": _rows(entry_json, 2)}, x_total_results="2"))
    found = await live.search({"gene": "FUBP3"})
    assert (len(found.rows), found.complete) == (2, True)
    assert service.faulty.heard[1].query["cursor"] in links[0]


# For any total, page size and walk of cursors: every row once, or a result that says that it is not whole.


@dataclass
class _Pages(Session):
    """Gives pages of rows 0 … total-1, some of them wrong in a way that is drawn."""

    total: int
    size: int
    faults: dict[int, str]
    asked: int = 0
    notices: list[str] = field(default_factory=list)

    async def fetch(self, request: Request) -> Reply:
        page = int(request.parameters.get("cursor", 0))
        self.asked += 1
        fault = self.faults.get(page, "")
        if fault == "gone":
            raise SourceUnavailable("It does not answer.")
        rows = list(range(page * self.size, min(self.total, (page + 1) * self.size)))
        headers = {"x-total-results": str(self.total + (fault == "drift"))}
        following = {"repeat": page, "back": max(0, page - 1), "skip": page + 2}.get(fault, page + 1)
        if (page + 1) * self.size < self.total and fault != "end":
            headers["link"] = f'<https://rest.uniprot.org/x?a=b,c&cursor={following}>; rel="next"'
        if fault == "cut":
            rows = rows[:-1]
        if fault == "twice":
            rows = rows + rows[:1]
        if fault == "earlier":
            rows = [0, *rows[1:]] if rows else []
        if fault == "silent":
            del headers["x-total-results"]
        if fault == "empty":
            rows = []
        value = {"results": rows}
        reply = Reply("uniprot", "", 200, headers, b"", "", "live", datetime.now(UTC), value=value)
        assert request.check is not None
        request.check(reply)
        return reply


KINDS = ("gone", "drift", "repeat", "back", "skip", "end", "cut", "twice", "earlier", "silent", "empty")


@given(
    total=st.integers(0, 40),
    size=st.integers(1, 12),
    most=st.integers(1, 60),
    faults=st.dictionaries(st.integers(0, 12), st.sampled_from(KINDS), max_size=3),
)
@settings(max_examples=400, deadline=None)
def test_every_row_comes_once_or_the_result_says_that_it_is_not_whole(
    total: int, size: int, most: int, faults: dict[int, str]
) -> None:
    session = _Pages(total, size, faults)
    session.transport = None  # type: ignore[assignment]
    try:
        walk = asyncio.run(walk_pages(session, "/x", {}, most, int, lambda row: row))
    except SourceUnavailable:
        assert faults.get(0) == "gone"
        return
    assert len(walk.rows) == len(set(walk.rows)) <= most
    assert set(walk.rows) <= set(range(total))
    assert session.asked <= total + 3
    if walk.complete:
        assert sorted(walk.rows) == list(range(total))  # a walk to and fro may give them in another order
    else:
        assert walk.notices
    if not faults and most >= total:
        assert walk.complete


@given(total=st.integers(0, 30), page=st.integers(1, 9))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_row_comes_once_over_the_wire(
    service: Any, transport: Any, entry_json: Any, total: int, page: int
) -> None:
    service.entries.clear()
    names = _filled(service, entry_json, total, page)
    async with transport.session() as session:
        found = await UniprotLive(session).search({"gene": "x"})
    assert [row.accession for row in found.rows] == names
    assert (found.total, found.complete) == (total, True)
