"""A coroutine run to its end for code that cannot await, also while a loop runs in its thread, as in a notebook."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

__all__ = ["run_to_end"]

T = TypeVar("T")


def run_to_end(work: Coroutine[Any, Any, T], name: str = "biocopilot") -> T:
    """What `work` returns, or what it raises. An interruption (Ctrl-C, a notebook's stop) cancels it, and is raised when it has ended.

    Args:
        work: what to run, in a loop of its own.
        name: of the thread that it gets where a loop runs in this one.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _beside(work, name)


def _beside(work: Coroutine[Any, Any, T], name: str) -> T:
    outcome: Future[T] = Future()
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any] | None]] = Future()

    async def followed() -> T:
        started.set_result((asyncio.get_running_loop(), asyncio.current_task()))
        return await work

    def run() -> None:
        try:
            outcome.set_result(asyncio.run(followed()))
        except BaseException as error:  # handed to the thread that waits
            outcome.set_exception(error)

    thread = threading.Thread(target=run, name=name)
    thread.start()
    try:
        return outcome.result()
    except BaseException:
        if not outcome.done():  # not the work's own failure: whoever waits for it was interrupted
            loop, task = started.result()
            if task is not None:
                with contextlib.suppress(RuntimeError):  # it has ended meanwhile, and its loop is closed
                    loop.call_soon_threadsafe(task.cancel)
        raise
    finally:
        thread.join()
