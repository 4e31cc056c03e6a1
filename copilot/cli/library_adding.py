"""`biocopilot library add` and `note`: reads, asks PubMed, and says what came of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...memory.errors import InvalidInput, OfflineRefused
from ...memory.library.document import About, Part, ReadDocument
from ...memory.library.ingest import Added, Refused
from ...memory.library.library import Library
from ...memory.library.sentences import sentence_spans
from ...memory.library.writing import Origin
from ...memory.text import clean, shorten
from ...tools.workbench import Workbench
from ..settings import Settings, load_settings
from .failures import say
from .opened_library import opened_library, steps_told

if TYPE_CHECKING:
    from ...memory.articles.article import Article
    from ...tools.sources.found import Found

__all__ = ["add_files", "add_from_pubmed", "add_note", "added_lines", "exit_code", "found_documents"]

NOTES = "notes"
"""The collection of the user's own notes."""
_NOTE_RANK = 5
_TITLE_CHARACTERS = 80
_MOST_NOTE_CHARACTERS = 100_000
_MOST_TOLD = 20
_MOST_ALIKE = 5
"""Files that are named of those refused for one reason."""
_STOPPED = "Stopped: what was added stays.\nThe same command goes on from there."


def add_files(paths: Sequence[Path], collection: str, offline: bool, as_json: bool) -> int:
    """Add files, folders and archives; print what came of it and return the exit code."""
    with opened_library(offline) as library:
        with steps_told(_STOPPED) as report:
            added = library.add(paths, collection, report)
        if not (added.files or added.unchanged_files or added.refused):
            raise InvalidInput("Nothing there is of a kind that is read here.", "See: biocopilot library add --help")
        _tell(library, added, as_json, {}, collection)
    return exit_code(added)


def add_from_pubmed(query: str, most: int, collection: str, offline: bool, as_json: bool) -> int:
    """Add the abstracts that PubMed finds; print what came of it and return the exit code."""
    settings = load_settings().settings
    if offline or settings.offline:
        raise OfflineRefused("PubMed is asked over the network.", f"{OfflineRefused.ALLOW} Or add files of yours.")
    if sys.stderr.isatty():
        say("· asking PubMed")
    with Workbench(services=settings.services) as bench:
        found = asyncio.run(found_documents(bench, query, most))
    return add_found(settings, found, query, collection, as_json)


async def found_documents(bench: Workbench, query: str, most: int) -> Found[Article]:
    """The articles that PubMed finds, most relevant first, and how many there are. Raises SourceUnavailable."""
    from ...tools.sources.literature.pubmed import Pubmed
    from ...tools.sources.literature.queries import Query

    services = bench.services
    async with bench.transport.session() as session:
        found = await Pubmed(session, services.contact, services.ncbi_key).search(Query(query), most)
        return found.noting(*session.notices)


def add_found(settings: Settings, found: Found[Article], query: str, collection: str, as_json: bool) -> int:
    """Add the articles of a search; print what came of it and return the exit code."""
    from ...memory.library.reading.article import abstract_document

    documents = [abstract_document(article, "pubmed", number) for number, article in enumerate(found.rows)]
    digest = hashlib.sha256("".join(document.text_sha256 for document in documents).encode()).hexdigest()
    words = " ".join(clean(query).split())
    total = len(documents) if found.total is None else found.total
    more = {"query": words, "matched": total, "asked_for": len(documents), "notices": list(found.notices)}
    with settings.library_choice.open(offline=False) as library:
        if not documents:
            sys.stdout.write(_json(Added(), more) if as_json else f"PubMed finds no article for {words!r}.\n")
            return 4
        with steps_told(_STOPPED) as report:
            added = library.add_documents(documents, Origin(f"pubmed:{words}", digest), collection, report)
        if not as_json:
            sys.stdout.write(f"{added.added:,} of {total:,} matched were added{_rest(added, len(documents))}.\n")
        _tell(library, added, as_json, more, collection)
    for notice in found.notices:
        say(f"! {clean(notice)}")
    return exit_code(added) or (3 if found.notices and len(documents) < total and not found.complete else 0)


def add_note(text: str, title: str, as_json: bool) -> None:
    """Add a note of the user's own, and print its id."""
    said = clean(text).strip()
    if not any(character.isalnum() for character in said):
        raise InvalidInput("There is no word in the note.", 'Try: biocopilot library note "what you want to keep"')
    if len(said) > _MOST_NOTE_CHARACTERS:
        raise InvalidInput(
            f"The note has {len(said):,} characters; {_MOST_NOTE_CHARACTERS:,} is the most.",
            "Put it into a file: biocopilot library add notes.md",
        )
    start, end = sentence_spans(said)[0]
    named = " ".join(clean(title).split()) or shorten(" ".join(said[start:end].split()), _TITLE_CHARACTERS)
    about = About(title=named, publication_types=("note",))
    document = ReadDocument(about, (Part(said, "note"),), "note", _NOTE_RANK)
    digest = document.text_sha256
    with opened_library() as library:
        added = library.add_documents([document], Origin(f"note:{digest[:12]}", digest), NOTES)
        row = library.find(added.documents[0]) if added.documents else None
        if as_json:
            sys.stdout.write(_json(added, {"title": named}))
        elif row is None:
            sys.stdout.write("The library has this note already.\n")
        else:
            sys.stdout.write(f"{row.id}  {row.about.title}\n")
        _waiting(library)


