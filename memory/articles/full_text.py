"""The full text of an open-access article, by sections, with its tables, figure captions and references."""

from __future__ import annotations

from dataclasses import dataclass

from .article import Article

__all__ = ["Figure", "FullText", "Reference", "Section", "Table"]


@dataclass(frozen=True)
class Section:
    """Paragraphs under one heading. `path` holds the titles from the outermost in; empty for text before any heading."""

    path: tuple[str, ...]
    paragraphs: tuple[str, ...]
    kind: str = ""
    """The journal's own kind: `methods`, `intro`, …; often empty."""

    @property
    def title(self) -> str:
        """The titles in one line."""
        return " > ".join(self.path)


@dataclass(frozen=True)
class Table:
    """A table; cells that span rows or columns are repeated in each. No rows where the journal gives an image only."""

    label: str
    caption: str
    header: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    footnotes: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    """The section that it stands in."""
    cut: bool = False
    """Whether rows or columns beyond the bounds were left out."""


@dataclass(frozen=True)
class Figure:
    """A figure's label and caption."""

    label: str
    caption: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """An entry of the reference list. `text` is all of it in one line."""

    label: str
    text: str
    title: str = ""
    year: int | None = None
    pmid: str = ""
    doi: str = ""


@dataclass(frozen=True)
class FullText:
    """An article with its text. `article` is what the text itself says about it."""

    article: Article
    sections: tuple[Section, ...]
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    supplements: tuple[Figure, ...] = ()
    """Captions of files that come with the article and are not in it."""
    references: tuple[Reference, ...] = ()
    licence_text: str = ""
    """The licence in the journal's words."""
