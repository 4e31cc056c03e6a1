"""What nobody wants on a screen, and what must hold all the same."""

from __future__ import annotations

import asyncio
import time

import pytest
from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.copilot.tui.story import Story
from biocopilot.copilot.tui.widgets.exchange import Exchange
from textual.pilot import Pilot

from .driving import GIVE, CopilotApp, answered, call, opened, screen, typed, until


def table(rows: int) -> str:
    lines = [f"| CHEMBL{number} | {number} |" for number in range(rows)]
    return "\n".join(["| molecule | IC50 |", "|---|---|", *lines])


async def shown_in(app: CopilotApp, pilot: Pilot[int], text: str) -> float:
    """CPU seconds until a finished answer of that text is on the screen."""
    began = time.process_time()
    story = Story(question="q?", text=text, status="answered", seconds=1.0)
    app.story = story
    app.chat.begin("q?", story)
    await until(pilot, lambda: bool(app.chat.exchanges) and app.chat.exchanges[-1]._text == text)
    await pilot.pause()
    return time.process_time() - began


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 200_000, id="1 MB of one line"),
        pytest.param("\n\n".join(f"Paragraph {number}. [E1]" for number in range(50_000)), id="1 MB of paragraphs"),
        pytest.param(table(100_000), id="a table of 100,000 rows"),
    ],
)
async def test_a_huge_answer_is_shown_and_keys_go_on(text: str) -> None:
    async with opened([]) as (app, pilot):
        assert await shown_in(app, pilot, text) < 6
        app.prompt.focus()
        began = time.process_time()
        await pilot.press("a")
        assert time.process_time() - began < 1
        assert app.prompt.text == "a"
        assert "more characters: /export" in str(app.chat.exchanges[-1]._blocks[-1].blocks)


@pytest.mark.parametrize(
    ("nasty", "shown"),
    [
        ("[/] [red] [b", "[/] [red] [b"),
        ("\x1b]0;title\x07\x1b[2Jgone\x9b31m", "gone"),
        ("\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x"),
        ("分子量 180.16 👩‍🔬", "180.16"),
        ("`a [/` **b [/", "a [/"),
    ],
)
async def test_odd_text_is_shown_in_every_pane(nasty: str, shown: str) -> None:
    steps = [CallTools((call("tell"),), plan=nasty, thought=nasty), Give(text=f"{nasty} is 1. [E1]")]
    async with opened(steps) as (app, pilot):
        await typed(app, pilot, f"what of {nasty}?")
        await answered(app, pilot)
        await pilot.press("ctrl+o", "ctrl+o")
        await pilot.pause()
        text = screen(app)
        assert shown in text
        assert not set("\x1b\x07\x9b\u202e\u202c\u2066\u2069") & set(text)


async def test_a_tool_that_never_ends_is_stopped_at_once_and_the_session_goes_on() -> None:
    async with opened([CallTools((call("wait", value=1e9),)), CallTools((call("tell"),)), GIVE]) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: any(item.doing for item in app.under_way.calls) if app.under_way else False)
        began = time.perf_counter()
        await pilot.press("escape")
        await until(pilot, lambda: app.under_way is None)
        assert time.perf_counter() - began < 3  # wall time on a busy machine
        await typed(app, pilot, "again?")
        await answered(app, pilot)
        assert app.story is not None
        assert app.story.status != "cancelled"


async def test_leaving_while_a_run_goes_on_ends_it() -> None:
    async with opened([CallTools((call("wait", value=1e9),))]) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: any(item.doing for item in app.under_way.calls) if app.under_way else False)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app._exit)
    assert not app.runner.running


async def test_a_storm_of_sizes_leaves_a_screen_that_works() -> None:
    async with opened([CallTools((call("tell"),)), GIVE]) as (app, pilot):
        await typed(app, pilot, "q?")
        for number in range(60):
            await pilot.resize_terminal(5 + 37 * number % 170, 2 + 11 * number % 50)
        await pilot.resize_terminal(140, 40)
        await answered(app, pilot)
        await pilot.pause()
        assert "It is 1." in screen(app)


async def test_an_exception_in_a_widget_ends_the_app_with_a_code_and_the_session_is_kept(
    monkeypatch: pytest.MonkeyPatch, home: object
) -> None:
    from biocopilot.copilot.tui import kept

    with pytest.raises(ZeroDivisionError):  # noqa: PT012  # what the app does is what it raises
        async with opened([CallTools((call("tell"),)), GIVE], log=True) as (app, pilot):
            await typed(app, pilot, "q?")
            await answered(app, pilot)

            def broken(_exchange: Exchange) -> None:
                raise ZeroDivisionError

            monkeypatch.setattr(Exchange, "show", broken)
            await typed(app, pilot, "again?")
            await asyncio.sleep(0.5)
    assert app.return_code == 1
    assert next(story.question for story in kept.stories_of("s")) == "q?"


async def test_old_answers_are_taken_off_and_their_stories_are_shared_and_small() -> None:
    from biocopilot.copilot.tui.widgets.chat import MOUNTED

    async with opened([]) as (app, pilot):
        for number in range(MOUNTED + 5):
            app.chat.begin(f"q{number}?", Story(question=f"q{number}?", text="a", status="answered"))
            await pilot.pause()
        assert len(app.chat.exchanges) == MOUNTED
        assert "5 earlier questions" in str(app.chat._older.content)
