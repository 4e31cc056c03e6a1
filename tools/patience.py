"""Time limits of a call that stand still while the user is asked something: people take longer than tools may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar

__all__ = ["standing_still", "within"]


class _Limit:
    """A time limit that several questions may hold up at once."""

    def __init__(self, bound: asyncio.Timeout) -> None:
        self._bound = bound
        self._holding = 0
        self._left_s = 0.0

    def hold(self) -> None:
        when = self._bound.when()
        if self._holding == 0 and when is not None:
            self._left_s = when - asyncio.get_running_loop().time()
            self._bound.reschedule(None)
        self._holding += 1

    def release(self) -> None:
        self._holding -= 1
        if self._holding == 0 and not self._bound.expired():
            self._bound.reschedule(asyncio.get_running_loop().time() + self._left_s)


_LIMITS: ContextVar[tuple[_Limit, ...]] = ContextVar("limits of the call under way", default=())


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Raises TimeoutError where what is inside takes longer, questions to the user not counted."""
    async with asyncio.timeout(seconds) as bound:
        token = _LIMITS.set((*_LIMITS.get(), _Limit(bound)))
        try:
            yield
        finally:
            _LIMITS.reset(token)


@contextmanager
def standing_still() -> Iterator[None]:
    """Around a question to the user: no limit of the call that asks it passes meanwhile."""
    limits = _LIMITS.get()
    for limit in limits:
        limit.hold()
    try:
        yield
    finally:
        for limit in limits:
            limit.release()
