"""Coroutines run to their end from code that cannot await: in a thread without a loop, inside a loop, and interrupted."""

from __future__ import annotations

import asyncio
import signal
import threading
import time

import pytest
from biocopilot.tools.blocking import run_to_end

ENDED: list[str] = []


async def named() -> str:
    await asyncio.sleep(0)
    return threading.current_thread().name


async def failing() -> None:
    raise LookupError("nothing there")


async def endless() -> None:
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.05)
        ENDED.append("ended")


async def blocking_in_a_loop(work: object) -> object:
    return run_to_end(work, "beside")  # type: ignore[arg-type]  # any coroutine


def test_without_a_loop_it_runs_in_this_thread_and_with_one_beside_it() -> None:
    assert run_to_end(named()) == threading.current_thread().name
    assert asyncio.run(blocking_in_a_loop(named())) == "beside"


def test_in_a_thread_that_never_had_a_loop() -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(run_to_end(named())), name="bare")
    thread.start()
    thread.join()
    assert found == ["bare"]


def test_a_failure_is_raised_as_it_is_both_ways() -> None:
    with pytest.raises(LookupError, match="nothing there"):
        run_to_end(failing())
    with pytest.raises(LookupError, match="nothing there"):
        asyncio.run(blocking_in_a_loop(failing()))


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers on this system")
def test_an_interruption_of_who_waits_in_a_loop_cancels_the_work_and_waits_for_its_end() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    async def notebook() -> None:  # asyncio.run has taken SIGINT for itself; a kernel has not
        with pytest.raises(KeyboardInterrupt):
            run_to_end(endless())

    ENDED.clear()
    before = signal.signal(signal.SIGALRM, interrupt)
    started = time.perf_counter()
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        asyncio.run(notebook())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert ENDED == ["ended"]
    assert time.perf_counter() - started < 5
    assert not [thread for thread in threading.enumerate() if thread.name == "biocopilot"]
