"""An answer as plain text, for pipes, files and `--plain`; and the lines that every way of showing one shares.

The text depends on the `Answer` alone, so that a replayed run gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..memory.records import Answer, Evidence, Source
from ..memory.text import clean, shorten
from .answer_blocks import Block, Heading, Line, Table, paragraphs_of, pieces_of

__all__ = [
    "STATUS_LINES",
    "answer_lines",
    "call_label",
    "evidence_shown",
    "render_answer",
    "run_line",
    "source_label",
    "source_line",
]

STATUS_LINES = {
    "partial": "Partly answered: something is missing, see below.",
    "unknown": "Not answered.",
    "failed": "The run failed.",
    "cancelled": "Stopped before it ended.",
}
"""What is said above an answer that is not whole."""

_CALL_CHARACTERS = 80
_TITLE_CHARACTERS = 60


def render_answer(answer: Answer) -> str:
    """Status where it is not `answered`, the text with its tables in columns, evidence, notices, and the run's line."""
    return "\n".join(line.rstrip() for line in _lines(answer)) + "\n"


def source_label(source: Source) -> str:
    """Name and release, without saying the name twice where the release begins with it."""
    return source.release if source.release.startswith(source.name) else f"{source.name} {source.release}"


def call_label(tool: str, arguments: dict[str, Any], most: int = _CALL_CHARACTERS) -> str:
    """The tool and the values it was given, in one line."""
    values = [text for value in arguments.values() if (text := _value(value))]
    return shorten(" ".join(clean(" ".join([tool, *values])).split()), most)


def source_line(item: Evidence) -> str:
    """Where a record is from, and the call that gave it; of a passage, where it stands and the command that opens it."""
    if item.record.get("type") == "passage" and item.record.get("passage"):
        return _passage_line(item)
    source = clean(f"{source_label(item.source)} ({item.source.licence})")
    return f"{source}, {item.backend} · {call_label(item.tool, item.arguments)}"


def _passage_line(item: Evidence) -> str:
    record, source = item.record, item.source
    standing = f"{record['standing']}: " if record["retracted"] else ""
    licence = "licence not stated" if source.licence == "not stated" else source.licence
    title = shorten(record["title"] or "", _TITLE_CHARACTERS)
    page = f"page {record['page']}" if record["page"] is not None else record["section"] or ""
    where = ", ".join(
        part for part in ("" if title in source.name else title, shorten(page, _TITLE_CHARACTERS)) if part
    )
    line = f"{standing}{source.name} ({licence}){f': {where}' if where else ''} · library show {record['passage']}"
    return " ".join(clean(line).split())


def evidence_shown(answer: Answer) -> tuple[tuple[Evidence, ...], int]:
    """The evidence that claims cite, and how many records are left out. Where none cites any it is all but passages: what was looked
    through in vain is long."""
    cited = {name for claim in answer.claims for name in claim.evidence}
    shown = tuple(
        item for item in answer.evidence if item.id in cited or (not cited and item.record.get("type") != "passage")
    )
    return shown, len(answer.evidence) - len(shown)


def run_line(answer: Answer) -> str:
    """The run's id, its planner and its seconds."""
    return f"{answer.run_id} · {clean(answer.planner)} · {answer.seconds:.2f} s"


def answer_lines(answer: Answer) -> Iterator[str]:
    """The answer's text with its tables in columns, an empty line after each paragraph."""
    for paragraph in paragraphs_of(answer.answer):
        for block in paragraph:
            yield from _block_lines(block)
        yield ""


def _lines(answer: Answer) -> Iterator[str]:
    if answer.status in STATUS_LINES:
        yield from (STATUS_LINES[answer.status], "")
    yield from answer_lines(answer)
    shown, left_out = evidence_shown(answer)
    if shown:
        width = max(len(item.id) for item in shown)
        yield "Evidence"
        yield from (f"{item.id:<{width}}  {source_line(item)}" for item in shown)
        if left_out:
            yield f"{'':<{width}}  and {left_out} more that no sentence cites"
        yield ""
    if answer.notices:
        yield from (f"! {' '.join(clean(notice).split())}" for notice in answer.notices)
        yield ""
    yield run_line(answer)


def _block_lines(block: Block) -> Iterator[str]:
    match block:
        case Table():
            yield from _columns(block)
        case Heading():
            yield _plain(block.text)
        case Line():
            yield f"{block.bullet} {_plain(block.text)}".lstrip()


def _columns(table: Table) -> Iterator[str]:
    rows = [[_plain(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(table.header))]
    rows.insert(1, ["-" * width for width in widths])
    for row in rows:
        yield "  ".join(
            f"{cell:>{width}}" if right else f"{cell:<{width}}"
            for cell, width, right in zip(row, widths, table.columns_of_numbers, strict=True)
        )


def _plain(text: str) -> str:
    """The line without the signs around code and bold; struck text keeps its own, since nothing else tells it."""
    return "".join(f"~~{piece.text}~~" if piece.kind == "struck" else piece.text for piece in pieces_of(text))


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value)
    return "" if isinstance(value, dict) else str(value)
