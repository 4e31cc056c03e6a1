"""How fast a service is asked, and when it is left alone: all of it process-wide, across threads and event loops.

`Pace` spaces out the starts of requests to one host. `Slots` bounds how many requests to one service run at once.
`Breaker` stops asking a service that keeps failing, for a while. Clocks are given, so that tests need not wait.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

__all__ = ["Breaker", "Entry", "Pace", "Slots", "breaker_of", "forget_hosts", "pace_of", "slots_of"]

FAILURES_TO_OPEN = 4
"""So many requests in a row that failed for good, and the service is left alone."""
OPEN_S = 30.0
LONGEST_HOLD_S = 900.0
"""A service that asks for longer is asked again after this: it may have meant something else."""


class Pace:
    """Gives each request to a host its time to start. Services on one host share it, each with its own rate."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = 0.0
        self._held_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait_s(self, per_second: float, most_s: float) -> float | None:
        """Seconds to wait before a request may start; its place in the queue is taken by asking.

        None, and no place is taken, where that would be longer than `most_s`.
        """
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            if start - now > most_s:
                return None
            self._next = start + 1.0 / per_second
            return start - now

    def hold_back(self, service: str, seconds: float) -> None:
        """Let no request of a service start for so long: it asked for it."""
        with self._lock:
            until = self._clock() + min(seconds, LONGEST_HOLD_S)
            self._held_until[service] = max(self._held_until.get(service, 0.0), until)

    def held_s(self, service: str) -> float:
        """Seconds for which a service asked to be left alone still; 0 where it did not."""
        with self._lock:
            return max(0.0, self._held_until.get(service, 0.0) - self._clock())


class Slots:
    """So many at once, first come, first served, whichever event loop they run in."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()
        self._lock = threading.Lock()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a slot; waits for one."""
        await self._take()
        try:
            yield
        finally:
            self._give()

    async def _take(self) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            place = (loop, loop.create_future())
            self._waiting.append(place)
        try:
            await place[1]
        except BaseException:
            with self._lock:
                granted = place not in self._waiting
                if not granted:
                    self._waiting.remove(place)
            if granted:
                self._give()
            raise

    def _give(self) -> None:
        with self._lock:
            while self._waiting:
                loop, future = self._waiting.popleft()
                try:
                    loop.call_soon_threadsafe(_grant, future)
                except RuntimeError:  # its loop has ended
                    continue
                return
            self._free += 1


def _grant(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


@dataclass(frozen=True)
class Entry:
    """How a breaker received a request: refused for so long, or let in, perhaps as the one that tries."""

    refused_for_s: float = 0.0
    tries: bool = False


class Breaker:
    """Counts failures in a row. Open, it refuses until `OPEN_S` have passed, then lets one request at a time try."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._trying: Entry | None = None
        self._lock = threading.Lock()

    def enter(self) -> Entry:
        """Ask to be let in. Who is let in tells how it went: `succeeded` or `failed`, and in any case `leave`."""
        with self._lock:
            if self._opened_at is None:
                return Entry()
            left = self._opened_at + OPEN_S - self._clock()
            if left > 0:
                return Entry(refused_for_s=left)
            if self._trying is not None:
                return Entry(refused_for_s=1.0)  # until it is known how that one fares
            self._trying = Entry(tries=True)
            return self._trying

    def opened_since(self, entry: Entry) -> bool:
        """Whether other requests opened it after this one was let in."""
        with self._lock:
            return self._opened_at is not None and not entry.tries

    def leave(self, entry: Entry) -> None:
        """The request is over; one that tried and never came to an end (it was cancelled) lets the next one try."""
        with self._lock:
            if self._trying is entry:
                self._trying = None

    def succeeded(self) -> None:
        """The service answered."""
        with self._lock:
            self._failures, self._opened_at, self._trying = 0, None, None

    def failed(self, entry: Entry) -> bool:
        """The service failed for good once more; whether that opened the breaker."""
        with self._lock:
            self._failures += 1
            if self._failures < FAILURES_TO_OPEN or (self._opened_at is not None and not entry.tries):
                return False
            self._opened_at, self._trying = self._clock(), None
            return True


_paces: dict[str, Pace] = {}
_breakers: dict[str, Breaker] = {}
_slots: dict[str, Slots] = {}
_lock = threading.Lock()


def pace_of(host: str, clock: Callable[[], float] = time.monotonic) -> Pace:
    """The one pace of a host in this process."""
    with _lock:
        return _paces.setdefault(host, Pace(clock))


def breaker_of(service: str, clock: Callable[[], float] = time.monotonic) -> Breaker:
    """The one breaker of a service, named with its address, in this process."""
    with _lock:
        return _breakers.setdefault(service, Breaker(clock))


def slots_of(service: str, most: int) -> Slots:
    """The one set of slots of a service, named with its address, in this process."""
    with _lock:
        return _slots.setdefault(service, Slots(most))


def forget_hosts() -> None:
    """Begin anew, as a new process would; for tests."""
    with _lock:
        _paces.clear()
        _breakers.clear()
        _slots.clear()
