"""The library, the data and the doctor: what their screens show, what their keys do, and what is said where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.copilot.cli import checks
from biocopilot.copilot.tui.screens.library import LibraryScreen, PathSuggester
from biocopilot.copilot.tui.screens.report import ReportScreen
from biocopilot.copilot.tui.shelf import Shelf, paths_beginning
from biocopilot.memory.errors import StorageError
from biocopilot.memory.library.library import Library, library_dir
from biocopilot.memory.paths import registry_path
from textual.widgets import OptionList

from .driving import opened, screen, typed, until

PAPER = "# Zorvatinib in relapse [/]\n\nZorvatinib halved relapse in kinase-driven tumours.\n"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    file = tmp_path / "papers" / "zorvatinib.md"
    file.parent.mkdir()
    file.write_text(PAPER, "utf-8")
    (file.parent / "unread.xyz").write_text("x")
    (file.parent / "empty").mkdir()
    return file


async def test_the_library_shows_what_is_indexed_searches_it_and_opens_a_hit() -> None:
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/library")
        await until(
            pilot, lambda: isinstance(app.screen, LibraryScreen) and "these are the project's own" in screen(app)
        )
        assert app.screen.query_one(OptionList).option_count > 10
        await pilot.press("slash", *"hook", "enter")
        await until(pilot, lambda: "passages match by" in screen(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReportScreen) and "hook" in screen(app).lower())
        await pilot.press("c")
        assert "hook" in app.clipboard.lower()
        await pilot.press("escape")
        assert isinstance(app.screen, LibraryScreen)
        await pilot.press("escape")
        await until(pilot, lambda: "documents," in screen(app))
        await pilot.press("escape")
        assert not isinstance(app.screen, LibraryScreen)


async def test_a_search_for_nothing_that_is_a_word_is_told() -> None:
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/library")
        await until(pilot, lambda: "documents," in screen(app))
        await pilot.press("slash", "full_stop", "enter")
        await until(pilot, lambda: "There is no word to look for." in screen(app))


async def test_files_are_added_from_a_path_and_found_afterwards(paper: Path) -> None:
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/library")
        await until(pilot, lambda: "documents," in screen(app))
        await pilot.press("a", *str(paper.parent), "enter")
        await until(pilot, lambda: "1 file read" in screen(app))
        await until(pilot, lambda: "Zorvatinib in relapse [/]" in screen(app))
        await pilot.press("escape", "slash", *"relapse", "enter")
        await until(pilot, lambda: "halved relapse in kinase-driven" in screen(app))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/nowhere/at/all", "There is nothing at"),
        ("{}/unread.xyz", "Refused: 1."),
        ("{}/empty", "kind that is read"),
    ],
)
async def test_what_cannot_be_added_is_told_and_the_screen_goes_on(path: str, said: str, paper: Path) -> None:
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/library")
        await until(pilot, lambda: "documents," in screen(app))
        await pilot.press("a", *path.format(paper.parent), "enter")
        await until(pilot, lambda: said in screen(app))
        assert isinstance(app.screen, LibraryScreen)
        assert not app.screen.adding


async def test_a_library_that_cannot_be_written_or_read_is_told(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise StorageError("The library cannot be written: Permission denied.", "Mend the folder's permissions.")

    async with opened([]) as (app, pilot):
        monkeypatch.setattr(Library, "add", full)
        await typed(app, pilot, "/library")
        await until(pilot, lambda: "documents," in screen(app))
        await pilot.press("a", *str(paper), "enter")
        await until(pilot, lambda: "cannot be written: Permission denied." in screen(app))
    library_dir().mkdir(parents=True, exist_ok=True)
    (library_dir() / "library.sqlite").write_bytes(b"no library")
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/library")
        await until(pilot, lambda: "✗" in screen(app))
        assert isinstance(app.screen, LibraryScreen)


def test_adding_stops_at_the_next_step_and_says_that_what_was_added_stays(paper: Path) -> None:
    from biocopilot.memory.errors import Cancelled

    with Library.open() as library, pytest.raises(Cancelled, match="what was added stays"):
        Shelf(lambda: library).add(str(paper), lambda _step: None, lambda: True)


async def test_escape_stops_adding_before_it_closes(paper: Path) -> None:
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/library")
        await until(pilot, lambda: "documents," in screen(app))
        library = app.screen
        assert isinstance(library, LibraryScreen)
        library.adding = True
        await pilot.press("escape")
        await until(pilot, lambda: "Stopping after this file." in screen(app))
        assert app.screen is library


async def test_paths_are_completed(paper: Path, tmp_path: Path) -> None:
    assert paths_beginning("pa", tmp_path) == ["papers/"]
    assert paths_beginning("papers/", tmp_path) == ["papers/empty/", "papers/unread.xyz", "papers/zorvatinib.md"]
    assert paths_beginning(f"{tmp_path}/papers/z", tmp_path) == [f"{tmp_path}/papers/zorvatinib.md"]
    assert paths_beginning("nowhere/x", tmp_path) == []
    assert await PathSuggester().get_suggestion(f"{tmp_path}/pap") == f"{tmp_path}/papers/"


async def test_data_shows_the_stores_and_the_command_that_gets_what_is_missing() -> None:
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/data")
        await until(pilot, lambda: "The starter set" in screen(app))
        app.screen.query_one("#text").focus()
        await pilot.press("end")
        await until(pilot, lambda: "biocopilot data pull chembl" in screen(app))


async def test_a_damaged_list_of_stores_is_told() -> None:
    registry_path().parent.mkdir(parents=True, exist_ok=True)
    registry_path().write_text("{", "utf-8")
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/data")
        await until(pilot, lambda: "✗" in screen(app))
        assert app.is_running


async def test_the_doctor_says_what_it_finds_one_after_the_other_and_looks_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [
        checks.Finding("one", "good", "It works."),
        checks.Finding("two", "bad", "It [does] not.", "Mend it."),
        checks.Finding("three", "note", "It is so."),
    ]
    looked: list[str] = []

    def check(finding: checks.Finding) -> checks.Check:
        def look() -> checks.Finding:
            looked.append(finding.about)
            return finding

        return look

    monkeypatch.setattr(checks, "all_checks", lambda: tuple(map(check, found)))
    async with opened([]) as (app, pilot):
        await typed(app, pilot, "/doctor")
        await until(pilot, lambda: "· three: It is so." in screen(app) and "looking" not in screen(app))
        assert "✓ one: It works." in screen(app)
        assert "✗ two: It [does] not." in screen(app)
        assert "→ Mend it." in screen(app)
        await pilot.press("r")
        await until(pilot, lambda: looked == ["one", "two", "three"] * 2)
