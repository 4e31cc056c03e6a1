"""A workflow run from the command line: progress on stderr, what came of it on stdout, and the exit code for it."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from ...memory.paths import workflow_runs_dir
from ...memory.records import canonical_json
from ...memory.text import clean, shorten
from ...tools.registry import all_tools, outside_a_session
from ...tools.workbench import Workbench
from ..settings import Settings, load_settings
from ..workflows.contract import Finished, Workflow
from ..workflows.engine import again_command, run_workflow, validated
from ..workflows.folder_names import folder_name
from ..workflows.outputs import failed_lines
from ..workflows.planned import dry_run
from ..workflows.run_folder import MANIFEST, read_manifest
from .failures import say
from .workflow_progress import watching

__all__ = ["run_and_show", "show_dry_run"]

_EXIT_CODES = {"answered": 0, "partial": 3, "unknown": 4}
_MOST_CHANGES = 10
_MOST_FAILURES = 50


def run_and_show(
    flow: Workflow,
    inputs: Mapping[str, Any],
    out: Path | None,
    *,
    resume: bool,
    compare: Path | None,
    offline: bool,
    engine: str,
    workers: int | None,
    log: bool,
    as_json: bool,
) -> int:
    """Run the workflow, print what came of it, and return the exit code."""
    settings = load_settings().settings
    folder = out or Path(folder_name(flow, validated(flow, inputs)[1]))
    again = again_command(flow).replace("FOLDER", shlex.quote(str(folder)))
    with _stopping(folder, again), _bench(settings) as bench, watching() as listener:
        finished = asyncio.run(
            run_workflow(
                flow,
                inputs,
                folder,
                bench=bench,
                tools=outside_a_session(all_tools(settings.weights_choice.folder)),
                offline=offline or settings.offline,
                resume=resume,
                compare=compare,
                engine=engine,
                workers=workers,
                listener=listener,
                known=workflow_runs_dir() if log else None,
            )
        )
    if as_json:
        sys.stdout.write(json.dumps(read_manifest(folder), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(_text(finished, folder))
    failed = list(failed_lines(finished))
    for text in failed[:_MOST_FAILURES]:
        say(f"✗ {_line(text)}")
    if (left := len(failed) - _MOST_FAILURES) > 0:
        say(f"  and {left:,} more; report.md has them all")
    if failed:
        say(f"To try again what failed: {again}")
    return _EXIT_CODES[finished.status]


def show_dry_run(flow: Workflow, inputs: Mapping[str, Any], offline: bool, engine: str, as_json: bool) -> None:
    """Print what the workflow would do."""
    settings = load_settings().settings
    _checked, plain = validated(flow, inputs)
    with _bench(settings) as bench:
        tools = outside_a_session(all_tools(settings.weights_choice.folder))
        found = dry_run(flow, plain, bench, tools, offline or settings.offline, engine)
    if as_json:
        told = {
            "workflow": found.workflow,
            "inputs": dict(found.inputs),
            "steps": [vars(step) for step in found.steps],
            "sources": list(found.sources),
            "leaves_the_machine": list(found.leaves),
        }
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    lines = [f"{flow.name}: {flow.title}", "", "Inputs"]
    lines += [f"  {name}: {_line(canonical_json(value))}" for name, value in found.inputs.items()]
    lines += ["", "Steps" if flow.steps else "Tools that it may call"]
    lines += [f"  {'  ' * step.depth}{_line(step.text)}" for step in found.steps]
    lines += ["", "Sources", *(f"  {source}" for source in found.sources)]
    lines += ["", "Leaves this machine", *(f"  {line}" for line in found.leaves or ("nothing",))]
    sys.stdout.write("\n".join(lines) + "\n")


def _bench(settings: Settings) -> Workbench:
    return Workbench(
        settings.store, settings.workers, settings.services, settings.library_choice, settings.weights_choice
    )


@contextmanager
def _stopping(folder: Path, again: str) -> Iterator[None]:
    """Says, where Ctrl-C stops the work, how it goes on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        if not (folder / MANIFEST).exists():
            raise
        say(f"\nStopped; what was done is kept. To go on: {again}")
        raise typer.Exit(130) from stop


def _text(finished: Finished, folder: Path) -> str:
    rows = f", {len(finished.report.rows)} rows" if finished.report.rows else ""
    failed = sum(step.status == "failed" for step in finished.steps)
    calls = f"{len(finished.steps)} steps{f' ({failed} failed)' if failed else ''}"
    lines = [
        f"{finished.report.title}: {finished.status}; {calls}, {len(finished.evidence)} records{rows}.",
        f"Folder: {folder}",
    ]
    lines += [f"· {_line(note.text)}" for note in finished.notes if note.kind != "failure"]
    if finished.changes:
        lines += ["", "Other than in the earlier run"]
        for change in finished.changes[:_MOST_CHANGES]:
            lines.append(f"  {change.tool} {_line(canonical_json(dict(change.arguments)))}: {_line(change.why)}")
            lines += [f"    {_line(what)}" for what in change.what[:3]]
        if (left := len(finished.changes) - _MOST_CHANGES) > 0:
            lines.append(f"  and {left} more; run.json has them all")
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return shorten(" ".join(clean(text).split()), 300)
