"""Kept replies of live services: one SQLite file, keyed by service, request and data release.

Only replies that were understood are put here (the transport sees to that). Bodies are compressed and never unpickled
or run. Not for evidence, which the run log keeps.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .errors import StorageError

__all__ = ["KeptReply", "ResponseCache", "request_key"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reply (
  key TEXT NOT NULL, release TEXT NOT NULL, service TEXT NOT NULL, request TEXT NOT NULL, kind TEXT NOT NULL,
  body BLOB NOT NULL, bytes INTEGER NOT NULL, stored_at REAL NOT NULL, PRIMARY KEY (key, release)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reply_age ON reply(stored_at);
"""
MOST_BYTES = 500_000_000
"""Compressed bytes kept at most; the oldest replies go first."""


@dataclass(frozen=True)
class KeptReply:
    """A reply as it was kept. `stored_at` is in seconds since 1970."""

    service: str
    release: str
    request: str
    kind: str
    """The media type."""
    body: bytes
    stored_at: float


def request_key(service: str, request: str) -> str:
    """The key of a request, given without its secrets."""
    return hashlib.sha256(f"{service}\n{request}".encode()).hexdigest()


class ResponseCache:
    """Replies in a SQLite file; safe between threads and processes."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES, now: Callable[[], float] = time.time) -> None:
        self.path = path
        self._most_bytes = most_bytes
        self._now = now
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
            self._bytes = int(self._connection.execute("SELECT coalesce(sum(bytes), 0) FROM reply").fetchone()[0])
        except (OSError, sqlite3.Error) as error:
            raise _trouble(path, error) from error

    def get(self, service: str, request: str, release: str = "") -> KeptReply | None:
        """The newest kept reply to this request, of that release where one is given."""
        query = "SELECT service, release, request, kind, body, stored_at FROM reply WHERE key = ?"
        values: list[str] = [request_key(service, request)]
        if release:
            query += " AND release = ?"
            values.append(release)
        try:
            with self._lock:
                row = self._connection.execute(f"{query} ORDER BY stored_at DESC LIMIT 1", values).fetchone()
            return None if row is None else KeptReply(row[0], row[1], row[2], row[3], zlib.decompress(row[4]), row[5])
        except (sqlite3.Error, zlib.error) as error:
            raise _trouble(self.path, error) from error

    def put(self, service: str, request: str, release: str, kind: str, body: bytes) -> None:
        """Keep a reply in the place of an older one of the same release. Raises StorageError."""
        packed = zlib.compress(body, 6)
        values = (request_key(service, request), release, service, request, kind, packed, len(packed), self._now())
        try:
            with self._lock:
                self._connection.execute("INSERT OR REPLACE INTO reply VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
                self._bytes += len(packed)  # what it replaced counts twice until the next start: a little early is fine
                self._make_room()
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error

    def _make_room(self) -> None:
        while self._bytes > self._most_bytes:
            row = self._connection.execute(
                "SELECT key, release, bytes FROM reply ORDER BY stored_at LIMIT 1"
            ).fetchone()
            if row is None:
                return
            self._connection.execute("DELETE FROM reply WHERE key = ? AND release = ?", row[:2])
            self._bytes -= row[2]

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
        try:
            with self._lock:
                where, values = ("WHERE service = ?", (service,)) if service else ("", ())
                return self._connection.execute(f"DELETE FROM reply {where}", values).rowcount
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _trouble(path: Path, error: Exception) -> StorageError:
    return StorageError(
        f"The response cache {path} cannot be used: {error}.", "Mend the folder's permissions, or move the file away."
    )
