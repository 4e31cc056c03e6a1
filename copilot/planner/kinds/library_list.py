"""Which documents the user's library has: of an author, about something, from some years. Not what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ....memory.records import Evidence
from ...literature.words import shared, telling
from ..contract import Aside, Part, Row, Table
from ..frames import Frame
from ..quantities import years_asked
from .listing import quoted
from .plan import Node, Results, Section
from .words import count_of, misses

__all__ = ["ListAsked", "list_asked", "list_nodes", "list_told"]

_KEY = "library"
_MOST = 50
_PAPERS = r"(?:papers?|articles?|publications?|documents?|pdfs?|references)"
_ASKS = re.compile(
    rf"\b{_PAPERS}\b[^?]*?\b(?:do|have)\s+(?:i|we)\s+(?:have|got|own)\b|\b(?:do|have)\s+(?:i|we)\s+(?:have|got|own)\s+(?:\w+\s+)?(?:{_PAPERS}|anything|something)\b"
    rf"|^\W*(?:please\s+)?(?:list|show)\s+(?:me\s+)?(?:all\s+)?(?:of\s+)?(?:my|our)\s+(?:own\s+)?{_PAPERS}\b|\bwhich\s+of\s+(?:my|our)\s+{_PAPERS}\s+(?:are|is|were)\s+(?:about|on|by|from)\b",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"\b(?:by|authored\s+by|written\s+by)\s+(?:the\s+author\s+)?(?P<name>[^\W\d_][\w'’-]*(?:\s+(?:et\s+al\.?|[A-Z]{1,3}\b))?)",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:about|on|regarding|concerning|dealing\s+with|that\s+mention|mentioning)\s+(?P<topic>.+)", re.IGNORECASE
)
_YEARS = re.compile(r"\b(?:since|after|before|from|until|in|between|published)\b[^?]*\b(?:19|20)\d\d\b", re.IGNORECASE)


_OF_YEAR = re.compile(r"\bfrom\s+(?:19|20)\d\d\b(?!\s*(?:on\b|onwards?|and\s+later))", re.IGNORECASE)
"""Papers from 2015 are those of that year."""


@dataclass(frozen=True)
class ListAsked:
    """What the documents are to be: each is empty where nothing of the sort was asked."""

    author: str = ""
    topic: str = ""
    years: tuple[int | None, int | None] | None = None


def list_asked(clause: str) -> ListAsked | None:
    """Which documents are asked for; None where it is another question."""
    if _ASKS.search(clause) is None:
        return None
    years = years_asked(clause)
    if years is not None and years[1] is None and _OF_YEAR.search(clause):
        years = years[0], years[0]
    bare = _YEARS.sub(" ", clause) if years is not None else clause
    author = _AUTHOR.search(bare)
    if author is not None:
        bare = bare[: author.start()] + " " + bare[author.end() :]
    topic = _TOPIC.search(bare)
    return ListAsked(
        re.sub(r"\s+et\s+al\.?$", "", author["name"]) if author is not None else "",
        " ".join(topic["topic"].split()).strip(" ?.!") if topic is not None else "",
        years,
    )


def list_nodes(asked: ListAsked) -> list[Node]:
    """The search; none where nothing narrows it, since a search finds what is near and no whole library."""
    if asked == ListAsked():
        return []
    first, last = asked.years or (None, None)
    narrowed: dict[str, Any] = {"author": asked.author} if asked.author else {}
    narrowed |= {"from_year": first} if first else {}
    narrowed |= {"to_year": last} if last else {}
    question = asked.topic or asked.author or "studies"
    return [Node(_KEY, "search_library", {"question": question, "documents": True, "most": _MOST, **narrowed})]


def list_told(frame: Frame, asked: ListAsked, results: Results) -> Section:
    """A row a document of the user's own, the newest first; those about something else are left out."""
    result = results.get(_KEY)
    if result is None:
        hint = "`biocopilot library list` lists all of them, `biocopilot library stats` counts them."
        return Section((Aside(f"Ask for those of an author, of a year or about something; {hint}"),), "unknown")
    found = [item for item in result.evidence if item.record["type"] == "passage" and item.backend != "starter"]
    found = [item for item in found if _is_about(asked, item)]
    found.sort(key=lambda item: -(item.record.get("year") or 0))
    if not found:
        none = Aside(f"Your library has no document{_told(asked)}. `biocopilot library add` adds some.")
        return Section((none, *(misses([result]) if result.status == "failed" else [])), "unknown")
    rows = [
        Row(
            (
                str(item.record["label"]),
                quoted(item.record["title"] or "–", 120),
                quoted(", ".join(item.record["authors"][:3]) or "–", 80),
                str(item.record["year"] or "–"),
            ),
            (item.id,),
        )
        for item in found
    ]
    lead = f"Your library has {count_of(len(found), 'document')}{_told(asked)}, of those that a search finds:"
    parts: list[Part] = [Aside(lead), Table(("document", "title", "authors", "year"), tuple(rows))]
    return Section(tuple(parts))


def _is_about(asked: ListAsked, item: Evidence) -> bool:
    """Whether the document has the words of the topic in its title or its best passage."""
    wanted = telling(asked.topic)
    return not wanted or len(shared(wanted, telling(f"{item.record['title']} {item.record['text']}"))) >= max(
        1, len(wanted) * 2 // 3
    )


def _told(asked: ListAsked) -> str:
    first, last = asked.years or (None, None)
    span = (
        f" from {first}"
        if first and first == last
        else "".join((f" from {first} on" if first else "", f" until {last}" if last else ""))
    )
    return f"{f' by {asked.author}' if asked.author else ''}{f' about {asked.topic}' if asked.topic else ''}{span}"
