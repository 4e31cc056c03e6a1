"""What is typed: kept between starts, searched, edited elsewhere, and what Ctrl+C means."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from biocopilot.copilot.planner.contract import CallTools
from biocopilot.copilot.tui.asked import MOST, AskedBefore
from biocopilot.copilot.tui.editing import edited, editor_named
from biocopilot.copilot.tui.screens.questions import QuestionsScreen
from biocopilot.memory.errors import InvalidInput

from .driving import GIVE, answered, call, opened, screen, typed, until

STEPS = [CallTools((call("tell"),)), GIVE, CallTools((call("tell"),)), GIVE]


async def test_questions_are_kept_between_starts_and_found_by_their_words(tmp_path: Path) -> None:
    kept = AskedBefore(tmp_path / "questions.jsonl")
    async with opened(STEPS, asked=kept) as (app, pilot):
        await typed(app, pilot, "IC50 of [erlotinib]?")
        await answered(app, pilot)
        await typed(app, pilot, "two\nlines?")
        await answered(app, pilot)
    async with opened([], asked=kept) as (app, pilot):
        await pilot.press("up")
        assert app.prompt.text == "two\nlines?"
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, QuestionsScreen))
        await pilot.press(*"erlo")
        await pilot.pause()
        assert "two lines?" not in screen(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.prompt.text == "IC50 of [erlotinib]?")


def test_the_file_of_questions_is_bounded_private_and_survives_damage(tmp_path: Path) -> None:
    kept = AskedBefore(tmp_path / "questions.jsonl")
    assert kept.read() == []
    kept.add("first")
    assert kept.path.stat().st_mode & 0o077 == 0
    with kept.path.open("a") as file:
        file.write("{damaged\n7\n")
        file.writelines(f"{json.dumps(f'q{number}')}\n" for number in range(3 * MOST))
    assert kept.read()[-1] == f"q{3 * MOST - 1}"
    assert len(kept.path.read_text().splitlines()) == MOST
    kept.add("x" * 30_000)
    assert kept.read()[-1] == f"q{3 * MOST - 1}"


async def test_questions_that_cannot_be_kept_are_told_once_and_asked_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").mkdir()
    async with opened(STEPS, asked=AskedBefore(tmp_path / "questions.jsonl")) as (app, pilot):
        await until(pilot, lambda: "Earlier questions" in screen(app))
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert app.story is not None
        assert app.story.status == "answered"


async def test_ctrl_c_copies_what_is_selected_else_empties_the_prompt_and_twice_leaves() -> None:
    async with opened([]) as (app, pilot):
        app.prompt.focus()
        app.prompt.put("some text")
        app.prompt.select_all()
        await pilot.press("ctrl+c")
        assert (app.clipboard, app.prompt.text) == ("some text", "some text")
        app.prompt.move_cursor(app.prompt.document.end)
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.prompt.text == ""
        assert app.is_running
        await until(pilot, lambda: "Ctrl+C again leaves" in screen(app))
        app._interrupted -= 10  # as if it were long ago
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.is_running
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app._exit)


async def test_alt_arrows_go_from_question_to_question_with_their_evidence() -> None:
    steps = [CallTools((call("tell", value=1),)), GIVE, CallTools((call("tell", value=2),)), GIVE]
    async with opened(steps) as (app, pilot):
        for question in ("first?", "second?"):
            await typed(app, pilot, question)
            await answered(app, pilot)
        stories = [story for _, story in app.chat.kept]
        await pilot.press("alt+up")
        assert app.story is stories[0]
        assert app.trace.story is stories[0]
        assert app.evidence.story is stories[0]
        await pilot.press("alt+up")
        await until(pilot, lambda: "No further question" in screen(app))
        await pilot.press("alt+down")
        assert app.story is stories[1]


async def test_a_pasted_list_of_structures_stays_lines_and_is_asked_as_one_question() -> None:
    from textual.events import Paste

    async with opened([CallTools((call("tell"),)), GIVE]) as (app, pilot):
        app.prompt.focus()
        pasted = Paste("MW of these?\nCCO\nC[C@@H](N)C(=O)O\nc1ccccc1[N+](=O)[O-]")
        pasted._set_forwarded()  # as the app does before it hands one on
        app.prompt.post_message(pasted)
        await pilot.pause()
        assert app.prompt.document.line_count == 4
        assert app.under_way is None
        await pilot.press("enter")
        await answered(app, pilot)
        assert app.chat.kept[0][0].splitlines()[2] == "C[C@@H](N)C(=O)O"


async def test_a_pasted_list_is_understood_by_the_embedded_planner() -> None:
    async with opened() as (app, pilot):
        await typed(app, pilot, "MW of these:\nCCO\nCC(=O)Oc1ccccc1C(=O)O")
        await answered(app, pilot)
        assert app.story is not None
        assert "46.07" in app.story.text
        assert "180.16" in app.story.text


async def test_an_editor_that_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with opened([]) as (app, pilot):
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "No editor is named." in screen(app))
        monkeypatch.setenv("EDITOR", "true")
        await pilot.press("ctrl+g")
        await until(
            pilot, lambda: "cannot be opened from here" in screen(app)
        )  # headless; tests/…/test_terminal.py has one


def test_a_text_comes_back_as_the_editor_left_it(tmp_path: Path) -> None:
    script = tmp_path / "an editor.py"
    script.write_text("import sys; p = sys.argv[1]; t = open(p).read(); open(p, 'w').write(t.upper() + '\\n\\n')")
    editor = editor_named({"EDITOR": f"'{sys.executable}' '{script}'"})
    assert edited("c1ccccc1\n[nH]", editor) == "C1CCCCC1\n[NH]"


@pytest.mark.parametrize(
    ("named", "said"),
    [("", "No editor"), ("'", "no command"), ("/no/such", "does not start"), ("false", "ended with 1")],
)
def test_an_editor_that_fails_is_told(named: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        edited("text", editor_named({"EDITOR": named}))


async def test_enter_waits_for_the_letters_before_it() -> None:
    async with opened([CallTools((call("tell"),)), GIVE]) as (app, pilot):
        app.prompt.focus()
        for key in ("a", "b", "c", "enter"):  # at once, as a fast typist's or a script's
            app.simulate_key(key)
        await until(pilot, lambda: bool(app.chat.kept))
        assert app.chat.kept[0][0] == "abc"
        await answered(app, pilot)
