"""What a session holds when a question is asked: from the run log, or in this process where nothing is recorded."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..memory.earlier_runs import EarlierRuns
from ..memory.errors import StorageError
from ..memory.events import Event
from ..memory.sessions import Sessions, Turn, session_name, turn_of
from .planner.history import EARLIER_TURNS, bounded

if TYPE_CHECKING:
    from ..memory.run_log import RunLog

__all__ = ["Past", "SessionMemory", "past_in"]

_ALIKE = 0.85
"""How alike the name of a new session must be to an old one's to be taken for a slip: one letter in seven."""

_RUNS = 50
"""Unrecorded runs that a session keeps whole: they hold their records, of at most two megabytes each."""


@dataclass(frozen=True)
class Past:
    """The session's name as it is recorded, its newest turns within bounds, and its runs for results by handle."""

    session: str | None
    turns: tuple[Turn, ...] = ()
    left_out: int = 0
    earlier: EarlierRuns | None = None
    trouble: str = ""
    """Why earlier questions cannot be had, where they cannot."""
    remark: str = ""


def past_in(log: RunLog, session: str) -> Past:
    """The session as the run log has it.

    Raises:
        InvalidInput: `session` is no name for a session.
    """
    sessions = Sessions(log)
    try:
        ids = sessions.run_ids(session)
        name = session if ids else session_name(session)  # a name of old may be one that is refused now
        if not ids and name != session:
            ids = sessions.run_ids(name)
        if not ids:
            near = sessions.nearest(name, _ALIKE)
            return Past(name, remark=_slip(name, near[0]) if near else "")
        turns = bounded(sessions.turns(name, EARLIER_TURNS))
    except StorageError as error:
        trouble = f"Earlier questions of this session cannot be read: {error.message} {error.hint}".strip()
        return Past(session_name(session), trouble=trouble)
    return Past(name, turns, len(ids) - len(turns), EarlierRuns(ids, log.events))


def _slip(name: str, near: str) -> str:
    return f"This is the first question of session {name!r}; there is also a session {near!r}."


class SessionMemory:
    """Sessions of this process that no log keeps; safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, list[tuple[Event, ...]]] = {}

    def keep(self, session: str, events: Sequence[Event]) -> None:
        """Add a run that has ended. Of those long past, question and answer stay and the records go."""
        with self._lock:
            runs = self._runs.setdefault(session, [])
            runs.append(tuple(events))
            if len(runs) > _RUNS:
                runs[-_RUNS - 1] = tuple(event for event in runs[-_RUNS - 1] if event.type != "evidence_added")

    def past(self, session: str) -> Past:
        """The session as it stands. Raises InvalidInput where `session` is no name for one."""
        name = session_name(session)
        with self._lock:
            runs = tuple(self._runs.get(name, ()))
        if not runs:
            return Past(name)
        turns = bounded([turn_of(number, events) for number, events in enumerate(runs, 1)][-EARLIER_TURNS:])
        by_id = {events[0].run_id: events for events in runs}
        return Past(name, turns, len(runs) - len(turns), EarlierRuns(tuple(by_id), lambda run_id: by_id[run_id]))
