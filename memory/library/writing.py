"""Puts documents into the catalogue: finds which are one, keeps the better text, and writes text, words and vectors together.

One transaction holds whole documents with all that is found by: a killed process leaves a document there or not there. What the
vector store must be told stands in the outbox of the same transaction (`outbox.py`).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from .catalogue import Catalogue, DocumentRow
from .document import About, Part, ReadDocument, RetractionState, keys_of
from .passages import Passage, passages_of
from .vector_store import Vectors

__all__ = [
    "Embed",
    "Origin",
    "Outcome",
    "add_documents",
    "context_of",
    "embedded_text",
    "forget_file",
    "remove_documents",
]

Embed = Callable[[Sequence[str]], Vectors]
Outcome = Literal["added", "updated", "known"]

RECIPE = "1"
"""Of `embedded_text`: vectors made by another recipe are not those of the same model."""

_GRAVER: dict[RetractionState, int] = {"none": 0, "corrected": 1, "notice": 2, "concern": 3, "retracted": 4}


@dataclass(frozen=True)
class Origin:
    """The file that documents come from. `path` is absolute, or an address such as `pubmed:QUERY`."""

    path: str
    sha256: str
    member: str = ""


@dataclass(frozen=True)
class _Planned:
    """What is to be done with one document."""

    read: ReadDocument
    id: str
    about: About
    outcome: Outcome
    keys: tuple[str, ...]
    replaces_text: bool
    passages: tuple[Passage, ...] = ()


def context_of(about: About, part: Part) -> str:
    """What a passage stands under: title and section, as the lexical index and the embedder see it."""
    section = part.section if part.section.lower() != "abstract" else ""
    return ". ".join(item for item in (about.title.rstrip(". "), section) if item)


def embedded_text(context: str, text: str) -> str:
    """What is embedded for a passage. A change of this is a change of RECIPE."""
    return f"{context}. {text}" if context else text


def add_documents(
    catalogue: Catalogue, documents: Sequence[ReadDocument], origin: Origin, collection: str, embed: Embed | None
) -> list[tuple[str, Outcome]]:
    """Add documents of one file in one transaction; id and outcome of each.

    Args:
        catalogue: opened for writing, its lock held.
        documents: with text each.
        origin: the file.
        collection: under which name they are put together; of a document that is there already it stays as it was.
        embed: texts to vectors; None where no model is at hand, and passages then wait for one.

    Raises:
        StorageError: the disk is full or cannot be written. Nothing of these documents is kept.
    """
    planned: list[_Planned] = []
    taken: dict[str, _Planned] = {}
    for read in documents:
        plan = _planned(catalogue, read, origin, taken)
        planned.append(plan)
        taken |= dict.fromkeys(plan.keys, plan)
    texts = [
        embedded_text(context_of(plan.about, plan.read.parts[passage.part]), passage.text)
        for plan in planned
        for passage in plan.passages
    ]
    vectors = None if embed is None or not texts else embed(texts)
    place = 0
    with catalogue.write() as connection:
        for plan in planned:
            number = len(plan.passages)
            _write(connection, plan, origin, collection, None if vectors is None else vectors[place : place + number])
            place += number
        Catalogue.changed(connection)
    return [(plan.id, plan.outcome) for plan in planned]


def remove_documents(catalogue: Catalogue, ids: Iterable[str]) -> None:
    """Remove documents with all that is found by them, in one transaction. The files that they came from may be read again."""
    with catalogue.write() as connection:
        for document in ids:
            _remove(connection, document)
        Catalogue.changed(connection)


def forget_file(catalogue: Catalogue, origin: Origin) -> list[str]:
    """Remove what an earlier version of this file held and this one does not; ids of the documents that went."""
    query = "SELECT DISTINCT document FROM source WHERE path = ? AND member = ? AND sha256 != ?"
    old = [row[0] for row in catalogue.rows(query, (origin.path, origin.member, origin.sha256))]
    if not old:
        return []
    gone = []
    with catalogue.write() as connection:
        connection.execute(
            "DELETE FROM source WHERE path = ? AND member = ? AND sha256 != ?",
            (origin.path, origin.member, origin.sha256),
        )
        for document in old:
            if connection.execute("SELECT 1 FROM source WHERE document = ?", (document,)).fetchone() is None:
                _remove(connection, document)
                gone.append(document)
        if gone:
            Catalogue.changed(connection)
    return gone


# Which document is it -----------------------------------------------------------------------------------------------


def _planned(catalogue: Catalogue, read: ReadDocument, origin: Origin, taken: dict[str, _Planned]) -> _Planned:
    keys = keys_of(read)
    for key in keys:
        twin = taken.get(key)
        if twin is not None and _may_be_one(twin.about, read.about):
            return _merged(read, keys, twin.id, twin.about, twin.read.text_sha256, read.rank > twin.read.rank)
    known = dict(catalogue.rows_in("SELECT key, document FROM document_key WHERE key IN ({})", keys))
    for key in keys:
        row = catalogue.document(known[key]) if key in known else None
        if row is not None and _may_be_one(row.about, read.about):
            is_newer = read.rank == row.rank and _is_text_of(row, origin, read.entry, catalogue)
            return _merged(read, keys, row.id, row.about, row.text_sha256, read.rank > row.rank or is_newer)
    return _Planned(read, _new_id(catalogue, keys, taken), read.about, "added", keys, True, tuple(passages_of(read)))


def _is_text_of(row: DocumentRow, origin: Origin, entry: int, catalogue: Catalogue) -> bool:
    """Whether the document's text was read from an earlier version of this very file."""
    place = (origin.path, origin.member, entry)
    return any(item.is_text and (item.path, item.member, item.entry) == place for item in catalogue.sources(row.id))


