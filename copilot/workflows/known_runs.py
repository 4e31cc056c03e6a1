"""Where the user's runs of workflows are, so that yesterday's is found again: a small file for each run's folder, in the data folder.

What became of a run is read from its own folder when it is asked for; a folder that was moved or deleted is told as gone. What is written
here is also what `runs verify` goes by before it executes a Python file: that it was run here, as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...memory.errors import StorageError
from ...memory.records import canonical_json
from ...memory.text import shorten
from ..export.writing import write_new
from .contract import Program
from .run_folder import read_manifest

__all__ = ["KnownRun", "known_runs", "remember", "was_run_here"]

_MOST_INPUTS = 400


@dataclass(frozen=True)
class KnownRun:
    """A run that was begun here, and what its folder says of it now."""

    folder: Path
    workflow: str
    inputs: str
    """As JSON, cut where they are long."""
    began_at: str
    """ISO 8601, when it first began."""
    state: str
    """`answered`, `partial`, `unknown`, `failed`, `interrupted`; `unfinished` where it is at work or was killed; `gone`."""
    last_at: str = ""
    """When it ended, or was last begun."""
    trouble: str = ""
    """Why nothing more is known of it."""


def remember(known: Path, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write down where a run is; again where it is there already. Raises StorageError where that cannot be written."""
    place = folder.resolve()
    told = {
        "folder": str(place),
        "workflow": manifest["workflow"],
        "inputs": shorten(canonical_json(manifest["inputs"]), _MOST_INPUTS),
        "began_at": manifest["created_at"],
        "program": manifest.get("program"),
    }
    try:
        known.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        known.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{known} cannot be made ({error.strerror}).", "Check the folder and the disk.") from error
    name = hashlib.sha256(bytes(place)).hexdigest()[:32]
    write_new(known / f"{name}.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n", force=True)


def known_runs(known: Path) -> tuple[KnownRun, ...]:
    """All that were written down, the one that was last begun or ended first."""
    found = [_now(file, told) for file, told in _told(known)]
    return tuple(sorted(found, key=lambda run: (run.last_at or run.began_at, str(run.folder)), reverse=True))


def was_run_here(known: Path, program: Program) -> bool:
    """Whether the user ran a workflow of this very file, by its bytes."""
    wanted = {"file": program.file, "sha256": program.sha256}
    return any(isinstance(told, Mapping) and told.get("program") == wanted for _file, told in _told(known))


def _told(known: Path) -> Iterator[tuple[Path, Any]]:
    """Each file with what stands in it; None where that cannot be read."""
    for file in sorted(known.glob("*.json")):
        try:
            yield file, json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            yield file, None


def _now(file: Path, told: Any) -> KnownRun:
    try:
        folder, began_at = Path(told["folder"]), str(told["began_at"])
        run = KnownRun(folder, str(told["workflow"]), str(told["inputs"]), began_at, "gone")
    except (TypeError, KeyError):
        return KnownRun(file, "", "", "", "gone", trouble="this file, which said where a run is, is damaged")
    try:
        manifest = read_manifest(folder)
    except StorageError as error:
        trouble = "its folder is there no more: moved, renamed or deleted" if not folder.exists() else error.message
        return KnownRun(folder, run.workflow, run.inputs, began_at, "gone", trouble=trouble)
    if manifest.get("created_at") != began_at or manifest["workflow"] != run.workflow:
        return KnownRun(folder, run.workflow, run.inputs, began_at, "gone", trouble="its folder holds another run now")
    last_at = str(manifest.get("ended_at") or (manifest["starts"][-1]["at"] if manifest["starts"] else began_at))
    state = str(manifest["status"]) if "ended_at" in manifest else "unfinished"
    return KnownRun(folder, run.workflow, run.inputs, began_at, state, last_at)
