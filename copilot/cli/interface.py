"""`biocopilot` and `biocopilot tui`: open the terminal interface, where there is a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from textual.content import Content

    from ..agent import Copilot
    from ..loop import Approve, ApproveSending

__all__ = ["open_interface", "tui"]


def tui(
    session: Annotated[
        str, typer.Option(metavar="ID", help="Name of a session to go on with, or to begin.", show_default=False)
    ] = "",
    planner: Annotated[str, typer.Option(metavar="NAME", help="What plans the answers.", show_default=False)] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Open no network connection.")] = False,
) -> None:
    """Open the terminal interface; the same as `biocopilot` alone."""
    open_interface(session, planner, offline)


def open_interface(session: str = "", planner: str = "", offline: bool = False) -> None:
    """Open it and come back when the user leaves. Raises Exit with the code of the process."""
    from .failures import say

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        say('This is no terminal. Ask with: biocopilot ask "MW of ibuprofen?"')
        say("  `biocopilot --help` lists the commands.")
        raise typer.Exit(2)
    from ...memory.run_log import new_run_id
    from ..settings import load_settings
    from ..tui.app import CopilotApp
    from ..tui.pictures import how_drawn, pixels_of_terminal
    from ..tui.widgets.welcome import set_up_line
    from .asking import Request, copilot_for
    from .checks import all_checks

    settings = load_settings().settings
    request = Request((), planner=planner, offline=offline)

    def make(approve: Approve, approve_sending: ApproveSending) -> Copilot:
        return copilot_for(request, settings, approve=approve, approve_sending=approve_sending)

    def set_up() -> list[Content]:
        return [set_up_line(check()) for check in all_checks(("local data", "library", "planner", "models"))]

    back_ends = "offline" if offline or settings.offline else "local and live"
    app = CopilotApp(make, session or f"tui-{new_run_id()}", f"{planner or settings.planner} · {back_ends}", set_up)
    app.how_drawn = how_drawn(settings.interface.molecules, pixels_of_terminal)
    raise typer.Exit(app.run() or 0)
