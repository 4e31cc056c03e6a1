"""PubMed's XML: articles and book chapters as EFetch gives them, whatever DTD of whichever year they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..errors import BadReply
from .article import (
    AbstractSection,
    Article,
    Author,
    EditorialNotice,
    MeshHeading,
    MeshQualifier,
    OtherAbstract,
    relation_of,
)
from .identifiers import valid_doi, valid_pmcid, valid_pmid
from .plain_text import one_line, text_of
from .xml_reading import each

__all__ = ["article_of", "each_article", "each_record", "parse_articles", "year_in"]

SERVICE = "PubMed"
_ROOTS = ("PubmedArticleSet", "PubmedArticle", "PubmedBookArticle", "PubmedBookArticleSet", "eFetchResult", "ERROR")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", re.ASCII)
_DOI_IN_TEXT = re.compile(r"\bdoi:?\s*(10\.\d{4,9}/\S{1,200})", re.IGNORECASE)


def parse_articles(body: bytes) -> tuple[Article, ...]:
    """The articles of an EFetch reply, in its order.

    Raises:
        BadReply: the XML is cut short or broken, is another document, or says that there was an error.
    """
    return tuple(each_article(body))


def each_article(body: bytes) -> Iterator[Article]:
    """The same one after another, for files with thousands. Raises as `parse_articles` does, when it gets there."""
    return map(article_of, each_record(body))


def each_record(body: bytes) -> Iterator[Any]:
    """The elements of the articles, for `article_of` before the next is asked for. Raises BadReply where the XML is broken."""
    for element in each(body, ("PubmedArticle", "PubmedBookArticle", "ERROR"), _ROOTS, SERVICE):
        if element.tag == "ERROR":
            raise BadReply(f"{SERVICE} says: {text_of(element)[:160]}", "Check the identifiers.")
        yield element


def article_of(element: Any) -> Article:
    """The article of one record. Raises BadReply where the record holds none."""
    return _article(element) if element.tag == "PubmedArticle" else _book_article(element)


def year_in(date: str) -> int | None:
    """The first year that a date names; `1998 Dec-1999 Jan` is of 1998."""
    found = _YEAR.search(date)
    return int(found.group(1)) if found else None


def _article(element: Any) -> Article:
    citation = element.find("MedlineCitation")
    inner = citation.find("Article") if citation is not None else None
    if inner is None:
        raise BadReply(f"{SERVICE}: an article without its citation came.", "Ask again later.")
    pmid = valid_pmid(_text(citation, "PMID"))
    given_date = inner.find("Journal/JournalIssue/PubDate")
    date = _date(given_date)
    doi, notes = _doi(inner, element.find("PubmedData"))
    notices, notice_of = _relations(citation)
    journal = inner.find("Journal")
    return Article(
        database="MED",
        id=pmid,
        title=text_of(inner.find("ArticleTitle")),
        pmid=pmid,
        pmcid=valid_pmcid(_id_of_type(element.find("PubmedData"), "pmc")),
        doi=doi,
        vernacular_title=text_of(inner.find("VernacularTitle")),
        abstract=_abstract(inner.find("Abstract")),
        other_abstracts=_other_abstracts(citation),
        authors=_authors(inner.find("AuthorList")),
        authors_complete=_complete(inner.find("AuthorList")),
        journal=_text(journal, "Title"),
        journal_abbreviation=_text(journal, "ISOAbbreviation") or _text(citation, "MedlineJournalInfo/MedlineTA"),
        volume=_text(journal, "JournalIssue/Volume"),
        issue=_text(journal, "JournalIssue/Issue"),
        pages=_text(inner, "Pagination/MedlinePgn") or _pages(inner.find("Pagination")),
        year=year_in(date) or year_in(_date(inner.find("ArticleDate"))),
        date=date or _date(inner.find("ArticleDate")),
        languages=_texts(inner.iterfind("Language")),
        publication_types=_texts(inner.iterfind("PublicationTypeList/PublicationType")),
        mesh=_mesh(citation),
        keywords=_texts(citation.iterfind("KeywordList/Keyword")),
        copyright=_text(inner, "Abstract/CopyrightInformation"),
        notices=notices,
        notice_of=notice_of,
        notes=notes,
    )


def _book_article(element: Any) -> Article:
    document = element.find("BookDocument")
    if document is None:
        raise BadReply(f"{SERVICE}: a book chapter without its document came.", "Ask again later.")
    book = document.find("Book")
    pmid = valid_pmid(_text(document, "PMID"))
    date = _date(book.find("PubDate")) if book is not None else ""
    title = text_of(document.find("ArticleTitle"))
    lists = [
        _authors(found)
        for found in (document.find("AuthorList"), book.find("AuthorList") if book is not None else None)
        if found is not None
    ]
    return Article(
        database="MED",
        id=pmid,
        title=title or _text(book, "BookTitle"),
        pmid=pmid,
        doi=valid_doi(_id_of_type(document, "doi") or _id_of_type(element.find("PubmedBookData"), "doi")),
        vernacular_title=text_of(document.find("VernacularTitle")),
        abstract=_abstract(document.find("Abstract")),
        authors=next((names for names in lists if names), ()),
        book=_text(book, "BookTitle"),
        volume=_text(book, "Volume"),
        pages=_text(document, "Pagination/MedlinePgn") or _pages(document.find("Pagination")),
        year=year_in(date) or year_in(_date(document.find("ContributionDate"))),
        date=date or _date(document.find("ContributionDate")),
        languages=_texts(document.iterfind("Language")),
        publication_types=_texts(document.iterfind("PublicationType")),
        keywords=_texts(document.iterfind("KeywordList/Keyword")),
        copyright=_text(document, "Abstract/CopyrightInformation"),
    )


def _text(element: Any, path: str) -> str:
    return "" if element is None else text_of(element.find(path))


def _texts(elements: Iterator[Any]) -> tuple[str, ...]:
    return tuple(text for text in map(text_of, elements) if text)


def _date(element: Any) -> str:
    """The date in the words of the record."""
    if element is None:
        return ""
    given = _text(element, "MedlineDate")
    if given:
        return given
    return " ".join(filter(None, (_text(element, part) for part in ("Year", "Season", "Month", "Day"))))


def _pages(element: Any) -> str:
    first, last = _text(element, "StartPage"), _text(element, "EndPage")
    return f"{first}-{last}" if last and last != first else first


def _id_of_type(data: Any, kind: str) -> str:
    """An id of the article itself; the lists of its references, which look alike, stand deeper."""
    if data is None:
        return ""
    for item in data.iterfind("ArticleIdList/ArticleId"):
        if item.get("IdType") == kind:
            return text_of(item)
    return ""


def _doi(inner: Any, data: Any) -> tuple[str, tuple[str, ...]]:
    """The DOI, which may stand in two places, and a note where they differ."""
    located = [
        valid_doi(text_of(item))
        for item in inner.iterfind("ELocationID")
        if item.get("EIdType") == "doi" and item.get("ValidYN", "Y") == "Y"
    ]
    first = next(filter(None, located), "")
    listed = valid_doi(_id_of_type(data, "doi"))
    if first and listed and first.lower() != listed.lower():
        return listed, (f"The record gives two DOIs: {listed} and {first}.",)
    return listed or first, ()


def _abstract(element: Any) -> tuple[AbstractSection, ...]:
    if element is None:
        return ()
    sections = (
        AbstractSection(text_of(part), one_line(part.get("Label", "")), one_line(part.get("NlmCategory", "")))
        for part in element.iterfind("AbstractText")
    )
    return tuple(section for section in sections if section.text)


def _other_abstracts(citation: Any) -> tuple[OtherAbstract, ...]:
    found = (
        OtherAbstract(_abstract(item), one_line(item.get("Type", "")), one_line(item.get("Language", "")))
        for item in citation.iterfind("OtherAbstract")
    )
    return tuple(item for item in found if item.sections)


def _authors(element: Any) -> tuple[Author, ...]:
    if element is None:
        return ()
    return tuple(author for author in map(_author, element.iterfind("Author")) if author.name)


def _author(element: Any) -> Author:
    group = _text(element, "CollectiveName")
    if group:
        return Author(group, collective=True)
    last, suffix = _text(element, "LastName"), _text(element, "Suffix")
    name = " ".join(filter(None, (last, _text(element, "Initials"), suffix)))
    orcid = next((text_of(item) for item in element.iterfind("Identifier") if item.get("Source") == "ORCID"), "")
    return Author(name, last, _text(element, "ForeName"), orcid=orcid.rpartition("/")[2])


def _complete(element: Any) -> bool:
    return element is None or element.get("CompleteYN", "Y") == "Y"


def _mesh(citation: Any) -> tuple[MeshHeading, ...]:
    found = []
    for heading in citation.iterfind("MeshHeadingList/MeshHeading"):
        name = heading.find("DescriptorName")
        if name is None:
            continue
        qualifiers = tuple(MeshQualifier(text_of(item), _major(item)) for item in heading.iterfind("QualifierName"))
        found.append(MeshHeading(text_of(name), _major(name), one_line(name.get("UI", "")), qualifiers))
    return tuple(found)


def _major(element: Any) -> bool:
    return bool(element.get("MajorTopicYN", "N") == "Y")


def _relations(citation: Any) -> tuple[tuple[EditorialNotice, ...], tuple[EditorialNotice, ...]]:
    """Notices about this article, and articles that it is a notice about."""
    about_this: list[EditorialNotice] = []
    about_others: list[EditorialNotice] = []
    for item in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        relation = relation_of(item.get("RefType", ""))
        if relation is None:
            continue
        cited = _text(item, "RefSource")
        doi = _DOI_IN_TEXT.search(cited)
        notice = EditorialNotice(
            relation[0],
            pmid=valid_pmid(_text(item, "PMID")),
            doi=valid_doi(doi.group(1).rstrip(".;,")) if doi else "",
            citation=" ".join(filter(None, (cited, _text(item, "Note")))),
        )
        (about_this if relation[1] else about_others).append(notice)
    return tuple(about_this), tuple(about_others)
