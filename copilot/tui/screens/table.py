"""A table to work with: sort, filter, copy, write as CSV, and a look at a column of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, Static

from ..plots import bars, plot_of
from ..tables import TableData

__all__ = ["MOST_ROWS", "TableScreen"]

MOST_ROWS = 2_000
"""Rows that are shown; filtering, sorting and writing look at all of them."""
_KEYS = "s sorts by the column · / filters · p histogram, plot · c copies · w writes CSV · n next table · Esc closes"


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
        Binding("p", "plot", "Histogram, plot", show=False),
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
        self._look: Literal["", "bars", "plot"] = ""
        """What is shown of the column: nothing, a line of bars, a plot."""
        self._plotted = -1
        """The column that it is of."""

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Static("", id="of")
            yield Input(placeholder="/ to filter", id="wanted", compact=True)
            yield DataTable(id="cells", zebra_stripes=True)
            yield Static("", id="bars")
            yield Static(Content.styled(_KEYS, "$text-muted"), id="said")

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
        looks: tuple[Literal["", "bars", "plot"], ...] = ("", "bars", "plot")
        if not self._look:
            self._go_to_numbers()
        self._look = looks[(looks.index(self._look) + 1) % len(looks)]
        self._plot()

    def _go_to_numbers(self) -> None:
        """Where the cursor is in a column without numbers, go to one that is likeliest to be meant: of potencies, else the first."""
        table = self.table
        if plot_of(table, self._cells.cursor_column) is not None:
            return
        plots = {column: plot for column in range(len(table.header)) if (plot := plot_of(table, column)) is not None}
        if plots:
            self._cells.move_cursor(column=next((column for column, plot in plots.items() if plot.log), min(plots)))

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

    def on_data_table_cell_highlighted(self, event: DataTable.CellHighlighted) -> None:
        if event.coordinate.column != self._plotted:
            self._plot()

    def _plot(self) -> None:
        """Bring the bars or the plot up to the column that the cursor is in."""
        said = self.query_one("#bars", Static)
        said.display = bool(self._look)
        self._plotted = self._cells.cursor_column
        plot = plot_of(self.table, self._plotted) if self._look and self.table.header else None
        drawn = self._look == "plot" and plot is not None
        for widget in self.query("#drawn"):
            widget.display = drawn
        if plot is None:
            name = self.table.header[self._plotted] if self.table.header else "This table"
            said.update(Content(f"{name}: no numbers to count."))
            return
        said.update(Content(f"{plot.name}: {plot.said}" if drawn else bars(plot)))
        if drawn:
            from ..widgets.plot import ColumnPlot  # plotext is not needed before

            if not self.query("#drawn"):
                self.query_one("#sheet").mount(ColumnPlot(id="drawn"), before=said)
            self.query_one("#drawn", ColumnPlot).show(plot)

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(Content(text))
