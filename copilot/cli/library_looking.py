"""`biocopilot library search`, `list` and `show`: asks the library and writes what it says."""

from __future__ import annotations

import json
import shlex
import sys

from ...memory.errors import NotFound
from ...memory.library.collection_names import unknown_collection
from ...memory.library.library import Library
from ...memory.library.quoting import Where, in_source, locate_in
from ...memory.library.retrieval import Query
from ...memory.text import clean, shorten
from ...tools.library.passage_record import about_record
from ...tools.library.search_library import passage_drafts
from .failures import say
from .library_text import document_text, documents_text, hits_text, passage_text
from .opened_library import opened_library

__all__ = ["list_and_show", "search_and_show", "show_one", "text_of_one"]

_AROUND = 300
"""Characters of its part that are shown before and behind a passage."""


def search_and_show(query: Query, as_json: bool, offline: bool) -> int:
    """Search, print what was found, and return 0, or 4 where nothing was."""
    with opened_library(offline) as library:
        found = library.search(query)
        records = [draft.record for draft in passage_drafts(library, found)]
        searched = library.catalogue.counts()["documents"]
        unknown = unknown_collection(library.catalogue, query.collection)
    if as_json:
        told = {
            "query": query.text,
            "searched": "meaning and words" if found.by_meaning else "words alone",
            "documents": searched,
            "matched": found.matched,
            "returned": len(records),
            "notes": [*([unknown] if unknown else []), *found.notes],
            "passages": records,
        }
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    elif records:
        sys.stdout.write(hits_text(records, found.matched))
    else:
        sys.stdout.write(
            f"Nothing in the library answers to {shorten(clean(query.text), 120)!r} ({searched:,} documents).\n"
        )
    if not as_json:
        for note in (*([unknown] if unknown else []), *found.notes):
            say(f"! {note}")
    return 0 if records else 4


def list_and_show(collection: str | None, as_json: bool) -> None:
    """Print the documents, or those of one collection."""
    with opened_library() as library:
        rows = [row for row in library.documents() if collection is None or row.collection == collection]
        starter = library.is_starter
        unknown = unknown_collection(library.catalogue, collection)
    if as_json:
        told = [{**about_record(row), "added_at": row.added_at} for row in rows]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    if not rows:
        say(unknown or "No document is there.")
    sys.stdout.write(documents_text(rows))
    if starter:
        say("These are the project's own notes. Add documents of yours: biocopilot library add PATH")


def show_one(name: str, quote: str, as_json: bool) -> str:
    """A document, a passage, or the place of a quotation in it, as text or JSON. Raises NotFound."""
    with opened_library() as library:
        return text_of_one(library, name, quote, as_json)


def text_of_one(library: Library, name: str, quote: str = "", as_json: bool = False) -> str:
    """The same over a library that is open."""
    row = library.find(name)
    parts, sources = library.catalogue.parts(row.id), library.sources(row.id)
    passage = library.catalogue.passage(name.strip())
    if passage is None and "." in name and row.id == name.strip().partition(".")[0]:
        raise NotFound(f"{row.id} has no passage {name.strip()!r}.", f"biocopilot library show {row.id}")
    in_file = in_source(library, row)
    where: Where | None = None
    if quote:
        where = locate_in(parts, quote, (passage.part, passage.start) if passage else (0, 0))
    elif passage is not None:
        part = parts[passage.part]
        where = Where(passage.part, passage.start, passage.end, passage.text, part.page, part.section, True, part.kind)
    said_there = None
    if where is not None and not in_file.trouble:
        there = in_file.parts[where.part].text if where.part < len(in_file.parts) else ""
        said_there = there[where.start : where.end] == where.text
    if where is None:
        return document_text(row, parts, sources, library.catalogue.passages_of(row.id), as_json)
    around = _around(library, row.id, where)
    again = f"biocopilot library add {shlex.quote(sources[0].path)}" if in_file.read_otherwise else ""
    return passage_text(row, sources, where, around, said_there, (in_file.trouble, again), as_json)


def _around(library: Library, document: str, where: Where) -> tuple[str, str]:
    text = library.catalogue.parts(document)[where.part].text
    before, behind = text[max(0, where.start - _AROUND) : where.start], text[where.end : where.end + _AROUND]
    return ("…" if where.start > _AROUND else "") + before, behind + ("…" if where.end + _AROUND < len(text) else "")
