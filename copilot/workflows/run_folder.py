"""The folder of one run: its manifest `run.json`, its kept steps, and the refusal of a folder that holds something else.

The manifest is written whole beside the old one and renamed over it, so that a kill leaves the one or the other.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ...memory.errors import FileRefused, InvalidInput, StorageError
from ...memory.records import canonical_json
from .contract import Workflow
from .kept_steps import FILE_NAME, KeptSteps

__all__ = ["MANIFEST", "RunFolder", "file_hash", "read_manifest"]

MANIFEST = "run.json"
_FORMAT = 1


@dataclass
class RunFolder:
    """A folder that holds this run and no other, locked while it is open."""

    path: Path
    manifest: dict[str, Any]
    steps: KeptSteps
    resumed: bool
    files: dict[str, str] = field(default_factory=dict)
    """The user's files that are inputs: absolute path to SHA-256."""

    @classmethod
    def open(cls, path: Path, flow: Workflow, inputs: Mapping[str, Any], *, resume: bool, now: datetime) -> RunFolder:
        """Begin a run in the folder, or go on with the one that is there.

        Args:
            path: the folder; made where it is missing.
            flow: the workflow.
            inputs: its inputs, as JSON values.
            resume: go on where the same run has begun, or ended, here.
            now: the time that stands in the manifest.

        Raises:
            InvalidInput: it holds another run, other files, or this run and `resume` is not set.
            FileRefused: an input file is missing, or not what it was when the run began.
            StorageError: it cannot be made or written, or another program works in it.
        """
        files = {str(name): file_hash(name) for name in _named_files(flow, inputs)}
        wanted = {
            "format": _FORMAT,
            "workflow": flow.name,
            "inputs": dict(inputs),
            "files": files,
            "source": flow.source,
            "program": None if flow.program is None else {"file": flow.program.file, "sha256": flow.program.sha256},
        }
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The folder {path} cannot be made ({error.strerror}).", "Name another with --out."
            ) from error
        present = read_manifest(path) if (path / MANIFEST).exists() else None
        if present is None:
            _refuse_other_files(path)
        elif _came_to_nothing(path, present):
            present = None
        else:
            _refuse_other_run(path, present, wanted, resume)
        steps = KeptSteps.open(path / FILE_NAME)
        manifest = present or {**wanted, "created_at": _time(now), "status": "running", "starts": []}
        manifest["program"] = wanted["program"]  # one that was mended goes on; what it computes itself is done again
        folder = cls(path, manifest, steps, present is not None, files)
        if present is None:
            folder.write()
        return folder

    @property
    def created_at(self) -> datetime:
        """When the run first began; stamps what was computed here."""
        return datetime.fromisoformat(self.manifest["created_at"])

    def begin(self, now: datetime, version: str, environment: Mapping[str, str], offline: bool, engine: str) -> None:
        """Write down that work begins, with what, and over which data."""
        started = {
            "at": _time(now),
            "version": version,
            "environment": dict(environment),
            "offline": offline,
            "engine": engine,
            "program": None if self.manifest["program"] is None else self.manifest["program"]["sha256"],
        }
        self.manifest["starts"].append(started)
        self.manifest["status"] = "running"
        self.manifest.pop("ended_at", None)
        self.write()

    def end(self, now: datetime, status: str, told: Mapping[str, Any]) -> None:
        """Write down how it ended."""
        self.manifest.update(told, status=status, ended_at=_time(now))
        self.write()

    def write(self) -> None:
        """Put the manifest on the disk."""
        target, beside = self.path / MANIFEST, self.path / f".{MANIFEST}.new"
        try:
            with beside.open("w", encoding="utf-8") as file:
                file.write(json.dumps(self.manifest, ensure_ascii=False, indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except OSError as error:
            raise StorageError(
                f"{target} cannot be written ({error.strerror}).", "Make room, and go on with --resume."
            ) from error

    def close(self) -> None:
        """Give the folder back."""
        self.steps.close()


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a run's folder.

    Raises:
        StorageError: there is none, or it is damaged.
    """
    file = path / MANIFEST
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StorageError(f"{path} holds no run of a workflow.", "Name the folder that --out named.") from error
    except (OSError, ValueError) as error:
        raise StorageError(f"{file} cannot be read ({error}).", "Run the workflow in a new folder.") from error
    if not isinstance(found, dict) or "workflow" not in found or "starts" not in found:
        raise StorageError(f"{file} is no run of a workflow.", "Name another folder with --out.")
    if found.get("format") != _FORMAT:
        raise StorageError(f"{file} was written by another version of Biocopilot.", "Run the workflow in a new folder.")
    return found


def _named_files(flow: Workflow, inputs: Mapping[str, Any]) -> list[Path]:
    found = []
    for name in flow.inputs.files:
        values = inputs.get(name) or ()
        for value in [values] if isinstance(values, str) else values:
            path = Path(value).expanduser()
            if not path.is_file():
                raise FileRefused(_no_file(path, value), "Give the path of a file that exists.")
            found.append(path.resolve())
    return found


def _no_file(path: Path, given: str) -> str:
    if not path.exists():
        return f"There is no file {given!r}."
    return f"{given!r} is {'a folder' if path.is_dir() else 'a pipe or a device'}, and no file."


def file_hash(path: Path) -> str:
    """SHA-256 in hexadecimal of a file of any size. Raises FileRefused where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileRefused(f"{path} cannot be read ({error.strerror}).", "Give a file that can be read.") from error


def _other_files(path: Path) -> list[str]:
    """What lies in the folder beside the files of a run that was killed before its manifest stood."""
    beside = {f".{MANIFEST}.new", FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"}
    return sorted(item.name for item in path.iterdir() if item.name not in beside)


def _refuse_other_files(path: Path) -> None:
    if others := _other_files(path):
        raise InvalidInput(
            f"The folder {path} holds other files ({', '.join(others[:3])}{', …' if len(others) > 3 else ''}).",
            "Name a new or an empty folder with --out.",
        )


def _came_to_nothing(path: Path, present: Mapping[str, Any]) -> bool:
    """Whether the run there failed before its first step, as over a file that it could not read: it holds nothing to lose."""
    if present["status"] != "failed" or _other_files(path) != [MANIFEST]:
        return False
    with KeptSteps.open(path / FILE_NAME) as steps:
        return not len(steps)


def _refuse_other_run(path: Path, present: Mapping[str, Any], wanted: Mapping[str, Any], resume: bool) -> None:
    if present["workflow"] != wanted["workflow"]:
        raise InvalidInput(
            f"The folder {path} holds another run: {present['workflow']}.", "Name another folder with --out."
        )
    for name, what in (("inputs", "other inputs"), ("source", "another text of the workflow's file")):
        if canonical_json(present[name]) != canonical_json(wanted[name]):
            raise InvalidInput(
                f"The folder {path} holds a run of {present['workflow']} with {what}.",
                "Name another folder with --out.",
            )
    for name, digest in wanted["files"].items():
        if present["files"].get(name) != digest:
            raise FileRefused(
                f"{name} is not what it was when the run in {path} began.",
                "Put the file of then back, or name a new folder with --out.",
            )
    if not resume:
        state = "ended" if "ended_at" in present else "begun and not ended"
        raise InvalidInput(
            f"The folder {path} holds this run already, {state}.",
            "Go on with it, or run it over today's data, with --resume; or name another folder with --out.",
        )


def _time(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
