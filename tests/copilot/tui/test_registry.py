"""Every command: its key and its slash form reach the same action, it is in the help, and on the page about the interface."""

from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.copilot.tui.app import CopilotApp
from biocopilot.copilot.tui.registry import COMMANDS
from biocopilot.copilot.tui.screens.help import help_content
from biocopilot.copilot.tui.widgets.status_line import key_name

from .driving import opened, typed

PAGE = (Path(__file__).parents[3] / "docs" / "interface.md").read_text("utf-8")
IN_PROMPT_LETTERS = ("right_square_bracket", "left_square_bracket", "greater_than_sign", "less_than_sign")


async def test_every_commands_keys_and_slash_forms_reach_its_action(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, str]] = []
    for name in {command.action.partition("(")[0] for command in COMMANDS}:

        def record(_app: object, *values: object, name: str = name) -> None:
            done.append((name, f"({', '.join(map(repr, values))})" if values else ""))

        monkeypatch.setattr(CopilotApp, f"action_{name}", record)
    async with opened([]) as (app, pilot):
        for command in COMMANDS:
            name, bracket, given = command.action.partition("(")
            for key in command.keys:
                done.clear()
                (app.chat if key in IN_PROMPT_LETTERS else app.prompt).focus()
                await pilot.press(key)
                await pilot.pause()
                assert done == [(name, bracket + given)], f"{command.name}: {key}"
            for alias in (command.name, *command.aliases):
                done.clear()
                await typed(app, pilot, f"/{alias}{' x' if command.argument else ''}")
                await pilot.pause()
                assert done == [(name, "('x')" if command.argument else bracket + given)], f"/{alias}"


def test_every_command_is_in_the_help_and_on_the_page() -> None:
    told = str(help_content())
    for command in COMMANDS:
        assert f"/{command.name}" in told
        row = next(
            (line for line in PAGE.splitlines() if line.startswith((f"| `/{command.name}`", f"| `/{command.name} "))),
            "",
        )
        assert row, f"docs/interface.md has no row for /{command.name}"
        for key in command.keys:
            assert key_name(key) in row.replace("Ctrl+", "^"), f"/{command.name}: {key_name(key)}"


async def test_keys_that_the_user_chose_replace_those_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(CopilotApp, "action_look", lambda _app, where: looked.append(where))
    assert "F8" in str(help_content("", {"trace": "f8"}))
    async with opened([], keys={"trace": "f8"}) as (app, pilot):
        app.prompt.focus()
        await pilot.press("ctrl+t", "f3", "f8")
        await pilot.pause()
        assert looked == ["trace"]
