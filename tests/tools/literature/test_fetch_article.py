"""The article tool: standing first, the whole abstract, text in bounded pieces, and what is not open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SECTIONS = "".join(
    f"<sec><title>{title}</title>"
    + "".join(f"<p>{title} paragraph {n}. {'word ' * 60}</p>" for n in range(5))
    + (
        "<table-wrap><label>Table 1</label><caption><p>IC50</p></caption><table><tr><td>erlotinib</td><td>2 nM</td></tr></table></table-wrap>"
        if title == "Results"
        else ""
    )
    + "</sec>"
    for title in ("Introduction", "Methods", "Results")
)
TEXT = (
    "<article xmlns:xlink='http://www.w3.org/1999/xlink'><front><article-meta><article-id pub-id-type='pmcid'>PMC3000001</article-id>"
    "<permissions><license xlink:href='https://creativecommons.org/licenses/by-nc/4.0/'/></permissions>{related}</article-meta></front>"
    f"<body>{SECTIONS}</body><back><ref-list><ref><label>1</label><mixed-citation>Lee MS. A paper.</mixed-citation></ref></ref-list></back></article>"
)


def text(related: str = "") -> str:
    return TEXT.replace("{related}", related)


@pytest.fixture
def served(faulty: Any, library: Any, row: Any) -> Any:
    made = library([row(n) for n in range(4)])
    faulty.serve("/europepmc/PMC3000001/fullTextXML", text())
    return made


@pytest.mark.parametrize("asked", ["20000001", "PMC3000001", "doi:10.1000/test.1"])
async def test_an_article_by_any_id(ask: Any, served: Any, asked: str) -> None:
    result = await ask("fetch_article", article=asked)
    assert (result.status, result.matched, result.returned) == ("ok", 1, 1)
    record = result.evidence[0].record
    assert record["pmid"] == "20000001"
    assert record["abstract"] == [
        {"label": "Background", "text": "IC50 was 10^-6 M (P < 0.01)."},
        {"label": "Results", "text": "It works."},
    ]
    assert record["mesh"][0]["qualifiers"] == [{"name": "inhibitors", "major": True}]
    assert record["groups"] == ["Kinase Study Group"]
    assert result.evidence[0].source.licence == "CC BY"


async def test_text_comes_in_bounded_pieces_that_join_to_the_whole(ask: Any, served: Any) -> None:
    paragraphs: list[str] = []
    tables: list[Any] = []
    arguments: dict[str, Any] = {"article": "20000001", "full_text": True, "most_characters": 1_000}
    for _ in range(20):
        result = await ask("fetch_article", **arguments)
        assert result.status == "ok"
        assert result.matched == 16
        given = [text for item in result.evidence[1:] for text in item.record["paragraphs"]]
        assert sum(map(len, given)) <= 1_000
        assert result.returned == len(given) + sum(len(item.record["tables"]) for item in result.evidence[1:])
        for item in result.evidence[1:]:
            assert item.record["type"] == "article_section"
            paragraphs += item.record["paragraphs"]
            tables += item.record["tables"]
        if result.omitted is None:
            break
        arguments = result.omitted.arguments
    assert [" ".join(text.split()[:3]) for text in paragraphs] == [
        f"{title} paragraph {n}." for title in ("Introduction", "Methods", "Results") for n in range(5)
    ]
    assert [table["rows"] for table in tables] == [[["erlotinib", "2 nM"]]]


async def test_sections_by_name(ask: Any, served: Any) -> None:
    result = await ask("fetch_article", article="20000001", sections=["method"])
    assert [item.record.get("section") for item in result.evidence] == [None, "Methods"]
    assert result.matched == 5
    tables = await ask("fetch_article", article="20000001", sections=["tables"])
    assert [item.record["tables"][0]["label"] for item in tables.evidence[1:]] == ["Table 1"]
    references = await ask("fetch_article", article="20000001", sections=["references"])
    assert references.evidence[1].record["paragraphs"] == ["1 Lee MS. A paper."]


async def test_an_unknown_section_names_those_that_there_are(ask: Any, served: Any) -> None:
    result = await ask("fetch_article", article="20000001", sections=["poetry"])
    assert result.status == "partial"
    assert any("Introduction; Methods; Results" in warning for warning in result.warnings)
    assert result.evidence[0].record["outline"][0] == {"section": "Introduction", "paragraphs": 5}


async def test_the_texts_own_licence_and_retraction_are_said_everywhere(
    ask: Any, faulty: Any, library: Any, row: Any
) -> None:
    library([row(1)])
    related = (
        "<related-article related-article-type='retraction-forward' ext-link-type='doi' xlink:href='10.1000/notice'/>"
    )
    faulty.serve("/europepmc/PMC3000001/fullTextXML", text(related))
    result = await ask("fetch_article", article="20000001", full_text=True)
    for item in result.evidence:
        assert item.record["standing"] == "RETRACTED (notice doi:10.1000/notice)"
        assert item.record["retracted"]
        assert item.record["licence"] == "CC BY-NC 4.0"
        assert item.source.licence == "CC BY-NC 4.0"
    assert all("RETRACTED" in line for line in result.digest.splitlines() if line.startswith("E"))
    assert result.warnings[0] == "PMID 20000001: RETRACTED (notice doi:10.1000/notice)."


async def test_an_article_that_is_not_open_gives_its_abstract_and_says_so(
    ask: Any, faulty: Any, library: Any, row: Any
) -> None:
    library([row(1, isOpenAccess="N"), row(2, pmcid=None), row(3)])
    faulty.serve("/europepmc/PMC3000003/fullTextXML", faulty.answer("", 404))
    for number, said in ((1, "is not open access"), (2, "has no full text in PubMed Central"), (3, "not open access")):
        result = await ask("fetch_article", article=str(20_000_000 + number), full_text=True)
        assert result.status == "partial"
        assert len(result.evidence) == 1
        assert result.evidence[0].record["abstract"]
        assert any(said in warning for warning in result.warnings)
    assert faulty.count("*PMC3000001*") == 0


async def test_pubmed_where_europe_pmc_fails_for_record_and_text(
    ask: Any, faulty: Any, entrez: Any, pubmed_set: Any
) -> None:
    faulty.serve("/europepmc/*", faulty.answer("down", 503))
    made = entrez([20_000_001])
    with_pmcid = lambda heard: (  # noqa: E731 - one route
        text()
        if heard.form["db"] == "pmc"
        else made.fetch(heard).replace(
            b"<ArticleId IdType='doi'>", b"<ArticleId IdType='pmc'>PMC3000001</ArticleId><ArticleId IdType='doi'>"
        )
    )
    faulty.serve("/eutils/efetch.fcgi", with_pmcid)
    result = await ask("fetch_article", article="20000001", sections=["methods"])
    assert result.status == "ok"
    assert [item.source.name for item in result.evidence] == ["PubMed", "PubMed Central"]
    assert any("so PubMed was asked" in warning for warning in result.warnings)


async def test_pubmed_is_asked_where_europe_pmc_has_no_such_article(ask: Any, library: Any, entrez: Any) -> None:
    library([])
    entrez([20_000_001])
    result = await ask("fetch_article", article="20000001")
    assert result.status == "ok"
    assert any("It was found in PubMed" in warning for warning in result.warnings)


async def test_an_article_that_nobody_has_is_a_finding(ask: Any, library: Any, entrez: Any) -> None:
    library([])
    entrez([])
    result = await ask("fetch_article", article="20000001")
    assert result.status == "empty"
    assert "PMID 20000001" in result.digest


@pytest.mark.parametrize("asked", ["EGFR", "http://169.254.169.254/", "../../etc/passwd", '10.1/x" OR 1', "PMC1/../x"])
async def test_what_is_no_id_is_refused_before_anything_is_asked(ask: Any, faulty: Any, asked: str) -> None:
    result = await ask("fetch_article", article=asked)
    assert (result.status, result.error) == ("failed", "InvalidIdentifier")
    assert faulty.count() == 0


async def test_a_real_article(ask: Any, faulty: Any, library: Any, row: Any, shared: Path) -> None:
    library([row(1, id="20516115", pmid="20516115", pmcid="PMC3040717")])
    faulty.serve(
        "/europepmc/PMC3040717/fullTextXML", (shared / "data/biomcp_captures/ncbi_efetch/pmc3040717.xml").read_bytes()
    )
    result = await ask("fetch_article", article="20516115", sections=["results", "tables"], most_characters=60_000)
    assert result.status == "ok"
    assert sum(len(item.record["paragraphs"]) for item in result.evidence[1:]) > 5
    assert sum(len(item.record["tables"]) for item in result.evidence[1:]) == 2
    assert "text mining" in result.evidence[1].record["licence"]