def _merged(
    read: ReadDocument, keys: tuple[str, ...], document: str, about: About, text_sha256: str, better: bool
) -> _Planned:
    together = _together(about, read.about, better)
    replaces = better and read.text_sha256 != text_sha256
    outcome: Outcome = "updated" if replaces or together != about else "known"
    return _Planned(read, document, together, outcome, keys, replaces, tuple(passages_of(read)) if replaces else ())


def _may_be_one(one: About, other: About) -> bool:
    """Not where an identifier of the same kind differs: titles such as `Retraction notice` are shared by many."""
    pairs = ((one.pmid, other.pmid), (one.doi.lower(), other.doi.lower()), (one.pmcid.upper(), other.pmcid.upper()))
    if (one.state == "notice") != (other.state == "notice"):
        return False
    return not any(first and second and first != second for first, second in pairs)


def _together(known: About, new: About, new_is_better: bool) -> About:
    """What both say; where they differ, the better one's word, but never a lighter state of retraction."""
    first, second = (new, known) if new_is_better else (known, new)
    graver = max((first, second), key=lambda about: _GRAVER[about.state])
    return About(
        title=first.title or second.title,
        authors=first.authors or second.authors,
        year=first.year if first.year is not None else second.year,
        journal=first.journal or second.journal,
        doi=first.doi or second.doi,
        pmid=first.pmid or second.pmid,
        pmcid=first.pmcid or second.pmcid,
        licence=first.licence or second.licence,
        publication_types=first.publication_types or second.publication_types,
        keywords=first.keywords or second.keywords,
        language=first.language or second.language,
        state=graver.state,
        standing=graver.standing,
    )


def _new_id(catalogue: Catalogue, keys: tuple[str, ...], taken: dict[str, _Planned]) -> str:
    """An id that the surest key gives; the same article gets the same id in every library, unless that is taken."""
    used = {plan.id for plan in taken.values()}
    for turn in range(1_000):
        said = keys[0] if turn == 0 else f"{keys[0]}#{turn}"
        found = "D" + hashlib.sha256(said.encode()).hexdigest()[:9]
        if found not in used and catalogue.document(found) is None:
            return found
    raise RuntimeError("no id is left for a document")


# Writing ------------------------------------------------------------------------------------------------------------


