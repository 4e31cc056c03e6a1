"""What a reference manager's record says of an article, whatever the format: the readers of RIS, MEDLINE, BibTeX, tables and
EndNote's XML collect it, and it becomes an article's record here.

Exporters put the same thing under different names, so that each field holds all that was offered for it, the best first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ...articles.article import AbstractSection, Article, Author, EditorialNotice, relation_of
from ...articles.identifiers import valid_doi, valid_pmcid, valid_pmid
from ...articles.plain_text import plain
from ...articles.pubmed_xml import year_in
from ..document import ReadDocument
from .article import abstract_document
from .person_name import person

__all__ = ["Reference", "broken", "notice_from", "reference_document"]

_DOI_LINK = re.compile(r"https?://(?:dx\.)?doi\.org/(\S+)", re.IGNORECASE)
_DOI_NOTE = re.compile(r"(?:^|\s)doi:\s*(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PMID_SAID = re.compile(r"^(?:PMID|PubMed ID):?\s*(\d{1,8})\b|^(\d{1,8})\s*\[pmid\]", re.IGNORECASE | re.MULTILINE)
_PMID_LINK = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,8})\b")
_PMCID_SAID = re.compile(
    r"^(?:PMCID:?\s*)?(PMC\d{1,9})\b|ncbi\.nlm\.nih\.gov/(?:pmc/)?articles/(PMC\d{1,9})", re.MULTILINE
)
_RELATION = re.compile(
    r"^\W*((?:partial )?retraction|erratum|correction|corrigendum|expression of concern|republished|corrected and republished"
    r"|retracted and republished)\s+(in|of|for|from)\b\s*[:.]\s*(.+)", re.IGNORECASE,
)  # fmt: skip
_CITED_PMID = re.compile(r"PMID:?\s*(\d{1,8})", re.IGNORECASE)
_CITED_DOI = re.compile(r"\bdoi:?\s*(10\.\d{4,9}/\S{1,200})", re.IGNORECASE)
_NOTICE_TITLE = re.compile(
    r"\W*(?:(retraction)(?:\s+(?:notice|note)|\s*:)|(erratum|corrigendum)\b|(correction)(?:\s+to)?\s*:|(expression of concern))",
    re.IGNORECASE,
)
_RETRACTED = re.compile(
    r"\W*(?:this (?:article|paper) (?:has been|was) )?retracted(?: publication| article| paper)?\W*", re.IGNORECASE
)
_TYPES = frozenset(
    "journal article;review;systematic review;meta-analysis;clinical trial;randomized controlled trial;case reports;comparative study;"
    "editorial;letter;comment;guideline;practice guideline;multicenter study;observational study;preprint;news;"
    "controlled clinical trial;clinical trial, phase i;clinical trial, phase ii;clinical trial, phase iii;clinical trial, phase iv;"
    "evaluation study;validation study;published erratum;retraction of publication;retracted publication;expression of concern"
    .split(";")
)  # fmt: skip
"""What PubMed calls them; other programs leave these words among their notes."""


@dataclass
class Reference:
    """A record, field by field."""

    titles: list[str] = field(default_factory=list)
    abstracts: list[str] = field(default_factory=list)
    """Each with its paragraphs apart by newlines."""
    authors: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    """Authors that are no persons, as the format says."""
    dates: list[str] = field(default_factory=list)
    journals: list[str] = field(default_factory=list)
    dois: list[str] = field(default_factory=list)
    pmids: list[str] = field(default_factory=list)
    pmcids: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    notices: list[EditorialNotice] = field(default_factory=list)
    """Notices about it."""
    notice_of: list[EditorialNotice] = field(default_factory=list)
    """Articles that it is a notice about."""

    @property
    def has_text(self) -> bool:
        """Whether there is anything to be found."""
        return any(item.strip() for item in (*self.titles, *self.abstracts))


def reference_document(reference: Reference, format: str, entry: int) -> ReadDocument:
    """The record as a document: its abstract, or its title where it has none."""
    return abstract_document(_article(reference), format, entry)


def broken(format: str, entry: int, reason: str) -> ReadDocument:
    """In the place of a record that cannot be read: no text, and why."""
    return ReadDocument(abstract_document(_article(Reference()), format, entry).about, (), format, 0, entry, (reason,))


def notice_from(relation: str, cited: str) -> tuple[EditorialNotice, bool] | None:
    """A notice by the name of a relation (`RetractionIn`) and what is cited, and whether it is about this article; None for others."""
    found = relation_of(relation)
    if found is None:
        return None
    pmid, doi = _CITED_PMID.search(cited), _CITED_DOI.search(cited)
    notice = EditorialNotice(
        found[0],
        pmid=valid_pmid(pmid[1]) if pmid else "",
        doi=valid_doi(doi[1].rstrip(".;,")) if doi else "",
        citation=plain(cited),
    )
    return notice, found[1]


def _article(reference: Reference) -> Article:
    title = next(filter(None, map(plain, reference.titles)), "")
    notes = [line for note in reference.notes for line in note.split("\n")]
    about_this, about_others = list(reference.notices), list(reference.notice_of)
    for line in notes:
        found = _RELATION.match(line)
        notice = notice_from(f"{found[1]} {found[2]}".replace("orrigendum", "orrection"), found[3]) if found else None
        if notice is not None:
            (about_this if notice[1] else about_others).append(notice[0])
    if (named := _NOTICE_TITLE.match(title)) is not None:
        kind = "retraction" if named[1] else "expression_of_concern" if named[4] else "correction"
        about_others.append(EditorialNotice(kind, citation=title))  # type: ignore[arg-type]  # one of the three, all of its kinds
    return Article(
        database="",
        id="",
        title=title,
        pmid=_first(valid_pmid(text.strip()) for text in _pmids(reference, notes)),
        pmcid=_first(valid_pmcid(text.strip()) for text in _pmcids(reference, notes)),
        doi=_first(valid_doi(plain(text)) for text in _dois(reference, notes)),
        abstract=tuple(_abstract(reference.abstracts)),
        authors=tuple(_authors(reference)),
        journal=_first(map(plain, reference.journals)),
        year=next(filter(None, map(year_in, reference.dates)), None),
        languages=tuple(filter(None, (_first(map(plain, reference.languages)),))),
        publication_types=tuple(dict.fromkeys(_types(reference, notes))),
        keywords=tuple(dict.fromkeys(filter(None, (plain(word).lstrip("*") for word in reference.keywords)))),
        notices=tuple(about_this),
        notice_of=tuple(about_others),
    )


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _dois(reference: Reference, notes: list[str]) -> Iterator[str]:
    for text in reference.dois:
        yield from text.split()
        yield text
    for text in (*reference.links, *notes):
        found = _DOI_LINK.search(text) or _DOI_NOTE.search(text)
        if found:
            yield found[1].rstrip(".;,)")


def _pmids(reference: Reference, notes: list[str]) -> Iterator[str]:
    yield from reference.pmids
    for text in notes:
        if found := _PMID_SAID.search(text):
            yield found[1] or found[2]
    for text in reference.links:
        if found := _PMID_LINK.search(text):
            yield found[1]


def _pmcids(reference: Reference, notes: list[str]) -> Iterator[str]:
    yield from reference.pmcids
    for text in (*notes, *reference.links):
        if found := _PMCID_SAID.search(text):
            yield found[1] or found[2]


def _abstract(abstracts: list[str]) -> Iterator[AbstractSection]:
    """Paragraphs in their order; an abstract that stands twice, as two tags often give it, once."""
    held: list[str] = []
    for text in abstracts:
        lines = [line for line in map(plain, text.split("\n")) if line]
        whole = " ".join(lines)
        if whole and not any(whole in other for other in held):
            held.append(whole)
            yield from map(AbstractSection, lines)


def _authors(reference: Reference) -> Iterator[Author]:
    yield from filter(None, (person(plain(name)) for name in reference.authors))
    yield from (Author(name, collective=True) for name in map(plain, reference.groups) if name)


def _types(reference: Reference, notes: list[str]) -> Iterator[str]:
    yield from filter(None, map(plain, reference.types))
    for text in (*reference.types, *notes):
        if _RETRACTED.fullmatch(text):
            yield "Retracted Publication"
    yield from (line.strip() for line in notes if line.strip().lower() in _TYPES)
