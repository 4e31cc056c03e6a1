"""What each state looks like, at 80×24 and 140×40: the screen's text, since nothing is said by colour alone.

After a change that is meant: `pytest tests/copilot/tui/test_states.py --snapshot-update`, then look at the difference.
"""

from __future__ import annotations

import re

import pytest
from biocopilot.copilot.cli.checks import Finding
from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.copilot.tui.app import CopilotApp
from biocopilot.copilot.tui.widgets.welcome import set_up_line
from syrupy.assertion import SnapshotAssertion
from textual.content import Content

from .driving import GIVE, Steps, answered, call, opened, screen, typed, until

SIZES = ((80, 24), (140, 40))
_VARYING = re.compile(r"(\d+(?:\.\d+)? m?s\b)|(\d{8}-\d{6}-[0-9a-f]+)|(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
"""Times, and names of runs."""


def look(app: CopilotApp) -> str:
    """The screen without what differs from run to run; what stands behind it keeps its column."""
    return "\n".join(_steady(line) for line in screen(app).splitlines())


def _steady(line: str) -> str:
    at = 0
    while hit := _VARYING.search(line, at):
        name = ("N s", "RUN", "TIME")[hit.lastindex - 1] if hit.lastindex else ""
        before, after = line[: hit.start()], line[hit.end() :]
        missing = len(hit.group()) - len(name)
        gap = after.find("  ")
        line = (
            before + name + after[:gap] + " " * missing + after[gap:]
            if gap >= 0
            else before + " " * missing + name + after
        )
        at = len(before) + len(name)
    return line.rstrip()


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return request.param  # type: ignore[no-any-return]


FINDINGS = (
    Finding("local data", "good", "10 molecules."),
    Finding("models", "note", "No weights of BioMedGPT are installed.", "`biocopilot models pull biomedgpt`"),
    Finding("library", "bad", "It cannot be read.", "Mend its permissions."),
    Finding("offline", "note", "No connection is opened. 2 tools have kept replies at most: search_a, search_b."),
)


def found() -> list[Content]:
    return [set_up_line(finding) for finding in FINDINGS]


async def test_empty_offline_and_without_weights(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with opened([], size, set_up=found) as (app, pilot):
        await until(pilot, lambda: "search_b" in screen(app) or app.chat.max_scroll_y > 0)
        assert look(app) == snapshot


async def test_running_with_a_question_that_waits(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with opened([CallTools((call("wait", value=30),), plan="look it up")], size) as (app, pilot):
        await typed(app, pilot, "first [question]?")
        await until(pilot, lambda: any(item.doing for item in app.under_way.calls) if app.under_way else False)
        await typed(app, pilot, "second?")
        await until(pilot, lambda: "1 waiting" in screen(app))
        assert look(app) == snapshot


async def test_a_tool_failed_and_the_run_went_on(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    steps: Steps = [CallTools((call("tell", "a"),), plan="first"), CallTools((call("fail", "b"),), plan="then"), GIVE]
    async with opened(steps, size) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert look(app) == snapshot


async def test_a_run_failed_and_its_card_leads_on(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    def broken(_state: object) -> Give:
        raise ValueError("odd [/] thing")

    async with opened([broken, CallTools((call("tell"),)), GIVE], size) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert "Traceback" not in screen(app)
        assert look(app) == snapshot
        card = app.query_one("RunCard")
        card.focus()
        await pilot.press("d")
        await pilot.pause()
        assert app.story is not None
        assert 'raise ValueError("odd [/] thing")' in app.story.traceback
        assert "Traceback" in str(card.render())
        await pilot.press("c")
        assert "ValueError: odd [/] thing" in app.clipboard
        assert "question: q?" in app.clipboard
        await pilot.press("r")
        await answered(app, pilot)
        assert [question for question, _ in app.chat.kept] == ["q?", "q?"]
        assert app.story.status == "answered"


async def test_cancelled_with_what_was_found(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    steps = [CallTools((call("tell"),), plan="first"), CallTools((call("wait", "c2", value=30),), plan="then")]
    async with opened(steps, size) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: any(item.state == "running" for item in app.under_way.calls if item.doing))  # type: ignore[union-attr]
        await typed(app, pilot, "waits?")
        await pilot.press("escape")
        await answered(app, pilot)
        assert app.prompt.text == "waits?"  # what waited is not lost
        assert look(app) == snapshot


async def test_a_call_asks_for_approval(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with opened([CallTools((call("write", value=2),), plan="write it")], size) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "It writes to your disk." in screen(app))
        assert look(app) == snapshot


async def test_an_answer_with_its_thoughts_folded_and_opened(
    size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    steps: Steps = [CallTools((call("tell"),), plan="look", thought="Is it [one]?\nPerhaps."), GIVE]
    async with opened(steps, size) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert "Is it [one]?" not in screen(app)
        assert look(app) == snapshot
        await pilot.press("ctrl+o")  # folds what is open
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert "Perhaps." in screen(app)


async def test_two_panes_at_100_columns(snapshot: SnapshotAssertion) -> None:
    async with opened([CallTools((call("tell"),), plan="look"), GIVE], (100, 30)) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        await pilot.press("f3")
        await pilot.pause()
        assert look(app) == snapshot


async def test_too_small(snapshot: SnapshotAssertion) -> None:
    async with opened([], (50, 12)) as (app, pilot):
        await pilot.pause()
        assert look(app) == snapshot
