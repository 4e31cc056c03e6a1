"""`biocopilot runs`: the recorded runs: list them, look at one, show its answer again, check it, take it along."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ...memory.events import Event

__all__ = ["app"]

app = typer.Typer(help="See, replay, verify and export recorded runs.", no_args_is_help=True, rich_markup_mode=None)

_RunId = Annotated[
    str,
    typer.Argument(help="The run's id, its beginning, or last for the newest run.", metavar="ID", show_default=False),
]
_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("list")
def list_runs(
    most: Annotated[int, typer.Option(metavar="N", min=1, help="How many runs, newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the newest runs: id, how each ended, question."""
    from ...memory.errors import RunNotFound
    from ...memory.paths import workflow_runs_dir
    from .failures import say
    from .recorded import run_log
    from .run_text import rows_json, rows_text

    try:
        with run_log() as log:
            rows = log.runs(most)
    except RunNotFound:
        rows = ()
    if any(workflow_runs_dir().glob("*.json")):
        say("Runs of workflows are listed by: biocopilot workflow runs")
    elif not rows:
        say('No run is recorded yet. The first question starts the log: biocopilot ask "MW of ibuprofen?"')
    sys.stdout.write(rows_json(rows) if as_json else rows_text(rows))


@app.command("show")
def show_run(run_id: _RunId, as_json: _AsJson = False) -> None:
    """Show a run's steps, claims with verdicts, and evidence."""
    from .run_text import run_json, run_text

    events = _events(run_id)
    sys.stdout.write(run_json(events) if as_json else run_text(events))


@app.command("replay")
def replay_run(
    run_id: _RunId,
    plain: Annotated[bool, typer.Option("--plain", help="Print what `ask --plain` printed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what `ask --json` printed.")] = False,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="Print what `ask --jsonl` printed.")] = False,
) -> None:
    """Print a run's answer again, byte for byte, with no planner."""
    chosen = [name for name, on in (("json", as_json), ("jsonl", as_jsonl), ("plain", plain)) if on]
    if len(chosen) > 1:
        raise typer.BadParameter(f"choose one of --{' and --'.join(chosen)}.")
    from .replaying import replay

    replay(_events(run_id), "json" if as_json else "jsonl" if as_jsonl else "plain" if plain else "auto")


@app.command("verify")
def verify(
    run_id: Annotated[
        str,
        typer.Argument(
            help="The run's id, its beginning, last for the newest run, or the folder of a workflow's run.",
            metavar="ID",
            show_default=False,
        ),
    ],
    full: Annotated[
        bool, typer.Option("--full", help="Of a triage, compute all rows again, not some of them.")
    ] = False,
    which: Annotated[
        str | None,
        typer.Option(
            "--workflow",
            metavar="FILE.py:NAME",
            help="For a folder whose workflow is in a Python file: that file, which is executed.",
            show_default=False,
        ),
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Check every claim of a run again, offline."""
    from ...memory.events import RunStarted
    from .recorded import earlier_runs, run_log
    from .verifying import verify_and_show, verify_folder_and_show

    if (folder := Path(run_id).expanduser()).is_dir():
        code = verify_folder_and_show(folder, as_json, full, which)
        if code:
            raise typer.Exit(code)
        return
    if which is not None:
        raise typer.BadParameter(f"{run_id} is no folder; --workflow is for the folder of a workflow's run.")
    with run_log() as log:
        events = log.events(log.find(run_id))
        session = next(event.session for event in events if isinstance(event, RunStarted))
        code = verify_and_show(events, as_json, earlier_runs(log, session, events[0].run_id))
    if code:
        raise typer.Exit(code)


@app.command("export")
def export(
    run_id: _RunId,
    to: Annotated[
        Path,
        typer.Option(metavar="FILE", help="The file to write: .md, .html, .json, .bib or .yaml.", show_default=False),
    ],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a run's answer, with its evidence, to a file."""
    from ..export import export_run, format_of

    format_of(to)  # a wrong kind is told before anything is read
    written = export_run(_events(run_id), to, force=force)
    sys.stdout.write(f"{written}\n")


def _events(run_id: str) -> tuple[Event, ...]:
    from .recorded import run_log

    with run_log() as log:
        return log.events(log.find(run_id))
