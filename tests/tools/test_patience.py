"""Time limits stand still while the user is asked, for every limit around the question, and run on afterwards."""

from __future__ import annotations

import asyncio

import pytest
from biocopilot.tools.patience import standing_still, within


async def test_a_limit_passes_where_nobody_is_asked() -> None:
    with pytest.raises(TimeoutError):
        async with within(0.01):
            await asyncio.sleep(1)


async def test_no_limit_around_a_question_passes_while_it_is_open() -> None:
    async with within(0.2), within(0.1):
        with standing_still():
            await asyncio.sleep(0.3)
        await asyncio.sleep(0.01)


async def test_behind_a_question_a_limit_runs_on() -> None:
    async def ask_and_take_long() -> None:
        async with within(0.1):
            with standing_still():
                await asyncio.sleep(0.2)
            await asyncio.sleep(1)

    with pytest.raises(TimeoutError):
        await ask_and_take_long()


async def test_of_two_questions_side_by_side_the_last_lets_the_limit_run_on() -> None:
    async def ask(seconds: float) -> None:
        with standing_still():
            await asyncio.sleep(seconds)

    async with within(0.1):
        await asyncio.gather(ask(0.02), ask(0.3))


async def test_a_question_concerns_no_limit_of_another_call() -> None:
    async def other() -> None:
        async with within(0.05):
            await asyncio.sleep(1)

    task = asyncio.create_task(other())
    async with within(0.1):
        with standing_still(), pytest.raises(TimeoutError):
            await task
