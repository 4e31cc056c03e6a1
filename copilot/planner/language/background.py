"""The one event loop in which models are asked, in a thread of its own for as long as the process lives.

Clients keep connections open, and a connection belongs to the loop it was opened in. `Copilot.ask` runs each question in a loop of
its own, so a second question would meet connections whose loop is closed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["in_background"]

_Result = TypeVar("_Result")
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


async def in_background(work: Coroutine[Any, Any, _Result]) -> _Result:
    """What the coroutine returns or raises; cancelling the caller cancels it."""
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, _running()))


def _running() -> asyncio.AbstractEventLoop:
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="biocopilot-models", daemon=True).start()
        return _loop
