"""What is asked of a literature database, in words that both databases are then asked with in their own syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ....memory.errors import InvalidArguments

__all__ = ["ARTICLE_TYPES", "ArticleType", "Query"]

ArticleType = Literal[
    "review",
    "systematic review",
    "meta-analysis",
    "clinical trial",
    "randomized controlled trial",
    "case reports",
    "guideline",
    "preprint",
    "retracted publication",
]
ARTICLE_TYPES: Mapping[ArticleType, tuple[str, str]] = {
    "review": ('PUB_TYPE:"review"', '"review"[pt]'),
    "systematic review": ('PUB_TYPE:"systematic review"', '"systematic review"[pt]'),
    "meta-analysis": ('PUB_TYPE:"meta-analysis"', '"meta-analysis"[pt]'),
    "clinical trial": ('PUB_TYPE:"clinical trial"', '"clinical trial"[pt]'),
    "randomized controlled trial": ('PUB_TYPE:"randomized controlled trial"', '"randomized controlled trial"[pt]'),
    "case reports": ('PUB_TYPE:"case reports"', '"case reports"[pt]'),
    "guideline": ('PUB_TYPE:"guideline"', '"guideline"[pt]'),
    "preprint": ("SRC:PPR", '"preprint"[pt]'),
    "retracted publication": ('PUB_TYPE:"retracted publication"', '"retracted publication"[pt]'),
}
"""How Europe PMC and PubMed ask for each type."""

_OPEN_ACCESS = ("OPEN_ACCESS:y", '"pubmed pmc open access"[filter]')
FIRST_YEAR = 1500
LAST_YEAR = 2100


@dataclass(frozen=True)
class Query:
    """Words to look for, and filters. Years are inclusive; several types mean any of them."""

    words: str
    from_year: int | None = None
    to_year: int | None = None
    open_access: bool = False
    types: tuple[ArticleType, ...] = ()

    def europepmc(self) -> str:
        """In Europe PMC's syntax. Raises InvalidArguments where no words are left."""
        parts = [f"({_closed(self.words)})"]
        if self.from_year is not None or self.to_year is not None:
            parts.append(f"PUB_YEAR:[{self.from_year or FIRST_YEAR} TO {self.to_year or LAST_YEAR}]")
        return " AND ".join([*parts, *self._filters(0)])

    def pubmed(self) -> str:
        """In PubMed's syntax, without the years, which are parameters there. Raises InvalidArguments as above."""
        return " AND ".join([f"({_closed(self.words)})", *self._filters(1)])

    def _filters(self, place: Literal[0, 1]) -> list[str]:
        found = [_OPEN_ACCESS[place]] if self.open_access else []
        if self.types:
            found.append(f"({' OR '.join(ARTICLE_TYPES[kind][place] for kind in self.types)})")
        return found


def _closed(words: str) -> str:
    """The words with quotation marks and brackets in pairs, so that they cannot reach beyond their own brackets."""
    text = " ".join(words.split())
    if text.count('"') % 2:
        text = text.replace('"', " ")
    depth, quoted = 0, False
    for sign in text:
        quoted = quoted != (sign == '"')
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if depth < 0:
            break
    if depth:
        text = text.replace("(", " ").replace(")", " ")
    text = " ".join(text.split())
    if not any(sign.isalnum() for sign in text):
        raise InvalidArguments(
            "There are no words to look for in the query.", "Name a gene, a compound, a disease, a topic."
        )
    return text
