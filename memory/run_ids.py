"""Names for runs: `20261124-053122-a1b04c2f` sorts by time, can be typed, and is not given twice.

The time is UTC. Of the last eight digits three are the fraction of the second and five are random, so that processes
that start at once differ; within a process each name is later than the one before, even when the clock is set back.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

__all__ = ["new_run_id"]

_TICKS = 4096
"""In a second: three hexadecimal digits."""

_RANDOM = 1 << 20

_lock = threading.Lock()
_last = 0


def new_run_id(now: Callable[[], float] = time.time) -> str:
    """A name for a run that begins now. `now` gives seconds since 1970."""
    global _last
    with _lock:
        number = int(now() * _TICKS) * _RANDOM + secrets.randbelow(_RANDOM)
        if number <= _last:  # the same tick, or a clock that went back
            number = _last + 1 + secrets.randbelow(16)
        _last = number
    ticks, tail = divmod(number, _RANDOM)
    seconds, fraction = divmod(ticks, _TICKS)
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(seconds))}-{fraction:03x}{tail:05x}"
