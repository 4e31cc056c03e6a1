"""The earlier runs of a session, and a piece of their evidence by its handle: `R2.E3` is evidence E3 of the second run.

    earlier = EarlierRuns(sessions.run_ids("kinases"), log.events)
    recalled = earlier.result("R2.E3")
    recalled.run_id, recalled.evidence.record

A record that was itself recalled is given as the run that found it has it, so that a chain of recalls has one link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .errors import InvalidIdentifier, VerificationFailed
from .events import Event, EvidenceAdded
from .records import Evidence, record_sha256
from .text import clean, shorten

__all__ = ["HANDLE", "RECALL", "EarlierRuns", "Recalled"]

RECALL = "recall_result"
"""The tool that carries an earlier run's evidence into this one."""

HANDLE = re.compile(r"R(?P<run>[1-9]\d{0,5})\.(?P<evidence>E[1-9]\d{0,5})", re.IGNORECASE)


@dataclass(frozen=True)
class Recalled:
    """Evidence of an earlier run, and the run that found it."""

    run_id: str
    evidence: Evidence


@dataclass(frozen=True)
class EarlierRuns:
    """The runs of a session before this one, in the order in which they began; `events` reads one."""

    ids: tuple[str, ...]
    events: Callable[[str], Sequence[Event]]

    def result(self, handle: str) -> Recalled:
        """The evidence of that handle.

        Raises:
            InvalidIdentifier: it is no handle, or none of this session's; the hint says which there are.
            VerificationFailed: the record is not what its hash was taken over.
            StorageError: the run log cannot be read.
        """
        parts = HANDLE.fullmatch(handle.strip())
        if parts is None:
            raise InvalidIdentifier(
                f"{shorten(clean(handle), 40)!r} is no handle of a result.", "R2.E3 is evidence E3 of the second run."
            )
        number, name = int(parts["run"]), parts["evidence"].upper()
        if number > len(self.ids):
            there = f"The earlier runs are R1 to R{len(self.ids)}." if self.ids else "It has no earlier runs."
            raise InvalidIdentifier(f"There is no run R{number} in this session.", there)
        return self._found(self.ids[number - 1], name, f"R{number}")

    def _found(self, run_id: str, name: str, run: str) -> Recalled:
        known = {event.evidence.id: event.evidence for event in self.events(run_id) if isinstance(event, EvidenceAdded)}
        if name not in known:
            raise InvalidIdentifier(f"There is no {name} in {run} of this session.", _listed(run, known))
        item = known[name]
        if record_sha256(item.record) != item.sha256:
            raise VerificationFailed(
                f"The record of {run}.{name} is not the one that was hashed.", f"biocopilot runs verify {run_id}"
            )
        if item.tool == RECALL and item.record.get("run_id") in self.ids:
            return self._found(str(item.record["run_id"]), str(item.record["evidence"]), run)
        return Recalled(run_id, item)


def _listed(run: str, names: Iterable[str]) -> str:
    handles = [f"{run}.{name}" for name in names]
    return f"It has {shorten(', '.join(handles), 120)}." if handles else "It found no evidence."
