"""Sessions kept and taken along: exports in every kind, the paragraph for methods, and what is said where that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.copilot.planner.contract import CallTools
from biocopilot.copilot.tui import kept
from biocopilot.copilot.tui.widgets.welcome import Welcome
from biocopilot.memory.errors import StorageError
from biocopilot.memory.paths import run_log_path

from .driving import GIVE, answered, call, opened, screen, typed, until

STEPS = [CallTools((call("tell"),)), GIVE]


@pytest.mark.parametrize("suffix", ["md", "json", "py", "html", "bib"])
async def test_a_session_is_written_in_every_kind(suffix: str, tmp_path: Path) -> None:
    async with opened([*STEPS], log=True) as (app, pilot):
        await typed(app, pilot, "what is it?")
        await answered(app, pilot)
        await typed(app, pilot, f"/export {tmp_path}/s.{suffix}")
        await until(pilot, lambda: "Written: " in screen(app))
    text = (tmp_path / f"s.{suffix}").read_text("utf-8")
    assert text
    if suffix == "py":
        compile(text, "s.py", "exec")
        assert "# R1: what is it?" in text


@pytest.mark.parametrize(
    ("to", "said"),
    [("s.xyz", "is no format to export"), ("there/s.md", "There is no folder"), ("", "Say where: /export")],
)
async def test_what_cannot_be_written_is_told(to: str, said: str, tmp_path: Path) -> None:
    async with opened([*STEPS], log=True) as (app, pilot):
        await typed(app, pilot, "what is it?")
        await answered(app, pilot)
        await typed(app, pilot, f"/export {tmp_path / to if to else ''}")
        await until(pilot, lambda: said in screen(app))


async def test_a_file_is_never_written_over_and_a_folder_that_is_closed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s.py").write_text("mine")
    async with opened([*STEPS], log=True) as (app, pilot):
        await typed(app, pilot, "what is it?")
        await answered(app, pilot)
        await typed(app, pilot, f"/export {tmp_path}/s.py")
        await until(pilot, lambda: "is there already" in screen(app))

        def refuse(*_given: object, **_named: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("biocopilot.copilot.export.writing.open", refuse, raising=False)
        await typed(app, pilot, f"/export {tmp_path}/other.py")
        await until(pilot, lambda: any("Permission denied" in item.message for item in app._notifications))
        assert (tmp_path / "s.py").read_text() == "mine"
        assert not (tmp_path / "other.py").exists()


async def test_methods_copies_a_paragraph_of_the_whole_session() -> None:
    async with opened([*STEPS, *STEPS], log=True) as (app, pilot):
        for _ in range(2):
            await typed(app, pilot, "what is it?")
            await answered(app, pilot)
        await typed(app, pilot, "/methods")
        await until(pilot, lambda: bool(app.clipboard))
        assert app.clipboard.startswith("2 questions were answered on ")
        assert "tell (no arguments)" in app.clipboard


async def test_without_a_log_or_with_a_damaged_one_methods_says_so_and_nothing_is_copied() -> None:
    async with opened([*STEPS], log=False) as (app, pilot):
        await typed(app, pilot, "what is it?")
        await answered(app, pilot)
        await typed(app, pilot, "/methods")
        await until(pilot, lambda: "No run is recorded yet." in screen(app))
        assert app.clipboard == ""
    run_log_path().parent.mkdir(parents=True, exist_ok=True)
    run_log_path().write_bytes(b"this is no log")
    async with opened([*STEPS], log=False) as (app, pilot):
        await typed(app, pilot, "/methods")
        await until(pilot, lambda: bool(app._notifications))
        assert app.clipboard == ""


async def test_a_session_gets_a_title_that_the_list_shows_and_its_name_stays() -> None:
    async with opened([*STEPS], log=True) as (app, pilot):
        await typed(app, pilot, "/rename Too early")
        await until(pilot, lambda: any("No run is recorded yet." in item.message for item in app._notifications))
        await typed(app, pilot, "what is it?")
        await answered(app, pilot)
        await typed(app, pilot, "/rename BTK [inhibitors]")
        await until(pilot, lambda: any("listed as “BTK [inhibitors]”" in item.message for item in app._notifications))
        assert app.session == "s"
        assert "biocopilot · BTK [inhibitors]" in screen(app).splitlines()[0]
        await typed(app, pilot, "/new")
        await until(pilot, lambda: "biocopilot · new session" in screen(app).splitlines()[0])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "BTK [inhibitors]  s  1 question" in screen(app))
        await pilot.press("slash", *"inhibitors")
        await until(pilot, lambda: "BTK [inhibitors]" in screen(app) and "what is it?" in screen(app))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "biocopilot · BTK [inhibitors]" in screen(app).splitlines()[0])


async def test_a_session_that_is_named_at_the_start_is_shown_and_gone_on_with() -> None:
    async with opened([*STEPS], log=True, resume=True) as (app, pilot):
        await pilot.pause(0.2)
        assert app.query(Welcome)  # nothing of it is recorded yet
        await typed(app, pilot, "what is it?")
        await answered(app, pilot)
    async with opened([*STEPS], log=True, resume=True) as (app, pilot):
        await until(pilot, lambda: "It is 1. [E1]" in screen(app))
        assert not app.query(Welcome)
        assert "biocopilot · what is it?" in screen(app).splitlines()[0]
        await typed(app, pilot, "and now?")
        await answered(app, pilot)
        assert [question for question, _ in app.chat.kept] == ["what is it?", "and now?"]


async def test_an_error_that_nobody_foresaw_behind_the_screen_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("odd [/] thing")

    monkeypatch.setattr(kept, "session_rows", broken)
    async with opened([*STEPS]) as (app, pilot):
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("ValueError: odd [/] thing" in item.message for item in app._notifications))
        await typed(app, pilot, "what is it?")
        await answered(app, pilot)


async def test_a_session_that_cannot_be_deleted_is_told_and_stays_in_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    def held(_name: str) -> str:
        raise StorageError("Another program holds the log.", "Close it.")

    monkeypatch.setattr(kept, "delete_session", held)
    async with opened([*STEPS], log=True) as (app, pilot):
        await typed(app, pilot, "what is it?")
        await answered(app, pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "1 question" in screen(app))
        await pilot.press("d", "d")
        await until(pilot, lambda: "Another program holds the log." in screen(app))
        assert "1 question" in screen(app)
