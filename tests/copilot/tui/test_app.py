"""The interface as a user drives it: keys in, screen out, over a real copilot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.loop import Approve
from biocopilot.copilot.tui.app import CopilotApp
from textual.pilot import Pilot


def make(approve: Approve, /) -> Copilot:
    return Copilot(planner="embedded", offline=True, log=False, approve=approve)


@asynccontextmanager
async def opened(size: tuple[int, int] = (140, 40)) -> AsyncIterator[tuple[CopilotApp, Pilot[int]]]:
    app = CopilotApp(make, "s", "embedded · offline")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def typed(pilot: Pilot[int], text: str) -> None:
    app = pilot.app
    assert isinstance(app, CopilotApp)
    app.prompt.put(text)
    await pilot.press("enter")


async def answered(app: CopilotApp, pilot: Pilot[int]) -> None:
    for _ in range(200):
        await pilot.pause(0.05)
        if app.under_way is None:
            await pilot.pause(0.1)
            return
    pytest.fail("the run did not end")


def labels(app: CopilotApp) -> str:
    """What the trace says, a line a node."""
    return "\n".join(str(leaf.label) for step in app.trace.root.children for leaf in (step, *step.children))


async def test_a_question_is_answered_its_steps_traced_and_its_evidence_shown() -> None:
    async with opened() as (app, pilot):
        await typed(pilot, "MW of ibuprofen?")
        await answered(app, pilot)
        assert app.story is not None
        assert "206.28" in app.story.text
        assert "ibuprofen" in labels(app).lower()
        await pilot.press("f2")
        app.chat.focus()
        await pilot.press("right_square_bracket")
        assert app.evidence.evidence_id == app.story.claims[0].evidence[0]
