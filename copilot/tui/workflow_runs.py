"""The workflows that ship, and the runs that lie in a folder, newest first. Blocking."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...memory.errors import StorageError
from ...memory.text import shorten
from ..step_text import one_line
from ..workflows.python_file import names_python
from ..workflows.registry import built_in
from ..workflows.run_folder import MANIFEST, read_manifest
from .workflow_command import to_go_on
from .workflow_story import REPORT

__all__ = ["RunRow", "runs_in", "workflows"]

_INPUT_CHARACTERS = 100
_MOST = 200


@dataclass(frozen=True)
class RunRow:
    """A run of a workflow, as its manifest tells.

    Args:
        folder: where it lies.
        flow: the workflow's name.
        status: how it ended, or that it did not.
        counts: steps, rows and failures.
        begun_at: when it was begun last.
        inputs: in brief.
        again: what goes on with it; empty for one of a file that is not known.
        report: its page; None where there is none.
    """

    folder: Path
    flow: str
    status: str
    counts: str
    begun_at: str
    inputs: str
    again: str
    report: Path | None


def workflows() -> list[tuple[str, str]]:
    """Name and summary of each that ships."""
    return [(flow.name, flow.summary) for flow in built_in()]


def runs_in(folder: Path, more: Iterable[Path] = ()) -> list[RunRow]:
    """The runs whose folders lie in that folder, and those in `more`; what else is called run.json is left out."""
    try:
        there = [entry for entry in folder.iterdir() if (entry / MANIFEST).is_file()]
    except OSError:
        there = []
    found: dict[Path, RunRow] = {}
    for place in (*there, *more):
        try:
            manifest = read_manifest(place)
        except StorageError:
            continue
        shown = place.relative_to(folder) if place.is_relative_to(folder) else place
        found[place.absolute()] = _row(shown, manifest)
    return sorted(found.values(), key=lambda row: row.begun_at, reverse=True)[:_MOST]


def _row(folder: Path, manifest: Mapping[str, Any]) -> RunRow:
    counts = [(manifest.get(name, 0), name) for name in ("steps", "rows")]
    failed = len(manifest.get("failures", ())) + len(manifest.get("failed_calls", ()))
    parts = [f"{count:,} {name}" for count, name in counts if count] + ([f"{failed:,} failed"] if failed else [])
    report = (folder / REPORT).absolute()
    begun = manifest["starts"][-1]["at"] if manifest["starts"] else manifest.get("created_at", "")
    status = str(manifest["status"])
    return RunRow(
        folder,
        one_line(str(manifest["workflow"])),
        "not ended" if status == "running" else status,
        " · ".join(parts),
        str(begun)[:16].replace("T", " "),
        shorten(one_line(" ".join(_values(manifest["inputs"]))), _INPUT_CHARACTERS),
        _again(folder, manifest),
        report if report.is_file() else None,
    )


def _values(inputs: Mapping[str, Any]) -> Iterable[str]:
    """What was given, lists by their items; the rest was left as it is."""
    for value in inputs.values():
        if isinstance(value, list):
            yield from map(str, value)
        elif isinstance(value, str):
            yield value


def _again(folder: Path, manifest: Mapping[str, Any]) -> str:
    name = str(manifest["workflow"])
    if manifest.get("program"):
        return ""  # a program is executed where its user names it, not because a folder does
    if not manifest.get("source"):
        return to_go_on(name, folder)
    words = shlex.split(str(manifest.get("again", "")))  # names the file, once a run has ended
    return to_go_on(words[3], folder) if len(words) > 3 and not names_python(words[3]) else ""
