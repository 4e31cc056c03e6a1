"""The run log's file: its schema, how it is opened for writing or, where that cannot be, for reading, and its errors.

A file that is damaged or somebody else's is left as it is, byte for byte. Not for reading or writing events, which
`run_log.py` does, nor for deleting them (`session_deletion.py`).
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from .errors import CorruptRunLog, StorageError

__all__ = ["NO_DELETE", "OpenedFile", "connect", "corrupt", "open_file", "storage_error"]

APPLICATION_ID = 0x42696F43  # "BioC", in the file's header
SCHEMA_VERSION = 2
BUSY_SECONDS = 5.0
"""How long one process waits for another's commit, which takes well under a millisecond."""

_NO_PLACE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
"""What SQLite says where its side files cannot be made: a read-only folder, a full disk."""

# `number = 1` is a run's beginning. Only beginnings stand in the three indexes, so that other events cost nothing there.
# The insert trigger is for `INSERT OR REPLACE`, which deletes without asking the delete trigger.
_EVENTS = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    type TEXT NOT NULL,
    session TEXT,
    event TEXT NOT NULL,
    UNIQUE (run_id, number)
);
CREATE INDEX run_starts ON events (number) WHERE number = 1;
CREATE INDEX run_names ON events (run_id) WHERE number = 1;
CREATE INDEX run_sessions ON events (session) WHERE session IS NOT NULL;
CREATE TRIGGER no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the run log is append-only'); END;
CREATE TRIGGER no_replace BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE run_id = NEW.run_id AND number = NEW.number)
    OR EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the run log is append-only'); END;
"""

NO_DELETE = (
    "CREATE TRIGGER no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the run log is append-only'); END"
)
"""By itself, because a session's deletion takes it away and puts it back within one transaction."""

# Since version 2. What is left of a deleted session is that something was deleted, never what. A process that is in the
# middle of a run which another one deletes must not leave the tail of it behind: events come in order or not at all.
_DELETIONS = """
CREATE TABLE deletions (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    runs INTEGER NOT NULL,
    events INTEGER NOT NULL,
    wiped INTEGER NOT NULL DEFAULT 0
);
CREATE TRIGGER deletions_stay BEFORE DELETE ON deletions
BEGIN SELECT RAISE(ABORT, 'the run log is append-only'); END;
CREATE TRIGGER deletions_stand BEFORE UPDATE OF seq, at, runs, events ON deletions
BEGIN SELECT RAISE(ABORT, 'the run log is append-only'); END;
CREATE TRIGGER in_order BEFORE INSERT ON events
WHEN NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM events WHERE run_id = NEW.run_id AND number = NEW.number - 1)
BEGIN SELECT RAISE(ABORT, 'the event before is not in the run log'); END;
"""


@dataclass(frozen=True)
class OpenedFile:
    """A connection that commits each statement by itself, and what else must go when it is closed."""

    connection: sqlite3.Connection
    undo: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def close(self) -> None:
        self.connection.close()
        self.undo.close()


def open_file(path: Path) -> OpenedFile:
    """Open the file, and make it, readable by its owner only, where it is missing.

    Where the file or its folder cannot be written, it is opened for reading; writing then fails with a StorageError.

    Raises:
        CorruptRunLog: it is damaged.
        StorageError: it cannot be made, opened or read, is another program's, or a newer version's.
    """
    _make(path)
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return _opened(path)
        except sqlite3.Error as error:
            if _code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > deadline:
                raise storage_error(path, error) from error
            time.sleep(0.01)  # two processes make the file at once; SQLite itself does not wait there


def corrupt(path: Path, what: str) -> CorruptRunLog:
    """The error for damage, with what the user can do; the file is never touched."""
    files = shlex.quote(str(path))
    return CorruptRunLog(
        f"The run log {path} is damaged: {what}.",
        f"It is left as it is. To start a new one, move it to another folder with its side files: mv {files}* FOLDER",
    )


