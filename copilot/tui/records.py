"""What there is to a record beyond what the run holds: whether it is found again, and what stands around a passage. Blocking."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence

from ...memory.events import Event, EvidenceAdded, RunStarted, ToolFinished, ToolStarted
from ...memory.library.library import Library
from ...memory.records import Evidence
from ...memory.text import clean
from ...tools.contract import Tool
from ...tools.workbench import Workbench
from ..cli.recorded import earlier_runs, run_log
from ..evidence_check import EvidenceCheck, check_evidence
from ..step_text import one_line

__all__ = ["around", "checked_again"]

_MOST_DIFFERENCES = 5
_AROUND = 400
"""Characters before and behind a passage."""


def checked_again(run_id: str, evidence_id: str, bench: Workbench, tools: Mapping[str, Tool]) -> str:
    """What `runs verify` says of one record: its hash looked at, and its call made again, offline.

    Raises:
        RunNotFound: the run is not recorded.
        StorageError: the run log cannot be read.
    """
    with run_log() as log:
        events = log.events(run_id)
        session = next((event.session for event in events if isinstance(event, RunStarted)), None)
        part = list(_of_one_call(events, evidence_id))
        checks, _ = asyncio.run(check_evidence(part, bench, tools, earlier_runs(log, session, run_id)))
    found = next((check for check in checks if check.evidence.id == evidence_id), None)
    return f"○ The run log has no {evidence_id} of this run." if found is None else "\n".join(_said(found))


def _of_one_call(events: Sequence[Event], evidence_id: str) -> Iterator[Event]:
    """The events that one record's check needs: the run's beginning, and its call's."""
    call_id = next(
        (event.call_id for event in events if isinstance(event, EvidenceAdded) and event.evidence.id == evidence_id), ""
    )
    for event in events:
        match event:
            case RunStarted():
                yield event
            case ToolStarted() if event.call.id == call_id:
                yield event
            case EvidenceAdded() | ToolFinished() if event.call_id == call_id:
                yield event
            case _:
                pass


def _said(check: EvidenceCheck) -> Iterator[str]:
    if check.outcome == "same":
        yield "✓ checked again: the record is as it was hashed, and its call finds the same now"
    elif check.outcome == "not_rechecked":
        yield f"○ not checked again: {one_line(check.reason)}"
    else:
        yield "✗ checked again: it differs"
        yield from (f"    {one_line(str(item))}" for item in check.differences[:_MOST_DIFFERENCES])
        left = len(check.differences) - _MOST_DIFFERENCES
        if left > 0:
            yield f"    and {left} more"


def around(item: Evidence, library: Library) -> tuple[str, str]:
    """What stands before and behind a passage in its document; empty where the document is not in the library as it was.

    Raises:
        StorageError: the library cannot be read.
    """
    record = item.record
    row = library.catalogue.document(str(record["document"]))
    if row is None or row.text_sha256 != record.get("text_sha256"):
        return "", ""
    parts, number = library.catalogue.parts(row.id), int(record["part"])
    text = parts[number].text if number < len(parts) else ""
    start, end = int(record["start"]), int(record["end"])
    before, behind = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return (
        ("…" if start > _AROUND else "") + one_line(clean(before)),
        one_line(clean(behind)) + ("…" if end + _AROUND < len(text) else ""),
    )
