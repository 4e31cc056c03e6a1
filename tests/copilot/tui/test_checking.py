"""Evidence looked at more closely: checked again, copied, a passage in its document; signs and words say what colour says."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.copilot.tui.story import Story
from biocopilot.copilot.tui.widgets.evidence import evidence_content
from biocopilot.memory.library.library import Library
from biocopilot.memory.paths import run_log_path
from biocopilot.memory.records import Claim
from biocopilot.tools.contract import Draft, Findings, ToolContext, tool
from biocopilot.tools.library.passage_record import passage_draft

from ..test_export import CHEMBL, evidence
from .driving import GIVE, SOURCE, Number, answered, call, opened, screen, typed, until


async def test_v_checks_a_real_record_again_and_says_that_it_is_the_same() -> None:
    async with opened(log=True) as (app, pilot):
        await typed(app, pilot, "MW of ibuprofen?")
        await answered(app, pilot)
        app.evidence.focus()
        await pilot.press("v")
        await until(pilot, lambda: "✓ checked again" in screen(app))
        await typed(app, pilot, "/check")
        await until(pilot, lambda: "✓ checked again" in screen(app))


async def test_a_record_whose_tool_finds_something_else_now_is_said_to_differ() -> None:
    values = itertools.count(1)
    async with opened([CallTools((call("drift"),)), Give(text="It is 1. [E1]")], log=True) as (app, pilot):
        app.runner.copilot()._tools = {"drift": _drifting(values)}
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        app.evidence.focus()
        await pilot.press("v")
        await until(pilot, lambda: "✗ checked again: it differs" in screen(app))
        assert "recorded 1.0, found 2.0" in screen(app)


def _drifting(values: Iterator[int]) -> object:
    @tool(title="Drift")
    async def drift(arguments: Number, context: ToolContext) -> Findings:
        """Gives another number each time."""
        value = float(next(values))
        return Findings((Draft({"type": "told", "value": value}, SOURCE, "computed", f"{value}"),), 1, 1)

    return drift


async def test_what_is_not_recorded_cannot_be_checked_and_a_damaged_log_is_told() -> None:
    for damaged in (False, True):
        async with opened([CallTools((call("tell"),)), GIVE], log=damaged) as (app, pilot):
            await typed(app, pilot, "q?")
            await answered(app, pilot)
            if damaged:
                app.runner.copilot().close()
                for path in run_log_path().parent.glob(f"{run_log_path().name}*"):
                    path.write_bytes(b"no log")
            app.evidence.focus()
            await pilot.press("v")
            await until(pilot, lambda: "○ not checked again: " in screen(app))
            assert app.is_running


async def test_c_copies_the_record_as_json() -> None:
    async with opened([CallTools((call("tell", value=7),)), GIVE]) as (app, pilot):
        await typed(app, pilot, "/check")
        await until(pilot, lambda: "No evidence is on show." in screen(app))
        await typed(app, pilot, "/copy-record")
        assert app.clipboard == ""
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        app.evidence.focus()
        await pilot.press("c")
        await pilot.pause()
        assert json.loads(app.clipboard)["record"] == {"type": "told", "value": 7.0}


async def test_a_passage_is_shown_within_its_document(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    said = "Zorvatinib halved relapse in kinase-driven tumours."
    paper.write_text(f"The cohort was followed for years. {said} Nobody was lost to it.", "utf-8")
    with Library.open() as library:
        row = library.find(library.add([paper]).documents[0])
        parts = library.catalogue.parts(row.id)
        start = parts[0].text.index("Zorvatinib")
        draft = passage_draft(row, library.sources(row.id), 0, parts[0], (start, start + 40))
    async with opened() as (app, pilot):
        story = Story(run_id="r")
        story.evidence["E1"] = evidence("E1", CHEMBL, draft.record)
        app.story = story
        app.evidence.show(story, "E1")
        await until(pilot, lambda: "years. “Zorv" in " ".join(str(app.evidence._text.content).split()))
        assert "Nobody was lost to it." in str(app.evidence._text.content)


async def test_struck_and_generated_sentences_say_so_in_signs_and_words() -> None:
    item = evidence("E1", CHEMBL, {"type": "x"})
    written = evidence("E2", CHEMBL, {"type": "x"}).model_copy(update={"backend": "generated"})
    claims = tuple(
        Claim(text=f"claim {verdict}", evidence=("E1",), verdict=verdict)  # type: ignore[arg-type]  # of three
        for verdict in ("supported", "unsupported", "generated")
    )
    said = str(evidence_content(item, Story(claims=claims)))
    assert "✓ held: claim supported" in said
    assert "✗ struck: no evidence holds it: claim unsupported" in said
    assert "~ generated: supports nothing: claim generated" in said
    assert "~ Written by a model: it supports nothing." in str(evidence_content(written, Story()))


async def test_in_the_answer_a_struck_sentence_and_a_generated_one_differ_without_colour() -> None:
    give = Give(text="It is 1. [E1]\n\nIt is 99. [E1]\n\nA model says it is pink. [E2]")
    async with opened([CallTools((call("tell", "a"), call("written", "b"))), give]) as (app, pilot):
        app.runner.copilot()._tools = {**app.runner.copilot().tools, "written": _writing()}
        await typed(app, pilot, "q?")
        await answered(app, pilot)
        shown = [line for line in screen(app).splitlines() if "It is" in line or "pink" in line]
        text = "\n".join(shown)
        assert "It is 99. [E1] (no evidence" in text.replace("  ", " ")
        assert "(generated by a model)" in text
        assert app.story is not None
        assert [claim.verdict for claim in app.story.claims] == ["supported", "unsupported", "generated"]


def _writing() -> object:
    @tool(title="Written")
    async def written(arguments: Number, context: ToolContext) -> Findings:
        """What a model says."""
        return Findings((Draft({"type": "text", "text": "it is pink"}, SOURCE, "generated", "pink"),), 1, 1)

    return written
