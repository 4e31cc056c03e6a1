"""A passage as a tool's finding: its record, where it is from, and the line that a planner reads. Its standing first.

The record says where its text stands, to the character, so that `find_passage_again` can compare it with what stands there later,
whatever else was added to the library since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ...memory.library.document import NOTES_COLLECTION
from ...memory.library.sentences import sentence_spans
from ...memory.records import Backend, Source
from ...memory.text import clean, shorten
from ..contract import Draft

if TYPE_CHECKING:
    from ...memory.library.catalogue import DocumentRow, SourceRow
    from ...memory.library.document import About, Part
    from ...memory.library.retrieval import Hit

__all__ = [
    "NO_STANDING",
    "about_record",
    "backend_of",
    "is_own_note",
    "match_record",
    "note_of",
    "passage_draft",
    "source_of_document",
]

NO_STANDING = "no retraction, correction or concern is recorded in the library"
_AUTHORS = 6
_TITLE_CHARACTERS = 90
_SAID_CHARACTERS = 240
_OWN_NOTES = "biocopilot:notes/"
_USERS_NOTE = "note:"


def about_record(row: DocumentRow) -> dict[str, Any]:
    """What is known of a document, its standing first."""
    about = row.about
    return {
        "standing": clean(about.standing) or NO_STANDING,
        "retracted": about.retracted,
        "document": row.id,
        "label": clean(about.label),
        "title": clean(about.title),
        "authors": [clean(name) for name in about.authors[:_AUTHORS]],
        "author_count": len(about.authors),
        "year": about.year,
        "journal": clean(about.journal) or None,
        "pmid": about.pmid or None,
        "doi": clean(about.doi) or None,
        "pmcid": about.pmcid or None,
        "licence": clean(about.licence) or None,
        "publication_types": [clean(kind) for kind in about.publication_types],
        "collection": clean(row.collection) or None,
        "format": row.format,
        "text_sha256": row.text_sha256,
    }


def note_of(record: Mapping[str, Any]) -> str:
    """Whose note a record of a document or passage is, in words; empty where it is none."""
    if record["format"] != "note":
        return ""
    return "Biocopilot's own note" if record["collection"] == NOTES_COLLECTION else "your note"


def match_record(hit: Hit) -> dict[str, Any]:
    """Why a passage was found."""
    return {
        "score": round(hit.score, 4),
        "cosine": None if hit.cosine is None else round(hit.cosine, 4),
        "words_score": round(hit.words_score, 3),
        "words": list(hit.matched),
        "folded": list(hit.folded),
    }


def passage_draft(
    row: DocumentRow,
    sources: Sequence[SourceRow],
    number: int,
    part: Part,
    span: tuple[int, int],
    *,
    passage: str = "",
    match: dict[str, Any] | None = None,
) -> Draft:
    """The finding about a span of a document's text.

    Args:
        row: the document.
        sources: the files that hold it, the one whose text is kept first.
        number: which part of the document it is in.
        part: that part.
        span: start and end in the part's text.
        passage: the passage's id, where the span is that of one.
        match: why it was found.
    """
    start, end = span
    text = clean(part.text[start:end])
    record = {
        "type": "passage",
        **about_record(row),
        "passage": passage or None,
        "part": number,
        "kind": part.kind,
        "page": part.page,
        "section": clean(part.section) or None,
        "start": start,
        "end": end,
        "text": text,
        **_origin(sources),
        "match": match,
        "notes": [],
    }
    return Draft(record, source_of_document(row, sources), backend_of(sources), _summary(row, part, text, match))


def source_of_document(row: DocumentRow, sources: Sequence[SourceRow]) -> Source:
    """The document as a source; the project's own notes and the user's say that they are such."""
    about, release = row.about, row.text_sha256[:12]
    if is_own_note(sources):
        return Source(
            name="Biocopilot notes",
            release=release,
            licence="MIT",
            attribution=f"The project's own note {about.title!r}, not reviewed by peers",
        )
    if sources and sources[0].path.startswith(_USERS_NOTE):
        name = f"Your note: {shorten(clean(about.title), _TITLE_CHARACTERS)}"
        return Source(name=name, release=release, licence="your own", attribution=name)
    return Source(
        name=f"Library: {shorten(clean(about.label), _TITLE_CHARACTERS)}",
        release=release,
        licence=clean(about.licence) or "not stated",
        attribution=clean(_citation(about)),
        url=_address(about),
    )


def is_own_note(sources: Sequence[SourceRow]) -> bool:
    """Whether a document is one of the notes that come with the package."""
    return bool(sources) and sources[0].path.startswith(_OWN_NOTES)


def backend_of(sources: Sequence[SourceRow]) -> Backend:
    """`starter` for the notes that come with the package, else `local`."""
    return "starter" if is_own_note(sources) else "local"


def _origin(sources: Sequence[SourceRow]) -> dict[str, Any]:
    """The file's own name, never the folders above it; what came from no file says from where."""
    if not sources:
        return {"source_file": None, "source_member": None, "source_record": None, "source_sha256": None}
    first = sources[0]
    path = PurePath(first.path)
    return {
        "source_file": clean(path.name if path.is_absolute() else first.path),
        "source_member": clean(first.member) or None,
        "source_record": first.entry + 1,
        "source_sha256": first.sha256,
    }


def _citation(about: About) -> str:
    authors = about.authors[0] + (" and others" if len(about.authors) > 1 else "") if about.authors else ""
    ends = " ".join(str(item) for item in (about.journal, about.year) if item)
    return ". ".join(item.rstrip(". ") for item in (authors, about.title, ends) if item)


def _address(about: About) -> str:
    if about.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{about.pmid}/"
    if about.pmcid:
        return f"https://europepmc.org/article/PMC/{about.pmcid}"
    return f"https://doi.org/{quote(about.doi, safe='/:().-_;')}" if about.doi else ""


def _summary(row: DocumentRow, part: Part, text: str, match: dict[str, Any] | None) -> str:
    """One line: standing, what it is, where, and the sentence that holds most of the words that were looked for."""
    about = row.about
    mark = f"{clean(about.standing)}: " if about.standing else ""
    year = f", {about.year}" if about.year else ""
    title = "" if about.label == about.title else f" {shorten(clean(about.title), _TITLE_CHARACTERS)}"
    place = f" ({clean(part.place)})"
    said = _telling(text, (match or {}).get("words", []))
    return f"{mark}{shorten(clean(about.label), _TITLE_CHARACTERS)}{year}{title}{place}: “{said}”"


def _telling(text: str, words: Sequence[str]) -> str:
    spans = sentence_spans(text) or [(0, len(text))]
    stems = [word.casefold()[:5] for word in words]

    def matches(span: tuple[int, int]) -> int:
        low = text[span[0] : span[1]].casefold()
        return sum(stem in low for stem in stems)

    start, end = max(spans, key=matches)
    return shorten(" ".join(text[start:end].split()), _SAID_CHARACTERS)
