"""The trace: steps fold, failures stay, filters and copies; ten thousand calls stay a few lines."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.copilot.tui.call_text import as_command, as_python
from biocopilot.copilot.tui.story import StoryCall, told
from biocopilot.copilot.tui.widgets.trace import call_filter
from biocopilot.copilot.tui.widgets.trace_lines import step_line
from biocopilot.memory.events import Event, PlanProposed, RunStarted, Thought, ToolFailed, ToolFinished, ToolStarted
from biocopilot.memory.records import ToolCall

from .driving import answered, call, labels, opened, screen, typed, until
from .test_story import BEGUN

STEPS = [
    CallTools((call("tell", "a"), call("fail", "b")), plan="first"),
    CallTools((call("tell", "c", value=2),), plan="second"),
    Give(status="unknown"),
]


def many(calls: int, steps: int = 1) -> list[Event]:
    """A run of so many calls in so many steps, all ended."""
    made: list[Event] = [RunStarted(run_id="r", number=1, at=BEGUN, question="q", planner="p")]

    def at() -> dict[str, object]:
        return {"run_id": "r", "number": len(made) + 1, "at": BEGUN + timedelta(milliseconds=len(made))}

    for step in range(steps):
        planned = [call("tell", f"c{step}-{number}", value=number) for number in range(calls // steps)]
        made.append(PlanProposed.model_validate({**at(), "summary": f"step {step}", "calls": planned}))
        for number, one in enumerate(planned):
            made.append(ToolStarted.model_validate({**at(), "call": one}))
            ended = {**at(), "call_id": one.id, "tool": "tell", "seconds": 0.01}
            if number % 100 == 7:
                made.append(ToolFailed.model_validate({**ended, "error": "NotFound", "message": "none"}))
            else:
                made.append(ToolFinished.model_validate({**ended, "status": "ok", "matched": 1, "returned": 1}))
    return made


async def test_an_earlier_step_folds_unless_something_in_it_failed() -> None:
    async with opened(STEPS) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert [node.is_expanded for node in app.trace.root.children] == [True, True]
    fine = [CallTools((call("tell", "a"),), plan="first"), *STEPS[1:]]
    async with opened(fine) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert [node.is_expanded for node in app.trace.root.children] == [False, True]
        await pilot.press("ctrl+o")
        assert [node.is_expanded for node in app.trace.root.children] == [False, False]


async def test_f_goes_through_the_filters_and_a_text_is_a_filter_too() -> None:
    async with opened(STEPS) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        app.trace.focus()
        await pilot.press("f")
        assert ("fail" in labels(app), "tell" in labels(app)) == (True, False)
        assert "only failed" in screen(app)
        await pilot.press("f", "f", "f")
        assert "tell" in labels(app)
        await typed(app, pilot, "/filter tell 2")
        await until(pilot, lambda: "fail" not in labels(app))
        assert labels(app).count("tell") == 1
        await typed(app, pilot, "/filter")
        await until(pilot, lambda: "fail" in labels(app))


@pytest.mark.parametrize(
    ("name", "found"), [("failed", ["b"]), ("slow", ["a"]), ("live", ["c"]), ("MOLE", ["c"]), ("none such", [])]
)
def test_filters(name: str, found: list[str]) -> None:
    calls = [
        StoryCall(call("tell", "a"), "ok", seconds=2.0),
        StoryCall(call("tell", "b"), "failed", seconds=0.1),
        StoryCall(call("molecules", "c"), "ok", seconds=0.1, backends=["live"]),
    ]
    wanted = call_filter(name)
    assert wanted is not None
    assert [item.call.id for item in calls if wanted(item)] == found


async def test_a_call_is_copied_as_a_command_and_as_python() -> None:
    async with opened(STEPS) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        app.trace.focus()
        app.trace.move_cursor_to_line(1)
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "biocopilot tools run tell")
        await pilot.press("Y")
        await until(pilot, lambda: "ToolCall(id='a'" in app.clipboard)


def test_a_command_is_quoted_and_the_program_runs_and_finds_the_same(tmp_path: Path) -> None:
    made = ToolCall(id="m", tool="molecule_properties", arguments={"molecule": "CC(=O)O c", "properties": ["tpsa"]})
    assert as_command(made).startswith("biocopilot tools run molecule_properties --molecule 'CC(=O)O c'")
    program = tmp_path / "run.py"
    program.write_text(as_python(made.model_copy(update={"arguments": {"molecule": "ibuprofen"}})))
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=60, check=True)
    assert "molecule_properties: ok" in done.stdout
    assert "206.28" in done.stdout


async def test_a_step_of_thousands_shows_some_and_enter_shows_the_rest() -> None:
    story = told(many(1_000))
    async with opened([]) as (app, pilot):
        app.trace.show(story)
        await pilot.pause()
        (step,) = app.trace.root.children
        assert len(step.children) == 201
        assert "… 800 more calls" in str(step.children[-1].label)
        app.trace.focus()
        app.trace.move_cursor(step.children[-1])
        await pilot.press("enter")
        await pilot.pause()
        assert len(step.children) == 1_000


async def test_a_failure_among_those_not_shown_is_in_the_count_and_the_filter() -> None:
    async with opened([]) as (app, pilot):
        app.trace.show(told(many(1_000)))
        await pilot.pause()
        assert "1000 ✗10" in str(app.trace.border_title)
        app.trace.filter("failed")
        assert labels(app).count("✗ tell") == 10


def test_a_step_says_how_long_its_planner_thought() -> None:
    begun, planned, *calls = many(1)
    thought = Thought(run_id="r", number=2, at=begun.at + timedelta(seconds=6), text="hm")
    story = told([begun, thought, planned, *calls])
    assert "· thought 6.0 s" in step_line(story.steps[0]).plain
