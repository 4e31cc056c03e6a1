"""Puts documents into the catalogue: finds which are one, keeps the better text, and writes text, words and vectors together.

One transaction holds whole documents with all that is found by: a killed process leaves a document there or not there. What the
vector store must be told stands in the outbox of the same transaction (`outbox.py`).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from .catalogue import Catalogue, DocumentRow
from .document import About, Part, ReadDocument, RetractionState, keys_of
from .passages import Passage, passages_of
from .vector_store import Vectors

__all__ = [
    "WAITING",
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

WAITING = "vectors_wait"
"""The fact that some passages have no vector yet: they were added without a model, or a reindexing was broken off."""

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
    is_text: bool
    """Whether its text is this file's from now on."""
    parts: tuple[Part, ...] = ()
    """Whose passages are written: those read; those there already, where only what they stand under is another; else none."""
    passages: tuple[Passage, ...] = ()
    absorbed: tuple[str, ...] = ()
    """Documents that turn out to be this one: the DOI of one and the PMID of another stand in one record."""


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
    """Add documents of one file; id and outcome of each. One transaction for all, but a document that may be one before it has the next.

    Args:
        catalogue: opened for writing, its lock held.
        documents: with text each.
        origin: the file.
        collection: under which name they are put together; of a document that is there already it stays as it was.
        embed: texts to vectors; None where no model is at hand, and passages then wait for one.

    Raises:
        StorageError: the disk is full or cannot be written. Whole documents are there or not there.
    """
    outcomes: list[tuple[str, Outcome]] = []
    for group in _apart(documents):
        outcomes += _add_group(catalogue, group, origin, collection, embed)
    return outcomes


def _apart(documents: Sequence[ReadDocument]) -> Iterator[list[ReadDocument]]:
    """In groups within which no two share a key, so that each is planned with all before it in the catalogue."""
    group: list[ReadDocument] = []
    taken: set[str] = set()
    for read in documents:
        keys = {*keys_of(read), _text_key(read)}
        if keys & taken:
            yield group
            group, taken = [], set()
        group.append(read)
        taken |= keys
    if group:
        yield group


def _add_group(
    catalogue: Catalogue, documents: Sequence[ReadDocument], origin: Origin, collection: str, embed: Embed | None
) -> list[tuple[str, Outcome]]:
    planned: list[_Planned] = []
    gone: set[str] = set()
    for read in documents:
        plan = _planned(catalogue, read, origin, {plan.id for plan in planned} | gone)
        gone |= set(plan.absorbed)
        planned.append(plan)
    texts = [
        embedded_text(context_of(plan.about, plan.parts[passage.part]), passage.text)
        for plan in planned
        for passage in plan.passages
    ]
    vectors = None if embed is None or not texts else embed(texts)
    place = 0
    with catalogue.write() as connection:
        if texts and vectors is None:
            Catalogue.set_fact(connection, WAITING, "1")
        for plan in planned:
            number = len(plan.passages)
            _write(connection, plan, origin, collection, None if vectors is None else vectors[place : place + number])
            place += number
        if any(plan.outcome != "known" for plan in planned):
            Catalogue.changed(connection)
    return [(plan.id, plan.outcome) for plan in planned]


def remove_documents(catalogue: Catalogue, ids: Iterable[str]) -> None:
    """Remove documents with all that is found by them, in one transaction. The files that they came from may be read again."""
    with catalogue.write() as connection:
        for document in ids:
            _remove(connection, document)
        Catalogue.changed(connection)


def forget_file(catalogue: Catalogue, origin: Origin) -> list[str]:
    """Remove what an earlier version of this file held and this one does not; ids of the documents that went.

    A document that another file holds too stays, and takes that one's text when it is read again.
    """
    where, place = "path = ? AND member = ? AND sha256 != ?", (origin.path, origin.member, origin.sha256)
    old = catalogue.rows(f"SELECT document, max(is_text) FROM source WHERE {where} GROUP BY document", place)
    if not old:
        return []
    gone = []
    with catalogue.write() as connection:
        connection.execute(f"DELETE FROM source WHERE {where}", place)
        for document, gave_text in old:
            held = connection.execute("SELECT count(*), max(is_text) FROM source WHERE document = ?", (document,))
            left, is_text = held.fetchone()
            if not left:
                _remove(connection, document)
                gone.append(document)
            elif gave_text and not is_text:
                connection.execute("UPDATE document SET rank = -1 WHERE id = ?", (document,))
                _forget_readings(connection, document)
        if gone:
            Catalogue.changed(connection)
    return gone


# Which document is it -----------------------------------------------------------------------------------------------


