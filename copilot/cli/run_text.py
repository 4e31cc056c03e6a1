"""Recorded runs as text and JSON: a line each in the list, and one run whole, with its steps, claims and evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from ...memory.events import Event, Notice, PlanProposed, RunFinished, RunStarted, Thought, ToolFailed
from ...memory.records import Answer, Claim, Evidence
from ...memory.run_log import NO_END, RunRow
from ...memory.text import clean, shorten
from ...memory.transcript import answer_of
from ..rendering import source_line
from .progress import Steps
from .record_text import record_text

__all__ = ["rows_json", "rows_text", "run_json", "run_text"]

_GLYPHS = {"supported": "✓", "unsupported": "✗", "generated": "~"}
_WIDTH = 80
_RECORD_LINES = 8
_LINE_CHARACTERS = 100


def rows_json(rows: Sequence[RunRow]) -> str:
    """A JSON list of the runs."""
    found = [
        {
            "id": row.id,
            "question": row.question,
            "status": row.status,
            "planner": row.planner,
            "session": row.session,
            "started_at": row.started_at.isoformat() if row.started_at else None,
            "seconds": row.seconds,
            "events": row.events,
            "trouble": row.trouble,
        }
        for row in rows
    ]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def rows_text(rows: Sequence[RunRow]) -> str:
    """A line for each run, and one below it where something is the matter; nothing where there are none."""
    if not rows:
        return ""
    wide = max(len(row.id) for row in rows)
    lines = [f"{'run':<{wide}}  {'status':<9}  seconds  question"]
    for row in rows:
        seconds = "-" if row.seconds is None else f"{row.seconds:.2f}"
        question = shorten(" ".join(clean(row.question).split()), _WIDTH - wide - 22)
        lines.append(f"{row.id:<{wide}}  {row.status:<9}  {seconds:>7}  {question}".rstrip())
        if row.trouble:
            lines.append(f"{'':<{wide}}  ! {row.trouble}")
    return "\n".join(lines) + "\n"


def run_json(events: Sequence[Event]) -> str:
    """The answer's object, with what else is known of the run before it."""
    answer, start = answer_of(events), _start(events)
    found = {
        "session": start.session,
        "offline": start.offline,
        "version": start.version,
        "environment": start.environment,
        "started_at": start.at.isoformat(),
        "ended": _end(events) is not None,
        "events": len(events),
        "plans": [event.summary for event in events if isinstance(event, PlanProposed)],
        **answer.model_dump(mode="json"),
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def run_text(events: Sequence[Event]) -> str:
    """The run for reading: what was asked, the steps, the claims with verdicts, the evidence with its records."""
    answer = answer_of(events)
    parts = [_head(answer, _start(events), _end(events)), _steps(events), _claims(answer), _evidence(answer)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _start(events: Sequence[Event]) -> RunStarted:
    return next(event for event in events if isinstance(event, RunStarted))


def _end(events: Sequence[Event]) -> RunFinished | None:
    return next((event for event in events if isinstance(event, RunFinished)), None)


def _head(answer: Answer, start: RunStarted, end: RunFinished | None) -> str:
    used = ", ".join(f"{name} {release}" for name, release in sorted(start.environment.items()))
    session = f", session {clean(start.session)}" if start.session else ""
    lines = [
        f"run       {answer.run_id}",
        f"question  {' '.join(clean(answer.question).split())}",
        f"status    {answer.status}" + (f", {answer.seconds:.2f} s" if end else f": {NO_END}"),
        f"planner   {clean(answer.planner)}{', offline' if start.offline else ''}{session}",
        f"started   {start.at:%Y-%m-%d %H:%M:%S} UTC, Biocopilot {start.version or 'of unknown version'}",
        f"with      {clean(used)}" if used else "",
        f"error     {end.error}: {clean(end.message)} {clean(end.hint)}".rstrip() if end and end.error else "",
    ]
    return "\n".join(line for line in lines if line)


def _steps(events: Iterable[Event]) -> str:
    steps, lines = Steps(), []
    for event in events:
        line = steps.line(event)
        if line:
            lines.append(line)
        match event:
            case Thought():
                lines.append(f"  {shorten(' '.join(clean(event.text).split()), _LINE_CHARACTERS)}")
            case ToolFailed() if event.hint:
                lines.append(f"  → {' '.join(clean(event.hint).split())}")
            case Notice():
                lines.append(f"! {' '.join(clean(event.text).split())}")
            case _:
                pass
    return "\n".join(["Steps", *lines]) if lines else ""


def _claims(answer: Answer) -> str:
    if not answer.claims:
        return "No claims were made."
    return "\n".join(
        ["Claims", *(line for number, claim in enumerate(answer.claims, 1) for line in _claim_lines(number, claim))]
    )


def _claim_lines(number: int, claim: Claim) -> Iterator[str]:
    yield f"{_GLYPHS[claim.verdict]} C{number} {claim.verdict}: {' '.join(clean(claim.text).split())}"
    for item in claim.support:
        yield f"    {clean(item.token)} ← {item.evidence} {clean(item.path)}"
    if claim.missing:
        yield f"    in no evidence: {', '.join(clean(text) for text in claim.missing)}"


def _evidence(answer: Answer) -> str:
    if not answer.evidence:
        return "No evidence was found."
    return "\n\n".join(["Evidence", *(_record(item) for item in answer.evidence)]).replace("\n\n", "\n", 1)


def _record(item: Evidence) -> str:
    lines = [shorten(line, _LINE_CHARACTERS) for line in record_text(item.record, 4).splitlines()]
    left = len(lines) - _RECORD_LINES
    if left > 1:
        lines = [*lines[:_RECORD_LINES], f"    … {left} more lines; --json shows them all"]
    return "\n".join([f"{item.id}  {source_line(item)}", f"    sha256 {item.sha256}", *lines])
