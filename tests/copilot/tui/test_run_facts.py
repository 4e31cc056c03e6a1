"""The right end of the bottom line: planner, back ends, a model's seconds and tokens, time; the least important go first."""

from __future__ import annotations

from biocopilot.copilot.planner.contract import CallTools
from biocopilot.copilot.tui.run_facts import fitting, run_facts
from biocopilot.copilot.tui.story import Story, StoryCall
from biocopilot.memory.events import Usage
from biocopilot.memory.records import ToolCall

from ..test_export import AT
from .driving import GIVE, answered, call, opened, screen, typed


def story(**usage: object) -> Story:
    used = Usage(run_id="r", number=1, at=AT, steps=1, calls=1, bytes=1, **usage)  # type: ignore[arg-type]  # of a test
    made = Story(planner="openai:x", status="answered", seconds=4.25, usage=used)
    for number, backends in enumerate((["computed"], ["starter", "live"], ["live"])):
        made._calls[str(number)] = StoryCall(ToolCall(id=str(number), tool="t"), "ok", backends=backends)
    return made


def test_a_model_has_seconds_and_tokens_and_the_embedded_planner_has_none() -> None:
    asked = story(tokens_in=1234, tokens_out=56, model_calls=2, model_seconds=3.04)
    assert run_facts(asked) == ["openai:x", "model 3.0 s", "starter and live", "1,234 tokens in, 56 out", "4.2 s"]
    assert run_facts(story()) == ["openai:x", "starter and live", "4.2 s"]


def test_offline_is_said_and_what_is_not_known_is_not() -> None:
    made = story()
    made.offline = True
    assert run_facts(made)[1] == "offline: starter and live"
    assert run_facts(Story()) == []
    assert run_facts(Story(planner="embedded", offline=True)) == ["embedded", "offline"]


def test_where_room_is_short_the_first_facts_go() -> None:
    facts = ["embedded", "offline", "1.0 s"]
    assert fitting(facts, 26) == "embedded · offline · 1.0 s"
    assert fitting(facts, 25) == "offline · 1.0 s"
    assert fitting(facts, 4) == ""


async def test_the_bottom_line_says_it_and_at_80_columns_the_time_at_least() -> None:
    for width, said in ((140, "scripted · offline · "), (80, " s")):
        async with opened([CallTools((call("tell"),)), GIVE], size=(width, 24)) as (app, pilot):
            await typed(app, pilot, "q?")
            await answered(app, pilot)
            last = screen(app).splitlines()[-1].rstrip()
            assert said in last
            assert last.endswith("s")
