"""The run that ships is whole, cites what it holds, and is played as if it were happening."""

from __future__ import annotations

from biocopilot.copilot.tui.app import CopilotApp
from biocopilot.copilot.tui.demo import RECORDING, DemoRunner, recorded_events
from biocopilot.copilot.tui.story import told

from .driving import answered, until


def nothing(*_approve: object) -> object:
    raise RuntimeError("nothing is asked here")


def test_the_recording_is_a_whole_run_and_small() -> None:
    story = told(recorded_events())
    assert story.status == "answered"
    assert all(claim.verdict == "supported" for claim in story.claims)
    assert RECORDING.stat().st_size < 60_000


async def test_the_demo_plays_its_run_and_can_be_stopped() -> None:
    for stopped in (False, True):
        runner = DemoRunner(nothing, recorded_events(), pace=0.3 if stopped else 0.01)  # type: ignore[arg-type]
        app = CopilotApp(nothing, "s", runner=runner)  # type: ignore[arg-type]
        async with app.run_test(size=(140, 40)) as pilot:
            app.ask(runner.question)
            await until(pilot, lambda: bool(app.story and list(app.story.calls)))  # noqa: B023
            if stopped:
                await pilot.press("escape")
            await answered(app, pilot)
            assert app.story is not None
            assert app.story.status == ("cancelled" if stopped else "answered")