def _planned(catalogue: Catalogue, read: ReadDocument, origin: Origin, used: set[str]) -> _Planned:
    keys = keys_of(read)
    owners = dict(catalogue.rows_in("SELECT key, document FROM document_key WHERE key IN ({})", keys))
    wanted = keys
    if len(owners) == len(keys):  # where all of them may be other articles', its text tells it
        wanted = (*keys, _text_key(read))
        owners |= dict(catalogue.rows("SELECT key, document FROM document_key WHERE key = ?", wanted[-1:]))
    one = _same(catalogue, read, [owners[key] for key in wanted if key in owners], used)
    if one:
        return _merged(catalogue, read, keys, one, origin)
    new = _new_id(catalogue, keys, used)
    return _Planned(read, new, read.about, "added", wanted, True, read.parts, tuple(passages_of(read)))


def _same(catalogue: Catalogue, read: ReadDocument, owners: Sequence[str], used: set[str]) -> list[DocumentRow]:
    """The documents that this one is, the one with the best text first; more than one where it shows that they are one."""
    found: list[DocumentRow] = []
    about = read.about
    for document in dict.fromkeys(owners):
        row = None if document in used else catalogue.document(document)
        if row is not None and _may_be_one(row.about, about):
            found.append(row)
            about = _together(about, row.about, False)
    return sorted(found, key=lambda row: -row.rank)


def _is_text_of(row: DocumentRow, origin: Origin, entry: int, catalogue: Catalogue) -> bool:
    """Whether the document's text was read from an earlier version of this very file, in which it may have stood elsewhere."""
    return any(
        item.is_text
        and (item.path, item.member) == (origin.path, origin.member)
        and (item.sha256 != origin.sha256 or item.entry == entry)
        for item in catalogue.sources(row.id)
    )


def _merged(
    catalogue: Catalogue, read: ReadDocument, keys: tuple[str, ...], rows: Sequence[DocumentRow], origin: Origin
) -> _Planned:
    """Added to the first of `rows`, with which the others become one."""
    row, *others = rows
    known = row.about
    for other in others:
        known = _together(known, other.about, False)
    better = read.rank > row.rank or _is_text_of(row, origin, read.entry, catalogue)
    together = _together(known, read.about, better)
    parts: tuple[Part, ...] = ()
    if better and read.text_sha256 != row.text_sha256:
        parts = read.parts
    elif together.title != row.about.title:
        parts = tuple(catalogue.parts(row.id))
    passages = tuple(passages_of(ReadDocument(together, parts, read.format, read.rank)))
    outcome: Outcome = "updated" if parts or others or together != row.about else "known"
    return _Planned(read, row.id, together, outcome, keys, better, parts, passages, tuple(other.id for other in others))


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


def _text_key(read: ReadDocument) -> str:
    return f"text:{read.text_sha256}"


def _new_id(catalogue: Catalogue, keys: tuple[str, ...], used: set[str]) -> str:
    """An id that the surest key gives; the same article gets the same id in every library, unless that is taken."""
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
    for other in plan.absorbed:
        _absorb(connection, other, plan.id)
    if plan.parts:
        _clear_text(connection, plan.id)
        _write_text(connection, plan, vectors)
    _write_about(connection, plan, collection)
    for key in plan.keys:
        connection.execute("INSERT OR IGNORE INTO document_key VALUES (?, ?)", (key, plan.id))
    if plan.is_text:
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
            int(plan.is_text),
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
    values |= text if plan.is_text else {}
    changes = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(f"UPDATE document SET {changes} WHERE id = :id", {**values, "id": plan.id})


def _write_text(connection: sqlite3.Connection, plan: _Planned, vectors: Vectors | None) -> None:
    connection.executemany(
        "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)",
        [(plan.id, n, part.kind, part.page, part.section, part.text) for n, part in enumerate(plan.parts)],
    )
    for number, passage in enumerate(plan.passages):
        seq = connection.execute(
            "INSERT INTO passage (id, document, part, first, last) VALUES (?, ?, ?, ?, ?)",
            (passage.id_in(plan.id), plan.id, passage.part, passage.start, passage.end),
        ).lastrowid
        context = context_of(plan.about, plan.parts[passage.part])
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


def _absorb(connection: sqlite3.Connection, document: str, into: str) -> None:
    """What names a document and where it was read become another one's; its text goes."""
    connection.execute("UPDATE OR IGNORE source SET document = ?, is_text = 0 WHERE document = ?", (into, document))
    connection.execute("UPDATE document_key SET document = ? WHERE document = ?", (into, document))
    _remove(connection, document)


def _forget_readings(connection: sqlite3.Connection, document: str) -> None:
    """That the files that hold it were read, so that they are read again."""
    connection.execute(
        "DELETE FROM file WHERE (path, member, sha256) IN (SELECT path, member, sha256 FROM source WHERE document = ?)",
        (document,),
    )


def _remove(connection: sqlite3.Connection, document: str) -> None:
    _clear_text(connection, document)
    _forget_readings(connection, document)
    for table, column in (("source", "document"), ("document_key", "document"), ("document", "id")):
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (document,))
