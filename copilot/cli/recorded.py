"""The user's run log as commands open it: never made here, and closed when they are done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...memory.earlier_runs import EarlierRuns
from ...memory.errors import RunNotFound
from ...memory.paths import run_log_path
from ...memory.run_log import RunLog
from ...memory.sessions import Sessions

__all__ = ["earlier_runs", "run_log"]


@contextmanager
def run_log() -> Iterator[RunLog]:
    """The user's run log. Raises RunNotFound where there is none."""
    path = run_log_path()
    if not any(path.parent.glob(f"{path.name}*")):
        raise RunNotFound("No run is recorded yet.", 'Ask something first: biocopilot ask "MW of ibuprofen?"')
    with RunLog.open(path) as log:
        yield log


def earlier_runs(log: RunLog, session: str | None, before: str = "") -> EarlierRuns | None:
    """The session's runs before one of them, or all; None where there are none."""
    ids = Sessions(log).run_ids(session, before) if session else ()
    return EarlierRuns(ids, log.events) if ids else None
