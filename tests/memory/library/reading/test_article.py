"""Articles of PubMed's XML and JATS as documents: parts, sections, tables, standing; real ones lose no words."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.library.document import ReadDocument
from biocopilot.memory.library.passages import passages_of
from biocopilot.memory.library.reading import jats, pubmed

FRONT = """<front><journal-meta><journal-id journal-id-type="nlm-ta">J Foo</journal-id></journal-meta><article-meta>
<article-id pub-id-type="pmid">11</article-id><article-id pub-id-type="doi">10.1000/X</article-id>
<title-group><article-title>On EGFR</article-title></title-group><contrib-group><contrib contrib-type="author"><name>
<surname>Lee</surname><given-names initials="MS">Min S</given-names></name></contrib></contrib-group>
<pub-date pub-type="ppub"><year>2010</year></pub-date>{meta}</article-meta></front>"""
ABSTRACT = "<abstract><sec><title>Background</title><p>It is.</p></sec><sec><title>Results</title><p>It binds.</p></sec></abstract>"


def full(body: str, meta: str = ABSTRACT, kind: str = "research-article") -> ReadDocument:
    text = f'<article article-type="{kind}" xmlns:xlink="http://www.w3.org/1999/xlink">{FRONT.format(meta=meta)}<body>{body}</body></article>'
    (found,) = jats.read(text.encode(), "a.xml")
    return found


def record(inner: str, more: str = "") -> ReadDocument:
    text = (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>On EGFR</ArticleTitle>"
        f"{inner}</Article>{more}</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    (found,) = pubmed.read(text.encode(), "a.xml")
    return found


def placed(document: ReadDocument) -> list[tuple[str, str, str]]:
    return [(part.kind, part.section, part.text) for part in document.parts]


def test_a_full_text_has_abstract_sections_tables_behind_their_section_and_captions_last() -> None:
    document = full(
        "<sec><title>Methods</title><p>One.</p><fig><label>Figure 1</label><caption><p>A cell.</p></caption></fig>"
        "<table-wrap><label>Table 1</label><caption><p>Doses.</p></caption><table><thead><tr><th>Drug</th><th>nM</th></tr></thead>"
        "<tbody><tr><td>A</td><td>5</td></tr></tbody></table><table-wrap-foot><p>Means.</p></table-wrap-foot></table-wrap>"
        "<sec><title>Cells</title><p>Two.</p><p>Three.</p></sec>"
        "<supplementary-material><label>S1</label><media><caption><p>A movie.</p></caption></media></supplementary-material></sec>"
    )
    assert placed(document) == [
        ("abstract", "Abstract", "Background: It is.\nResults: It binds."),
        ("body", "Methods", "One."),
        ("table", "Methods > Table 1", "Doses.\nDrug | nM\nA | 5\nMeans."),
        ("body", "Methods > Cells", "Two.\nThree."),
        ("caption", "Methods", "Figure 1: A cell."),
        ("caption", "Methods", "S1: A movie."),
    ]
    about = document.about
    assert (about.title, about.authors, about.year, about.journal, about.doi, about.pmid) == (
        "On EGFR", ("Lee MS",), 2010, "J Foo", "10.1000/x", "11",
    )  # fmt: skip
    assert (about.label, document.rank, document.format) == ("PMID 11", 40, "jats")


def test_a_long_cell_is_whole_once_and_short_where_it_is_repeated() -> None:
    cell = "word " * 200
    document = full(
        f"<p>x</p><table-wrap><table><tbody><tr><td rowspan='3'>{cell}</td><td>a</td></tr><tr><td>b</td></tr><tr><td>c</td></tr></tbody></table></table-wrap>"
    )
    (table,) = [part.text for part in document.parts if part.kind == "table"]
    first, second, third = table.split("\n")
    assert first == f"{cell.strip()} | a"
    assert len(second) < 410
    assert second.endswith("… | b")
    assert third.endswith("… | c")


def test_a_cell_reaches_down_also_where_rows_stand_in_no_body() -> None:
    document = full(
        "<p>x</p><table-wrap><table><tr><td rowspan='2'>A</td><td>1</td></tr><tr><td>2</td></tr></table></table-wrap>"
    )
    assert [part.text for part in document.parts if part.kind == "table"] == ["A | 1\nA | 2"]


def test_a_table_that_is_too_long_is_told() -> None:
    document = full(
        "<p>x</p><table-wrap><label>Table 2</label><table>" + "<tr><td>a</td></tr>" * 1001 + "</table></table-wrap>"
    )
    assert document.notes == ("Table 2 is longer than is read; its end is left out",)


def test_an_article_without_text_is_its_abstract_and_without_that_its_title() -> None:
    assert (full("").rank, placed(full(""))) == (
        20,
        [("abstract", "Abstract", "Background: It is.\nResults: It binds.")],
    )
    assert (full("", "").rank, placed(full("", ""))) == (1, [("abstract", "Title", "On EGFR")])


def test_a_record_has_its_abstract_by_sections_and_other_abstracts_behind() -> None:
    document = record(
        '<Abstract><AbstractText Label="AIM">To see.</AbstractText><AbstractText Label="RESULT">Seen.</AbstractText></Abstract>',
        '<OtherAbstract Type="Publisher" Language="fre"><AbstractText>Voir.</AbstractText></OtherAbstract>',
    )
    assert placed(document) == [
        ("abstract", "Abstract", "AIM: To see.\nRESULT: Seen."), ("abstract", "Abstract (Publisher fre)", "Voir."),
    ]  # fmt: skip
    assert document.rank == 20


@pytest.mark.parametrize(
    ("kind", "state", "standing"),
    [
        ("RetractionIn", "retracted", "RETRACTED (notice PMID 2)"), ("ExpressionOfConcernIn", "concern", "EXPRESSION OF CONCERN (notice PMID 2)"),
        ("PartialRetractionIn", "concern", "RETRACTED IN PART (notice PMID 2)"), ("ErratumIn", "corrected", "corrected (notice PMID 2)"),
        ("RetractionOf", "notice", ""), ("ErratumFor", "notice", ""), ("CommentIn", "none", ""),
    ],
)  # fmt: skip
def test_the_standing_of_a_record_is_kept(kind: str, state: str, standing: str) -> None:
    more = f'<CommentsCorrectionsList><CommentsCorrections RefType="{kind}"><PMID>2</PMID></CommentsCorrections></CommentsCorrectionsList>'
    about = record("", more).about
    assert (about.state, about.standing) == (state, standing)


def test_the_standing_of_a_full_text_is_kept() -> None:
    related = '<related-article related-article-type="{}" xlink:href="10.1000/y"/>'
    assert full("<p>x</p>", related.format("retraction-forward")).about.state == "retracted"
    assert full("<p>x</p>", related.format("retracted-article"), "retraction").about.state == "notice"


def _real(shared: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted((shared / "data/jats_fulltext").rglob("*ml.gz")):
        if not path.name.startswith("pubmed-"):
            yield path.name, gzip.decompress(path.read_bytes())


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{3,}", text)


def _body_text(element: Any) -> str:
    """All text of an element, blanks between elements, without what is said twice: formulas in TeX, reference lists."""
    if not isinstance(element.tag, str) or element.tag.rpartition("}")[2] in ("tex-math", "ref-list", "object-id"):
        return ""
    inner = "".join(_body_text(child) + (child.tail or "") for child in element)
    return f"{element.text or ''}{inner} "


@pytest.mark.slow
def test_real_articles_lose_no_words_of_their_body_and_offsets_are_true(shared: Path) -> None:
    from lxml import etree

    told, lost, read = 0, 0, 0
    for name, data in _real(shared):
        (document,) = jats.read(data, name)
        body = etree.fromstring(data).find("body")
        wanted = Counter(_words(_body_text(body)))
        text = "\n".join(f"{part.section} {part.text}" for part in document.parts)
        seldom = {word: number - text.count(word) for word, number in (wanted - Counter(_words(text))).items()}
        missing = sum(number for number in seldom.values() if number > 0)  # a subscript may join the word before it
        assert missing <= max(10, 0.01 * wanted.total()), (name, seldom)
        told, lost, read = told + wanted.total(), lost + missing, read + 1
        for passage in passages_of(document):
            assert document.parts[passage.part].text[passage.start : passage.end] == passage.text
        assert [item.text_sha256 for item in jats.read(data, name)] == [document.text_sha256]
        assert document.about.title
        assert document.about.journal
        assert document.about.year
    assert read >= 100
    assert lost < 0.0005 * told, (lost, told)


def test_real_records_keep_every_word_of_their_abstracts(shared: Path) -> None:
    from lxml import etree

    read = 0
    for path in sorted((shared / "data/ncbi_entrez/biopython_Entrez").glob("pubmed[0-9].xml")):
        data = path.read_bytes()
        found = {item.about.pmid: item for item in pubmed.read(data, path.name)}
        for element in etree.fromstring(data, etree.XMLParser(load_dtd=False)).iter("PubmedArticle"):
            document = found[element.findtext("MedlineCitation/PMID")]
            wanted = [word for text in element.iter("AbstractText") for word in _words("".join(text.itertext()))]
            held = _words(" ".join(part.text for part in document.parts))
            assert not Counter(wanted) - Counter(held)
            read += 1
    assert read >= 8
