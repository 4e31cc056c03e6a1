"""Reading answers: from their question on, along their citations by key and click, at any width."""

from __future__ import annotations

import pytest
from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.copilot.tui.app import CopilotApp
from biocopilot.copilot.tui.widgets.exchange import AnswerBlock
from biocopilot.copilot.tui.widgets.trace_lines import fitted
from rich.text import Text
from textual.geometry import Offset

from .driving import GIVE, Steps, answered, call, opened, screen, typed, until

LONG = "\n\n".join(f"Line {number} of it. [E1]" for number in range(60))
TWO: Steps = [
    CallTools((call("tell", "a", value=2), call("tell", "b", value=1))),
    Give(text="It is 1. [E2] It is 2. [E1]"),
]


def place_of(app: CopilotApp, text: str) -> Offset:
    """Where a text stands on the screen."""
    for row, line in enumerate(screen(app).splitlines()):
        if text in line:
            return Offset(line.index(text), row)
    raise AssertionError(f"{text} is not on the screen")


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_a_long_answer_is_shown_from_its_question_on(size: tuple[int, int]) -> None:
    async with opened([CallTools((call("tell"),)), GIVE, CallTools((call("tell"),)), Give(text=LONG)], size=size) as (
        app,
        pilot,
    ):
        await typed(app, pilot, "first?")
        await answered(app, pilot)
        await typed(app, pilot, "and the long one?")
        await answered(app, pilot)
        await until(pilot, lambda: "❯ and the long one?" in screen(app) and "Line 0" in screen(app))
        assert "Line 59" not in screen(app)
        await typed(app, pilot, "and then?")  # a new question is followed again
        await until(pilot, lambda: "❯ and then?" in screen(app))


async def test_a_short_answer_stands_at_the_top_of_an_empty_pane() -> None:
    async with opened([CallTools((call("tell"),)), GIVE]) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        await until(pilot, lambda: "❯ q?" in screen(app).splitlines()[2])


async def test_an_answer_that_grows_leaves_a_user_who_scrolls_alone() -> None:
    steps: Steps = [CallTools((call("tell"),)), Give(text=LONG), CallTools((call("wait", value=1),)), Give(text=LONG)]
    async with opened(steps) as (app, pilot):
        await typed(app, pilot, "first?")
        await answered(app, pilot)
        await typed(app, pilot, "second?")
        await until(pilot, lambda: "❯ second?" in screen(app))
        app.chat.scroll_home(animate=False)
        await pilot.pause()
        await answered(app, pilot)
        await pilot.pause(0.1)
        assert "❯ first?" in screen(app)


async def test_brackets_in_the_empty_prompt_go_along_citations_and_are_letters_elsewhere() -> None:
    async with opened(TWO) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        await pilot.press("left_square_bracket")  # as a SMILES may begin
        assert app.prompt.text == "["
        app.prompt.clear()
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until(pilot, lambda: app.evidence.evidence_id == "E1")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: app.evidence.evidence_id == "E2")
        assert app.prompt.text == ""
        await pilot.press("a", "right_square_bracket")
        assert app.prompt.text == "a]"


async def test_a_click_on_a_citation_shows_its_evidence() -> None:
    async with opened(TWO) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert app.evidence.evidence_id == "E2"  # what the answer cites first, though E1 was found first
        at = place_of(app, "It is 2. [E1]") + Offset(len("It is 2. ["), 0)
        await pilot.click(offset=at)
        await until(pilot, lambda: app.evidence.evidence_id == "E1")


async def test_citations_in_a_table_are_clicked_as_well_and_its_text_is_selected_by_the_mouse() -> None:
    answer = Give(text="| name | value |\n|---|---|\n| alpha | 2 [E1] |\n| beta | 1 [E2] |")
    async with opened([TWO[0], answer]) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        await until(pilot, lambda: app.evidence.evidence_id == "E1" and "alpha" in screen(app))
        await pilot.click(offset=place_of(app, "1 E2") + Offset(2, 0))
        await until(pilot, lambda: app.evidence.evidence_id == "E2")
        begin = place_of(app, "alpha")
        await pilot.mouse_down(offset=begin)
        await pilot.hover(offset=begin + Offset(4, 0))
        await pilot.mouse_up(offset=begin + Offset(4, 0))
        await until(pilot, lambda: (app.screen.get_selected_text() or "").startswith("alph"))


