"""The interface as a user drives it: keys in, screen out."""

from __future__ import annotations

import asyncio

import pytest
from biocopilot.copilot.cli.checks import Finding
from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.copilot.tui.screens.help import HelpScreen
from biocopilot.copilot.tui.screens.sessions import SessionsScreen
from biocopilot.copilot.tui.widgets.welcome import QUESTIONS, set_up_line

from .driving import GIVE, answered, call, labels, opened, screen, typed, until


async def test_a_question_is_answered_its_steps_traced_and_its_evidence_shown() -> None:
    async with opened() as (app, pilot):
        await typed(app, pilot, "MW of ibuprofen?")
        await answered(app, pilot)
        assert app.story is not None
        assert "206.28" in app.story.text
        assert "ibuprofen" in labels(app).lower()
        app.chat.focus()
        await pilot.press("right_square_bracket")
        assert app.evidence.evidence_id == app.story.claims[0].evidence[0]
        assert "206.28" in screen(app)


async def test_calls_are_seen_while_they_run_and_a_failure_says_why() -> None:
    steps = [CallTools((call("wait", "a", value=2), call("fail", "b")), plan="look"), Give(status="unknown")]
    async with opened(steps) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "waiting 1/4" in labels(app))
        assert "running wait" in screen(app)
        await answered(app, pilot)
        assert "✗ fail · No reply [from/the] source." in labels(app)
        assert "1 failed" in screen(app)


async def test_escape_stops_the_run_keeps_what_is_there_and_the_session_goes_on() -> None:
    steps = [CallTools((call("tell"),)), CallTools((call("wait", "c2", value=30),)), CallTools((call("tell"),)), GIVE]
    async with opened(steps) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "● wait" in labels(app))
        await pilot.press("escape")
        await asyncio.wait_for(answered(app, pilot), 2)
        assert app.story is not None
        assert (app.story.status, list(app.story.evidence)) == ("cancelled", ["E1"])
        assert "■ Stopped by you" in screen(app)
        assert "1 of 2 calls kept" in screen(app)
        await typed(app, pilot, "again?")
        await answered(app, pilot)
        assert app.story.status == "answered"


async def test_a_question_typed_meanwhile_waits_for_its_turn() -> None:
    steps = [CallTools((call("wait", value=2),)), GIVE, CallTools((call("tell"),)), GIVE]
    async with opened(steps) as (app, pilot):
        await typed(app, pilot, "first?")
        await typed(app, pilot, "second?")
        assert list(app.waiting) == ["second?"]
        await until(pilot, lambda: "1 waiting" in screen(app))
        await until(pilot, lambda: not app.waiting)
        await answered(app, pilot)
        assert [question for question, _ in app.chat.kept] == ["first?", "second?"]


async def test_a_call_that_writes_is_asked_for_in_place() -> None:
    for key, status in (("y", "ok"), ("n", "failed")):
        async with opened([CallTools((call("write", value=2),)), Give(status="unknown")]) as (app, pilot):
            await typed(app, pilot, "q?")
            await until(pilot, lambda: "It writes to your disk." in screen(app))  # awaited in the loop
            assert 'write {"value":2}' in screen(app)
            await pilot.press(key)
            await answered(app, pilot)
            assert app.story is not None
            assert next(iter(app.story.calls)).state == status
            assert "It writes to your disk." not in screen(app)


async def test_a_yes_for_the_session_is_not_asked_for_again() -> None:
    steps = [CallTools((call("write", value=1),)), CallTools((call("write", "c2", value=2),)), Give(status="unknown")]
    async with opened(steps) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "It writes to your disk." in screen(app))
        await pilot.press("s")
        await answered(app, pilot)
        assert app.story is not None
        assert [item.state for item in app.story.calls] == ["ok", "ok"]


async def test_a_stop_while_a_call_waits_for_a_yes_puts_the_question_away() -> None:
    async with opened([CallTools((call("write"),))]) as (app, pilot):
        await typed(app, pilot, "q?")
        await until(pilot, lambda: "It writes to your disk." in screen(app))
        await pilot.press("escape")
        await answered(app, pilot)
        assert "It writes to your disk." not in screen(app)
        assert app.focused is app.prompt


