"""`biocopilot workflow`: the workflows that ship and your own: list them, look at one, run one in a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..workflows.contract import Workflow

__all__ = ["app"]

app = typer.Typer(help="Run scripted target-discovery workflows.", no_args_is_help=True, rich_markup_mode=None)

_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Which = Annotated[
    str,
    typer.Argument(
        help="The workflow's name, a YAML file, or a Python file of yours, which is executed: FILE.py or FILE.py:NAME.",
        metavar="NAME_OR_FILE",
        show_default=False,
    ),
]


@app.command("list")
def list_workflows(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE.py",
            help="A Python file of yours, which is executed: what it declares.",
            show_default=False,
        ),
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """List the workflows that ship, or those of a file: name, what it does."""
    from ..workflows.python_file import declared_in
    from ..workflows.registry import built_in

    flows = built_in() if file is None else declared_in(file)
    if file is not None and not flows:
        from .failures import say

        say(f"{file} declares no workflow.")
    if as_json:
        rows = [{"name": flow.name, "title": flow.title, "summary": flow.summary} for flow in flows]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return
    width = max((len(flow.name) for flow in flows), default=0)
    sys.stdout.write("".join(f"{flow.name:<{width}}  {flow.summary}\n" for flow in flows))


@app.command("show")
def show_workflow(which: _Which, as_json: _AsJson = False) -> None:
    """Show what a workflow is for, what it takes, and its steps."""
    from ..workflows.running import opened
    from .tools import field_lines, paragraphs

    flow = opened(which)
    if as_json:
        told = {
            "name": flow.name,
            "title": flow.title,
            "doc": flow.doc,
            "schema": flow.schema(),
            "tools": list(flow.tools),
            "steps": [{"text": step.text, "tool": step.tool, "depth": step.depth} for step in flow.steps],
        }
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    lines = [f"{flow.name}: {flow.title}", "", *paragraphs(flow.doc), "", "Inputs", *field_lines(flow)]
    if flow.steps:
        lines += ["", "Steps", *(f"  {'  ' * step.depth}{step.text}" for step in flow.steps)]
    elif flow.tools:
        lines += ["", "Tools", *(f"  {name}" for name in flow.tools)]
    sys.stdout.write("\n".join(lines) + "\n")


@app.command(
    "run",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    options_metavar="[INPUT]… [--input value]… [OPTIONS]",
)
def run_workflow(
    ctx: typer.Context,
    which: _Which,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="The run's folder; a new one in this folder where left out.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder, or run it again over today's data.")
    ] = False,
    compare: Annotated[
        Path | None,
        typer.Option("--compare", metavar="DIR", help="An earlier run: tell what is other now.", show_default=False),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="ENGINE",
            help="Where the work is done: local, ray, or ray:ADDRESS for a Ray cluster. The result is the same.",
        ),
    ] = "local",
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=1,
            max=10_000,
            help="Processes side by side; one for each core where left out.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show steps, sources and what would be sent; run nothing.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Open no network connection.")] = False,
    no_log: Annotated[bool, typer.Option("--no-log", help="Do not write down that this run was made here.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the run's manifest as JSON.")] = False,
) -> None:
    """Run a workflow; its inputs are its options, and the required ones may be typed without."""
    from ..workflows.running import opened
    from .tool_options import parse_fields

    flow = opened(which)
    inputs = _inputs(flow, parse_fields(flow, ctx.args), out, resume)
    from .workflow_running import run_and_show, show_dry_run

    if dry_run:
        show_dry_run(flow, inputs, offline, engine, as_json)
        return
    code = run_and_show(
        flow,
        inputs,
        out,
        resume=resume,
        compare=compare,
        offline=offline,
        engine=engine,
        workers=workers,
        log=not no_log,
        as_json=as_json,
    )
    if code:
        raise typer.Exit(code)


@app.command("runs")
def list_runs(
    most: Annotated[int, typer.Option(metavar="N", min=1, help="How many runs, newest first.")] = 20,
    as_json: _AsJson = False,
) -> None:
    """List the runs of workflows that were begun here: when, how each ended, workflow, folder, inputs."""
    from ...memory.paths import workflow_runs_dir
    from ..workflows.known_runs import known_runs
    from .workflow_runs_text import rows_json, rows_text

    rows = known_runs(workflow_runs_dir())[:most]
    if not rows:
        from .failures import say

        say("No run of a workflow is known here. `biocopilot workflow run` begins one.")
    sys.stdout.write(rows_json(rows) if as_json else rows_text(rows))


def _inputs(flow: Workflow, typed: dict[str, Any], out: Path | None, resume: bool) -> dict[str, Any]:
    """What was typed; where a run is resumed and nothing was, what the run began with."""
    if typed or not resume or out is None:
        return typed
    from ..workflows.run_folder import read_manifest

    manifest = read_manifest(out)
    return dict(manifest["inputs"]) if manifest["workflow"] == flow.name else {}
