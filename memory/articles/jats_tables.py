"""Tables of JATS as rows of cells. A cell that spans rows or columns is repeated, so that every row reads by itself."""

from __future__ import annotations

from typing import Any

from .full_text import Table
from .plain_text import text_of

__all__ = ["table_of"]

MOST_ROWS = 1_000
MOST_COLUMNS = 60

_Row = tuple[str, ...]


def table_of(wrap: Any, path: tuple[str, ...]) -> Table:
    """The table in a `table-wrap`, within the bounds above."""
    head: list[_Row] = []
    rows: list[_Row] = []
    cut = False
    for table in wrap.iter("table"):
        loose = list(table.iterfind("tr"))
        groups = [(part.tag, list(part.iterfind("tr"))) for part in table if part.tag in ("thead", "tbody", "tfoot")]
        for name, elements in (*groups, ("tbody", loose)):
            found, shortened = _grid(elements, MOST_ROWS - len(rows))
            (head if name == "thead" else rows).extend(found)
            cut = cut or shortened
    foot = wrap.find("table-wrap-foot")
    notes = [] if foot is None else [text_of(note) for note in foot]
    return Table(
        label=text_of(wrap.find("label")),
        caption=text_of(wrap.find("caption")),
        header=tuple(head),
        rows=tuple(rows),
        footnotes=tuple(note for note in notes if note),
        path=path,
        cut=cut,
    )


def _grid(elements: list[Any], room: int) -> tuple[list[_Row], bool]:
    """Rows with spans spread out, and whether something did not fit."""
    cut = len(elements) > room
    rows: list[_Row] = []
    below: dict[int, tuple[str, int]] = {}  # column: text that reaches down from above, and for how many rows more
    for element in elements[: max(0, room)]:
        row: list[str] = []
        cells = [cell for cell in element if cell.tag in ("td", "th")]
        while (cells or len(row) in below) and len(row) < MOST_COLUMNS:
            column = len(row)
            if column in below:
                text, left = below.pop(column)
                if left > 1:
                    below[column] = (text, left - 1)
                row.append(text)
                continue
            cell = cells.pop(0)
            text, down = text_of(cell), _span(cell, "rowspan")
            across = min(_span(cell, "colspan"), MOST_COLUMNS - column)
            for place in range(column, column + across):
                if down > 1:
                    below[place] = (text, down - 1)
                row.append(text)
        cut = cut or bool(cells)
        rows.append(tuple(row))
    return rows, cut


def _span(cell: Any, name: str) -> int:
    given = cell.get(name, "1").strip()
    return min(max(int(given), 1), MOST_ROWS) if given.isascii() and given.isdigit() and len(given) < 6 else 1
