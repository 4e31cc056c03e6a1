"""An article as PubMed and journals have it, as a document: its abstract by sections, its text by headings, its tables as lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ...articles.article import AbstractSection, Article
from ...articles.full_text import Figure, FullText, Table
from ...text import shorten
from ..document import About, Part, ReadDocument, RetractionState

__all__ = ["ABSTRACT_RANK", "FULL_TEXT_RANK", "about_of", "abstract_document", "full_text_document"]

ABSTRACT_RANK = 20
FULL_TEXT_RANK = 40
_STATES: tuple[tuple[str, RetractionState], ...] = (
    ("retraction", "retracted"), ("partial_retraction", "concern"), ("expression_of_concern", "concern"),
    ("correction", "corrected"), ("republication", "corrected"),
)  # fmt: skip
_LONG_CELL = 400


def about_of(article: Article) -> About:
    """What the record says of it, its standing first of all."""
    return About(
        title=article.title,
        authors=tuple(author.name for author in article.authors),
        year=article.year,
        journal=article.journal or article.book or article.journal_abbreviation,
        doi=article.doi.lower(),
        pmid=article.pmid,
        pmcid=article.pmcid,
        licence=article.licence,
        publication_types=article.publication_types,
        keywords=tuple(dict.fromkeys((*(heading.name for heading in article.mesh), *article.keywords))),
        language=article.languages[0] if article.languages else "",
        state=_state(article),
        standing=article.mark,
    )


def abstract_document(article: Article, format: str, entry: int) -> ReadDocument:
    """A record with no more than an abstract; without one, its title is its text."""
    return ReadDocument(
        about_of(article),
        _abstract(article) or _title(article),
        format,
        ABSTRACT_RANK if article.abstract else 1,
        entry,
        article.notes,
    )


def full_text_document(text: FullText, format: str, entry: int) -> ReadDocument:
    """Abstract, sections, tables behind their sections, then captions of figures and of supplements."""
    parts = [*_abstract(text.article), *_sections(text), *_captions(text.figures), *_captions(text.supplements)]
    if not text.sections and len(parts) <= len(_abstract(text.article)):
        return abstract_document(text.article, format, entry)
    cut = tuple(
        f"{table.label or 'a table'} is longer than is read; its end is left out" for table in text.tables if table.cut
    )
    rank = FULL_TEXT_RANK if text.sections else ABSTRACT_RANK
    return ReadDocument(about_of(text.article), tuple(parts), format, rank, entry, (*text.article.notes, *cut))


def _captions(figures: tuple[Figure, ...]) -> Iterator[Part]:
    for figure in figures:
        if figure.caption:
            told = f"{figure.label}: {figure.caption}" if figure.label else figure.caption
            yield Part(told, "caption", section=" > ".join(figure.path))


def _state(article: Article) -> RetractionState:
    if article.is_notice:
        return "notice"
    kinds = {notice.kind for notice in article.notices} | ({"retraction"} if article.retracted else set())
    return next((state for kind, state in _STATES if kind in kinds), "none")


def _title(article: Article) -> tuple[Part, ...]:
    return (Part(article.title, "abstract", section="Title"),) if article.title else ()


def _abstract(article: Article) -> tuple[Part, ...]:
    """One part, a line for each section with its label, so that a passage may span several; other abstracts behind it."""
    parts = [Part(_lines(article.abstract), "abstract", section="Abstract")] if article.abstract else []
    for other in article.other_abstracts:
        named = " ".join(item for item in (other.kind, other.language) if item)
        parts.append(
            Part(_lines(other.sections), "abstract", section=f"Abstract ({named})" if named else "Other abstract")
        )
    return tuple(part for part in parts if part.text.strip())


def _lines(sections: tuple[AbstractSection, ...]) -> str:
    return "\n".join(
        f"{item.label}: {item.text}" if item.label else item.text for item in sections if item.text.strip()
    )


def _sections(text: FullText) -> Iterator[Part]:
    waiting = list(text.tables)
    for path, group in groupby(text.sections, key=lambda section: section.path):
        paragraphs = [paragraph for section in group for paragraph in section.paragraphs if paragraph.strip()]
        if paragraphs:
            yield Part("\n".join(paragraphs), "body", section=" > ".join(path))
        for table in [table for table in waiting if table.path == path]:
            waiting.remove(table)
            yield from _table(table)
    for table in waiting:
        yield from _table(table)


def _table(table: Table) -> Iterator[Part]:
    """A line a row, cells apart by ` | `; each of its passages stands under the label and caption."""
    told: set[str] = set()
    lines = [" | ".join(_cell(cell, told) for cell in row) for row in (*table.header, *table.rows)]
    lines = [line for line in lines if line.strip(" |")]
    text = "\n".join((*([table.caption] if table.caption else []), *lines, *table.footnotes))
    if text.strip():
        yield Part(text, "table", section=" > ".join(item for item in (*table.path, table.label or "Table") if item))


def _cell(cell: str, told: set[str]) -> str:
    """In one line; a long one that spans rows or columns, and so comes again in each, whole only once."""
    line = " ".join(cell.split())
    if len(line) <= _LONG_CELL:
        return line
    again = line in told
    told.add(line)
    return shorten(line, _LONG_CELL) if again else line
