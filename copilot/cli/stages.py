"""How far a long command is, on stderr: on a terminal one line that is overwritten, elsewhere a line for each stage."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...memory.stores.building import Progress, Report

__all__ = ["stage_lines"]

_EVERY_S = 0.1


@contextmanager
def stage_lines(clock: Callable[[], float] = time.monotonic) -> Iterator[Report]:
    """A function to report progress to."""
    terminal = sys.stderr.isatty()
    began, shown, stage = clock(), -_EVERY_S, ""

    def report(progress: Progress) -> None:
        nonlocal shown, stage
        now = clock() - began
        if terminal and (now - shown >= _EVERY_S or progress.stage != stage):
            shown = now
            sys.stderr.write(f"\r\x1b[K{_line(progress)}")
            sys.stderr.flush()
        elif not terminal and progress.stage != stage:
            sys.stderr.write(f"· {progress.stage}\n")
            sys.stderr.flush()
        stage = progress.stage

    try:
        yield report
    finally:
        if terminal and stage:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _line(progress: Progress) -> str:
    share = f" {100 * progress.done / progress.total:.0f} %" if progress.total else ""
    return f"{progress.stage}{share}"
