"""An answer read from asyncio."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the package of the decoder needs torch (biocopilot[biomedgpt])")

from biocopilot.model.decoding import Decoder, async_stream  # noqa: E402  # needs torch


class Counting:
    """Counts until it is cancelled, one number at each permission, and tells when it ended."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.permits = threading.Semaphore(0)
        self.ended = threading.Event()

    def start(self, cancel: Any) -> Iterator[int]:
        try:
            while not cancel.is_set():
                self.permits.acquire()
                self.given.append(len(self.given))
                yield self.given[-1]
        finally:
            self.ended.set()


async def test_items_come_as_they_are_made() -> None:
    counting = Counting()
    stream = async_stream(counting.start)
    for expected in range(5):
        counting.permits.release()
        assert await anext(stream) == expected
        assert len(counting.given) == expected + 1
    counting.permits.release()
    await stream.aclose()
    assert await asyncio.to_thread(counting.ended.wait, 30)
    assert len(counting.given) <= 6


async def test_closing_ends_the_thread_at_its_next_item() -> None:
    counting = Counting()
    counting.permits.release()
    stream = async_stream(counting.start)
    assert await anext(stream) == 0
    await stream.aclose()
    counting.permits.release(100)
    assert await asyncio.to_thread(counting.ended.wait, 30)
    assert len(counting.given) <= 2


async def test_a_cancelled_task_ends_the_thread() -> None:
    counting = Counting()

    async def read() -> None:
        async for _ in async_stream(counting.start):
            pass

    task = asyncio.create_task(read())
    counting.permits.release()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    counting.permits.release(100)
    assert await asyncio.to_thread(counting.ended.wait, 30)
    assert len(counting.given) <= 2


async def test_an_error_reaches_the_reader() -> None:
    def start(cancel: Any) -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    stream = async_stream(start)
    assert await anext(stream) == 1
    with pytest.raises(ValueError, match="broken"):
        await anext(stream)


async def test_a_closed_answer_frees_the_model(llama: Any) -> None:
    decoder = Decoder(llama)
    stream = async_stream(lambda cancel: decoder.stream(input_ids=[3, 4], max_new_tokens=400, cancel=cancel))
    first = [await anext(stream) for _ in range(2)]
    await stream.aclose()
    again = [
        token
        async for token in async_stream(
            lambda cancel: decoder.stream(input_ids=[3, 4], max_new_tokens=2, cancel=cancel)
        )
    ]
    assert again == first
