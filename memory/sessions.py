"""Sessions: the runs that were asked under one name, and what each of them found, by handle.

    sessions = Sessions(log)
    for row in sessions.rows(): ...
    turns = sessions.turns(sessions.find("kinases"))
    turns[1].results[2].handle      # R2.E3: evidence E3 of the session's second run

Read from the run log's events; nothing else is stored of a session. Runs are numbered in the order in which they began,
those that are still going on included, so that a number stays what it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .errors import InvalidInput, SessionNotFound, StorageError
from .events import AnswerFinished, Event, RunFinished, RunStarted, ToolFinished
from .records import AnswerStatus
from .text import clean, shorten

if TYPE_CHECKING:
    from .run_log import RunLog

__all__ = ["NAME_CHARACTERS", "Deletion", "EarlierResult", "SessionRow", "Sessions", "Turn", "session_name", "turn_of"]

NAME_CHARACTERS = 80
"""A session's name fits a line of a terminal."""

_MOST_NEAREST = 3
_RESULT = re.compile(r"^(E\d+): (.*)$", re.MULTILINE)
_IDS = "SELECT run_id FROM events WHERE session = ? ORDER BY seq"
_ROWS = """
    SELECT of.session, of.runs, first.run_id, first.event, last.run_id, last.event
    FROM (
        SELECT session, count(*) AS runs, min(seq) AS first, max(seq) AS last
        FROM events WHERE session IS NOT NULL GROUP BY session
    ) AS of JOIN events AS first ON first.seq = of.first JOIN events AS last ON last.seq = of.last
    ORDER BY of.last DESC
"""
_TOLD = """
    SELECT event FROM events
    WHERE run_id = ? AND type IN ('run_started', 'tool_finished', 'answer_finished', 'run_finished') ORDER BY number
"""


@dataclass(frozen=True)
class EarlierResult:
    """A piece of evidence of an earlier run: `R2.E3` with the tool that gave it and a line about it."""

    handle: str
    tool: str
    summary: str = ""
    """Empty where the tool's digest had no room for it."""


@dataclass(frozen=True)
class Turn:
    """An earlier question of a session, with its answer and what was found for it."""

    question: str
    answer: str
    number: int = 0
    """From 1; 0 where the run is not recorded and so has no handles."""
    run_id: str = ""
    status: AnswerStatus = "answered"
    at: datetime | None = None
    results: tuple[EarlierResult, ...] = ()
    cut: bool = False
    """Whether an end of its texts was left out, so that "the last one" of a list cannot be told."""


@dataclass(frozen=True)
class SessionRow:
    """A session in a list."""

    name: str
    runs: int
    first_at: datetime | None
    """When its first question was asked; None where that run's first event is damaged."""
    last_at: datetime | None
    last_question: str
    trouble: str = ""


@dataclass(frozen=True)
class Deletion:
    """What is left of a deleted session: when, and how much. `wiped` says that its bytes are gone from the disk too."""

    at: datetime
    runs: int
    events: int
    wiped: bool


