"""The run log: every event of every run, in one append-only SQLite file, each committed before anyone hears of it.

    log = RunLog.open(run_log_path())
    log.append(event)
    for row in log.runs(20): ...
    events = log.events(log.find("last"))

Threads share one log; processes may write at once. Nothing is ever changed, and nothing deleted but a whole session at
the user's word (`session_deletion.py`): the file's own triggers refuse it. Appending costs some 30 µs of CPU. A killed
process loses at most the event in flight.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from .errors import Ambiguous, RunNotFound, StorageError
from .events import Event, RunFinished, RunStarted, parse_event
from .records import AnswerStatus
from .run_ids import new_run_id
from .run_log_file import corrupt, open_file, storage_error
from .session_deletion import finish_wiping
from .text import clean, shorten

__all__ = ["RunLog", "RunRow", "new_run_id"]

NO_END = "no end is recorded: it was broken off, or is still running"

_INSERT = "INSERT INTO events (run_id, number, type, session, event) VALUES (?, ?, ?, ?, ?)"
_ROWS = """
    SELECT run.run_id, run.event, last.number, last.type, last.event
    FROM events AS run JOIN events AS last ON last.run_id = run.run_id
        AND last.number = (SELECT max(number) FROM events WHERE run_id = run.run_id)
    WHERE run.number = 1 ORDER BY run.seq DESC LIMIT ?
"""
_MOST_NEAREST = 3


@dataclass(frozen=True)
class RunRow:
    """A run in a list. Without an end its status is `failed`, and `trouble` says so."""

    id: str
    question: str
    status: AnswerStatus
    planner: str
    session: str | None
    started_at: datetime | None
    """None where the run's first event is damaged."""
    seconds: float | None
    """None without an end."""
    events: int
    trouble: str = ""


class RunLog:
    """The events of all runs. Make one with `open`, and `close` it; it is safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = open_file(path)
        finish_wiping(self._file.connection)

    @classmethod
    def open(cls, path: Path) -> RunLog:
        """The log at `path`, made where it is missing. Where it cannot be written it is opened for reading.

        Raises:
            CorruptRunLog: it is damaged; it is left as it is.
            StorageError: it cannot be made or read, or is another program's.
        """
        return cls(path)

    def append(self, event: Event) -> None:
        """Commit one event.

        Raises:
            StorageError: the disk is full, the file cannot be written, is damaged or was closed, or the run has an
                event of that number. What was recorded before stays.
        """
        try:
            text = event.model_dump_json()
        except ValueError as error:  # half of a surrogate pair
            raise StorageError(f"Event {event.number} is no text that can be written: {error}.") from error
        session = event.session if isinstance(event, RunStarted) else None
        self.execute(_INSERT, (event.run_id, event.number, event.type, session, text))

    def events(self, run_id: str) -> tuple[Event, ...]:
        """All events of a run, in order.

        Raises:
            RunNotFound: there is no run of exactly that id.
            CorruptRunLog: one of them is damaged or missing.
        """
        rows = self.execute("SELECT number, event FROM events WHERE run_id = ? ORDER BY number", (run_id,))
        if not rows:
            raise self._not_found(run_id)
        found = []
        for expected, (number, text) in enumerate(rows, 1):
            if number != expected:
                raise corrupt(self.path, f"event {expected} of run {run_id} is missing")
            found.append(self.parsed(run_id, number, text))
        if not isinstance(found[0], RunStarted):
            raise corrupt(self.path, f"run {run_id} has no beginning")
        return tuple(found)

    def runs(self, most: int | None = None) -> tuple[RunRow, ...]:
        """The runs, newest first; a damaged one is listed with its trouble. Raises StorageError."""
        return tuple(self._row(*row) for row in self.execute(_ROWS, (-1 if most is None else most,)))

    def find(self, text: str) -> str:
        """The id that `text` stands for: `last`, an id, or the beginning of exactly one.

        Raises:
            RunNotFound: there is none; `nearest` holds ids that are like it.
            Ambiguous: several ids begin so; `nearest` holds the newest of them.
        """
        text = clean(text).strip()
        if text == "last":
            rows = self.execute("SELECT run_id FROM events WHERE number = 1 ORDER BY seq DESC LIMIT 1")
            if not rows:
                raise RunNotFound("No run is recorded yet.", 'Ask something first: biocopilot ask "MW of ibuprofen?"')
            return str(rows[0][0])
        query = (
            "SELECT run_id FROM events INDEXED BY run_names"
            " WHERE number = 1 AND run_id >= ? AND run_id < ? ORDER BY run_id DESC"
        )
        found = [str(row[0]) for row in self.execute(query, (text, f"{text}\U0010ffff"))] if text else []
        if text in found or len(found) == 1:
            return text if text in found else found[0]
        if not found:
            raise self._not_found(text)
        near = tuple(found[:_MOST_NEAREST])
        raise Ambiguous(
            f"{len(found)} runs begin with {shorten(text, 60)!r}.", f"The newest of them: {', '.join(near)}.", near
        )

    def close(self) -> None:
        """Close the file; what waits in its side file is moved into it. A second call does nothing."""
        with self._lock:
            self._file.close()

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def execute(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement, a transaction of its own; for the files beside this one. Raises StorageError."""
        try:
            with self._lock:
                return self._file.connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            if "append-only" in str(error):
                raise StorageError("This event is recorded already, and the run log is never changed.") from error
            if "event before" in str(error):
                raise StorageError(
                    "What came before it in this run is not in the run log any more: its session was deleted.",
                    "Ask again to have it recorded.",
                ) from error
            raise storage_error(self.path, error) from error

    def parsed(self, run_id: str, number: int | None, text: str) -> Event:
        """The event of a row, which must be the one that the row says. Raises CorruptRunLog."""
        where = f"an event of run {run_id}" if number is None else f"event {number} of run {run_id}"
        try:
            event = parse_event(text)
        except ValueError as error:
            raise corrupt(self.path, f"{where} cannot be read") from error
        if event.run_id != run_id or number not in (None, event.number):
            raise corrupt(self.path, f"{where} holds another event")
        return event

    def _row(self, run_id: str, start: str, number: int, kind: str, end: str) -> RunRow:
        try:
            started, ended = self.parsed(run_id, 1, start), self.parsed(run_id, number, end)
            if not isinstance(started, RunStarted):
                raise corrupt(self.path, f"run {run_id} has no beginning")
        except StorageError as error:
            return RunRow(run_id, "", "failed", "", None, None, None, number, error.message)
        finished = ended if isinstance(ended, RunFinished) else None
        return RunRow(
            id=run_id,
            question=started.question,
            status=finished.status if finished else "failed",
            planner=started.planner,
            session=started.session,
            started_at=started.at,
            seconds=finished.seconds if finished else None,
            events=number,
            trouble="" if finished else NO_END,
        )

    def _not_found(self, text: str) -> RunNotFound:
        from difflib import get_close_matches

        rows = self.execute("SELECT run_id FROM events WHERE number = 1 ORDER BY seq DESC LIMIT 1000")
        near = tuple(get_close_matches(text, [str(row[0]) for row in rows], _MOST_NEAREST, 0.6))
        hint = f"Nearest: {', '.join(near)}." if near else "`biocopilot runs list` names them."
        return RunNotFound(f"There is no run {shorten(text, 60)!r}.", hint, near)
