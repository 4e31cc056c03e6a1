"""The user's library as the settings say, and its progress on stderr."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath

from ...memory.errors import Cancelled
from ...memory.library.ingest import Step
from ...memory.library.library import Library
from ...memory.text import clean, shorten
from ..settings import load_settings

__all__ = ["opened_library", "step_line", "steps_told"]

_EVERY_S = 0.1
_EVERY_LINE_S = 10.0


@contextmanager
def opened_library(offline: bool = False) -> Iterator[Library]:
    """The library; closed at the end. Raises StorageError where it cannot be read."""
    settings = load_settings().settings
    with settings.library_choice.open(offline or settings.offline) as library:
        yield library


@contextmanager
def steps_told(stopped: str, clock: Callable[[], float] = time.monotonic) -> Iterator[Callable[[Step], None]]:
    """A function to report steps to: on a terminal one line that is overwritten, elsewhere a line every ten seconds.

    Args:
        stopped: what is said of Ctrl-C, and what to do then.
        clock: seconds.

    Raises:
        Cancelled: Ctrl-C was pressed.
    """
    terminal = sys.stderr.isatty()
    shown, last = clock() - (_EVERY_S if terminal else 0.0), None

    def report(step: Step) -> None:
        nonlocal shown, last
        now = clock()
        if now - shown < (_EVERY_S if terminal else _EVERY_LINE_S):
            last = step
            return
        shown, last = now, step
        width = shutil.get_terminal_size().columns - 1 if terminal else 200
        line = shorten(step_line(step), width)
        sys.stderr.write(f"\r\x1b[K{line}" if terminal else f"· {line}\n")
        sys.stderr.flush()

    try:
        yield report
    except KeyboardInterrupt as stop:
        message, _, hint = stopped.partition("\n")
        raise Cancelled(message, hint) from stop
    finally:
        if terminal and last is not None:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def step_line(step: Step) -> str:
    """A step in words."""
    if step.file == "index":
        return f"index {step.files_done:,} of {step.files_total:,}" if step.files_total else "writing the index"
    if step.file == "vectors":
        return f"vectors {step.files_done:,} of {step.files_total:,} passages"
    files = f"{step.files_done:,} of {step.files_total:,} files · " if step.files_total else ""
    return f"{files}{step.documents:,} documents · {clean(PurePath(step.file).name)}"
