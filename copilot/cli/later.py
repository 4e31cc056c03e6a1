"""The commands that are planned and not built: each says so, and what there is instead, and exits with 2."""

from __future__ import annotations

import typer

from .failures import say

__all__ = ["COMMANDS", "add", "say_not_yet"]

COMMANDS: dict[str, tuple[str, str]] = {
    "mcp": (
        "Not yet: serve the tools to other programs over MCP.",
        "the MCP server. Today: biocopilot tools run, or Python.",
    ),
}
"""Name to help line, and what the command will come with."""


def say_not_yet(name: str) -> None:
    """Say that the command is not built yet. Raises Exit with code 2."""
    say(f"Not yet: `biocopilot {name}` comes with {COMMANDS[name][1]}")
    say("  `biocopilot --help` lists what works now.")
    raise typer.Exit(2)


def add(app: typer.Typer, name: str, help_text: str) -> None:
    """Declare a planned command that takes any arguments, so that whatever is typed gets the same reply."""

    def planned(_ctx: typer.Context) -> None:
        say_not_yet(name)

    app.command(
        name,
        help=help_text,
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )(planned)