async def test_a_table_is_fitted_anew_when_the_terminal_changes() -> None:
    wide = "| name | " + " | ".join(f"column{number}" for number in range(9)) + " |\n|" + "---|" * 10
    answer = Give(text=wide + "\n| x [E1] |" + " 1 |" * 9 + "\n| y [E1] |" + " 2 |" * 9)
    async with opened([CallTools((call("tell"),)), answer], size=(140, 40)) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        await until(pilot, lambda: "Left out here for want of room: column" in screen(app))
        app.screen.add_class("large-chat")
        await until(pilot, lambda: "column8" in screen(app) and "Left out here" not in screen(app))


def test_a_line_of_the_trace_keeps_what_came_of_it() -> None:
    line = "✓ compound_activities ERLOTINIB P00533 · 7 found · 19 ms · starter"
    assert fitted(Text(line), 80).plain == line
    assert fitted(Text(line), 56).plain == "✓ compound_activities ERLOT… · 7 found · 19 ms · starter"
    assert fitted(Text("✗ fail · " + "reason " * 20), 30).plain == "✗ fail · reason reason reason…"


async def test_lines_of_the_trace_fit_their_pane() -> None:
    steps: Steps = [CallTools((call("tell", value=1.2345678901234567),), plan="look " * 30), GIVE]
    async with opened(steps, size=(100, 30)) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        assert app.trace.virtual_size.width <= app.trace.size.width
        await until(pilot, lambda: "1 found" in screen(app))
        assert isinstance(app.chat.query(AnswerBlock).first(), AnswerBlock)


async def test_tabs_say_how_much_there_is() -> None:
    steps: Steps = [CallTools((call("tell", "a"), call("fail", "b"))), GIVE]
    async with opened(steps, size=(80, 24)) as (app, pilot):
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        await until(pilot, lambda: "Chat  Trace 2 ✗1  Evidence 1  Molecule" in screen(app))
    async with opened(size=(80, 24)) as (app, pilot):
        await typed(app, pilot, "compare aspirin and ibuprofen")
        await answered(app, pilot)
        await until(pilot, lambda: "Molecule 2" in screen(app))


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_what_is_less_important_is_less_bright_but_can_be_read(theme: str) -> None:
    async with opened([CallTools((call("tell"),)), GIVE]) as (app, pilot):
        app.theme = theme
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        await until(pilot, lambda: "statements held" in screen(app))
        apart = {}
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                for text in ("It is 1.", "statements held"):
                    if text in segment.text and segment.style and segment.style.color and segment.style.bgcolor:
                        colours = (segment.style.color.triplet, segment.style.bgcolor.triplet)
                        apart[text] = abs(sum(colours[0] or ()) - sum(colours[1] or ())) / 3
        assert 75 < apart["statements held"] < apart["It is 1."] - 30


async def test_tables_of_an_earlier_run_are_offered_where_the_newest_has_none() -> None:
    table = Give(text="| name | value |\n|---|---|\n| alpha | 1 [E1] |\n| beta | 1 [E1] |")
    async with opened([CallTools((call("tell"),)), table, CallTools((call("tell"),)), GIVE]) as (app, pilot):
        for question in ("which are there?", "and now?"):
            await typed(app, pilot, question)
            await answered(app, pilot)
        await pilot.press("ctrl+b")
        await until(pilot, lambda: "Table 1 of the answer" in screen(app) and "these are of: which are" in screen(app))


async def test_messages_do_not_stand_over_the_prompt() -> None:
    async with opened([]) as (app, pilot):
        app.notify("Something is said.", markup=False)
        await until(pilot, lambda: "Something is said." in screen(app))
        assert place_of(app, "Something is said.").y < 5
