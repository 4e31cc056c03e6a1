"""`biocopilot` and `biocopilot tui`: open the terminal interface, or the line mode, where there is a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from textual.content import Content

    from ..agent import Copilot
    from ..loop import Approve, ApproveSending
    from ..settings import Settings
    from ..tui.app import CopilotApp
    from .asking import Request

__all__ = ["open_interface", "tui"]


def tui(
    session: Annotated[
        str, typer.Option(metavar="ID", help="Name of a session to go on with, or to begin.", show_default=False)
    ] = "",
    planner: Annotated[str, typer.Option(metavar="NAME", help="What plans the answers.", show_default=False)] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Open no network connection.")] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Line mode for screen readers and pipes: a question a line, no screen.")
    ] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Play a recorded run.")] = False,
    no_log: Annotated[bool, typer.Option("--no-log", help="Record neither runs nor questions.")] = False,
) -> None:
    """Open the terminal interface; the same as `biocopilot` alone."""
    if plain and demo:
        raise typer.BadParameter("choose one of --plain and --demo.")
    open_interface(session, planner, offline, plain=plain, demo=demo, log=not no_log)


def open_interface(
    session: str = "",
    planner: str = "",
    offline: bool = False,
    *,
    plain: bool = False,
    demo: bool = False,
    log: bool = True,
) -> None:
    """Open it and come back when the user leaves. Raises Exit with the code of the process."""
    from .failures import say

    if not plain and not _is_terminal():
        say('This is no terminal. Ask with: biocopilot ask "MW of ibuprofen?"')
        say("  Or a question a line: biocopilot tui --plain. `biocopilot --help` lists the commands.")
        raise typer.Exit(2)
    if not plain and os.environ.get("TERM") in ("dumb", "unknown"):
        say(f"This terminal (TERM={os.environ['TERM']}) shows no screen: line mode instead.")
        plain = True
    from ..settings import load_settings
    from .asking import Request

    settings = load_settings().settings
    if plain:
        from .line_mode import ask_by_lines

        request = Request((), form="plain", planner=planner, offline=offline, session=session or _new_name(), log=log)
        raise typer.Exit(ask_by_lines(request, settings))
    request = Request((), planner=planner, offline=offline, session=session or _new_name(), log=log)
    app = _made(request, settings, demo, resume=bool(session) and not demo)
    app.run()
    _farewell(app, request.log and app.asked and not demo)
    raise typer.Exit(app.return_code or 0)


def _is_terminal() -> bool:
    """Whether there is one; textual-serve's browser is one too, behind pipes."""
    return (sys.stdin.isatty() and sys.stdout.isatty()) or "TEXTUAL_DRIVER" in os.environ


def _new_name() -> str:
    from ...memory.run_log import new_run_id

    return f"tui-{new_run_id()}"


def _made(request: Request, settings: Settings, demo: bool, resume: bool) -> CopilotApp:
    from ..tui.app import CopilotApp
    from ..tui.asked import asked_before
    from ..tui.demo import DemoRunner, recorded_events
    from ..tui.pictures import how_drawn, pixels_of_terminal
    from .asking import copilot_for

    keys = _checked_keys(settings.keys)
    offline = request.offline or settings.offline

    def make(approve: Approve, approve_sending: ApproveSending) -> Copilot:
        return copilot_for(request, settings, approve=approve, approve_sending=approve_sending)

    runner = DemoRunner(make, recorded_events()) if demo else None
    about = [request.planner or settings.planner, "offline" if offline else "local and live"]
    about += ["not recorded"] if not request.log else []
    about += ["demo: a recorded run, slowed down"] if demo else []
    app = CopilotApp(
        make,
        request.session or _new_name(),
        " · ".join(about),
        lambda: _set_up(offline),
        asked_before() if request.log and not demo else None,
        runner,
        resume=resume,
    )
    app.keys = keys
    app.how_drawn = how_drawn(settings.interface.molecules, pixels_of_terminal)
    if runner is not None:
        app.call_later(app.ask, runner.question)
    return app


def _set_up(offline: bool) -> list[Content]:
    """What is set up, and what needs the network where there is none."""
    from ..tui.widgets.welcome import set_up_line
    from .checks import Finding, all_checks

    found = [check() for check in all_checks(("local data", "library", "planner", "models"))]
    if offline:
        from ...tools import all_tools

        waiting = sorted(tool.name for tool in all_tools().values() if tool.needs_network)
        said = f"No connection is opened. {len(waiting)} tools have kept replies at most: {', '.join(waiting)}."
        found.append(Finding("offline", "note", said))
    return [set_up_line(finding) for finding in found]


def _checked_keys(keys: Mapping[str, str]) -> Mapping[str, str]:
    """The user's own keys by command. Raises InvalidSetting where a command does not exist."""
    from ...memory.errors import InvalidSetting
    from ..tui.registry import command_named, nearest_command

    found = {}
    for name, key in keys.items():
        command = command_named(name)
        if command is None:
            near = nearest_command(name)
            hint = f"Did you mean {near.name}?" if near else "The help of the interface (F1) lists the commands."
            raise InvalidSetting(f"There is no command {name!r} to give a key to (under [keys]).", hint)
        if not key.strip():
            raise InvalidSetting(f"The key of {command.name} is empty (under [keys]).", "Write, for example: ctrl+t")
        found[command.name] = ",".join(part.strip() for part in key.split(","))
    return found


def _farewell(app: CopilotApp, kept: bool) -> None:
    """How to go on, once the terminal is the user's again; after a crash above all."""
    from .failures import say

    if app.return_code:
        say("The interface met an error of its own, and is sorry. Please report what stands above.")
    if app.left_undone:
        say(f"The workflow was stopped. To go on: {app.left_undone}")
    if kept:
        say(f"To go on: biocopilot tui --session {app.session}")
