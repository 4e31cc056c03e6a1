"""An answer as plain text, for pipes, files and `--plain`; and the lines that every way of showing one shares.

The text depends on the `Answer` alone, so that a replayed run gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..memory.answer_blocks import Block, Heading, Line, Table, paragraphs_of, pieces_of
from ..memory.answer_parts import STATUS_LINES, call_label, evidence_shown, run_line, source_label
from ..memory.records import Answer, Evidence
from ..memory.text import clean, shorten

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

_TITLE_CHARACTERS = 60


def render_answer(answer: Answer) -> str:
    """Status where it is not `answered`, the text with its tables in columns, evidence, notices, and the run's line."""
    return "\n".join(line.rstrip() for line in _lines(answer)) + "\n"


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
