"""A table of an answer, fitted to a width: columns as wide as they need, then wrapped at words, then left out with a word on it.

As content and not as a drawing of another library: its citations are links, and the mouse selects its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content

from ...memory.answer_blocks import Table, pieces_of

__all__ = ["table_content"]

_GAP = 2
_LEAST = 6
"""A column is never narrower, where it has as much to show."""
_LONGEST_WORD = 24
"""Longer words, such as a SMILES, may be broken."""
_MOST_ROWS = 200
"""More are for the table's own screen: a line of a chat costs more than a row there."""


def table_content(table: Table, width: int, cell: Callable[[str], Content]) -> Content:
    """Lines of at most that many characters.

    Args:
        table: header and rows.
        width: how many characters a line may have.
        cell: makes content of a cell's text; called once a cell, row by row.
    """
    header = [cell(title).stylize("bold") for title in table.header]
    rows = [[cell(text) for text in row] for row in table.rows[:_MOST_ROWS]]
    columns = [[line[place] for line in (header, *rows)] for place in range(len(header))]
    naturals = [max(part.cell_length for part in column) for column in columns]
    least = [
        min(natural, max(_LEAST, _longest_word(column))) for natural, column in zip(naturals, columns, strict=True)
    ]
    shown = _shown(least, [_cites(table, place) for place in range(len(header))], width)
    widths = _widths([naturals[place] for place in shown], [least[place] for place in shown], width)
    numbers = [table.columns_of_numbers[place] for place in shown]
    lines = _line([header[place] for place in shown], widths, numbers)
    lines.append(Content.styled("─" * min(width, sum(widths) + _GAP * (len(widths) - 1)), "$text-muted"))
    for row in rows:
        lines += _line([row[place] for place in shown], widths, numbers)
    left_out = [title for place, title in enumerate(table.header) if place not in shown]
    if left_out:
        said = f"Left out here for want of room: {', '.join(left_out)}. Ctrl+B shows all columns."
        lines.append(Content.styled(said, "italic $text-muted"))
    if more := len(table.rows) - len(rows):
        lines.append(Content.styled(f"{more:,} more rows: Ctrl+B shows them.", "italic $text-muted"))
    return Content("\n").join(lines)


def _cites(table: Table, place: int) -> bool:
    return any(piece.kind == "evidence" for row in table.rows[:_MOST_ROWS] for piece in pieces_of(row[place]))


def _longest_word(column: Sequence[Content]) -> int:
    words = [len(word) for part in column for word in part.plain.split()]
    return min(_LONGEST_WORD, max(words, default=0))


def _shown(least: Sequence[int], cited: Sequence[bool], width: int) -> list[int]:
    """Which columns are shown: of those without citations the last go first; the first and those with citations stay."""
    shown = list(range(len(least)))
    for place in reversed(range(1, len(least))):
        if sum(least[at] for at in shown) + _GAP * (len(shown) - 1) <= width:
            break
        if not cited[place]:
            shown.remove(place)
    return shown


def _widths(naturals: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """How wide each is: what it needs, less where all do not fit; the widest give way first, and words break last."""
    widths = list(naturals)
    room = max(len(widths), width - _GAP * (len(widths) - 1))
    for floors in (least, [1] * len(widths)):
        while sum(widths) > room:
            wide = [place for place in range(len(widths)) if widths[place] > floors[place]]
            if not wide:
                break
            widths[max(wide, key=lambda place: widths[place])] -= 1
    return widths


def _line(cells: Sequence[Content], widths: Sequence[int], numbers: Sequence[bool]) -> list[Content]:
    """One row, in as many lines as its tallest cell needs."""
    wrapped = [cell.wrap(width) if cell else [cell] for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for number in range(max(len(lines) for lines in wrapped)):
        parts = []
        for lines_of_cell, width, right in zip(wrapped, widths, numbers, strict=True):
            part = lines_of_cell[number].rstrip() if number < len(lines_of_cell) else Content("")
            space = max(0, width - part.cell_length)
            parts.append(part.pad_left(space) if right else part.pad_right(space))
        lines.append(Content(" " * _GAP).join(parts).rstrip())
    return lines
