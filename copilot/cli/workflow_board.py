"""What a terminal shows while a workflow runs: steps, rows with the time left, and the newest failures in a table of bounded height."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ..workflows.contract import RowFailure
from ..workflows.work import Happening
from .workflow_progress import Counter, one_line

__all__ = ["board", "drawn"]

_MOST_LOOPS = 3
_MOST_FAILURES = 8
_FEWEST_FAILURES = 2
_OTHER_LINES = _MOST_LOOPS + 5
"""What stands in the region beside failures, and a line of the shell's above it."""


@contextmanager
def board(console: Console) -> Iterator[Callable[[Happening], None]]:
    """Hears what happens and draws it; gone at the end, where the failures are listed in full, and left where the run is broken off."""
    counter, lock, spinner = Counter(), Lock(), Spinner("dots", style="dim")

    def draw() -> RenderableType:
        with lock:  # drawn by a thread of its own
            return drawn(counter, spinner, console.height)

    live = Live(
        console=console,
        get_renderable=draw,
        refresh_per_second=8,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )

    def show(happening: Happening) -> None:
        with lock:
            line = counter.line(happening)
        if happening.kind == "note":
            console.print(Text(line, style="dim"))

    with live:
        try:
            yield show
        except BaseException:
            live.transient = False
            raise


def drawn(counter: Counter, spinner: Spinner, height: int) -> RenderableType:
    """The region on a terminal of so many lines."""
    spinner.update(text=_line(counter.doing(), "dim"))
    rows = [counter.rows[loop] for loop in sorted(counter.rows, key=lambda loop: (len(loop), loop))]
    lines: list[RenderableType] = [spinner, *(_line(f"  {row}", "dim") for row in rows[:_MOST_LOOPS])]
    if counter.failed:
        most = max(_FEWEST_FAILURES, min(_MOST_FAILURES, height - _OTHER_LINES))
        shown = list(counter.failed)[-most:]
        lines.append(_table(shown))
        if (before := counter.failures - len(shown)) > 0:
            lines.append(_line(f"  and {before:,} before; all are listed at the end", "dim"))
    return Group(*lines)


def _table(failures: list[RowFailure]) -> Table:
    """A line each, newest last; what does not fit its column is told in full at the end."""
    table = Table(box=None, expand=True, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("  failed", ratio=3, no_wrap=True, overflow="ellipsis")
    table.add_column("error", ratio=5, no_wrap=True, overflow="ellipsis")
    table.add_column("what to do", ratio=4, no_wrap=True, overflow="ellipsis")
    for one in failures:
        cells = (f"✗ {one_line(one.label)}", one_line(one.message), one_line(one.hint))
        table.add_row(*(Text(cell) for cell in cells), style="red")
    return table


def _line(text: str, style: str) -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
