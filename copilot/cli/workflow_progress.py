"""A workflow's progress on stderr: on a terminal a region that is drawn over (`workflow_board.py`), elsewhere a line a row."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...memory.text import clean
from ..workflows.contract import RowFailure
from ..workflows.work import Happening
from .failures import say

__all__ = ["Counter", "one_line", "watching"]

_MOST_KEPT = 100
"""Failures that are remembered; of the others only how many there were."""


class Counter:
    """Counts what happens, and says it in a line.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.steps = self.kept = self.failures = 0
        self.running: dict[str, None] = {}
        """The calls under way, in the order in which they began."""
        self.rows: dict[tuple[int, ...], str] = {}
        """How far each loop is that has rows left, the outer ones first; at () what a workflow tells of its own work."""
        self.failed: deque[RowFailure] = deque(maxlen=_MOST_KEPT)
        """The newest failures, newest last. A call that a row failed of is told by the row alone."""
        self._first: dict[tuple[int, ...], tuple[int, float]] = {}

    def line(self, happening: Happening) -> str:
        """What to say of it for good; empty where it deserves no line."""
        text = one_line(happening.text)
        match happening.kind:
            case "begun":
                self.running[happening.text] = None
                return ""
            case "step":
                self.running.pop(happening.text, None)
                self.rows.pop((), None)
                self.steps += 1
                self.kept += happening.kept
                return ""
            case "failure":
                self._fail(happening)
                return f"✗ {text}"
            case "row" | "progress":
                left = self._left(happening)
                amount = f"{happening.done}/{happening.total} " if happening.total is not None else ""
                self.rows[happening.loop] = f"{amount}{text}{left}".rstrip()
                if happening.done is not None and happening.done == happening.total:
                    del self.rows[happening.loop]
                return f"· {amount}{text}{left}" if happening.kind == "row" else ""
            case "note":
                return f"· {text}"

    def doing(self) -> str:
        """How many steps were done, kept, are under way and failed."""
        parts = [f"{self.steps} steps"]
        parts += [f"{self.kept} kept"] if self.kept else []
        parts += [f"{len(self.running)} running"] if self.running else []
        parts += [f"{self.failures} failed"] if self.failures else []
        return ", ".join(parts)

    def _fail(self, happening: Happening) -> None:
        failure = happening.failure or RowFailure("", "", happening.text)
        self.running.pop(failure.label, None)
        alike = [one for one in self.failed if (one.message, one.hint) == (failure.message, failure.hint)]
        if happening.of_row and alike:
            self.failed.remove(alike[-1])
            self.failures -= 1
        self.failed.append(failure)
        self.failures += 1

    def _left(self, happening: Happening) -> str:
        """How long it will still take, after how long the rows until now took."""
        if not happening.done or not happening.total or happening.done >= happening.total:
            return ""
        now, first = self._clock(), self._first.get(happening.loop)
        if first is None or happening.done < first[0]:
            # rows that were kept pass in no time: the pace is that of what follows
            self._first[happening.loop] = (happening.done, now)
            return ""
        rows = happening.done - first[0]
        if rows < 1:
            return ""
        seconds = (now - first[1]) / rows * (happening.total - happening.done)
        return f" · {_time(seconds)} left"


def one_line(text: str) -> str:
    """Text of others in one line, with nothing in it that a terminal would obey."""
    return " ".join(clean(text).split())


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return (
        f"{whole // 60} min {whole % 60:02d} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    )


@contextmanager
def watching() -> Iterator[Callable[[Happening], None]]:
    """Hears what happens and shows it on stderr."""
    if sys.stderr.isatty():
        from rich.console import Console

        from .workflow_board import board

        console = Console(stderr=True, highlight=False)
        if not console.is_dumb_terminal:
            with board(console) as show:
                yield show
            return
    counter = Counter()

    def tell(happening: Happening) -> None:
        line = counter.line(happening)
        if line:
            say(line)

    yield tell