async def test_text_with_markup_escapes_and_marks_that_turn_writing_is_shown_as_text() -> None:
    nasty = "It is 1 [/] [red]x[/red] C[C@@H](N)C(=O)O \x1b[31mred\x1b[0m \u202eevil [E1]"
    async with opened([CallTools((call("tell"),), plan="[b]look[/b] [/"), Give(text=nasty)]) as (app, pilot):
        await typed(app, pilot, "what of C[C@@H](N)C(=O)O [/]?")
        await answered(app, pilot)
        shown = screen(app)
        assert "[/] [red]x[/red] C[C@@H](N)C(=O)O" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "[b]look[/b] [/" in labels(app)


async def test_a_run_that_breaks_is_told_with_its_hint_and_the_session_goes_on() -> None:
    def broken(_state: object) -> Give:
        raise ValueError("odd thing")

    async with opened([broken, CallTools((call("tell"),)), GIVE]) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert app.story is not None
        assert (app.story.status, app.story.error) == ("failed", "ValueError")
        assert "✗ The run failed" in screen(app)
        assert "odd thing" in screen(app)
        await typed(app, pilot, "again?")
        await answered(app, pilot)
        assert app.story.status == "answered"


async def test_f1_shows_keys_and_commands_and_escape_closes_it() -> None:
    async with opened([]) as (app, pilot):
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        await until(pilot, lambda: "/trace" in screen(app))
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


async def test_an_unknown_command_is_told_with_the_nearest() -> None:
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/sesions")
        await until(pilot, lambda: "Did you mean" in screen(app))


async def test_a_session_is_resumed_with_its_answers_and_deleted_after_a_second_press() -> None:
    async with opened([CallTools((call("tell"),)), GIVE], log=True) as (app, pilot):
        await typed(app, pilot, "what is it?")
        await answered(app, pilot)
    async with opened([], log=True) as (app, pilot):
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, SessionsScreen))
        await until(pilot, lambda: "what is it?" in screen(app))
        await pilot.press("enter")
        await until(pilot, lambda: "It is 1." in screen(app))
        assert app.session == "s"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, SessionsScreen))
        await pilot.press("d")
        await until(pilot, lambda: "again deletes" in screen(app))
        await pilot.press("d")
        await until(pilot, lambda: "Deleted" in screen(app))


async def test_at_80_columns_one_pane_is_shown_and_keys_change_it() -> None:
    async with opened([CallTools((call("tell"),), plan="look")], size=(80, 24)) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert (app.chat.region.width > 0, app.trace.region.width) == (True, 0)
        await pilot.press("f3")
        await pilot.pause()
        assert (app.chat.region.width, app.trace.region.width > 0) == (0, True)
        await pilot.press("f2")
        await pilot.pause()
        assert app.chat.region.width > 0


async def test_where_there_is_no_room_it_asks_for_some() -> None:
    async with opened([], size=(50, 12)) as (app, pilot):
        await pilot.pause()
        assert "60×16" in screen(app)
        await pilot.resize_terminal(120, 30)
        await pilot.pause()
        assert "60×16" not in screen(app)


@pytest.mark.parametrize("key", ["up", "tab"])
async def test_a_first_screen_has_questions_that_a_key_and_enter_ask_and_says_what_is_set_up(key: str) -> None:
    steps = [CallTools((call("tell"),)), GIVE]
    found = Finding("models", "note", "No weights [are] installed.", "`biocopilot models list`")
    async with opened(steps, set_up=lambda: [set_up_line(found)]) as (app, pilot):
        await until(pilot, lambda: "models: No weights [are] installed." in screen(app))
        assert "→ `biocopilot models list`" in screen(app)
        await pilot.press(key, "enter")
        await answered(app, pilot)
        assert [question for question, _ in app.chat.kept] == [QUESTIONS[-1]]
        assert "To try" not in screen(app)
