"""Read-only SQLite for the local stores: one connection a thread, writes refused, interruptible.

`Database.open(None)` is the starter set that ships with the package. A full dump may have a database beside it with its most
asked tables laid out for look-ups; those are read in the dump's stead. Not for the run log, which writes.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import Cancelled, SourceUnavailable, StorageError

__all__ = ["STARTER", "Database"]

STARTER = Path(__file__).parent / "starter" / "starter.sqlite"


_MAPPED_BYTES = 1 << 30
"""How much of what lies beside a dump is mapped. The dump is not: its owner may cut it short while it is read."""


class Database:
    """A SQLite file with ChEMBL's tables, and perhaps ours; safe to share between threads.

    Args:
        path: the file.
        beside: a second file whose tables stand before those of the same name in the first.
    """

    def __init__(self, path: Path, beside: Path | None = None) -> None:
        self.path = path
        self.beside = beside
        self.is_starter = path == STARTER
        self._local = threading.local()
        self._all: dict[int, sqlite3.Connection] = {}
        self._lock = threading.Lock()
        try:
            self.tables = self._columns()
        except BaseException:  # nobody gets this object, so nobody else could close it
            self.close()
            raise

    @classmethod
    def open(cls, path: Path | None = None) -> Database:
        """The file at `path`, or the starter set.

        Raises:
            SourceUnavailable: there is no such file.
            StorageError: it is no SQLite database, or damaged.
        """
        chosen = STARTER if path is None else path
        if not chosen.is_file():
            hint = "Install the package again." if path is None else "Check the setting `store`, or leave it out."
            raise SourceUnavailable(f"There is no local store at {chosen}.", hint)
        return cls(chosen)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query; every value is bound.

        Raises:
            StorageError: the file cannot be read.
            Cancelled: `interrupt` stopped the query.
        """
        with self._told():
            return self._connection().execute(query, values).fetchall()

    def tuples(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The same as plain tuples, for thousands of rows. Raises as `rows` does."""
        with self._told():
            cursor = self._connection().cursor()
            cursor.row_factory = None
            return cursor.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        found = self.rows(query, values)
        return found[0] if found else None

    def has(self, table: str, *columns: str) -> bool:
        """Whether there is such a table, with these columns: dumps of different releases differ."""
        return table in self.tables and set(columns) <= self.tables[table]

    def interrupt(self, thread: int | None = None) -> None:
        """Stop the query that runs now in a thread (by its `threading.get_ident`), or in every thread."""
        with self._lock:
            for ident, connection in self._all.items():
                if thread in (None, ident):
                    connection.interrupt()

    def damaged(self, reason: Exception | str) -> StorageError:
        """The error to raise where what was read is not what should be there."""
        return _damaged(self.beside or self.path, reason)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for connection in self._all.values():
                connection.close()
            self._all.clear()
            self._local = threading.local()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise Cancelled("The query was stopped.") from error
            raise self.damaged(error) from error
        except sqlite3.DatabaseError as error:
            raise self.damaged(error) from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # An unqualified name means the first file's table, so what lies beside is opened first.
            connection = sqlite3.connect(
                _uri(self.beside or self.path), uri=True, check_same_thread=False, cached_statements=256
            )
            connection.row_factory = sqlite3.Row
            if self.beside is not None:
                connection.execute("ATTACH ? AS dump", (_uri(self.path),))
                connection.execute(f"PRAGMA main.mmap_size={_MAPPED_BYTES}")
            connection.execute("PRAGMA query_only=1")
            self._local.connection = connection
            with self._lock:
                ended = self._all.get(
                    threading.get_ident()
                )  # of a thread that is gone, whose number this one was given
                self._all[threading.get_ident()] = connection
            if ended is not None:
                ended.close()
        return connection

    def _columns(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for schema in ("main", "dump") if self.beside is not None else ("main",):
            query = (
                f"SELECT m.name AS name, p.name AS field FROM {schema}.sqlite_master m, pragma_table_info(m.name, '{schema}') p"
                " WHERE m.type = 'table'"
            )
            own: dict[str, set[str]] = {}
            for row in self.rows(query):
                own.setdefault(row["name"], set()).add(row["field"])
            found = own | found
        return found


def _uri(path: Path) -> str:
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"


def _damaged(path: Path, error: Exception | str) -> StorageError:
    return StorageError(
        f"The local store {path} cannot be read: {error}.", "Register an intact file, or install the package again."
    )
