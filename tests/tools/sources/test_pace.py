from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from biocopilot.tools.sources.pace import (
    FAILURES_TO_OPEN,
    LONGEST_HOLD_S,
    OPEN_S,
    Breaker,
    Pace,
    Slots,
    breaker_of,
    forget_hosts,
    pace_of,
    slots_of,
)
from biocopilot.tools.sources.transport import Request, Transport


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_starts_are_spaced_out(clock: Clock) -> None:
    pace = Pace(clock)
    assert [pace.wait_s(4, 10) for _ in range(4)] == [0, 0.25, 0.5, 0.75]
    clock.now += 10
    assert pace.wait_s(4, 10) == 0  # what was not used is not saved up
    assert pace.wait_s(4, 10) == 0.25


def test_each_service_on_a_host_keeps_its_own_rate(clock: Clock) -> None:
    pace = Pace(clock)
    assert [pace.wait_s(rate, 10) for rate in (2, 10, 10)] == [0, 0.5, pytest.approx(0.6)]


def test_a_wait_that_is_too_long_takes_no_place(clock: Clock) -> None:
    pace = Pace(clock)
    assert pace.wait_s(1, 0.5) == 0
    assert [pace.wait_s(1, 0.5) for _ in range(5)] == [None] * 5
    assert pace.wait_s(1, 1) == 1


def test_a_service_is_held_back_for_as_long_as_it_asked(clock: Clock) -> None:
    pace = Pace(clock)
    pace.hold_back("chembl", 20)
    pace.hold_back("chembl", 5)  # the longer one holds
    assert pace.held_s("chembl") == 20
    assert pace.held_s("europepmc") == 0
    clock.now += 21
    assert pace.held_s("chembl") == 0
    pace.hold_back("chembl", float("inf"))
    assert pace.held_s("chembl") == LONGEST_HOLD_S


def test_twelve_threads_together_take_one_place_each() -> None:
    pace = Pace(lambda: 0.0)
    waits: list[float] = []
    start = threading.Barrier(12)

    def ask() -> None:
        start.wait()
        waits.extend(pace.wait_s(10, 1_000) or 0.0 for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == pytest.approx([number / 10 for number in range(600)])


def test_twelve_loops_together_keep_the_rate_of_a_service(
    faulty: Any, make_transport: Callable[..., Transport]
) -> None:
    arrived: list[float] = []
    running, most = [0], [0]
    lock = threading.Lock()

    def note(heard: Any) -> dict[str, Any]:
        with lock:
            arrived.append(time.monotonic())
            running[0] += 1
            most[0] = max(most[0], running[0])
        heard.wait(0.02)
        with lock:
            running[0] -= 1
        return {}

    faulty.serve("/uniprot/x", note)
    transport = make_transport(per_second={"uniprot": 100}, sleep=asyncio.sleep, clock=time.monotonic)

    async def ask() -> None:
        async with transport.session() as session:
            await asyncio.gather(*(session.fetch(Request("uniprot", "/x")) for _ in range(2)))

    threads = [threading.Thread(target=lambda: asyncio.run(ask())) for _ in range(12)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(arrived) == 24
    for number, moment in enumerate(sorted(arrived)):
        assert moment - started >= number / 100 - 0.001  # so many may have started by then, and no more
    assert most[0] <= 4
    assert time.monotonic() - started < 5


async def test_slots_are_passed_on_in_turn_and_not_lost_by_cancelling() -> None:
    slots = Slots(1)
    order: list[str] = []

    async def work(name: str) -> None:
        async with slots.one():
            order.append(name)
            await asyncio.sleep(0.01)

    first, second, third = (asyncio.create_task(work(name)) for name in "abc")
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(first, second, third, return_exceptions=True)
    assert order == ["a", "c"]
    await asyncio.wait_for(work("d"), 1)


async def test_a_slot_that_was_granted_to_a_cancelled_one_goes_on_to_the_next() -> None:
    slots = Slots(1)
    await slots._take()
    second = asyncio.create_task(slots._take())
    third = asyncio.create_task(slots._take())
    await asyncio.sleep(0)
    slots._give()  # granted to the second, which has not run on yet
    second.cancel()
    await asyncio.wait_for(third, 1)
    with pytest.raises(asyncio.CancelledError):
        await second


def test_a_loop_that_has_ended_leaves_its_place_to_others() -> None:
    slots = Slots(1)

    async def wait_for_ever() -> None:
        await asyncio.wait_for(slots._take(), 0.01)

    asyncio.run(slots._take())
    with pytest.raises(TimeoutError):
        asyncio.run(wait_for_ever())
    loop = asyncio.new_event_loop()
    slots._waiting.append((loop, loop.create_future()))
    loop.close()
    slots._give()
    asyncio.run(asyncio.wait_for(slots._take(), 1))


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    told = [breaker.failed(breaker.enter()) for _ in range(FAILURES_TO_OPEN)]
    assert told == [False] * (FAILURES_TO_OPEN - 1) + [True]
    return breaker


def test_a_breaker_opens_after_failures_in_a_row_only(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(10):
        breaker.failed(breaker.enter())
        breaker.failed(breaker.enter())
        breaker.succeeded()
    assert breaker.enter().refused_for_s == 0


def test_an_open_breaker_lets_one_try_after_a_while(clock: Clock) -> None:
    breaker = opened(clock)
    assert breaker.enter().refused_for_s == OPEN_S
    clock.now += OPEN_S - 1
    assert breaker.enter().refused_for_s == 1
    clock.now += 1
    first = breaker.enter()
    assert first.tries
    assert breaker.enter().refused_for_s > 0
    assert breaker.failed(first)  # told again: it is open again
    assert breaker.enter().refused_for_s == OPEN_S
    clock.now += OPEN_S
    second = breaker.enter()
    assert second.tries
    breaker.succeeded()
    assert [breaker.enter().refused_for_s for _ in range(3)] == [0, 0, 0]


def test_a_try_that_comes_to_no_end_is_left_to_the_next(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now += OPEN_S
    first = breaker.enter()
    breaker.leave(first)
    second = breaker.enter()
    assert second.tries
    breaker.leave(first)  # too late to matter
    assert not breaker.enter().tries


def test_requests_that_were_under_way_do_not_keep_it_open(clock: Clock) -> None:
    breaker = Breaker(clock)
    entries = [breaker.enter() for _ in range(10)]
    assert [breaker.failed(entry) for entry in entries].count(True) == 1
    assert breaker.opened_since(entries[9])
    clock.now += OPEN_S / 2
    assert not breaker.failed(entries[0])
    assert breaker.enter().refused_for_s == OPEN_S / 2


def test_hosts_are_remembered_until_forgotten() -> None:
    assert pace_of("a") is pace_of("a")
    assert pace_of("a") is not pace_of("b")
    assert breaker_of("a") is breaker_of("a")
    assert slots_of("a", 1) is slots_of("a", 1)
    old = pace_of("a"), breaker_of("a"), slots_of("a", 1)
    forget_hosts()
    assert old != (pace_of("a"), breaker_of("a"), slots_of("a", 1))
