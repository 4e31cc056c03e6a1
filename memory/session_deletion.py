"""Deleting a session: the one thing that removes events from the run log, at the user's word and as a whole.

    delete_session(run_log_path(), "kinases")

SQLite's own rewrite is used and no second file is put in the log's place: processes that have the log open keep a file
that is the log, and there is no moment at which a write-ahead file lies beside a log that it does not belong to. First,
one transaction takes the runs out and leaves a row that says so, without a name; it holds whole or not at all, whatever
ends the process. Then the file is written anew without their bytes and the write-ahead file is emptied. If that is cut
short, or another program reads just then, the row stays unwiped, and whoever deletes or asks next ends it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from .errors import SessionNotFound
from .run_log_file import NO_DELETE, connect, open_file, storage_error
from .session_titles import drop_title
from .sessions import Deletion
from .text import clean, shorten

__all__ = ["delete_session", "finish_wiping"]


def _now() -> datetime:
    return datetime.now(UTC)


def delete_session(path: Path, name: str, now: Callable[[], datetime] = _now) -> Deletion:
    """Take all runs of a session out of the log, and their bytes off the disk; the result says whether both was done.

    A run of the session that is going on elsewhere is refused its further events and says that it is not recorded.

    Raises:
        SessionNotFound: no run was asked under exactly that name.
        StorageError: the log cannot be written, or another program held it for too long; then nothing is deleted. Or its
            title beside the log cannot be taken out; then all else is.
    """
    open_file(path).close()  # refuses what is no run log, and brings an older one to this version
    try:
        with closing(connect(path, "mode=rw")) as connection:
            connection.execute("PRAGMA synchronous = FULL")  # what is said to be deleted is not back after a power cut
            at = now()
            runs, events = _take_out(connection, name, at)
            deleted = Deletion(at, runs, events, _wiped(connection))
    except sqlite3.Error as error:
        raise storage_error(path, error) from error
    drop_title(path, name)
    return deleted


def finish_wiping(connection: sqlite3.Connection) -> None:
    """End what a killed deletion began, unless another program is at it or the log can only be read."""
    try:
        if connection.execute("SELECT 1 FROM deletions WHERE wiped = 0").fetchone() is None:
            return
    except sqlite3.Error:  # a log of the first version, or a damaged one, which reading will tell
        return
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    _wiped(connection)
    connection.execute(f"PRAGMA busy_timeout = {patience}")


def _take_out(connection: sqlite3.Connection, name: str, at: datetime) -> tuple[int, int]:
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    try:
        of_session = "run_id IN (SELECT run_id FROM events WHERE session = ?)"
        query = f"SELECT count(DISTINCT run_id), count(*) FROM events WHERE {of_session}"
        runs, events = connection.execute(query, (name,)).fetchone()
        if not runs:
            raise SessionNotFound(
                f"There is no session {shorten(clean(name), 60)!r}.", "`biocopilot sessions list` names them."
            )
        connection.execute("DROP TRIGGER no_delete")
        connection.execute(f"DELETE FROM events WHERE {of_session}", (name,))
        connection.execute(NO_DELETE)
        connection.execute("INSERT INTO deletions (at, runs, events) VALUES (?, ?, ?)", (at.isoformat(), runs, events))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return int(runs), int(events)


def _wiped(connection: sqlite3.Connection) -> bool:
    """Write the file anew without free space, and empty the write-ahead file; False where it cannot be done now."""
    try:
        connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            return False
        connection.execute("UPDATE deletions SET wiped = 1 WHERE wiped = 0")
    except sqlite3.Error:  # no room for the copy, or another program writes: the row stays unwiped, which is told
        return False
    return True
