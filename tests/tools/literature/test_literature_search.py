"""The search tool: what comes back, what is left out and how to get it, retractions, the second source, failures."""

from __future__ import annotations

from typing import Any

import pytest


def retracted(row: Any, number: int, notice: str = "777") -> Any:
    relation = {"id": notice, "source": "MED", "type": "Retraction in", "reference": "Cancer Res. 2012"}
    return row(number, commentCorrectionList={"commentCorrection": [relation]})


async def test_articles_come_with_what_identifies_them(ask: Any, library: Any, row: Any) -> None:
    library([row(n) for n in range(3)])
    result = await ask("literature_search", query="EGFR inhibitors")
    assert (result.status, result.matched, result.returned, result.omitted) == ("ok", 3, 3, None)
    record = result.evidence[0].record
    assert record["type"] == "article"
    assert (record["pmid"], record["pmcid"], record["doi"]) == ("20000000", "PMC3000000", "10.1000/test.0")
    assert (record["title"], record["journal"], record["year"]) == (
        "Inhibitors of EGFR, part 0.",
        "Cancer research",
        2010,
    )
    assert record["standing"].startswith("no retraction")
    assert record["snippet"].startswith("Background: IC50 was 10^-6 M")
    source = result.evidence[0].source
    assert (source.name, source.licence, source.url) == (
        "Europe PMC",
        "CC BY",
        "https://pubmed.ncbi.nlm.nih.gov/20000000/",
    )
    assert result.evidence[0].backend == "live"
    assert "E1: PMID 20000000, 2010: Inhibitors of EGFR, part 0." in result.digest


async def test_filters_are_sent_and_named(ask: Any, library: Any, row: Any) -> None:
    served = library([row(0)])
    result = await ask(
        "literature_search", query="EGFR", from_year=2018, to_year=2020, open_access=True, types=["review"]
    )
    assert served.asked[0]["query"] == '(EGFR) AND PUB_YEAR:[2018 TO 2020] AND OPEN_ACCESS:y AND (PUB_TYPE:"review")'
    assert result.filters == {"from_year": 2018, "to_year": 2020, "open_access": True, "types": ["review"]}


async def test_what_is_left_out_comes_with_the_call_that_shows_it(ask: Any, library: Any, row: Any) -> None:
    library([row(n) for n in range(25)])
    seen: list[str] = []
    arguments: dict[str, Any] = {"query": "EGFR", "most": 4}
    while True:
        result = await ask("literature_search", **arguments)
        assert result.status == "ok"
        assert result.matched == 25
        seen += [item.record["pmid"] for item in result.evidence]
        if result.omitted is None:
            break
        assert result.omitted.what == f"{25 - len(seen)} more articles"
        arguments = {**result.omitted.arguments, "most": 7}
    assert seen == [str(20_000_000 + n) for n in range(25)]


async def test_retracted_articles_are_marked_first_and_again(ask: Any, library: Any, row: Any) -> None:
    library([row(0), retracted(row, 1)])
    result = await ask("literature_search", query="EGFR")
    record = result.evidence[1].record
    assert record["retracted"]
    assert next(iter(record.values())) == "article"
    assert record["standing"] == "RETRACTED (notice PMID 777)"
    assert record["notices"][0]["pmid"] == "777"
    assert "E2: RETRACTED (notice PMID 777): PMID 20000001" in result.digest
    assert result.warnings == ("Retracted: PMID 20000001.",)


async def test_nothing_found_is_a_finding(ask: Any, library: Any) -> None:
    library([])
    result = await ask("literature_search", query="no such thing")
    assert (result.status, result.matched, result.returned) == ("empty", 0, 0)
    assert result.evidence[0].record["query"] == "no such thing"
    assert result.evidence[0].source.name == "Europe PMC"


async def test_beyond_the_end_is_said(ask: Any, library: Any, row: Any) -> None:
    library([row(0)])
    result = await ask("literature_search", query="EGFR", skip=5)
    assert (result.status, result.matched) == ("empty", 1)
    assert "none behind the first 5" in result.digest


async def test_lost_rows_make_it_partial(ask: Any, library: Any, row: Any) -> None:
    library([row(0)], alter=lambda page, _: {**page, "hitCount": 4})
    result = await ask("literature_search", query="EGFR")
    assert (result.status, result.matched, result.returned) == ("partial", 4, 1)
    assert any("counts 4 articles, but only 1 came" in warning for warning in result.warnings)


async def test_pubmed_answers_where_europe_pmc_does_not_and_it_is_said(ask: Any, faulty: Any, entrez: Any) -> None:
    faulty.serve("/europepmc/*", faulty.answer("down", 503))
    entrez([20_000_001, 20_000_002])
    result = await ask("literature_search", query="EGFR")
    assert (result.status, result.matched) == ("ok", 2)
    assert result.evidence[0].source.name == "PubMed"
    assert any("so PubMed was asked" in warning for warning in result.warnings)


async def test_both_down_is_one_failure_that_names_both(ask: Any, faulty: Any) -> None:
    faulty.serve("/europepmc/*", faulty.answer("down", 503))
    faulty.serve("/eutils/*", faulty.answer("down", 503))
    result = await ask("literature_search", query="EGFR")
    assert (result.status, result.error) == ("failed", "SourceUnavailable")
    assert "Europe PMC" in result.digest
    assert "PubMed" in result.digest


async def test_offline_opens_no_connection(ask: Any, faulty: Any) -> None:
    result = await ask("literature_search", offline=True, query="EGFR")
    assert (result.status, result.error) == ("failed", "OfflineRefused")
    assert faulty.count() == 0


@pytest.mark.parametrize(
    "arguments",
    [
        {"query": "x"},
        {"query": "EGFR", "from_year": 2020, "to_year": 2010},
        {"query": "EGFR", "types": ["poem"]},
        {"query": "EGFR", "most": 0},
        {"query": "EGFR", "most": 1000},
        {"query": "EGFR", "skip": -1},
        {"query": "EG\u202eFR"},
        {"query": "()"},
        {"query": "EGFR", "url": "http://x"},
    ],
)
async def test_wrong_arguments_ask_nothing(ask: Any, faulty: Any, arguments: dict[str, Any]) -> None:
    result = await ask("literature_search", **arguments)
    assert (result.status, result.error) == ("failed", "InvalidArguments")
    assert faulty.count() == 0


async def test_a_query_cannot_leave_its_brackets(ask: Any, library: Any, row: Any) -> None:
    served = library([row(0)])
    await ask("literature_search", query="x) OR (SRC:PPR", open_access=True)
    assert served.asked[0]["query"] == "(x OR SRC:PPR) AND OPEN_ACCESS:y"
