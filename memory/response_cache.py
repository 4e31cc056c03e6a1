"""Kept replies of live services: one SQLite file, keyed by service, request and data release.

Only replies that were understood are put here (the transport sees to that). Bodies are compressed and never unpickled
or run. Nothing in the file is needed: it may be deleted at any time. Not for evidence, which the run log keeps.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .errors import StorageError

__all__ = ["KeptReply", "ResponseCache", "request_key"]

_FORMAT = 2
"""Of the tables below; a file of another one is emptied."""
# `size` is kept by triggers, so that it is right for all processes and costs nothing to read. Bodies stand in a table of
# their own: what is asked of the others touches no long rows.
_SCHEMA = f"""
DROP TABLE IF EXISTS reply; DROP TABLE IF EXISTS body; DROP TABLE IF EXISTS size;
CREATE TABLE reply (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, release TEXT NOT NULL, service TEXT NOT NULL, request TEXT NOT NULL,
  headers TEXT NOT NULL, url TEXT NOT NULL, bytes INTEGER NOT NULL, stored_at REAL NOT NULL, UNIQUE (key, release));
CREATE TABLE body (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE INDEX reply_age ON reply(stored_at);
CREATE TABLE size (bytes INTEGER NOT NULL);
INSERT INTO size VALUES (0);
CREATE TRIGGER reply_added AFTER INSERT ON reply BEGIN UPDATE size SET bytes = bytes + new.bytes; END;
CREATE TRIGGER reply_gone AFTER DELETE ON reply BEGIN
  UPDATE size SET bytes = bytes - old.bytes; DELETE FROM body WHERE id = old.id; END;
PRAGMA user_version = {_FORMAT};
"""
MOST_BYTES = 500_000_000
"""Compressed bytes kept at most; the oldest replies go first."""
_MOST_UNPACKED = 200_000_000
_BUSY_S = 2.0


@dataclass(frozen=True)
class KeptReply:
    """A reply as it was kept. `stored_at` is in seconds since 1970."""

    service: str
    release: str
    request: str
    body: bytes
    stored_at: float
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    url: str = ""


def request_key(service: str, request: str) -> str:
    """The key of a request, given without its secrets."""
    return hashlib.sha256(f"{service}\n{request}".encode("utf-8", "surrogatepass")).hexdigest()


class ResponseCache:
    """Replies in a SQLite file; safe between threads and processes.

    A file or folder that may only be read still gives what it holds; then `read_only` is true.

    Raises:
        StorageError: here and in all methods, where the file cannot be used.
    """

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES, now: Callable[[], float] = time.time) -> None:
        self.path = path
        self.read_only = False
        self._most_bytes = most_bytes
        self._now = now
        self._lock = threading.Lock()
        try:
            self._connection = _opened_to_write(path)
        except (OSError, sqlite3.Error) as error:
            if _damaged(error) or not os.path.isfile(path):  # `Path.is_file` raises where it may not look
                raise _trouble(path, error) from error
            try:
                self._connection = _opened_to_read(path)
            except (OSError, sqlite3.Error):
                raise _trouble(path, error) from error
            self.read_only = True

    def get(self, service: str, request: str, release: str = "") -> KeptReply | None:
        """The newest kept reply to this request, of that release where one is given."""
        query = "SELECT service, release, request, body, stored_at, headers, url FROM reply JOIN body USING (id) WHERE key = ?"
        values: list[str] = [request_key(service, request)]
        if release:
            query += " AND release = ?"
            values.append(release)
        try:
            with self._lock:
                row = self._connection.execute(f"{query} ORDER BY stored_at DESC LIMIT 1", values).fetchone()
            if row is None or row[0] != service or row[2] != request:
                return None
            headers = {str(name): str(value) for name, value in json.loads(row[5]).items()}
            return KeptReply(row[0], row[1], row[2], _unpacked(row[3]), float(row[4]), headers, row[6])
        except (sqlite3.Error, zlib.error, ValueError, TypeError, AttributeError) as error:
            raise _trouble(self.path, error) from error

    def put(
        self,
        service: str,
        request: str,
        release: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        url: str = "",
    ) -> None:
        """Keep a reply in the place of an older one of the same release."""
        packed = zlib.compress(body, 6)
        if len(packed) > self._most_bytes // 2 or len(body) > _MOST_UNPACKED:
            raise StorageError(f"A reply of {len(body):,} bytes is too large for the response cache.")
        key = request_key(service, request)
        with self._changing() as database:
            database.execute("DELETE FROM reply WHERE key = ? AND release = ?", (key, release))
            put = database.execute(
                "INSERT INTO reply VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
                (key, release, service, request, json.dumps(dict(headers or {})), url, len(packed), self._now()),
            )
            database.execute("INSERT INTO body VALUES (?, ?)", (put.lastrowid, packed))
            self._make_room(database)

    def _make_room(self, database: sqlite3.Connection) -> None:
        """Let the oldest go until the rest fits."""
        over = database.execute("SELECT bytes FROM size").fetchone()[0] - self._most_bytes
        while over > 0:
            row = database.execute("SELECT id, bytes FROM reply ORDER BY stored_at, id LIMIT 1").fetchone()
            if row is None:
                return
            database.execute("DELETE FROM reply WHERE id = ?", row[:1])
            over -= row[1]

    def counts(self) -> dict[str, tuple[int, int]]:
        """Replies and bytes kept, by service."""
        try:
            with self._lock:
                rows = self._connection.execute(
                    "SELECT service, count(*), sum(bytes) FROM reply GROUP BY service ORDER BY service"
                )
                return {row[0]: (row[1], row[2]) for row in rows.fetchall()}
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error

    def clear(self, service: str = "") -> int:
        """Forget the replies of a service, or all; returns how many."""
        with self._changing() as database:
            where, values = ("WHERE service = ? OR service LIKE ? || ' %'", (service, service)) if service else ("", ())
            gone = int(database.execute(f"SELECT count(*) FROM reply {where}", values).fetchone()[0])
            database.execute(f"DELETE FROM reply {where}", values)
        with self._lock, contextlib.suppress(sqlite3.Error):  # gives the room back to the disk; later is as good
            self._connection.executescript("PRAGMA incremental_vacuum")  # `execute` would free one page only
        return gone

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """A change that happens whole or not at all."""
        if self.read_only:
            raise StorageError(f"The response cache {self.path} may only be read.", "Mend the folder's permissions.")
        try:
            with self._lock, _transaction(self._connection):
                yield self._connection
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error


def _opened_to_write(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # what was asked is nobody else's business
    connection = sqlite3.connect(path, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            with _transaction(connection):
                if connection.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:  # nobody was quicker
                    for statement in _statements():
                        connection.execute(statement)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("UPDATE size SET bytes = bytes WHERE 0")
    except BaseException:
        connection.close()
        raise
    return connection


def _opened_to_read(path: Path) -> sqlite3.Connection:
    address = path.absolute().as_uri()
    for options in ("mode=ro", "mode=ro&immutable=1"):  # the second where not even a lock can be written
        connection = sqlite3.connect(f"{address}?{options}", uri=True, timeout=_BUSY_S, check_same_thread=False)
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] == _FORMAT:
                connection.execute("SELECT count(*) FROM size").fetchone()
                return connection
        except sqlite3.Error:
            pass
        connection.close()
    raise sqlite3.OperationalError("it cannot be read")


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _statements() -> list[str]:
    """The schema's statements one by one: a script would end the transaction around it."""
    found, text = [], ""
    for part in _SCHEMA.split(";"):
        text += f"{part};"
        if sqlite3.complete_statement(text):
            found.append(text)
            text = ""
    return found


def _unpacked(packed: bytes) -> bytes:
    unpack = zlib.decompressobj()
    body = unpack.decompress(packed, _MOST_UNPACKED)
    if not unpack.eof:
        raise ValueError("a body is not whole")
    return body


def _damaged(error: Exception) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT"))


def _trouble(path: Path, error: Exception) -> StorageError:
    hint = (
        "Delete the file: all in it can be asked for again."
        if _damaged(error)
        else "Mend the folder's permissions, or free some room."
    )
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return StorageError(f"The response cache {path} cannot be used: {reason}.", hint)
