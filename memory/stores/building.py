"""A database built beside the one in use: stage by stage, resumable after a kill, renamed into place when it is whole.

Each stage commits its position with its rows, in one transaction, so that whatever ends the process ends it between two
positions. Not for small files: those are written whole and renamed.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import Cancelled, StorageError

__all__ = [
    "BuildFile",
    "Progress",
    "Report",
    "check_space",
    "discard",
    "fingerprint",
    "only_one",
    "quiet",
    "told_by_system",
]

PRAGMAS = ("synchronous=OFF", "journal_mode=TRUNCATE", "cache_size=-131072", "temp_store=FILE")
"""No fsync while building: a killed process loses nothing by it, and a file after a power cut is checked before use."""

_END_BYTES = 65_536
_TICK = 100_000
"""SQLite steps between two looks at whether Ctrl-C was pressed; some milliseconds."""

_MEND_SPACE = "Free some space, or set BIOCOPILOT_HOME to a folder on a larger disk; then give the same command again."


@dataclass(frozen=True)
class Progress:
    """How far a stage is; `total` is 0 where that is not known."""

    stage: str
    done: int
    total: int


Report = Callable[[Progress], None]


def quiet(_progress: Progress) -> None:
    """Report to nobody."""


def fingerprint(path: Path) -> str:
    """What tells one official file from another without reading gigabytes: its size, and a hash of both ends.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        size = path.stat().st_size
        digest = hashlib.sha256()
        with path.open("rb") as file:
            digest.update(file.read(_END_BYTES))
            file.seek(max(0, size - _END_BYTES))
            digest.update(file.read(_END_BYTES))
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.", "Mend its permissions.") from error
    return f"{size}-{digest.hexdigest()[:32]}"


def check_space(folder: Path, needed: int) -> None:
    """Raises StorageError where the disk of `folder` has not that many bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"{folder} has {_size(free)} free, and about {_size(needed)} are needed.",
            "Free some space, or set BIOCOPILOT_HOME to a folder on a larger disk.",
        )


@contextlib.contextmanager
def only_one(path: Path, what: str, wait_s: float = 0.0) -> Iterator[None]:
    """Hold a lock file while building; the system lets go of it when the process ends, however it ends.

    Args:
        path: the lock file, which stays.
        what: what is worked on, for the message.
        wait_s: how long to wait for whoever holds it.

    Raises:
        StorageError: another process holds it, or it cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(f"{path} cannot be made: {error.strerror}.", "Mend the folder's permissions.") from error
    try:
        deadline = time.monotonic() + wait_s
        while not (held := _locked(descriptor)) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not held:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() if hasattr(os, "pread") else ""
            who = f"Another process ({holder})" if holder else "Another process"
            raise StorageError(f"{who} is working on {what}.", "Wait until it has ended, or end it; then try again.")
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # exists there
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class BuildFile:
    """A database under construction at `TARGET.building`.

    Args:
        target: where it goes when it is whole.
        facts: what it is built from and how; a half-built file of other facts is thrown away.
        schema: statements that make its tables.
    """

    def __init__(self, target: Path, facts: Mapping[str, str], schema: str) -> None:
        self.target = target
        self.path = target.with_name(target.name + ".building")
        self.resumed = False
        self.connection = self._continued(facts) or self._begun(facts, schema)

    @contextlib.contextmanager
    def step(self) -> Iterator[sqlite3.Connection]:
        """One transaction; SQLite's errors become ours.

        Raises:
            StorageError: the disk is full, or the file cannot be written.
            Cancelled: Ctrl-C was pressed during a statement.
        """
        with _told(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise

    def position(self, stage: str) -> int:
        """How far a stage has come: 0 where it has not begun, -1 where it is done."""
        row = self.connection.execute("SELECT position FROM bc_stage WHERE stage = ?", (stage,)).fetchone()
        return int(row[0]) if row else 0

    def mark(self, stage: str, position: int = -1) -> None:
        """Note within a step how far a stage has come; done, where nothing is given."""
        self.connection.execute("INSERT OR REPLACE INTO bc_stage VALUES (?, ?)", (stage, position))

    def run(self, stage: str, *statements: str) -> None:
        """A stage that is a few statements, done at once or not at all."""
        if self.position(stage) >= 0:
            with self.step() as connection:
                for statement in statements:
                    connection.execute(statement)
                self.mark(stage)

    def finish(self, facts: Mapping[str, str]) -> None:
        """Keep what the finished store says of itself, write everything out, and put it in the old one's place."""
        with self.step() as connection:
            connection.executemany("INSERT OR REPLACE INTO bc_build VALUES (?, ?)", facts.items())
        with _told(self.path):
            self.connection.execute("PRAGMA journal_mode=DELETE")
            self.connection.close()
        try:
            with self.path.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(self.path, self.target)
        except OSError as error:
            raise StorageError(f"{self.target} cannot be put in place: {error.strerror}.", _MEND_SPACE) from error

    def close(self) -> None:
        """Leave it as it is, to go on later."""
        self.connection.close()

    def _continued(self, facts: Mapping[str, str]) -> sqlite3.Connection | None:
        if not self.path.exists():
            return None
        connection = None
        try:
            connection = _connect(self.path)
            known = dict(connection.execute("SELECT name, value FROM bc_build"))
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        except sqlite3.DatabaseError:
            known, sound = {}, False
        if connection is None or not sound or any(known.get(name) != value for name, value in facts.items()):
            if connection is not None:
                connection.close()
            discard(self.path)
            return None
        self.resumed = True
        return connection

    def _begun(self, facts: Mapping[str, str], schema: str) -> sqlite3.Connection:
        with _told(self.path):
            connection = _connect(self.path)
            try:
                connection.execute("CREATE TABLE bc_build (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
                connection.execute("CREATE TABLE bc_stage (stage TEXT PRIMARY KEY, position INTEGER NOT NULL)")
                connection.executescript(schema)
                # Last, so that a file whose tables are not all there counts as none.
                connection.execute("BEGIN")
                connection.executemany("INSERT INTO bc_build VALUES (?, ?)", facts.items())
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
        return connection


def discard(path: Path) -> None:
    """Delete a half-built file and its journal."""
    for name in (path.name, f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    # As an address, so that files may be attached read-only by theirs, whatever SQLite's own default is.
    connection = sqlite3.connect(path.absolute().as_uri(), uri=True, isolation_level=None)
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    connection.set_progress_handler(lambda: 0, _TICK)  # a pending Ctrl-C is raised in it and stops the statement
    return connection


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        said = str(error)
        if "interrupted" in said:
            raise Cancelled("Stopped.", "What was built is kept: the same command goes on from here.") from error
        if "full" in said:
            raise StorageError(f"The disk is full: {path.parent}.", _MEND_SPACE) from error
        raise StorageError(f"{path} cannot be written: {said}.", _MEND_SPACE) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(f"The disk is full: {path.parent}.", _MEND_SPACE) from error
        raise


@contextlib.contextmanager
def told_by_system(path: Path) -> Iterator[None]:
    """What the system says of a plain file that is being written, as a StorageError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(f"The disk is full: {path.parent}.", _MEND_SPACE) from error
        raise StorageError(f"{path} cannot be written: {error.strerror}.", _MEND_SPACE) from error


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
