"""The catalogue's file: opening, versions, transactions, and what SQLite's errors mean to a user.

One writer at a time holds the lock file; readers need none (WAL). `generation` counts commits that changed what can be found, so
that a reader that keeps something in memory knows when it is old.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import SourceUnavailable, StorageError
from .document import About, Part, RetractionState

__all__ = ["LAYOUT", "Catalogue", "DocumentRow", "PassageRow", "SourceRow"]

LAYOUT = "1"
_MOST_VALUES = 10_000
_WAIT_S = 10.0
_MEND = "Free some space or mend its permissions, then give the same command again; nothing that was added is lost."

_DOCUMENT = (
    "d.id, d.collection, d.title, d.authors, d.year, d.journal, d.doi, d.pmid, d.pmcid, d.licence, d.publication_types, d.keywords,"
    " d.language, d.retraction, d.standing, d.format, d.rank, d.text_sha256, d.notes, d.added_at"
)


@dataclass(frozen=True)
class DocumentRow:
    """A document as the catalogue holds it."""

    id: str
    collection: str
    about: About
    format: str
    rank: int
    text_sha256: str
    notes: tuple[str, ...]
    added_at: str


@dataclass(frozen=True)
class SourceRow:
    """Where a document was read. `member` is the file inside a zip archive; `entry` the record in the file."""

    document: str
    path: str
    member: str
    entry: int
    sha256: str
    format: str
    is_text: int
    """1 for the one whose text is kept, else 0."""


@dataclass(frozen=True)
class PassageRow:
    """A passage with its text. `start` and `end` count characters of the text of part `part`."""

    seq: int
    id: str
    document: str
    part: int
    start: int
    end: int
    text: str
    kind: str
    page: int | None
    section: str


class Catalogue:
    """The file of one library. Threads may share it: each has its own connection."""

    def __init__(self, path: Path, *, writing: bool) -> None:
        self.path = path
        self.writing = writing
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._free = threading.Condition()
        self._busy = 0
        self._closed = False
        self._immutable = False
        self._file = _file(path)
        self._is_new = writing and self._file is None
        try:
            with self.told():
                self._check()
                if writing:  # after it is known to be ours: this is written into the file
                    self.connection.execute("PRAGMA journal_mode=WAL")
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, path: Path, *, writing: bool = False) -> Catalogue:
        """The file at `path`; made where it is missing and `writing`.

        Raises:
            SourceUnavailable: there is none, and nothing is to be written.
            StorageError: it is damaged, of another version, another program's, or cannot be written.
        """
        if os.path.lexists(path) and not path.is_file():
            raise StorageError(
                f"{path} is no file, so it cannot be the library.", "Move it away, or choose another folder."
            )
        if not writing and not path.is_file():
            raise SourceUnavailable("There is no library yet.", "Make one: biocopilot library add FILE_OR_FOLDER")
        return cls(path, writing=writing)

    # Transactions ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that is there whole or not at all. Raises StorageError."""
        with self._asked(), self.told():
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """SQLite's errors as ours."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; every value is bound. Raises StorageError."""
        with self._asked(), self.told():
            return self.connection.execute(query, values).fetchall()

    def rows_in(self, query: str, wanted: Sequence[Any], before: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query whose `{}` stands for a list of values, asked in as many turns as SQLite needs."""
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(wanted), _MOST_VALUES):
            part = wanted[start : start + _MOST_VALUES]
            found += self.rows(query.format(",".join("?" * len(part))), (*before, *part))
        return found

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            with self._free:
                self._all.append(connection)
            self._local.connection = connection
        return connection

    @property
    def is_current(self) -> bool:
        """Whether the file that was opened is still the one at its place."""
        return _file(self.path) == self._file

    def close(self) -> None:
        """Close every thread's connection when nobody is reading; a second call does nothing, and a query after it is an error."""
        with self._free:
            self._closed = True
            self._free.wait_for(lambda: self._busy == 0)
            self._close_all()

    def _close_all(self) -> None:
        for connection in self._all:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
        self._all.clear()
        self._local = threading.local()

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        """While a query runs, nothing is closed."""
        with self._free:
            if self._closed:
                raise StorageError(f"The library {self.path} was closed.", "Open it again.")
            self._busy += 1
        try:
            yield
        finally:
            with self._free:
                self._busy -= 1
                self._free.notify_all()

    # What the library says of itself -----------------------------------------------------------------------------

    def fact(self, name: str) -> str:
        """A fact such as `embedder`; empty where it is not known."""
        found = self.rows("SELECT value FROM library WHERE name = ?", (name,))
        return str(found[0][0]) if found else ""

    @staticmethod
    def set_fact(connection: sqlite3.Connection, name: str, value: str) -> None:
        """Note a fact, inside a transaction."""
        connection.execute("INSERT OR REPLACE INTO library VALUES (?, ?)", (name, value))

    @property
    def generation(self) -> int:
        """How often what can be found has changed."""
        return int(self.fact("generation") or 0)

    @staticmethod
    def changed(connection: sqlite3.Connection) -> None:
        """Count a change, inside the transaction that makes it."""
        connection.execute(
            "INSERT INTO library VALUES ('generation', '1') ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
        )

    # Reading -----------------------------------------------------------------------------------------------------

    def documents(self, ids: Sequence[str] | None = None) -> list[DocumentRow]:
        """Documents, all or those of these ids, in the order in which they were added."""
        query = f"SELECT {_DOCUMENT} FROM document d"
        if ids is None:
            return [_document(row) for row in self.rows(f"{query} ORDER BY d.rowid")]
        return [_document(row) for row in self.rows_in(f"{query} WHERE d.id IN ({{}}) ORDER BY d.rowid", list(ids))]

    def document(self, document_id: str) -> DocumentRow | None:
        """The document of that id, or None."""
        found = self.documents([document_id])
        return found[0] if found else None

    def parts(self, document_id: str) -> list[Part]:
        """The text of a document, part by part."""
        query = "SELECT text, kind, page, section FROM part WHERE document = ? ORDER BY number"
        return [Part(*row) for row in self.rows(query, (document_id,))]

    def sources(self, document_id: str) -> list[SourceRow]:
        """The files that hold a document, the one whose text is kept first."""
        query = (
            "SELECT document, path, member, entry, sha256, format, is_text FROM source WHERE document = ?"
            " ORDER BY is_text DESC, path, member, entry"
        )
        return [SourceRow(*row) for row in self.rows(query, (document_id,))]

    def passages(self, seqs: Sequence[int]) -> dict[int, PassageRow]:
        """Passages by their numbers; those that are gone are left out."""
        return {row.seq: row for row in self._passages("p.seq IN ({})", seqs)}

    def passages_of(self, document_id: str) -> list[PassageRow]:
        """All passages of a document, in its order."""
        return self._passages("p.document IN ({})", [document_id])

    def passage(self, passage_id: str) -> PassageRow | None:
        """The passage of that id, or None."""
        found = self._passages("p.id IN ({})", [passage_id])
        return found[0] if found else None

    def _passages(self, where: str, values: Sequence[Any]) -> list[PassageRow]:
        query = (
            "SELECT p.seq, p.id, p.document, p.part, p.first, p.last, substr(t.text, p.first + 1, p.last - p.first),"
            " t.kind, t.page, t.section FROM passage p JOIN part t ON t.document = p.document AND t.number = p.part"
            f" WHERE {where} ORDER BY p.seq"
        )
        return [PassageRow(*row) for row in self.rows_in(query, list(values))]

    def counts(self) -> dict[str, int]:
        """Documents, passages, and passages that have no vector."""
        row = self.rows(
            "SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM passage),"
            " (SELECT count(*) FROM passage p WHERE NOT EXISTS (SELECT 1 FROM vector v WHERE v.seq = p.seq))"
        )[0]
        return {"documents": row[0], "passages": row[1], "without_vector": row[2]}

    # The file ----------------------------------------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        mode = "rwc" if self.writing else "ro"
        address = f"{self.path.absolute().as_uri()}?mode={mode}{'&immutable=1' if self._immutable else ''}"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_WAIT_S, check_same_thread=False)
        try:
            connection.execute("PRAGMA cache_size=-65536")
            if self.writing:
                self._file = _file(self.path)
                connection.execute("PRAGMA synchronous=NORMAL")
            else:
                connection.execute("PRAGMA query_only=1")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _check(self) -> None:
        """That this is a library of this version; makes the tables of a new one."""
        tables = self._tables()
        if not tables and self._is_new:
            with self.write() as connection:
                for statement in _statements():
                    connection.execute(statement)
                self.set_fact(connection, "layout", LAYOUT)
            return
        if "passage" not in tables or "library" not in tables:
            raise StorageError(f"{self.path} is no library of this program.", "Move it away, or choose another folder.")
        layout = self.fact("layout")
        if layout != LAYOUT:
            newer = layout.isdigit() and int(layout) > int(LAYOUT)
            mend = "Use that version of the program." if newer else "Move it away and add the documents again."
            raise StorageError(
                f"The library {self.path} was made by {'a newer' if newer else 'another'} version (layout {layout or 'unknown'}).",
                mend,
            )

    def _tables(self) -> set[str]:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        try:
            return {row[0] for row in self.connection.execute(query)}
        except sqlite3.OperationalError:
            if self.writing:
                raise
            # WAL needs a file beside it that a read-only folder cannot get: then nobody writes, and it can be read as it is.
            self._close_all()
            self._immutable = True
            return {row[0] for row in self.connection.execute(query)}

    def _explained(self, error: sqlite3.Error) -> StorageError:
        said = str(error)
        if "full" in said:
            return StorageError(f"The disk is full: {self.path.parent}.", _MEND)
        if "locked" in said or "busy" in said:
            return StorageError(
                f"Another process is writing to the library {self.path.parent}.", "Try again in a moment."
            )
        if isinstance(error, sqlite3.OperationalError) and ("readonly" in said or "unable to open" in said):
            return StorageError(
                f"The library {self.path} cannot be {'written' if self.writing else 'read'}: {said}.", _MEND
            )
        return StorageError(f"The library {self.path} is damaged: {said}.", "Move it away and add the documents again.")


def _file(path: Path) -> tuple[int, int] | None:
    """What tells a file from another one at the same place."""
    try:
        at = path.stat()
    except OSError:
        return None
    return at.st_dev, at.st_ino


def _statements() -> Iterator[str]:
    text = Path(__file__).with_name("schema.sql").read_text("utf-8")
    held = ""
    for line in text.splitlines():
        held += "" if line.startswith("--") else f"{line}\n"
        if sqlite3.complete_statement(held):
            yield held
            held = ""


def _document(row: Sequence[Any]) -> DocumentRow:
    state: RetractionState = row[13]
    about = About(
        title=row[2], authors=tuple(json.loads(row[3])), year=row[4], journal=row[5], doi=row[6], pmid=row[7], pmcid=row[8],
        licence=row[9], publication_types=tuple(json.loads(row[10])), keywords=tuple(json.loads(row[11])), language=row[12],
        state=state, standing=row[14],
    )  # fmt: skip
    return DocumentRow(row[0], row[1], about, row[15], row[16], row[17], tuple(json.loads(row[18])), row[19])
