"""An article as a tool's finding: its record, where it is from, and the line that a planner reads. Its standing first."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import quote

from ...memory.articles.article import Article, EditorialNotice
from ...memory.records import Source
from ...memory.text import shorten
from ..contract import Draft
from ..sources.found import Found

__all__ = ["article_draft", "article_record", "article_source", "summary_of"]

_AUTHORS = 6
_TITLE_CHARACTERS = 110

T = TypeVar("T")


def article_record(article: Article) -> dict[str, Any]:
    """Who wrote what, where and when; whether it still stands; no abstract."""
    names = [author.name for author in article.authors]
    return {
        "type": "article",
        "standing": article.mark or "no retraction, correction or concern is recorded in this source",
        "retracted": article.retracted,
        "notices": [_notice(notice) for notice in article.notices],
        "notice_about": [_notice(notice) for notice in article.notice_of],
        "label": article.label,
        "pmid": article.pmid or None,
        "pmcid": article.pmcid or None,
        "doi": article.doi or None,
        "title": article.title,
        "vernacular_title": article.vernacular_title or None,
        "journal": article.journal or article.book or None,
        "journal_abbreviation": article.journal_abbreviation or None,
        "year": article.year,
        "date": article.date or None,
        "volume": article.volume or None,
        "pages": article.pages or None,
        "authors": names[:_AUTHORS],
        "author_count": len(names),
        "publication_types": list(article.publication_types),
        "preprint": article.database == "PPR",
        "open_access": article.open_access,
        "licence": article.licence or None,
        "cited_by": article.cited_by,
        "notes": list(article.notes),
    }


def article_source(found: Found[T], article: Article) -> Source:
    """The source with this article's own licence and address."""
    url = found.source.url
    if article.pmid:
        url = f"https://pubmed.ncbi.nlm.nih.gov/{article.pmid}/"
    elif article.pmcid:
        url = f"https://europepmc.org/article/PMC/{article.pmcid}"
    elif article.doi:
        url = f"https://doi.org/{quote(article.doi, safe='/:().-_;')}"
    return found.source.model_copy(update={"licence": article.licence or "not stated", "url": url})


def article_draft(found: Found[T], article: Article, record: dict[str, Any]) -> Draft:
    """The finding about an article."""
    return Draft(record, article_source(found, article), found.backend, summary_of(article))


def summary_of(article: Article) -> str:
    """One line: standing, id, year, title."""
    mark = f"{article.mark}: " if article.mark else ""
    kind = " (preprint)" if article.database == "PPR" else " (a notice)" if article.is_notice else ""
    year = f", {article.year}" if article.year else ""
    return f"{mark}{article.label}{year}{kind}: {shorten(article.title, _TITLE_CHARACTERS)}"


def _notice(notice: EditorialNotice) -> dict[str, Any]:
    return {
        "kind": notice.kind.replace("_", " "),
        "pmid": notice.pmid or None,
        "doi": notice.doi or None,
        "preprint": notice.preprint or None,
        "citation": notice.citation or None,
    }
