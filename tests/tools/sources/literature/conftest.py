"""Europe PMC and PubMed on loopback: pages by cursor, ESearch and EFetch, in the shapes of the real services."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

Row = dict[str, Any]


def _row(number: int, **changes: Any) -> Row:
    """A row as `resultType=core` gives it; what is given replaces or adds, and None takes away."""
    pmid = str(20_000_000 + number)
    value: Row = {
        "id": pmid,
        "source": "MED",
        "pmid": pmid,
        "pmcid": f"PMC{3_000_000 + number}",
        "doi": f"10.1000/test.{number}",
        "title": f"Inhibitors of <i>EGFR</i>, part {number}.",
        "authorString": "Lee MS, Green R.",
        "authorList": {
            "author": [
                {"fullName": "Lee MS", "firstName": "Megan S", "lastName": "Lee", "initials": "MS"},
                {"collectiveName": "Kinase Study Group"},
            ]
        },
        "journalInfo": {
            "issue": "12",
            "volume": "70",
            "dateOfPublication": "2010 Jun",
            "yearOfPublication": 2010,
            "journal": {"title": "Cancer research", "ISOAbbreviation": "Cancer Res"},
        },
        "pubYear": "2010",
        "pageInfo": "4880-4890",
        "abstractText": "<h4>Background</h4>IC<sub>50</sub> was 10<sup>-6</sup> M (P &lt; 0.01).<h4>Results</h4>It works.",
        "language": "eng",
        "pubTypeList": {"pubType": ["research-article", "Journal Article"]},
        "meshHeadingList": {
            "meshHeading": [
                {
                    "majorTopic_YN": "N",
                    "descriptorName": "ErbB Receptors",
                    "meshQualifierList": {
                        "meshQualifier": [{"abbreviation": "AI", "qualifierName": "inhibitors", "majorTopic_YN": "Y"}]
                    },
                }
            ]
        },
        "keywordList": {"keyword": ["kinase"]},
        "isOpenAccess": "Y",
        "license": "cc by",
        "citedByCount": 133,
        "aFieldOfTomorrow": {"x": [1]},
        **changes,
    }
    return {name: item for name, item in value.items() if item is not None}


@pytest.fixture(scope="session")
def row() -> Callable[..., Row]:
    """`row(7, title="…")`: a row of Europe PMC."""
    return _row


@dataclass
class Library:
    """Europe PMC's search over these rows. `alter(page, number)` may change a page before it is sent."""

    rows: list[Row]
    alter: Callable[[Row, int], Any] = lambda page, _: page
    asked: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, heard: Any) -> Any:
        query = heard.query
        self.asked.append(query)
        rows = [item for item in self.rows if _named(item, query["query"])]
        size, cursor = int(query["pageSize"]), query["cursorMark"]
        start = 0 if cursor == "*" else int(cursor.removeprefix("c"))
        page = rows[start : start + size]
        following = f"c{start + len(page)}" if page else cursor
        value = {
            "version": "6.9",
            "hitCount": len(rows),
            "nextCursorMark": following,
            "request": {"queryString": query["query"], "cursorMark": cursor, "pageSize": size},
            "resultList": {"result": page},
        }
        return self.alter(value, len(self.asked))


def _named(item: Row, query: str) -> bool:
    """Whether a query by id means this row; any other query means every row."""
    for pattern, name in ((r"EXT_ID:(\S+)", "id"), (r"PMCID:(\S+)", "pmcid"), (r'DOI:"([^"]+)"', "doi")):
        asked = re.match(pattern, query)
        if asked:
            return str(item.get(name, "")).lower() == asked.group(1).lower()
    return True


@pytest.fixture
def library(faulty: Any) -> Callable[..., Library]:
    """`library(rows)`: serves them as Europe PMC."""

    def serve(rows: list[Row], **more: Any) -> Library:
        made = Library(rows, **more)
        faulty.serve("/europepmc/search", made)
        return made

    return serve


def _pubmed_article(pmid: int, abstract: str = "It works.", extra: str = "", types: str = "Journal Article") -> str:
    kinds = "".join(f"<PublicationType UI=''>{kind}</PublicationType>" for kind in types.split("|"))
    return (
        f"<PubmedArticle><MedlineCitation><PMID Version='1'>{pmid}</PMID><Article><Journal><JournalIssue>"
        "<PubDate><Year>2010</Year><Month>Jun</Month></PubDate></JournalIssue><Title>Cancer research</Title></Journal>"
        f"<ArticleTitle>Article {pmid}.</ArticleTitle><Abstract><AbstractText>{escape(abstract)}</AbstractText></Abstract>"
        "<AuthorList><Author><LastName>Lee</LastName><Initials>MS</Initials></Author></AuthorList>"
        f"<PublicationTypeList>{kinds}</PublicationTypeList></Article>{extra}</MedlineCitation>"
        f"<PubmedData><ArticleIdList><ArticleId IdType='pubmed'>{pmid}</ArticleId>"
        f"<ArticleId IdType='doi'>10.1000/test.{pmid - 20_000_000}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>"
    )


def _pubmed_set(*articles: str) -> bytes:
    head = (
        '<?xml version="1.0" ?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2031//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_310101.dtd">'
    )
    return f"{head}<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>".encode()


@pytest.fixture(scope="session")
def pubmed_article() -> Callable[..., str]:
    return _pubmed_article


@pytest.fixture(scope="session")
def pubmed_set() -> Callable[..., bytes]:
    return _pubmed_set


@dataclass
class Entrez:
    """PubMed over these PMIDs; `lost` are named by ESearch but never given."""

    pmids: list[int]
    lost: frozenset[int] = frozenset()
    count: int | None = None
    said: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def search(self, heard: Any) -> bytes:
        self.asked.append((heard.method, heard.form))
        most = int(heard.form["retmax"])
        ids = "".join(f"<Id>{pmid}</Id>" for pmid in self.pmids[:most])
        count = len(self.pmids) if self.count is None else self.count
        return (
            '<?xml version="1.0"?><!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
            '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd"><eSearchResult>'
            f"<Count>{count}</Count><RetMax>{most}</RetMax><RetStart>0</RetStart><IdList>{ids}</IdList>"
            f"{self.said}</eSearchResult>"
        ).encode()

    def fetch(self, heard: Any) -> bytes:
        self.asked.append((heard.method, heard.form))
        wanted = [int(pmid) for pmid in heard.form["id"].split(",")]
        return _pubmed_set(*(_pubmed_article(p) for p in wanted if p in self.pmids and p not in self.lost))


@pytest.fixture
def entrez(faulty: Any) -> Callable[..., Entrez]:
    """`entrez([20000001])`: serves them as PubMed."""

    def serve(pmids: list[int], **more: Any) -> Entrez:
        made = Entrez(pmids, **more)
        faulty.serve("/eutils/esearch.fcgi", made.search)
        faulty.serve("/eutils/efetch.fcgi", made.fetch)
        return made

    return serve


def _read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.fixture(scope="session")
def read() -> Callable[[Path], bytes]:
    """A file's bytes, unpacked where it is packed."""
    return _read
