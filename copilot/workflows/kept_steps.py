"""The results that a run keeps: one SQLite file in its folder, a row a step, each committed by itself and never changed.

A step's key is the SHA-256 of all that its result depends on. SQLite holds the file locked while a run has it open, and the system
gives the lock back when the process ends, however it ends: two programs cannot work in one folder.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from ...memory.errors import StorageError
from ...memory.records import canonical_json

__all__ = ["FILE_NAME", "KeptSteps", "Step", "step_key"]

FILE_NAME = "steps.sqlite"

_APPLICATION_ID = 0x42696F57  # "BioW", in the file's header
_SCHEMA = f"""
PRAGMA application_id = {_APPLICATION_ID};
CREATE TABLE IF NOT EXISTS steps (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    arguments TEXT NOT NULL,
    given TEXT NOT NULL,
    result TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS step_calls ON steps (name, arguments);
CREATE TRIGGER IF NOT EXISTS no_update BEFORE UPDATE ON steps
BEGIN SELECT RAISE(ABORT, 'kept steps are append-only'); END;
CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON steps
BEGIN SELECT RAISE(ABORT, 'kept steps are append-only'); END;
"""


@dataclass(frozen=True)
class Step:
    """A step that was done. `given` is what else its result depends on: versions, releases, hashes of files."""

    seq: int
    """Its place in the file, which numbers its evidence while the run works."""
    key: str
    name: str
    arguments: dict[str, Any]
    given: dict[str, Any]
    result: Any


def step_key(name: str, arguments: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """The content hash of a step."""
    text = canonical_json({"name": name, "arguments": arguments, "given": given})
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class KeptSteps:
    """The file, open in one process at a time."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> KeptSteps:
        """Open the file to work with it, and make it where it is missing; it is locked until it is closed.

        Raises:
            StorageError: it is damaged, no file of ours, cannot be written, or another program works with it.
        """
        steps = cls(path, _connected(path, str(path)))
        with steps._closed_on_error():
            steps._check()
            steps._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            steps._connection.execute("PRAGMA journal_mode = WAL")
            steps._connection.execute(
                "PRAGMA synchronous = FULL"
            )  # a step is far dearer than waiting for the disk once
            steps._connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        return steps

    @classmethod
    def read(cls, path: Path) -> KeptSteps:
        """Open the file of a run that ended, to read it; its bytes stay as they are.

        Raises:
            StorageError: as `open`, and where there is none.
        """
        if path.with_name(
            f"{path.name}-wal"
        ).exists():  # killed, or at work: what is written ahead must be put into its place
            return cls.open(path)
        steps = cls(path, _connected(path, f"{path.resolve().as_uri()}?mode=ro"))
        with steps._closed_on_error():
            steps._check()
        return steps

    def _check(self) -> None:
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != _APPLICATION_ID:
            raise StorageError(f"{self.path} is no file of a workflow's run.", "Name another folder with --out.")

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self._connection.close()
            raise _trouble(self.path, error) from error
        except StorageError:
            self._connection.close()
            raise

    def get(self, key: str) -> Step | None:
        """The step of that key; None where it was not done yet."""
        row = self._one("SELECT seq, key, name, arguments, given, result FROM steps WHERE key = ?", (key,))
        return None if row is None else _step(row)

    def keep(self, name: str, arguments: Mapping[str, Any], given: Mapping[str, Any], result: Any) -> Step:
        """Write a result down; it is on the disk when this returns.

        Raises:
            StorageError: it could not be written, as on a full disk.
        """
        key = step_key(name, arguments, given)
        told = json.dumps(
            result, ensure_ascii=False, allow_nan=False
        )  # its keys in their own order, which a report may show
        values = (key, name, canonical_json(arguments), canonical_json(given), told)
        try:
            done = self._connection.execute(
                "INSERT INTO steps (key, name, arguments, given, result) VALUES (?, ?, ?, ?, ?)", values
            )
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error
        return _step((int(done.lastrowid or 0), *values))

    def before(self, step: Step) -> Step | None:
        """The newest earlier result of the same call, over other data or by another version; None where there is none."""
        row = self._one(
            "SELECT seq, key, name, arguments, given, result FROM steps WHERE name = ? AND arguments = ? AND seq < ?"
            " ORDER BY seq DESC LIMIT 1",
            (step.name, canonical_json(step.arguments), step.seq),
        )
        return None if row is None else _step(row)

    def newest(self, name: str, arguments: Mapping[str, Any]) -> Step | None:
        """The newest result of a call; None where it was never made."""
        row = self._one(
            "SELECT seq, key, name, arguments, given, result FROM steps WHERE name = ? AND arguments = ?"
            " ORDER BY seq DESC LIMIT 1",
            (name, canonical_json(arguments)),
        )
        return None if row is None else _step(row)

    def __len__(self) -> int:
        return int(self._one("SELECT count(*) FROM steps", ())[0])

    def __iter__(self) -> Iterator[Step]:
        for row in self._connection.execute("SELECT seq, key, name, arguments, given, result FROM steps ORDER BY seq"):
            yield _step(row)

    def close(self) -> None:
        """Close the file, with nothing of it beside it, and give the lock back."""
        with suppress(sqlite3.Error):  # on a full disk it stays as it is, and is read all the same
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()

    def __enter__(self) -> KeptSteps:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _one(self, query: str, values: tuple[Any, ...]) -> Any:
        try:
            return self._connection.execute(query, values).fetchone()
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error


def _connected(path: Path, address: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(address, timeout=0.5, isolation_level=None, uri=address.startswith("file:"))
    except sqlite3.Error as error:
        raise _trouble(path, error) from error


def _step(row: tuple[Any, ...]) -> Step:
    seq, key, name, arguments, given, result = row
    return Step(seq, key, name, json.loads(arguments), json.loads(given), json.loads(result))


def _trouble(path: Path, error: sqlite3.Error) -> StorageError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StorageError(
            f"Another program works in the folder {path.parent}.", "Wait until it ends, or name another with --out."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StorageError(
            f"{path} is damaged ({error}).", "Run the workflow in a new folder; this one is left as it is."
        )
    if code == sqlite3.SQLITE_FULL:
        return StorageError(
            f"The disk is full: {path} cannot be written.", "Make room and go on with --resume; what was done is kept."
        )
    if code == sqlite3.SQLITE_IOERR:
        return StorageError(
            f"{path} cannot be written or read ({error}).",
            "See to the disk and go on with --resume; what was done is kept.",
        )
    return StorageError(f"{path} cannot be used ({error}).", "Name a folder that can be written with --out.")
