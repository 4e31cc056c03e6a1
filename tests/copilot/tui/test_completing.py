"""Completion: what the word before the cursor begins, and what Tab makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.copilot.tui.completing import Completion, Word, files, named, word_at

from .driving import opened, until


@pytest.mark.parametrize(
    ("line", "first", "word"),
    [
        ("/se", True, Word("command", 0, "/se")),
        ("/se", False, Word("name", 1, "se")),
        ("/export a", True, None),
        ("how potent is erlo", True, Word("name", 14, "erlo")),
        ("triage @data/my", True, Word("file", 7, "data/my")),
        ("me@example", True, Word("name", 3, "example")),
        ("a", True, None),
        ("", True, None),
        ("what is it? ", True, None),
    ],
)
def test_the_word_before_the_cursor_is_a_command_a_file_or_a_name(line: str, first: bool, word: Word | None) -> None:
    assert word_at(line, first) == word


def test_files_are_lists_of_compounds_and_folders_and_nothing_hidden(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    for name in ("set/a.smi", "Seen.csv", "secret.key", ".sess.csv"):
        (tmp_path / name).write_text("x")
    assert [item.text for item in files(Word("file", 0, "se"), tmp_path)] == ["Seen.csv ", "@set/"]
    assert [item.text for item in files(Word("file", 0, "set/"), tmp_path)] == ["set/a.smi "]
    assert files(Word("file", 0, "none/"), tmp_path) == []


def test_tools_come_before_names_and_what_stands_there_already_is_not_offered() -> None:
    found = named(Word("name", 0, "dra"), ["draw_molecule"], ["DRA", "DRAM1"])
    assert found == [Completion("draw_molecule", "tool"), Completion("DRAM1")]


async def test_tab_completes_a_drug_a_gene_and_a_tool() -> None:
    async with opened() as (app, pilot):
        for typed, whole in (("MW of erloti", "erlotinib"), ("what does JAK", "JAK"), ("struct", "structural_alerts")):
            app.prompt.put(typed)
            await pilot.press("tab")
            await until(pilot, lambda: app.prompt.completions.open)
            await pilot.press("tab")
            assert app.prompt.text.lower().startswith(typed.lower())
            assert whole.lower() in app.prompt.text.lower()
            assert not app.prompt.completions.open


async def test_a_slash_offers_commands_arrows_choose_and_escape_puts_the_list_away() -> None:
    async with opened([]) as (app, pilot):
        await pilot.press("slash", "s")
        await until(pilot, lambda: app.prompt.completions.open)
        first = app.prompt.completions.chosen
        await pilot.press("down")
        assert app.prompt.completions.chosen != first
        await pilot.press("escape")
        assert (app.prompt.completions.open, app.prompt.text) == (False, "/s")


async def test_enter_takes_a_command_that_is_half_typed_and_then_does_it() -> None:
    async with opened([]) as (app, pilot):
        await pilot.press("slash", "h", "e")
        await until(pilot, lambda: app.prompt.completions.open)
        await pilot.press("enter")
        assert app.prompt.text == "/help"
        await pilot.press("enter")
        await until(pilot, lambda: type(app.screen).__name__ == "HelpScreen")


async def test_an_at_sign_offers_files_and_a_folder_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.smi").write_text("CCO\n")
    monkeypatch.chdir(tmp_path)
    async with opened([]) as (app, pilot):
        await pilot.press("at", "s")
        await until(pilot, lambda: app.prompt.completions.open)
        await pilot.press("tab")
        await until(pilot, lambda: app.prompt.completions.open)
        await pilot.press("tab")
        assert app.prompt.text == "set/mine.smi "