def exit_code(added: Added) -> int:
    """0 where something was added or all was known, 3 where some was refused, 2 where all was."""
    if not added.refused:
        return 0
    there = added.files or added.unchanged_files or added.added or added.updated or added.known
    return 3 if there else 2


def _rest(added: Added, asked: int) -> str:
    known = added.known + added.updated
    return f"; of the {asked:,} asked for, {known:,} were known" if known else ""


def _tell(library: Library, added: Added, as_json: bool, more: dict[str, Any], collection: str) -> None:
    if as_json:
        sys.stdout.write(_json(added, more))
    else:
        sys.stdout.write(
            "\n".join(added_lines(added, bool(more), collection)) + "\n"
            if added_lines(added, bool(more), collection)
            else ""
        )
    _waiting(library)


def added_lines(added: Added, from_service: bool = False, collection: str = "") -> list[str]:
    """What came of adding, for reading."""
    counted = (("added", added.added), ("updated", added.updated), ("known already", added.known))
    told = [f"{count:,} {what}" for what, count in counted if count]
    lines = []
    if not from_service:
        files = f"{added.files:,} file{'' if added.files == 1 else 's'} read" if added.files else "No file was read"
        unchanged = f"; {added.unchanged_files:,} unchanged and not read again" if added.unchanged_files else ""
        lines.append(f"{files}{unchanged}.")
        lines.append(f"Documents: {', '.join(told) or 'none new'}.")
    if collection and (added.known or added.updated):
        lines.append("What was known before stays in the collection that it is in.")
    if added.removed:
        lines.append(f"Removed, since their file no longer holds them: {added.removed:,}.")
    lines += [f"· {clean(text)}" for text in added.notes[:_MOST_TOLD]]
    if len(added.notes) > _MOST_TOLD:
        lines.append(f"· and {len(added.notes) - _MOST_TOLD:,} more; --json gives them all")
    if added.refused:
        lines.append(f"Refused: {len(added.refused):,}.")
        refusals = _refusals(added.refused)
        lines += [line for item in refusals[:_MOST_TOLD] for line in item]
        if len(refusals) > _MOST_TOLD:
            lines.append(f"✗ and {len(refusals) - _MOST_TOLD:,} more; --json gives them all")
    return lines


def _refusals(refused: Sequence[Refused]) -> list[list[str]]:
    """What was refused, by reason: the files with their records, what is the matter, and what mends it."""
    reasons: dict[tuple[str, str], dict[str, list[str]]] = {}
    for item in refused:
        file, _, record = item.name.partition(", record ")
        is_of_file = item.reason.startswith(f"{file} ")  # `PATH is empty.`, else `it is no zip archive.`
        said = f" {item.reason.removeprefix(file).strip()}" if is_of_file else f": {item.reason}"
        reasons.setdefault((said, item.hint), {}).setdefault(file, []).append(record)
    found = []
    for (said, hint), files in reasons.items():
        names = [f"{file}{_records(records)}" for file, records in files.items()]
        one = len(names) == 1
        found.append([
            f"✗ {_line(f'{names[0]}{said}' if one else f'{len(names):,} files, each{said}')}",
            *([f"    {_line(hint)}"] if hint else []),
            *(f"    · {_line(name)}" for name in names[:_MOST_ALIKE] if not one),
            *([f"    · and {len(names) - _MOST_ALIKE:,} more; --json names them all"] if len(names) > _MOST_ALIKE else []),
        ])  # fmt: skip
    return found


def _records(numbers: list[str]) -> str:
    if len(numbers) > 1:
        return f", {len(numbers):,} records such as {numbers[0]}"
    return f", record {numbers[0]}" if numbers[0] else ""


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _json(added: Added, more: dict[str, Any]) -> str:
    told = {
        **more,
        "added": added.added,
        "updated": added.updated,
        "known": added.known,
        "removed": added.removed,
        "files": added.files,
        "unchanged_files": added.unchanged_files,
        "documents": added.documents,
        "refused": [{"name": item.name, "reason": item.reason, "hint": item.hint} for item in added.refused],
        "notes": added.notes,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _waiting(library: Library) -> None:
    """Say on stderr that passages have no vectors, and why."""
    waiting = library.catalogue.counts()["without_vector"]
    if waiting and library.why_no_model:
        say(f"! {waiting:,} passages wait for vectors, and are found by their words alone: {library.why_no_model}")
    elif waiting:
        say(f"! {waiting:,} passages wait for vectors: biocopilot library reindex")
