"""How far an evaluation is, on stderr: on a terminal one line that is overwritten, elsewhere a line every ten seconds."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..evaluation.run_file import Answered

__all__ = ["evaluation_progress"]

_EVERY_S = 0.1
_EVERY_LINE_S = 10.0


@contextmanager
def evaluation_progress(
    total: int, known: int, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[Answered], None]]:
    """A function to tell each answer to.

    Args:
        total: items to be answered.
        known: how many of them are.
        clock: seconds.
    """
    terminal = sys.stderr.isatty()
    began = shown = clock()
    done, held = 0, Counter[str]()

    def told(answer: Answered) -> None:
        nonlocal shown, done
        done += 1
        held[answer.status] += 1
        now = clock()
        if now - shown < (_EVERY_S if terminal else _EVERY_LINE_S):
            return
        shown = now
        left = (now - began) / done * (total - known - done)
        counts = ", ".join(f"{count:,} {status}" for status, count in held.most_common())
        line = f"{known + done:,} of {total:,} · {counts} · {_duration(left)} left"
        sys.stderr.write(f"\r\x1b[K{line}" if terminal else f"· {line}\n")
        sys.stderr.flush()

    try:
        yield told
    finally:
        if terminal and done:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
