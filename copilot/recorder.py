"""Numbers, stamps and keeps a run's events: into the run log where there is one, and to whoever listens.

A log that cannot be written ends no run: the first failure becomes a notice, and the run goes on unrecorded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ..memory.errors import StorageError
from ..memory.events import Event, Notice

if TYPE_CHECKING:
    from ..memory.run_log import RunLog

__all__ = ["Recorder"]

E = TypeVar("E", bound="Event")
"""Any member of the union of events."""


class Recorder:
    """The event list of one run.

    Args:
        run_id: the run that the events belong to.
        log: where they are committed, one by one; None keeps them in memory only.
        listener: called with each event after it is committed.
        now: the clock.
    """

    def __init__(
        self,
        run_id: str,
        log: RunLog | None = None,
        listener: Callable[[Event], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.run_id = run_id
        self.events: list[Event] = []
        self._log = log
        self._listener = listener
        self._now = now

    def emit(self, event_type: type[E], /, **fields: Any) -> E:
        """Make the next event of that type, commit it, tell the listener, and return it."""
        event: Any = event_type(run_id=self.run_id, number=len(self.events) + 1, at=self._now(), **fields)
        self.events.append(event)
        failure = self._commit(event)
        if self._listener is not None:
            self._listener(event)
        if failure is not None:
            text = f"This run is not recorded from here on: {failure.message} {failure.hint}".strip()
            self.emit(Notice, text=text, kind="storage")
        return event  # type: ignore[no-any-return]  # made by `event_type` above

    def _commit(self, event: Event) -> StorageError | None:
        if self._log is None:
            return None
        try:
            self._log.append(event)
        except StorageError as error:
            self._log = None
            return error
        return None
