"""The commands of the interface, once: slash commands, the palette, the keys and the help all read this list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

__all__ = ["COMMANDS", "Command", "command_named", "commands_like", "keys_of", "nearest_command"]


@dataclass(frozen=True)
class Command:
    """Something a user can ask of the interface.

    Args:
        name: without the slash.
        help: one line.
        action: the app's action, as Textual writes it.
        keys: keys that do the same; the first is shown.
        aliases: other names.
        argument: what may follow the name, for the help; the action then gets the text.
        group: where the help lists it.
        shown: whether it is in the line of keys at the bottom.
    """

    name: str
    help: str
    action: str
    keys: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    argument: str = ""
    group: Literal["run", "look", "session", "program"] = "program"
    shown: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("stop", "Stop the run; what was found stays", "stop", ("escape",), group="run", shown=True),
    Command("retry", "Ask the last question again", "retry", group="run"),
    Command(
        "workflow",
        "Run a workflow, as `biocopilot workflow run` does; --resume goes on",
        "workflow",
        argument="NAME …",
        group="run",
    ),
    Command("workflows", "The workflows that ship, and the runs in this folder", "workflows", group="run"),
    Command("report", "Open a workflow's report in a browser", "report", group="run"),
    Command("trace", "Go to the trace of steps and calls", "look('trace')", ("ctrl+t", "f3"), group="look", shown=True),
    Command("evidence", "Go to the evidence", "look('evidence')", ("ctrl+e", "f4"), group="look", shown=True),
    Command(
        "filter",
        "Trace: only failed, slow or live calls, or those with a text; all where nothing is said",
        "filter_trace",
        argument="[WHICH]",
        group="look",
    ),
    Command(
        "table", "The tables of the answer and its evidence: sort, filter, CSV", "table", ("ctrl+b",), group="look"
    ),
    Command("check", "Check the record on show again, as `runs verify` does", "check_record", group="look"),
    Command("copy-record", "Copy the record on show, as JSON", "copy_record", group="look"),
    Command("molecule", "Go to the molecule", "look('molecule')", ("f5",), group="look"),
    Command(
        "enlarge", "Give the pane with the focus the whole screen, or take it back", "enlarge", ("f6",), group="look"
    ),
    Command("next-molecule", "Next molecule of the run", "molecule(1)", ("greater_than_sign",), group="look"),
    Command("previous-molecule", "Previous molecule of the run", "molecule(-1)", ("less_than_sign",), group="look"),
    Command("chat", "Go to the questions and answers", "look('chat')", ("f2",), group="look"),
    Command("next-question", "Go to the next question of the session", "question(1)", ("alt+down",), group="look"),
    Command("previous-question", "Go to the question before", "question(-1)", ("alt+up",), group="look"),
    Command("next", "Next citation, its evidence beside it", "citation(1)", ("right_square_bracket",), group="look"),
    Command("previous", "Previous citation", "citation(-1)", ("left_square_bracket",), group="look"),
    Command("details", "Show or fold all details", "details", ("ctrl+o",), group="look"),
    Command("help", "Keys and commands", "help", ("f1",), group="program", shown=True),
    Command("older", "Show earlier questions of this session again", "older", group="look"),
    Command(
        "sessions",
        "Resume, search or delete sessions",
        "sessions",
        ("ctrl+s",),
        ("resume",),
        group="session",
        shown=True,
    ),
    Command(
        "export",
        "Write the session (.md, .json, .py, .yaml) or this run (.html, .bib)",
        "export",
        argument="FILE",
        group="session",
    ),
    Command("copy", "Copy the answer with its citations", "copy_answer", ("ctrl+y",), group="session"),
    Command("search", "Search earlier questions", "search_asked", ("ctrl+r",), group="session"),
    Command("edit", "Write the question in your editor ($EDITOR)", "edit", ("ctrl+g",), group="session"),
    Command("rename", "Give this session a title", "rename", argument="TITLE", group="session"),
    Command("methods", "Copy how the answers came about, as a paragraph for a paper", "methods", group="session"),
    Command("new", "Begin a new session", "new_session", group="session"),
    Command("library", "The library: what is indexed, search it, add files", "library", group="program"),
    Command("data", "The stores and releases here, and the command that gets what is not", "data", group="program"),
    Command("doctor", "Check that everything works", "doctor", group="program"),
    Command("palette", "All commands, searched", "command_palette", ("ctrl+p",), group="program"),
    Command("theme", "Choose colours", "change_theme", group="program"),
    Command(
        "suspend",
        "Put the program into the background; `fg` brings it back",
        "suspend_process",
        ("ctrl+z",),
        group="program",
    ),
    Command("quit", "Leave", "quit", ("ctrl+q",), ("exit",), group="program"),
)


def keys_of(command: Command, chosen: Mapping[str, str]) -> tuple[str, ...]:
    """The command's keys, where the user chose none for it."""
    return tuple(chosen[command.name].split(",")) if command.name in chosen else command.keys


def command_named(text: str) -> Command | None:
    """The command of that name or alias, with or without its slash."""
    wanted = text.removeprefix("/").lower()
    return next((item for item in COMMANDS if wanted == item.name or wanted in item.aliases), None)


def nearest_command(text: str) -> Command | None:
    """The command whose name is most like a misspelt one."""
    names = {name: item for item in COMMANDS for name in (item.name, *item.aliases)}
    hits = get_close_matches(text.removeprefix("/").lower(), list(names), 1, 0.6)
    return names[hits[0]] if hits else None


def commands_like(text: str) -> list[Command]:
    """Commands whose name or alias begins like the text."""
    wanted = text.removeprefix("/").lower()
    return [item for item in COMMANDS if any(name.startswith(wanted) for name in (item.name, *item.aliases))]
