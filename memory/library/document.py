"""A document as a reader gives it: what it says of itself, and its text in parts in which offsets count.

A part's text is the truth that quotes are checked against. Reading the same file again with the same version of the program
gives the same parts, character by character.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["NOTES_COLLECTION", "About", "Part", "PartKind", "ReadDocument", "RetractionState", "keys_of", "title_key"]

PartKind = Literal["abstract", "body", "table", "caption", "page", "references", "note"]
"""`references` is a list of them, which says what others are called: it is ranked low, and never quoted as an answer."""
RetractionState = Literal["none", "corrected", "concern", "retracted", "notice"]
"""`notice` is a document that is itself a retraction, correction or expression of concern."""

NOTES_COLLECTION = "biocopilot-notes"
"""Of the notes that come with the package."""

_SHORTEST_TITLE = 25
"""Characters of a title key from which it can name one article: `introduction` and `reply` name many."""


@dataclass(frozen=True)
class Part:
    """A stretch of a document in which offsets count. Paragraphs are apart by a newline."""

    text: str
    kind: PartKind
    page: int | None = None
    """Of a PDF, counted from 1 as viewers do."""
    section: str = ""
    """Titles from the outermost in, as in `Methods > Assays`; of a table its label and caption."""

    @property
    def place(self) -> str:
        """Where it is, as a reader would say it."""
        if self.page is not None:
            return f"page {self.page}, {self.section}" if self.section else f"page {self.page}"
        return self.section or self.kind


@dataclass(frozen=True)
class About:
    """What a document says of itself. Empty where it does not."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    licence: str = ""
    publication_types: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str = ""
    state: RetractionState = "none"
    standing: str = ""
    """What must be said of it first: `RETRACTED (notice PMID 1)`; empty where nothing must."""

    @property
    def retracted(self) -> bool:
        return self.state == "retracted"

    @property
    def label(self) -> str:
        """The shortest name that finds it again outside; its title where it has none."""
        if self.pmid:
            return f"PMID {self.pmid}"
        return self.pmcid or (f"doi:{self.doi}" if self.doi else self.title)


@dataclass(frozen=True)
class ReadDocument:
    """One document of a file."""

    about: About
    parts: tuple[Part, ...]
    format: str
    """`pdf`, `jats`, `pubmed`, `medline`, `ris`, `bibtex`, `endnote`, `table`, `markdown`, `text` or `note`."""
    rank: int
    """How good this format's text is: of two files of one article, the higher gives the text."""
    entry: int = 0
    """Which record of the file it is, counted from 0."""
    notes: tuple[str, ...] = field(default=())
    """What a reader should know: `pages 3 and 4 hold no text: scanned`."""

    @property
    def text_sha256(self) -> str:
        """Of its parts: two readings are one text where these are equal."""
        digest = hashlib.sha256()
        for part in self.parts:
            digest.update(f"{part.kind}\0{part.page}\0{part.section}\0{len(part.text)}\0{part.text}\0".encode())
        return digest.hexdigest()


def keys_of(document: ReadDocument) -> tuple[str, ...]:
    """What makes two files one document, surest first; its text where it has neither identifiers nor a telling title."""
    about, keys = document.about, []
    if about.pmid:
        keys.append(f"pmid:{about.pmid}")
    if about.pmcid:
        keys.append(f"pmcid:{about.pmcid.upper()}")
    if about.doi:
        keys.append(f"doi:{about.doi.lower()}")
    title = title_key(about.title)
    if len(title) >= _SHORTEST_TITLE and about.year is not None:
        keys.append(f"title:{title}:{about.year}")
    return tuple(keys) or (f"text:{document.text_sha256}",)


def title_key(title: str) -> str:
    """A title's letters and digits, without a mark of retraction before it."""
    bare = re.sub(r"^\W*(?:retracted|withdrawn)(?:\s+(?:article|paper|chapter))?\s*[:\]—-]", "", title.lower())
    return re.sub(r"[\W_]+", "", bare)
