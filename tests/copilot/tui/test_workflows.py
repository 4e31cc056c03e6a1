"""Workflows from the screen: begun by a slash command, watched, stopped and gone on with, listed, and their reports opened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from biocopilot.copilot.planner.contract import CallTools
from biocopilot.copilot.tui.app import CopilotApp
from biocopilot.copilot.tui.screens.workflows import WorkflowsScreen
from biocopilot.copilot.tui.widgets.workflow_card import WorkflowCard
from biocopilot.copilot.tui.workflow_story import WorkflowStory
from biocopilot.copilot.workflows.run_folder import read_manifest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from .driving import GIVE, answered, call, labels, opened, screen, typed, until
from .scripted_workflow import shipped
from .test_states import look, size

__all__ = ["size"]

ONE = "/workflow values 1.5 2 -3"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own, with the scripted workflow among those that ship."""
    monkeypatch.chdir(tmp_path)
    shipped(monkeypatch)
    return tmp_path


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that a browser was to show."""
    found: list[str] = []
    monkeypatch.setattr(CopilotApp, "open_url", lambda _app, url, **_more: found.append(url))
    return found


async def begun(app: CopilotApp, pilot: Pilot[int], text: str) -> WorkflowStory:
    """Type it and wait until the workflow has begun."""
    before = len(app.chat.kept)
    await typed(app, pilot, text)
    await until(pilot, lambda: len(app.chat.kept) > before)
    story = app.chat.kept[-1][1]
    assert isinstance(story, WorkflowStory)
    return story


async def test_a_workflow_that_runs_tells_rows_steps_and_failures(
    size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with opened([], size) as (app, pilot):
        await begun(app, pilot, "/workflow values 1.5 -3 60")
        await until(pilot, lambda: "1 running, 1 failed · 2/3 -3.0" in screen(app))
        shown = look(app)
        await pilot.press("escape")
        await answered(app, pilot)
        assert shown == snapshot


async def test_a_workflow_that_ended_shows_its_report_and_the_evidence_behind_it(
    size: tuple[int, int], snapshot: SnapshotAssertion, pages: list[str]
) -> None:
    async with opened([], size) as (app, pilot):
        story = await begun(app, pilot, ONE)
        await answered(app, pilot)
        assert look(app) == snapshot
        assert (story.status, list(story.evidence)) == ("partial", ["E1", "E2"])
        assert app.evidence.evidence_id == "E1"
        assert "✗ 1 rows that failed · 1\n✗ -3.0 · No reply [from/the] source. Try again later." in labels(app)
        assert "✗ fail -3.0 · No reply [from/the] source. Try again later." in labels(app)
        assert "✓ tell 2.0" in labels(app)
        app.query_one(WorkflowCard).focus()
        await pilot.press("o")
        assert story.folder is not None
        assert pages == [(story.folder / "report.html").absolute().as_uri()]
        await pilot.press("c")
        assert app.clipboard == str(story.folder)
        await typed(app, pilot, "/check")
        await pilot.press("f4")
        await until(pilot, lambda: "not checked by itself" in screen(app))
        await typed(app, pilot, "/export it.html")
        await until(pilot, lambda: any("are in values-" in item.message for item in app._notifications))
        await pilot.press("ctrl+b")
        await until(pilot, lambda: "Results" in screen(app))
        assert app.screen.table.header == ("value", "evidence")  # type: ignore[attr-defined]
        assert app.screen.table.rows == (("1.5", "E1"), ("2.0", "E2"))  # type: ignore[attr-defined]


async def test_escape_stops_it_and_retry_goes_on_without_a_step_done_twice(here: Path) -> None:
    async with opened([]) as (app, pilot):
        story = await begun(app, pilot, "/workflow values 1 2 11 --out runs/one")
        await until(pilot, lambda: "1 running · 2/3 2.0" in story.doing)
        await pilot.press("escape")
        await answered(app, pilot)
        assert story.status == "cancelled"
        assert "what was done is kept" in screen(app)
        assert read_manifest(here / "runs" / "one")["status"] == "interrupted"
        await typed(app, pilot, "/retry")
        await until(pilot, lambda: len(app.chat.kept) == 2)
        again = app.chat.kept[-1][1]
        assert again.question == "/workflow values --out runs/one --resume"
        await until(pilot, lambda: "2 kept" in again.doing)
        await pilot.press("escape")
        await answered(app, pilot)


async def test_leaving_stops_it_and_knows_how_it_goes_on(here: Path) -> None:
    async with opened([]) as (app, pilot):
        story = await begun(app, pilot, "/workflow values 1 60 --out one")
        await until(pilot, lambda: "1 running" in story.doing)
        await pilot.press("ctrl+q")
    assert app.left_undone == "biocopilot workflow run values --out one --resume"
    assert read_manifest(here / "one")["status"] == "interrupted"


async def test_what_is_wrong_is_told_and_given_back_to_be_mended() -> None:
    async with opened([]) as (app, pilot):
        for text, told in (
            ("/workflow valuse 1", "Nearest: values"),
            ("/workflow values one", "values does not accept these inputs"),
            ("/workflow values 1 --last 2", "Did you mean --"),
            ('/workflow values "1', "cannot be taken apart"),
            ("/workflow values --resume --out nowhere", "holds no run"),
        ):
            await typed(app, pilot, text)
            await until(pilot, lambda told=told: any(told in item.message for item in app._notifications))
            await until(pilot, lambda text=text: app.prompt.text == text)
        assert not app.chat.kept


async def test_a_folder_that_holds_the_run_is_told_and_its_card_goes_on_with_it() -> None:
    async with opened([]) as (app, pilot):
        await begun(app, pilot, "/workflow values 1 --out one")
        await answered(app, pilot)
        story = await begun(app, pilot, "/workflow values 1 --out one")
        await answered(app, pilot)
        assert story.status == "failed"
        assert "holds this run already, ended" in screen(app)
        app.query_one("RunCard").focus()
        await pilot.press("r")
        await until(pilot, lambda: len(app.chat.kept) == 3)
        await answered(app, pilot)
        assert app.chat.kept[-1][1].status == "answered"


async def test_it_waits_for_a_question_and_a_question_for_it() -> None:
    steps = [CallTools((call("wait", value=2),)), GIVE, CallTools((call("tell"),)), GIVE]
    async with opened(steps) as (app, pilot):
        await typed(app, pilot, "first?")
        await typed(app, pilot, "/workflow values 1")
        await until(pilot, lambda: list(app.waiting) == ["/workflow values 1"])
        await typed(app, pilot, "last?")
        await until(pilot, lambda: "then: /workflow values 1 · then: last?" in screen(app))
        await until(pilot, lambda: len(app.chat.kept) == 3)
        await answered(app, pilot)
        assert [question for question, _ in app.chat.kept] == ["first?", "/workflow values 1", "last?"]
        assert [story.status for _, story in app.chat.kept] == ["answered"] * 3


async def test_workflows_and_runs_are_listed(here: Path, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    begun_at = "2026-11-24T05:33:00+00:00"
    manifest = {"format": 1, "workflow": "values", "inputs": {"values": [1.0, 2.0], "most": 100}, "source": ""}
    manifest |= {"status": "running", "created_at": begun_at, "starts": [{"at": begun_at}]}
    for name, text in (("one", json.dumps(manifest)), ("other", "[]")):  # the second is another program's
        (here / name).mkdir()
        (here / name / "run.json").write_text(text, "utf-8")
    async with opened([], size) as (app, pilot):
        await typed(app, pilot, "/workflow")
        await until(pilot, lambda: isinstance(app.screen, WorkflowsScreen))
        await pilot.press("end")
        await pilot.pause()
        assert look(app) == snapshot
        await pilot.press("enter")
        await until(pilot, lambda: "It has no report yet; r goes on with it." in screen(app))


async def test_from_the_list_a_report_is_opened_a_run_gone_on_with_and_a_workflow_begun(
    here: Path, pages: list[str]
) -> None:
    async with opened([]) as (app, pilot):
        await begun(app, pilot, "/workflow values 1 2 --out one")
        await answered(app, pilot)
        await typed(app, pilot, "/workflows")
        await until(pilot, lambda: isinstance(app.screen, WorkflowsScreen))
        await pilot.press("end", "enter")
        assert pages == [(here / "one" / "report.html").as_uri()]
        await pilot.press("r")
        await until(pilot, lambda: len(app.chat.kept) == 2)
        await answered(app, pilot)
        assert app.chat.kept[-1][0] == "/workflow values --out one --resume"
        assert app.chat.kept[-1][1].status == "answered"
        await typed(app, pilot, "/workflows")
        await until(pilot, lambda: isinstance(app.screen, WorkflowsScreen))
        await pilot.press("r")
        await until(pilot, lambda: "The bar is on a workflow; Enter begins it." in screen(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.prompt.text == "/workflow target-dossier ")


async def test_names_and_inputs_of_workflows_are_completed() -> None:
    async with opened([]) as (app, pilot):
        app.prompt.focus()
        await pilot.press(*"/workflow va")
        await until(pilot, lambda: app.prompt.completions.open)
        assert "Tell values, one after the other." in screen(app)
        await pilot.press("enter")  # takes it, and runs nothing
        assert app.prompt.text == "/workflow values "
        await pilot.press(*"1 --m")
        await until(pilot, lambda: app.prompt.completions.open)
        assert "How many at most." in screen(app)
        await pilot.press("tab")
        assert app.prompt.text == "/workflow values 1 --most "
        await pilot.press(*"3 --res")
        await until(pilot, lambda: app.prompt.completions.open)
        await pilot.press("enter")
        assert app.prompt.text == "/workflow values 1 --most 3 --resume "
        assert not app.chat.kept


async def test_a_slash_outside_the_prompt_begins_a_command_there() -> None:
    async with opened([]) as (app, pilot):
        await pilot.press("f3", *"/wor")
        await until(pilot, lambda: app.prompt.completions.open)
        assert app.prompt.text == "/wor"


async def test_report_opens_the_newest_one_and_says_where_there_is_none(pages: list[str]) -> None:
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/report")
        await until(pilot, lambda: any("no report of a workflow" in item.message for item in app._notifications))
        story = await begun(app, pilot, "/workflow values 1 --out one")
        await answered(app, pilot)
        await typed(app, pilot, "/report")
        await until(pilot, lambda: bool(pages))
        assert story.report is not None
        story.report.unlink()
        await pilot.press("shift+tab")
        app.query_one(WorkflowCard).focus()
        await pilot.press("o")
        await until(pilot, lambda: any("no report in one any more" in item.message for item in app._notifications))


async def test_one_that_ships_shows_its_molecules_and_follows_citations() -> None:
    async with opened() as (app, pilot):
        story = await begun(app, pilot, "/workflow target-dossier BTK")
        await answered(app, pilot)
        assert story.status == "partial"  # the services that need the network are named
        assert "✗ disease_evidence Q06187" in labels(app)
        assert "Target dossier: BTK" in screen(app)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: app.evidence.evidence_id != "")
        assert app.evidence.evidence_id in story.evidence
        await pilot.press("f5")
        app.chat.focus()
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: app.molecule.molecule is not None)
        assert story.tables[0].rows
