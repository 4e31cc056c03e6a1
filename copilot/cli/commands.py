"""Every command by name, with its options and one line of help; the work is done in the files beside, imported late.

What is declared here is what `biocopilot --help` costs: no chemistry, no records, no rich.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import (
    config,
    data,
    doctor,
    evaluating,
    interface,
    later,
    library,
    models,
    runs,
    serving,
    sessions,
    tools,
    workflow,
)
from .failures import Commands

__all__ = ["app"]

app = typer.Typer(
    name="biocopilot",
    cls=Commands,
    help=(
        "A research copilot for target discovery and medicinal chemistry."
        '\n\nTry: biocopilot ask "Is erlotinib drug-like, and how potent is it on EGFR?"'
    ),
    epilog="Exit codes: 0 answered, 2 usage, 3 partial, 4 unknown, 5 unavailable, 6 not verified, 130 cancelled.",
    rich_markup_mode=None,  # help by rich costs more CPU than everything else that --help does
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"biocopilot {version('biocopilot')}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    ctx: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    if ctx.invoked_subcommand is None:
        interface.open_interface()


@app.command()
def ask(
    ctx: typer.Context,
    question: Annotated[
        list[str], typer.Argument(help="The question; - reads it from standard input.", metavar="QUESTION")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")] = False,
    as_jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Print each event as a line of JSON, as it happens.")
    ] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Print plain text: no colours, no progress.")] = False,
    planner: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What plans the answer: auto, embedded, biomedgpt, openai:MODEL, anthropic:MODEL, ollama:MODEL or"
            " langchain:PROVIDER:MODEL.",
            show_default=False,
        ),
    ] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Open no network connection.")] = False,
    session: Annotated[
        str, typer.Option(metavar="ID", help="Name of a conversation to go on with, or to begin.", show_default=False)
    ] = "",
    file: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="A file that tools may read; may be repeated.")
    ] = None,
    no_log: Annotated[bool, typer.Option("--no-log", help="Do not record this run.")] = False,
    seconds: Annotated[
        float | None,
        typer.Option(metavar="N", min=0.01, max=86_400, help="Seconds after which it answers with what it has."),
    ] = None,
) -> None:
    """Answer one question, with evidence."""
    chosen = [name for name, on in (("json", as_json), ("jsonl", as_jsonl), ("plain", plain)) if on]
    if len(chosen) > 1:
        raise typer.BadParameter(f"choose one of --{' and --'.join(chosen)}.")
    from .asking import Request, answer_request

    code = answer_request(
        Request(
            words=tuple(question),
            form="json" if as_json else "jsonl" if as_jsonl else "plain" if plain else "auto",
            planner=planner,
            offline=offline,
            session=session or None,
            files=tuple(file or ()),
            log=not no_log,
            seconds=seconds,
        ),
        bench=ctx.obj,
    )
    if code:
        raise typer.Exit(code)


app.command("tui")(interface.tui)
app.command("serve")(serving.serve)
app.add_typer(library.app, name="library")
app.add_typer(tools.app, name="tools")
app.add_typer(runs.app, name="runs")
app.add_typer(sessions.app, name="sessions")
app.add_typer(data.app, name="data")
app.add_typer(models.app, name="models")
app.add_typer(config.app, name="config")
app.add_typer(workflow.app, name="workflow")
app.command("doctor")(doctor.doctor)
app.command("eval")(evaluating.evaluate)
for name, (help_text, _comes_with) in later.COMMANDS.items():
    later.add(app, name, help_text)
