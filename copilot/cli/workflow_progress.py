"""A workflow's progress on stderr: on a terminal one line that counts steps and rows with the time left, elsewhere a line a row."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...memory.text import clean, shorten
from ..workflows.work import Happening
from .failures import say

__all__ = ["Counter", "watching"]

_LINE = 100


class Counter:
    """Counts what happens, and says it in a line.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self.steps = self.kept = self.failures = 0
        self._row = ""
        self._first: tuple[int, float] | None = None

    def line(self, happening: Happening) -> str:
        """What to say of it for good; empty where it deserves no line."""
        text = " ".join(clean(happening.text).split())
        match happening.kind:
            case "step":
                self.steps += 1
                self.kept += happening.kept
                return ""
            case "failure":
                self.failures += 1
                return f"✗ {text}"
            case "row" | "progress":
                left = self._left(happening)
                amount = f"{happening.done}/{happening.total} " if happening.total is not None else ""
                self._row = f"{amount}{text}{left}"
                return f"· {self._row}" if happening.kind == "row" else ""
            case "note":
                return f"· {text}"

    def doing(self) -> str:
        """How far it is, for a line that is overwritten."""
        kept = f", {self.kept} kept" if self.kept else ""
        failed = f", {self.failures} failed" if self.failures else ""
        return f"{self.steps} steps{kept}{failed} · {self._row}".rstrip(" ·")

    def _left(self, happening: Happening) -> str:
        """How long it will still take, after how long the rows until now took."""
        if happening.done is None or not happening.total or happening.done >= happening.total:
            return ""
        now = self._clock()
        if self._first is None or happening.done < self._first[0]:
            self._first = (happening.done, now)  # rows that were kept pass in no time: the pace is that of what follows
            return ""
        rows = happening.done - self._first[0]
        if rows < 1:
            return ""
        seconds = (now - self._first[1]) / rows * (happening.total - happening.done)
        return f" · {_time(seconds)} left"


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
    counter = Counter()
    if not sys.stderr.isatty():

        def tell(happening: Happening) -> None:
            line = counter.line(happening)
            if line:
                say(line)

        yield tell
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False)
    with console.status(Text("beginning"), spinner_style="dim") as status:

        def show(happening: Happening) -> None:
            line = counter.line(happening)
            if line and happening.kind != "row":
                console.print(Text(line, style="red" if line.startswith("✗") else "dim"))
            status.update(Text(shorten(counter.doing(), _LINE)))

        yield show
