"""How fast a service is asked, and when it is left alone: both process-wide, across threads and event loops.

`Pace` spaces out the starts of requests to one host. `Breaker` stops asking a host that keeps failing, for a while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Breaker", "Pace", "breaker_of", "forget_hosts", "pace_of"]

FAILURES_TO_OPEN = 4
"""So many requests in a row that failed for good, and the host is left alone."""
OPEN_S = 30.0


class Pace:
    """Gives each request of a host its time to start, `1 / per_second` apart."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval_s = 1.0 / per_second
        self._clock = clock
        self._next = 0.0
        self._lock = threading.Lock()

    def wait_s(self) -> float:
        """Seconds to wait before the request may start; the place in the queue is taken by asking."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + self._interval_s
            return start - now

    def hold_back(self, seconds: float) -> None:
        """Let nobody start for so long: the service asked for it."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)


class Breaker:
    """Counts failures in a row. Open, it refuses until `OPEN_S` have passed, then lets one request try."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._lock = threading.Lock()

    def refused_for_s(self) -> float:
        """Seconds for which requests are still refused; 0 where one may try."""
        with self._lock:
            if self._opened_at is None:
                return 0.0
            left = self._opened_at + OPEN_S - self._clock()
            if left > 0:
                return left
            self._opened_at = self._clock()  # this caller tries; others wait for how it goes
            return 0.0

    def succeeded(self) -> None:
        """The host answered."""
        with self._lock:
            self._failures, self._opened_at = 0, None

    def failed(self) -> bool:
        """The host failed for good once more; whether that opened the breaker."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._opened_at = self._clock()
            return self._failures == FAILURES_TO_OPEN


_paces: dict[str, Pace] = {}
_breakers: dict[str, Breaker] = {}
_lock = threading.Lock()


def pace_of(host: str, per_second: float) -> Pace:
    """The one pace of a host in this process."""
    with _lock:
        return _paces.setdefault(host, Pace(per_second))


def breaker_of(host: str) -> Breaker:
    """The one breaker of a host in this process."""
    with _lock:
        return _breakers.setdefault(host, Breaker())


def forget_hosts() -> None:
    """Begin anew, as a new process would; for tests."""
    with _lock:
        _paces.clear()
        _breakers.clear()
