"""Sessions as text and JSON: a line each in the list, and one whole, its questions, answers and results by handle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from ...memory.events import Event
from ...memory.sessions import Deletion, SessionRow, turn_of
from ...memory.text import clean, shorten
from ...memory.transcript import answer_of
from ..rendering import STATUS_LINES, answer_lines, source_line

__all__ = ["deletions_text", "rows_json", "rows_text", "session_text"]

_WIDTH = 80
_LINE_CHARACTERS = 100
_NAME_WIDTH = 24
_BESIDE = 31
"""Characters of a line of the list beside the name and the question."""


def rows_json(rows: Sequence[SessionRow], titles: Mapping[str, str]) -> str:
    """A JSON list of the sessions, each with the title that the user gave it."""
    found = [
        {
            "id": row.name,
            "title": titles.get(row.name, ""),
            "questions": row.runs,
            "first_at": row.first_at.isoformat() if row.first_at else None,
            "last_at": row.last_at.isoformat() if row.last_at else None,
            "last_question": row.last_question,
            "trouble": row.trouble,
        }
        for row in rows
    ]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def rows_text(rows: Sequence[SessionRow], titles: Mapping[str, str]) -> str:
    """A line for each session, below it one with its title, and one where something is the matter; nothing where there are none."""
    if not rows:
        return ""
    names = [shorten(_line(row.name), _NAME_WIDTH) for row in rows]
    wide = max(7, *(len(name) for name in names))
    lines = [f"{'session':<{wide}}  questions  {'last':<16}  last question"]
    for name, row in zip(names, rows, strict=True):
        last = f"{row.last_at:%Y-%m-%d %H:%M}" if row.last_at else "-"
        question = shorten(_line(row.last_question), _WIDTH - wide - _BESIDE)
        lines.append(f"{name:<{wide}}  {row.runs:>9}  {last:<16}  {question}".rstrip())
        if title := _line(titles.get(row.name, "")):
            lines.append(shorten(f"  “{title}”", _WIDTH))
        if row.trouble:
            lines.append(f"{'':<{wide}}  ! {row.trouble}")
    return "\n".join(lines) + "\n"


def deletions_text(deletions: Sequence[Deletion]) -> str:
    """That something was deleted, in a line, and whether its bytes are still there."""
    runs, last = sum(done.runs for done in deletions), deletions[-1].at
    waiting = "" if all(done.wiped for done in deletions) else " Not all of their bytes are wiped yet."
    sessions = "1 session" if len(deletions) == 1 else f"{len(deletions)} sessions"
    many = "1 run" if runs == 1 else f"{runs} runs"
    return f"Deleted so far: {sessions} with {many}, last on {last:%Y-%m-%d %H:%M} UTC.{waiting}"


def session_text(name: str, runs: Sequence[Sequence[Event]], title: str = "") -> str:
    """The session for reading: each question with its answer, and a line for each result under its handle."""
    parts = [f"session   {_line(name)}, {'1 question' if len(runs) == 1 else f'{len(runs)} questions'}"]
    if title:
        parts[0] += f"\ntitle     {_line(title)}"
    parts += [
        "\n".join(line.rstrip() for line in _run_lines(number, events)).rstrip()
        for number, events in enumerate(runs, 1)
    ]
    return "\n\n".join(parts) + "\n"


def _run_lines(number: int, events: Sequence[Event]) -> Iterator[str]:
    answer, turn = answer_of(events), turn_of(number, events)
    asked = f"{turn.at:%Y-%m-%d %H:%M:%S} UTC" if turn.at else ""
    yield f"R{number}  {_line(answer.question)}"
    yield f"    {answer.run_id}, {answer.status}, {asked}"
    yield ""
    if answer.status in STATUS_LINES:
        yield STATUS_LINES[answer.status]
    yield from answer_lines(answer)
    records = {item.id: item for item in answer.evidence}
    for item in turn.results:
        record = records.get(item.handle.partition(".")[2])
        told = item.summary or (source_line(record) if record else "")  # a long digest is cut before its last results
        yield shorten(_line(f"{item.handle}  {item.tool}: {told}"), _LINE_CHARACTERS)
    for notice in answer.notices:
        yield f"! {_line(notice)}"


def _line(text: str) -> str:
    return " ".join(clean(text).split())