def session_name(text: str) -> str:
    """`text` as the name of a session: any letters, digits, signs and spaces within.

    Raises:
        InvalidInput: it is empty, too long, cannot be seen, begins as an option does, or is `last`.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if len(name) > NAME_CHARACTERS:
        raise InvalidInput(
            f"The session's name has {len(name):,} characters; {NAME_CHARACTERS} is the most.", _NAME_HINT
        )
    if clean(name) != name or not name.isprintable():
        raise InvalidInput("The session's name holds characters that cannot be seen.", _NAME_HINT)
    if not any(char.isalnum() for char in name):
        raise InvalidInput(f"{name!r} is no name for a session: it has no letter and no digit.", _NAME_HINT)
    if name.startswith("-"):
        raise InvalidInput(f"{name!r} is no name for a session: it begins as an option does.", _NAME_HINT)
    if name.casefold() == "last":
        raise InvalidInput("A session cannot be called last, which stands for the newest one.", _NAME_HINT)
    return name


_NAME_HINT = "Name it as you would a folder: --session kinases"


class Sessions:
    """The sessions of one run log."""

    def __init__(self, log: RunLog) -> None:
        self._log = log

    def rows(self) -> tuple[SessionRow, ...]:
        """All sessions, the one asked last first; a damaged one is listed with its trouble. Raises StorageError."""
        return tuple(self._row(*row) for row in self._log.execute(_ROWS))

    def find(self, text: str) -> str:
        """The name that `text` stands for: a session's own, or `last` for the one asked last.

        Raises:
            SessionNotFound: there is none; `nearest` holds names that are like it.
        """
        if text.strip() == "last":
            rows = self._log.execute("SELECT session FROM events WHERE session IS NOT NULL ORDER BY seq DESC LIMIT 1")
            if rows:
                return str(rows[0][0])
            raise SessionNotFound("No session is recorded yet.", _BEGIN)
        for name in dict.fromkeys((text, unicodedata.normalize("NFC", text).strip())):
            if self.run_ids(name):
                return name
        near = self.nearest(text)
        hint = f"Nearest: {', '.join(near)}." if near else "`biocopilot sessions list` names them."
        raise SessionNotFound(f"There is no session {shorten(clean(text), 60)!r}.", hint, near)

    def nearest(self, text: str, least: float = 0.6) -> tuple[str, ...]:
        """Names of sessions that are like `text`, the most like it first; one that differs in case is as good as equal."""
        from difflib import get_close_matches

        rows = self._log.execute("SELECT DISTINCT session FROM events WHERE session IS NOT NULL")
        names = {str(row[0]).casefold(): str(row[0]) for row in rows}
        return tuple(names[hit] for hit in get_close_matches(text.casefold(), list(names), _MOST_NEAREST, least))

    def run_ids(self, name: str, before: str = "") -> tuple[str, ...]:
        """The ids of a session's runs in the order in which they began; none under a name that is not known.

        Args:
            name: the session.
            before: a run of it: only those that began before it. All where it is empty or not one of them.
        """
        try:
            ids = tuple(str(row[0]) for row in self._log.execute(_IDS, (name,)))
        except UnicodeEncodeError:  # half of a surrogate pair: under such a name nothing can be recorded
            return ()
        return ids[: ids.index(before)] if before in ids else ids

    def turns(self, name: str, most: int | None = None) -> tuple[Turn, ...]:
        """The session's runs, oldest first; with `most`, that many of the newest.

        Raises:
            CorruptRunLog: an event of one of them is damaged.
        """
        ids = list(enumerate(self.run_ids(name), 1))
        return tuple(self._turn(number, run_id) for number, run_id in (ids if most is None else ids[-most:]))

    def deletions(self) -> tuple[Deletion, ...]:
        """What was deleted, oldest first: that something was, never what."""
        if not self._log.execute("SELECT 1 FROM sqlite_master WHERE name = 'deletions'"):
            return ()  # a log of the first version that can only be read
        rows = self._log.execute("SELECT at, runs, events, wiped FROM deletions ORDER BY seq")
        return tuple(
            Deletion(datetime.fromisoformat(at), runs, events, bool(wiped)) for at, runs, events, wiped in rows
        )

    def _turn(self, number: int, run_id: str) -> Turn:
        rows = self._log.execute(_TOLD, (run_id,))
        return turn_of(number, [self._log.parsed(run_id, None, text) for (text,) in rows])

    def _row(self, name: str, runs: int, first_id: str, first: str, last_id: str, last: str) -> SessionRow:
        starts: list[RunStarted | None] = []
        trouble = ""
        for run_id, text in ((first_id, first), (last_id, last)):
            try:
                event = self._log.parsed(run_id, 1, text)
                starts.append(event if isinstance(event, RunStarted) else None)
            except StorageError as error:
                starts.append(None)
                trouble = error.message
        begun, latest = starts
        return SessionRow(
            name=name,
            runs=runs,
            first_at=begun.at if begun else None,
            last_at=latest.at if latest else None,
            last_question=latest.question if latest else "",
            trouble=trouble,
        )


_BEGIN = 'Begin one: biocopilot ask --session kinases "Which drugs act on BTK?"'


def turn_of(number: int, events: Iterable[Event]) -> Turn:
    """The turn that a run's events tell; without an end it is `failed`."""
    run_id, question, answer, at = "", "", "", None
    status: AnswerStatus = "failed"
    results: list[EarlierResult] = []
    for event in events:
        match event:
            case RunStarted():
                run_id, question, at = event.run_id, event.question, event.at
            case ToolFinished():
                told = dict(_RESULT.findall(event.digest))
                results += [
                    EarlierResult(f"R{number}.{name}", event.tool, told.get(name, "")) for name in event.evidence
                ]
            case AnswerFinished():
                answer = event.text
            case RunFinished():
                status = event.status
            case _:
                pass
    return Turn(question, answer, number, run_id, status, at, tuple(results))
