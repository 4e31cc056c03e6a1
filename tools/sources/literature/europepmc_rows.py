"""Europe PMC's JSON: one row of a search becomes an article. Unknown fields are left alone, missing ones stay empty."""

from __future__ import annotations

import re
from typing import Any

from ....memory.articles.article import (
    AbstractSection,
    Article,
    Author,
    EditorialNotice,
    MeshHeading,
    MeshQualifier,
    relation_of,
)
from ....memory.articles.identifiers import valid_doi, valid_pmcid, valid_pmid
from ....memory.articles.licences import licence_name
from ....memory.articles.plain_text import plain
from ....memory.articles.pubmed_xml import year_in
from ....memory.errors import BadReply

__all__ = ["article_of"]

_HEADING = re.compile(r"<h[1-6]\b[^<>]{0,100}>(.*?)</h[1-6]>", re.IGNORECASE | re.DOTALL)


def article_of(row: Any) -> Article:
    """The article in a row of a reply, `lite` or `core`.

    Raises:
        BadReply: it is no row, or has no id.
    """
    if not isinstance(row, dict) or not _text(row, "id"):
        raise BadReply("Europe PMC: a row without an id came.", "Ask again later.")
    info = _dict(row, "journalInfo")
    journal = _dict(info, "journal")
    authors = _authors(row)
    notices, notice_of = _relations(row)
    date = _text(info, "dateOfPublication") or _text(row, "firstPublicationDate")
    return Article(
        database=_text(row, "source"),
        id=_text(row, "id"),
        title=_text(row, "title"),
        pmid=valid_pmid(_text(row, "pmid")) or (valid_pmid(_text(row, "id")) if row.get("source") == "MED" else ""),
        pmcid=valid_pmcid(_text(row, "pmcid")),
        doi=valid_doi(_text(row, "doi")),
        abstract=_abstract(row.get("abstractText")),
        authors=authors,
        journal=_text(journal, "title") or _text(row, "journalTitle"),
        journal_abbreviation=_text(journal, "isoabbreviation")
        or _text(journal, "ISOAbbreviation")
        or _text(journal, "medlineAbbreviation"),
        book=_text(_dict(row, "bookOrReportDetails"), "comprisingTitle"),
        volume=_text(info, "volume") or _text(row, "journalVolume"),
        issue=_text(info, "issue") or _text(row, "issue"),
        pages=_text(row, "pageInfo"),
        year=_year(row, info, date),
        date=date,
        languages=tuple(filter(None, (_text(row, "language"),))),
        publication_types=_publication_types(row),
        mesh=tuple(map(_heading, _dicts(_dict(row, "meshHeadingList"), "meshHeading"))),
        keywords=tuple(filter(None, map(_plain, _list(_dict(row, "keywordList"), "keyword")))),
        licence=licence_name(_text(row, "license")),
        open_access={"Y": True, "N": False}.get(_text(row, "isOpenAccess")),
        cited_by=_count(row.get("citedByCount")),
        notices=notices,
        notice_of=notice_of,
    )


def _plain(value: Any) -> str:
    return plain(value) if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _text(row: dict[str, Any], name: str) -> str:
    return _plain(row.get(name))


def _dict(row: dict[str, Any], name: str) -> dict[str, Any]:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _list(row: dict[str, Any], name: str) -> list[Any]:
    """The list of that name; a lone value counts as a list of one."""
    found = row.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _dicts(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [item for item in _list(row, name) if isinstance(item, dict)]


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _year(row: dict[str, Any], info: dict[str, Any], date: str) -> int | None:
    for given in (_text(info, "yearOfPublication"), _text(row, "pubYear"), date):
        year = year_in(given)
        if year is not None:
            return year
    return None


def _abstract(value: Any) -> tuple[AbstractSection, ...]:
    """The abstract by its headings, which stand in the text as HTML ones."""
    if not isinstance(value, str):
        return ()
    parts = _HEADING.split(value)  # text, then label and text in turn
    sections = [AbstractSection(plain(parts[0]))]
    sections += [
        AbstractSection(plain(text), plain(label)) for label, text in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return tuple(section for section in sections if section.text)


def _authors(row: dict[str, Any]) -> tuple[Author, ...]:
    listed = tuple(map(_author, _dicts(_dict(row, "authorList"), "author")))
    if listed:
        return tuple(author for author in listed if author.name)
    names = _text(row, "authorString").rstrip(".").split(", ")
    return tuple(Author(name) for name in names if name)


def _author(row: dict[str, Any]) -> Author:
    group = _text(row, "collectiveName")
    if group:
        return Author(group, collective=True)
    identifier = _dict(row, "authorId")
    orcid = _text(identifier, "value") if identifier.get("type") == "ORCID" else ""
    name = _text(row, "fullName") or " ".join(filter(None, (_text(row, "lastName"), _text(row, "initials"))))
    return Author(name, _text(row, "lastName"), _text(row, "firstName"), orcid=orcid)


def _publication_types(row: dict[str, Any]) -> tuple[str, ...]:
    listed = tuple(filter(None, map(_plain, _list(_dict(row, "pubTypeList"), "pubType"))))
    return listed or tuple(part for part in _text(row, "pubType").split("; ") if part)


def _heading(row: dict[str, Any]) -> MeshHeading:
    qualifiers = tuple(
        MeshQualifier(_text(item, "qualifierName"), _text(item, "majorTopic_YN") == "Y")
        for item in _dicts(_dict(row, "meshQualifierList"), "meshQualifier")
    )
    return MeshHeading(_text(row, "descriptorName"), _text(row, "majorTopic_YN") == "Y", qualifiers=qualifiers)


def _relations(row: dict[str, Any]) -> tuple[tuple[EditorialNotice, ...], tuple[EditorialNotice, ...]]:
    about_this: list[EditorialNotice] = []
    about_others: list[EditorialNotice] = []
    for item in _dicts(_dict(row, "commentCorrectionList"), "commentCorrection"):
        relation = relation_of(_text(item, "type"))
        if relation is None:
            continue
        number = _text(item, "id")
        notice = EditorialNotice(
            relation[0],
            pmid=valid_pmid(number) if _text(item, "source") in ("MED", "") else "",
            preprint=number if number.startswith("PPR") else "",
            citation=" ".join(filter(None, (_text(item, "reference"), _text(item, "note")))),
        )
        (about_this if relation[1] else about_others).append(notice)
    return tuple(about_this), tuple(about_others)