def storage_error(path: Path, error: sqlite3.Error) -> StorageError:
    """SQLite's error as one of ours, with the hint that fits."""
    match _code(error):
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return corrupt(path, str(error))
        case sqlite3.SQLITE_FULL:
            return StorageError(f"The disk that holds the run log {path} is full.", "Make room on it.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return StorageError(
                f"The run log {path} cannot be written: {error}.",
                "Mend the permissions of the file and its folder, or set BIOCOPILOT_HOME to a folder of yours.",
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StorageError(
                f"Another program has held the run log {path} for {BUSY_SECONDS:g} s.", "Close that program."
            )
        case _:
            return StorageError(f"The run log {path} cannot be used: {error}.", "Check the disk and the folder.")


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where Python itself refuses, as after `close`."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _make(path: Path) -> None:
    side = path.with_name(f"{path.name}-wal")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _size(path) == 0 and _size(side) > 0:  # SQLite would delete the events that wait there
            raise corrupt(path, f"it is empty or gone, and {side.name} beside it still holds events")
        if path.exists():
            return
        with contextlib.suppress(FileExistsError):  # made by another process meanwhile
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise StorageError(
            f"The run log {path} cannot be made: {error.strerror}.",
            "Mend the permissions of its folder, or set BIOCOPILOT_HOME to a folder of yours.",
        ) from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _opened(path: Path) -> OpenedFile:
    connection = connect(path, "mode=rw")
    try:
        _check_or_create(connection, path)
        return OpenedFile(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        if _code(error) not in _NO_PLACE:
            raise
        return _opened_for_reading(path)
    except BaseException:
        connection.close()
        raise


def _opened_for_reading(path: Path) -> OpenedFile:
    """Where SQLite cannot put its side files: as immutable, or a copy where events still wait in such a file."""
    side = path.with_name(f"{path.name}-wal")
    if _size(path) == 0:
        raise StorageError(
            f"The run log {path} cannot be written, and holds nothing.",
            "Mend the permissions of the file and its folder, or set BIOCOPILOT_HOME to a folder of yours.",
        )
    if _size(side) == 0:
        connection = connect(path, "mode=ro&immutable=1")
        try:
            _check(connection, path)
        except BaseException:
            connection.close()
            raise
        return OpenedFile(connection)
    with contextlib.ExitStack() as undo:
        copy = undo.enter_context(TemporaryDirectory(prefix="biocopilot-"))
        try:
            for file in (path, side):
                shutil.copyfile(file, Path(copy, file.name))
        except OSError as error:
            raise StorageError(
                f"The run log {path} cannot be read: {error.strerror}.", "Mend its permissions."
            ) from error
        connection = connect(Path(copy, path.name), "mode=rw")
        undo.callback(connection.close)
        _check(connection, path)
        connection.execute("PRAGMA query_only = 1")
        return OpenedFile(connection, undo.pop_all())


def connect(path: Path, options: str) -> sqlite3.Connection:
    """A connection in which each statement is a transaction of its own, unless one is begun."""
    uri = f"{path.absolute().as_uri()}?{options}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    # Damaged text comes through to be told of event by event, instead of failing a whole list.
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    return connection


def _check_or_create(connection: sqlite3.Connection, path: Path) -> None:
    """Look before anything is changed: the file may be anyone's."""
    if _is_empty(connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        if _is_empty(connection):  # not by another process meanwhile
            for statement in (*_EVENTS.split(";\n"), NO_DELETE, *_DELETIONS.split(";\n")):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    if _check(connection, path) < SCHEMA_VERSION:
        connection.execute("BEGIN IMMEDIATE")
        if _check(connection, path) < SCHEMA_VERSION:
            for statement in _DELETIONS.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    # In WAL, NORMAL means no wait for the disk at each commit: a killed process loses nothing that was committed, a
    # power cut the last events and never the file. FULL costs a disk flush an event.
    connection.execute("PRAGMA synchronous = NORMAL")


def _check(connection: sqlite3.Connection, path: Path) -> int:
    """The schema's version, of a file that is a run log which this version can read."""
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise StorageError(
            f"{path} is a SQLite file of another program, not a run log.",
            "Move it away, or set BIOCOPILOT_HOME to a folder of yours. Nothing in it was changed.",
        )
    version = _pragma(connection, "user_version")
    if not 1 <= version <= SCHEMA_VERSION:
        raise StorageError(
            f"The run log {path} was written by a newer version of Biocopilot.", "pip install --upgrade biocopilot"
        )
    return version


def _is_empty(connection: sqlite3.Connection) -> bool:
    return (
        _pragma(connection, "application_id") == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    )


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
