"""`biocopilot sessions`: the conversations that were named with `ask --session`: list, read, take along, delete."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ...memory.events import Event

__all__ = ["app"]

app = typer.Typer(help="See, export and delete named conversations.", no_args_is_help=True, rich_markup_mode=None)

_Name = Annotated[
    str, typer.Argument(help="The session's name, or last for the newest one.", metavar="ID", show_default=False)
]


@app.command("list")
def list_sessions(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the sessions, the newest first: name, questions, times, last question."""
    from ...memory.errors import RunNotFound
    from ...memory.sessions import Sessions
    from .failures import say
    from .recorded import run_log
    from .session_text import deletions_text, rows_json, rows_text

    try:
        with run_log() as log:
            rows, deletions = Sessions(log).rows(), Sessions(log).deletions()
    except RunNotFound:
        rows, deletions = (), ()
    if not rows:
        say('No session is recorded. Begin one: biocopilot ask --session kinases "Which drugs act on BTK?"')
    titles = _titles()
    sys.stdout.write(rows_json(rows, titles) if as_json else rows_text(rows, titles))
    if deletions:
        say(deletions_text(deletions))


@app.command("show")
def show_session(
    name: _Name, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False
) -> None:
    """Show a session's questions and answers, with the handles of what was found."""
    from ..export.session import session_as_json
    from .session_text import session_text

    name, runs = _runs(name)
    sys.stdout.write(session_as_json(name, runs) if as_json else session_text(name, runs, _titles().get(name, "")))


@app.command("export")
def export(
    name: _Name,
    to: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="The file to write: .md, .json, or .py or .yaml to make its calls again.",
            show_default=False,
        ),
    ],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a session's answers, with their evidence, or its calls as a program, to a file."""
    from ..export.session import export_session, format_of

    format_of(to)  # a wrong kind is told before anything is read
    written = export_session(*_runs(name), to, force=force)
    sys.stdout.write(f"{written}\n")


@app.command("delete")
def delete(name: _Name, yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False) -> None:
    """Delete a session's runs for good; nothing brings them back."""
    import shlex

    from ...memory.errors import NotApproved
    from ...memory.session_deletion import delete_session
    from ...memory.sessions import Sessions
    from .agreement import agreed
    from .failures import say
    from .recorded import run_log

    with run_log() as log:
        name = Sessions(log).find(name)
        count = len(Sessions(log).run_ids(name))
        path = log.path
    if not yes and not agreed(f"Delete session {name!r} with its {_questions(count)} and all that was found? [y/N] "):
        raise NotApproved("Nothing was deleted.", f"biocopilot sessions delete {shlex.quote(name)} --yes")
    done = delete_session(path, name)
    sys.stdout.write(f"Deleted session {name!r}: {_questions(done.runs)}, {done.events} events.\n")
    if not done.wiped:
        say("Another program reads the run log, or the disk is full: the file still holds their bytes.")
        say("  They are wiped by the next command that opens it.")


def _titles() -> dict[str, str]:
    """Titles that were given in the interface, by name; where they cannot be read that is told, and names do as well."""
    from ...memory.errors import StorageError
    from ...memory.paths import run_log_path
    from ...memory.session_titles import titles_beside
    from .failures import say

    try:
        return titles_beside(run_log_path())
    except StorageError as error:
        say(f"! {error.message} {error.hint}".strip())
        return {}


def _questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count} questions"


def _runs(name: str) -> tuple[str, tuple[tuple[Event, ...], ...]]:
    """The session's name as it is recorded, and the events of each of its runs."""
    from ...memory.sessions import Sessions
    from .recorded import run_log

    with run_log() as log:
        name = Sessions(log).find(name)
        return name, tuple(log.events(run_id) for run_id in Sessions(log).run_ids(name))
