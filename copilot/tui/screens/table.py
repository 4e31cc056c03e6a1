"""A table to work with: sort, filter, copy, write as CSV, and a histogram of a column of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, Static

from ..tables import TableData

__all__ = ["MOST_ROWS", "TableScreen"]

MOST_ROWS = 2_000
"""Rows that are shown; filtering, sorting and writing look at all of them."""
_BARS = " ▁▂▃▄▅▆▇█"
_BINS = 40


class TableScreen(ModalScreen[None]):
    """The tables of a run, one at a time.

    Args:
        tables: at least one.
        save: writes a CSV; says where.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", show=False),
        Binding("s", "sort", "Sort by this column", show=False),
        Binding("slash", "search", "Filter", show=False),
        Binding("p", "plot", "Histogram", show=False),
        Binding("c", "copy", "Copy", show=False),
        Binding("w", "write", "Write as CSV", show=False),
        Binding("n,tab", "next", "Next table", show=False, priority=True),
    ]

    def __init__(self, tables: Sequence[TableData], save: Callable[[TableData], str]) -> None:
        super().__init__()
        self._tables, self._save = list(tables), save
        self._at = 0
        self._words = ""
        self._sort: tuple[int, bool] | None = None
        self._plotted = False

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Static("", id="of")
            yield Input(placeholder="/ to filter", id="wanted", compact=True)
            yield DataTable(id="cells", zebra_stripes=True)
            yield Static("", id="plot")
            yield Static(
                Content.styled(
                    "s sorts by the column · / filters · p histogram · c copies · w writes CSV · n next table · Esc closes",
                    "$text-muted",
                ),
                id="said",
            )

    def on_mount(self) -> None:
        self._fill()
        self._cells.focus()

    @property
    def table(self) -> TableData:
        """What is shown: filtered and sorted."""
        found = self._tables[self._at].filtered(self._words)
        return found.sorted_by(*self._sort) if self._sort else found

    @property
    def _cells(self) -> DataTable[Text]:
        return self.query_one("#cells", DataTable)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._words = event.value
        self._fill()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._cells.focus()

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        self._sort_by(event.column_index)

    def action_search(self) -> None:
        self.query_one("#wanted").focus()

    def action_sort(self) -> None:
        self._sort_by(self._cells.cursor_column)

    def action_next(self) -> None:
        self._at = (self._at + 1) % len(self._tables)
        self._sort, self._words = None, ""
        self.query_one("#wanted", Input).value = ""
        self._fill()

    def action_plot(self) -> None:
        self._plotted = not self._plotted
        self._plot()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.table.csv())
        self._say(f"{len(self.table.rows):,} rows are copied.")

    def action_write(self) -> None:
        self._say(self._save(self.table))

    def _sort_by(self, column: int) -> None:
        self._sort = (column, self._sort == (column, False))
        self._fill()

    def _fill(self) -> None:
        table, cells = self.table, self._cells
        column = cells.cursor_column
        cells.clear(columns=True)
        for number, name in enumerate(table.header):
            sign = "" if self._sort is None or self._sort[0] != number else " ↓" if self._sort[1] else " ↑"
            cells.add_column(Text(f"{name}{sign}"), key=str(number))
        cells.add_rows([Text(cell) for cell in row] for row in table.rows[:MOST_ROWS])
        if table.rows:
            cells.move_cursor(column=min(column, len(table.header) - 1))
        whole = len(self._tables[self._at].rows)
        count = f"{len(table.rows):,} of {whole:,} rows" if len(table.rows) != whole else f"{whole:,} rows"
        more = f", the first {MOST_ROWS:,} shown" if len(table.rows) > MOST_ROWS else ""
        which = f"{self._at + 1} of {len(self._tables)} · " if len(self._tables) > 1 else ""
        self.query_one("#of", Static).update(
            Content.assemble((table.title, "bold"), (f"  {which}{count}{more}", "$text-muted"))
        )
        self._plot()

    def on_data_table_cell_highlighted(self, _event: DataTable.CellHighlighted) -> None:
        self._plot()

    def _plot(self) -> None:
        plot = self.query_one("#plot", Static)
        plot.display = self._plotted
        if self._plotted and self.table.header:
            plot.update(Content(histogram(self.table, self._cells.cursor_column)))

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(Content(text))


def histogram(table: TableData, column: int) -> str:
    """Counts of a column's numbers in bars of one line, with least, median and most."""
    values = sorted(table.numbers(column))
    name = table.header[column]
    if len(values) < 2:
        return f"{name}: no numbers to count."
    least, most = values[0], values[-1]
    width = (most - least) / _BINS or 1.0
    counts = [0] * _BINS
    for value in values:
        counts[min(_BINS - 1, int((value - least) / width))] += 1
    highest = max(counts)
    bars = "".join(_BARS[-(-count * (len(_BARS) - 1) // highest)] for count in counts)
    return f"{name} of {len(values):,}: {bars}\nleast {least:g} · median {values[len(values) // 2]:g} · most {most:g}"
