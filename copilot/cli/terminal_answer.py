"""An answer on a terminal: wrapped prose, aligned tables, evidence ids dimmed, then the evidence and the notices.

Content is styled piece by piece and never parsed as rich markup or as full Markdown: a SMILES has brackets,
parentheses and asterisks that would be taken for links and emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ...memory.records import Answer, Evidence
from ...memory.text import clean, shorten
from .store_status import source_label

__all__ = ["answer_renderables", "print_answer"]

_WIDEST = 100
"""Prose wider than this is hard to read."""

_PIECES = re.compile(
    r"(?P<evidence>\[E\d+(?:, ?E\d+)*\])|`(?P<code>[^`\n]+)`|\*\*(?P<bold>[^*\n]+)\*\*|~~(?P<struck>[^~\n]+)~~"
)
_STYLES = {"evidence": "dim", "code": "cyan", "bold": "bold", "struck": "strike"}
_STATUS_LINES = {
    "partial": "Partly answered: something is missing, see below.",
    "unknown": "Not answered.",
    "failed": "The run failed.",
    "cancelled": "Stopped before it ended.",
}


def print_answer(answer: Answer, console: Console | None = None) -> None:
    """Print the answer, its evidence and its notices."""
    console = console or Console(highlight=False)
    console.width = min(console.width, _WIDEST)
    console.print()  # apart from the steps above
    for part in answer_renderables(answer):
        console.print(part, markup=False, highlight=False)


def answer_renderables(answer: Answer) -> Iterator[RenderableType]:
    """The parts of an answer in the order they are shown."""
    if answer.status in _STATUS_LINES:
        yield Text(_STATUS_LINES[answer.status], style="bold yellow")
        yield Text("")
    for block in clean(answer.answer).strip().split("\n\n"):
        if block.strip():
            yield from _block(block.strip("\n"))
            yield Text("")
    if answer.evidence:
        yield Text("Evidence", style="bold")
        yield _evidence_table(answer)
    for notice in answer.notices:
        yield Text("")
        yield Text(f"! {clean(notice)}", style="yellow")
    yield Text("")
    yield Text(f"{answer.run_id} · {answer.planner} · {answer.seconds:.2f} s", style="dim")


def _block(block: str) -> Iterator[RenderableType]:
    lines = block.split("\n")
    while lines:
        if _is_table(lines):
            rows = []
            while lines and lines[0].lstrip().startswith("|"):
                rows.append(_cells(lines.pop(0)))
            yield _table(rows)
        else:
            line = lines.pop(0)
            heading = line.startswith("#")
            text = _styled(line.lstrip("# ") if heading else line)
            if heading:
                text.stylize("bold")
            yield text


def _is_table(lines: list[str]) -> bool:
    return len(lines) >= 2 and lines[0].startswith("|") and set(lines[1]) <= set("|-: ")


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().removesuffix("|"))[1:]]


def _table(rows: list[list[str]]) -> Table:
    header, _rule, *body = rows
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for index, title in enumerate(header):
        numbers = bool(body) and all(re.match(r"[<>~≤≥]?\s*[-−]?\d", row[index]) for row in body if index < len(row))
        justify: Any = "right" if numbers else "left"
        table.add_column(_styled(title), justify=justify, overflow="fold")
    for row in body:
        padded = (row + [""] * len(header))[: len(header)]
        table.add_row(*(_styled(cell) for cell in padded))
    return table


def _styled(text: str) -> Text:
    """Inline code, bold, struck text and evidence ids as styles; everything else as it stands."""
    made, at = Text(), 0
    for hit in _PIECES.finditer(text):
        made.append(text[at : hit.start()])
        kind = str(hit.lastgroup)
        made.append(hit.group(kind), style=_STYLES[kind])
        at = hit.end()
    made.append(text[at:])
    return made


def _evidence_table(answer: Answer) -> Table:
    cited = {name for claim in answer.claims for name in claim.evidence}
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for item in answer.evidence:
        if not cited or item.id in cited:
            grid.add_row(Text(item.id, style="dim"), Text(_source_line(item)))
    left_out = len(answer.evidence) - grid.row_count
    if left_out:
        grid.add_row(Text(""), Text(f"and {left_out} more that no sentence cites", style="dim"))
    return grid


def _source_line(item: Evidence) -> str:
    source = item.source
    values = [str(value) for value in item.arguments.values() if isinstance(value, str | int | float) and value != ""]
    call = shorten(clean(" ".join([item.tool, *values])), 80)
    return f"{source_label(source)} ({source.licence}), {item.backend} · {call}"
