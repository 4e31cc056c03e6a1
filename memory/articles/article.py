"""The record of one article as a bibliographic database has it. All text in it is cleaned and free of markup.

Not for full text, which stands in `full_text.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "AbstractSection",
    "Article",
    "Author",
    "EditorialNotice",
    "MeshHeading",
    "MeshQualifier",
    "NoticeKind",
    "OtherAbstract",
    "relation_of",
]

NoticeKind = Literal[
    "retraction", "partial_retraction", "expression_of_concern", "correction", "republication", "update", "preprint"
]
"""What a notice does to an article, gravest first. `preprint` ties a preprint to what was published of it."""

_ORDER: tuple[NoticeKind, ...] = (
    "retraction",
    "partial_retraction",
    "expression_of_concern",
    "correction",
    "republication",
    "update",
    "preprint",
)
_MARKS: dict[NoticeKind, str] = {
    "retraction": "RETRACTED",
    "partial_retraction": "RETRACTED IN PART",
    "expression_of_concern": "EXPRESSION OF CONCERN",
    "correction": "corrected",
    "republication": "corrected and republished",
}
_RELATIONS: dict[str, tuple[NoticeKind, bool]] = {
    "retractionin": ("retraction", True),
    "retractionof": ("retraction", False),
    "retractedandrepublishedin": ("retraction", True),
    "retractedandrepublishedfrom": ("retraction", False),
    "partialretractionin": ("partial_retraction", True),
    "partialretractionof": ("partial_retraction", False),
    "expressionofconcernin": ("expression_of_concern", True),
    "expressionofconcernfor": ("expression_of_concern", False),
    "erratumin": ("correction", True),
    "erratumfor": ("correction", False),
    "correctionin": ("correction", True),
    "correctionfor": ("correction", False),
    "correctedandrepublishedin": ("republication", True),
    "correctedandrepublishedfrom": ("republication", False),
    "republishedin": ("republication", True),
    "republishedfrom": ("republication", False),
    "updatein": ("update", True),
    "updateof": ("update", False),
    "preprintin": ("preprint", False),
    "preprintof": ("preprint", True),
}
_NOTICE_TYPES = frozenset(
    (
        "retraction of publication",
        "retraction notice",
        "retraction",
        "published erratum",
        "correction",
        "expression of concern",
    )
)
_TITLE_RETRACTED = re.compile(r"\W*retracted(?: (?:article|paper|chapter))?\s*[:\]—-]", re.IGNORECASE)


def relation_of(name: str) -> tuple[NoticeKind, bool] | None:
    """What a database's name for a relation means, and whether it is about this article (True) or another.

    PubMed writes `RetractionIn`, Europe PMC `Retraction in`. None for comments, reprints and other harmless ones.
    """
    return _RELATIONS.get(re.sub(r"[^a-z]", "", name.lower()))


@dataclass(frozen=True)
class AbstractSection:
    """A paragraph of an abstract. `label` as the journal has it; `category` is NLM's name for it, where given."""

    text: str
    label: str = ""
    category: str = ""


@dataclass(frozen=True)
class OtherAbstract:
    """An abstract beside the main one: in another language, or in plain words."""

    sections: tuple[AbstractSection, ...]
    kind: str = ""
    language: str = ""


@dataclass(frozen=True)
class Author:
    """A person, or a group where `collective`."""

    name: str
    """`Lee MS`, or the group's name."""
    last_name: str = ""
    fore_name: str = ""
    collective: bool = False
    orcid: str = ""


@dataclass(frozen=True)
class MeshQualifier:
    """A subheading. `major` where it is a main topic of the article."""

    name: str
    major: bool = False


@dataclass(frozen=True)
class MeshHeading:
    """A heading of NLM's thesaurus."""

    name: str
    major: bool = False
    ui: str = ""
    qualifiers: tuple[MeshQualifier, ...] = ()


@dataclass(frozen=True)
class EditorialNotice:
    """A published notice: of what kind, where it stands, and under which id. Ids are empty where none is given."""

    kind: NoticeKind
    pmid: str = ""
    doi: str = ""
    preprint: str = ""
    """Europe PMC's number, where it is a preprint."""
    citation: str = ""

    @property
    def id(self) -> str:
        """The id as a reader would look it up; empty where none is given."""
        return f"PMID {self.pmid}" if self.pmid else f"doi:{self.doi}" if self.doi else self.preprint


@dataclass(frozen=True)
class Article:
    """An article, preprint or book chapter.

    `database` is Europe PMC's name for where the record is from: MED (PubMed), PMC, PPR (preprints), and others.
    """

    database: str
    id: str
    title: str
    pmid: str = ""
    pmcid: str = ""
    doi: str = ""
    vernacular_title: str = ""
    abstract: tuple[AbstractSection, ...] = ()
    other_abstracts: tuple[OtherAbstract, ...] = ()
    authors: tuple[Author, ...] = ()
    authors_complete: bool = True
    journal: str = ""
    journal_abbreviation: str = ""
    book: str = ""
    """Title of the book, for a chapter or a book."""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    year: int | None = None
    date: str = ""
    """As the record gives it: `2010 Jun 15`, `1998 Dec-1999 Jan`."""
    languages: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    mesh: tuple[MeshHeading, ...] = ()
    keywords: tuple[str, ...] = ()
    licence: str = ""
    copyright: str = ""
    open_access: bool | None = None
    """None where the database does not say."""
    cited_by: int | None = None
    notices: tuple[EditorialNotice, ...] = ()
    """Notices about this article."""
    notice_of: tuple[EditorialNotice, ...] = ()
    """Articles that this one is a notice about; ids and citation are theirs."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the record itself, such as two DOIs that differ."""

    @property
    def retracted(self) -> bool:
        """Whether it was retracted, by a notice, by its publication type, or as its title says."""
        return (
            any(notice.kind == "retraction" for notice in self.notices)
            or any(kind.lower() == "retracted publication" for kind in self.publication_types)
            or _TITLE_RETRACTED.match(self.title) is not None
        )

    @property
    def is_notice(self) -> bool:
        """Whether it is itself a retraction, an erratum or an expression of concern."""
        about = any(notice.kind not in ("preprint", "update", "republication") for notice in self.notice_of)
        return about or any(kind.lower() in _NOTICE_TYPES for kind in self.publication_types)

    @property
    def mark(self) -> str:
        """What must be said before anything else: `RETRACTED (notice PMID 1); corrected (notice PMID 2)`; else empty."""
        said: list[str] = []
        for kind in _ORDER:
            found = [notice for notice in self.notices if notice.kind == kind]
            if kind not in _MARKS or not (found or (kind == "retraction" and self.retracted)):
                continue
            ids = ", ".join(dict.fromkeys(notice.id for notice in found if notice.id))
            said.append(f"{_MARKS[kind]} ({f'notice {ids}' if ids else 'no notice is named'})")
        return "; ".join(said)

    @property
    def abstract_text(self) -> str:
        """The abstract in one piece, labels before their paragraphs."""
        return "\n".join(f"{part.label}: {part.text}" if part.label else part.text for part in self.abstract)

    @property
    def label(self) -> str:
        """The shortest name that finds it again."""
        if self.pmid:
            return f"PMID {self.pmid}"
        return self.pmcid or (f"doi:{self.doi}" if self.doi else self.id)
