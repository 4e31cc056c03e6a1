"""The planner's own view of a question: `read` after earlier turns, and `ask` for what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.contract import Turn
from biocopilot.copilot.planner.frames import Reading
from biocopilot.copilot.planner.reading import read as read_question
from biocopilot.tools.workbench import Workbench

Read = Callable[..., Reading]


@pytest.fixture(scope="session")
def bench(copilot: Copilot) -> Workbench:
    return copilot.bench


@pytest.fixture(scope="session")
def read(bench: Workbench) -> Read:
    """`read("its logP?", "MW of aspirin?")`: the last question after earlier ones, which may come with their answers."""

    def understood(question: str, *earlier: str | tuple[str, str]) -> Reading:
        turns = [Turn(*item) if isinstance(item, tuple) else Turn(item, "") for item in earlier]
        return asyncio.run(read_question(question, turns, bench))

    return understood
