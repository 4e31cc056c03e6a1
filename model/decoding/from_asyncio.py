"""A blocking iterator, such as an answer's tokens, read from asyncio: it runs in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from .contract import Cancel

__all__ = ["async_stream"]

T = TypeVar("T")


async def async_stream(start: Callable[[Cancel], Iterator[T]]) -> AsyncIterator[T]:
    """Items of `start(cancel)` as they come, for example `async_stream(lambda cancel: decoder.stream(…, cancel=cancel))`.

    When the reader closes this iterator, or its task is cancelled, `cancel` is set, and the thread ends at its next item.
    An error of the iterator is raised here. Items come no faster than they are read by more than the queue holds: none is
    lost, and the thread does not wait, since a token is small.
    """
    loop, cancel = asyncio.get_running_loop(), threading.Event()
    queue: asyncio.Queue[tuple[T] | BaseException | None] = asyncio.Queue()

    def put(item: tuple[T] | BaseException | None) -> None:
        try:
            loop.call_soon_threadsafe(queue.put_nowait, item)
        except RuntimeError:  # the loop has ended, and with it whoever would read
            cancel.set()

    def work() -> None:
        try:
            for item in start(cancel):
                if cancel.is_set():
                    break
                put((item,))
            put(None)
        except BaseException as error:  # handed to the reader, who raises it
            put(error)

    thread = threading.Thread(target=work, name="decoding", daemon=True)
    thread.start()
    try:
        while (item := await queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        cancel.set()