def _write(
    connection: sqlite3.Connection, plan: _Planned, origin: Origin, collection: str, vectors: Vectors | None
) -> None:
    if plan.replaces_text:
        _clear_text(connection, plan.id)
        _write_text(connection, plan, vectors)
    _write_about(connection, plan, collection)
    for key in plan.keys:
        connection.execute("INSERT OR IGNORE INTO document_key VALUES (?, ?)", (key, plan.id))
    if plan.replaces_text:
        connection.execute("UPDATE source SET is_text = 0 WHERE document = ?", (plan.id,))
    connection.execute(
        "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET sha256 = excluded.sha256,"
        " format = excluded.format, is_text = max(is_text, excluded.is_text)",
        (
            plan.id,
            origin.path,
            origin.member,
            plan.read.entry,
            origin.sha256,
            plan.read.format,
            int(plan.replaces_text),
        ),
    )


def _write_about(connection: sqlite3.Connection, plan: _Planned, collection: str) -> None:
    about, read = plan.about, plan.read
    values: dict[str, object] = {
        "title": about.title, "authors": json.dumps(about.authors, ensure_ascii=False), "year": about.year,
        "journal": about.journal, "doi": about.doi, "pmid": about.pmid, "pmcid": about.pmcid, "licence": about.licence,
        "publication_types": json.dumps(about.publication_types, ensure_ascii=False),
        "keywords": json.dumps(about.keywords, ensure_ascii=False), "language": about.language, "retraction": about.state,
        "standing": about.standing,
    }  # fmt: skip
    text: dict[str, object] = {
        "format": read.format, "rank": read.rank, "text_sha256": read.text_sha256,
        "notes": json.dumps(read.notes, ensure_ascii=False),
    }  # fmt: skip
    if plan.outcome == "added":
        values |= text | {
            "id": plan.id,
            "collection": collection,
            "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        marks = ", ".join(f":{name}" for name in values)
        connection.execute(f"INSERT INTO document ({', '.join(values)}) VALUES ({marks})", values)
        return
    values |= text if plan.replaces_text else {}
    changes = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(f"UPDATE document SET {changes} WHERE id = :id", {**values, "id": plan.id})


def _write_text(connection: sqlite3.Connection, plan: _Planned, vectors: Vectors | None) -> None:
    connection.executemany(
        "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)",
        [(plan.id, n, part.kind, part.page, part.section, part.text) for n, part in enumerate(plan.read.parts)],
    )
    for number, passage in enumerate(plan.passages):
        seq = connection.execute(
            "INSERT INTO passage (id, document, part, first, last) VALUES (?, ?, ?, ?, ?)",
            (passage.id_in(plan.id), plan.id, passage.part, passage.start, passage.end),
        ).lastrowid
        context = context_of(plan.about, plan.read.parts[passage.part])
        connection.execute("INSERT INTO words (rowid, text, context) VALUES (?, ?, ?)", (seq, passage.text, context))
        if vectors is not None:
            value = vectors[number].astype("<f4").tobytes()
            connection.execute("INSERT INTO vector VALUES (?, ?)", (seq, value))
            connection.execute("INSERT OR REPLACE INTO outbox VALUES (?, 'add')", (seq,))


def _clear_text(connection: sqlite3.Connection, document: str) -> None:
    seqs = [row[0] for row in connection.execute("SELECT seq FROM passage WHERE document = ?", (document,))]
    one = [(seq,) for seq in seqs]
    connection.executemany("DELETE FROM words WHERE rowid = ?", one)
    connection.executemany("DELETE FROM vector WHERE seq = ?", one)
    connection.executemany("INSERT OR REPLACE INTO outbox VALUES (?, 'remove')", one)
    connection.execute("DELETE FROM passage WHERE document = ?", (document,))
    connection.execute("DELETE FROM part WHERE document = ?", (document,))


def _remove(connection: sqlite3.Connection, document: str) -> None:
    _clear_text(connection, document)
    connection.execute(
        "DELETE FROM file WHERE (sha256, path) IN (SELECT sha256, path FROM source WHERE document = ?)", (document,)
    )
    for table, column in (("source", "document"), ("document_key", "document"), ("document", "id")):
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (document,))
