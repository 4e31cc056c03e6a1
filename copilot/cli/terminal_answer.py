"""An answer on a terminal: wrapped prose, aligned tables, evidence ids dimmed, then the evidence and the notices.

Content is styled piece by piece and never parsed as rich markup or as full Markdown: a SMILES has brackets,
parentheses and asterisks that would be taken for links and emphasis.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ...memory import answer_blocks
from ...memory.answer_blocks import Heading, Line, paragraphs_of, pieces_of
from ...memory.records import Answer
from ...memory.text import clean
from ..rendering import STATUS_LINES, evidence_shown, run_line, source_line

__all__ = ["answer_renderables", "print_answer"]

_WIDEST = 100
"""Prose wider than this is hard to read."""

_STYLES = {"text": "", "evidence": "dim", "code": "cyan", "bold": "bold", "struck": "strike"}


def print_answer(answer: Answer, console: Console | None = None) -> None:
    """Print the answer, its evidence and its notices."""
    console = console or Console(highlight=False)
    console.width = min(console.width, _WIDEST)
    console.print()  # apart from the steps above
    for part in answer_renderables(answer):
        console.print(part, markup=False, highlight=False)


def answer_renderables(answer: Answer) -> Iterator[RenderableType]:
    """The parts of an answer in the order they are shown."""
    if answer.status in STATUS_LINES:
        yield Text(STATUS_LINES[answer.status], style="bold yellow")
        yield Text("")
    for paragraph in paragraphs_of(answer.answer):
        for block in paragraph:
            yield _block(block)
        yield Text("")
    if answer.evidence:
        yield Text("Evidence", style="bold")
        yield _evidence_table(answer)
    for notice in answer.notices:
        yield Text("")
        yield Text(f"! {clean(notice)}", style="yellow")
    yield Text("")
    yield Text(run_line(answer), style="dim")


def _block(block: answer_blocks.Block) -> RenderableType:
    match block:
        case answer_blocks.Table():
            return _table(block)
        case Heading():
            text = _styled(block.text)
            text.stylize("bold")
            return text
        case Line():
            return _styled(f"{block.bullet} {block.text}" if block.bullet else block.text)


def _table(given: answer_blocks.Table) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for title, numbers in zip(given.header, given.columns_of_numbers, strict=True):
        justify: Any = "right" if numbers else "left"
        table.add_column(_styled(title), justify=justify, overflow="fold")
    for row in given.rows:
        table.add_row(*(_styled(cell) for cell in row))
    return table


def _styled(text: str) -> Text:
    """Inline code, bold, struck text and evidence ids as styles; everything else as it stands."""
    made = Text()
    for piece in pieces_of(text):
        made.append(piece.text, style=_STYLES[piece.kind])
    return made


def _evidence_table(answer: Answer) -> Table:
    shown, left_out = evidence_shown(answer)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for item in shown:
        grid.add_row(Text(item.id, style="dim"), Text(source_line(item)))
    if left_out:
        grid.add_row(Text(""), Text(f"and {left_out} more that no sentence cites", style="dim"))
    return grid
