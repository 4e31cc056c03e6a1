"""A run's folder checked again, offline: the report is made once more of the kept steps, each call is run again, each claim checked.

The workflow's program runs over what is kept and may call nothing; what it comes to is then verified as a recorded run of
`ask` is (`verification.py`): records are hashed, tools run again, claims held against both.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...memory.errors import FileRefused, InvalidInput
from ...memory.events import (
    AnswerDelta,
    AnswerFinished,
    Event,
    EvidenceAdded,
    RunFinished,
    RunStarted,
    ToolFinished,
    ToolStarted,
)
from ...memory.records import Claim
from ...tools.contract import Tool
from ...tools.workbench import Workbench
from ..claim_text import shown
from ..verification import NO_END, Verification, verify_run
from .contract import Change, Finished, Program, Workflow
from .engine import finish, validated
from .engines import Engine, open_engine
from .kept_steps import FILE_NAME, KeptSteps
from .outputs import FILES, write_outputs
from .python_file import read_python
from .registry import find_workflow
from .run_folder import RunFolder, file_hash, read_manifest
from .work import Work
from .yaml_file import parse_yaml
from .yaml_run import as_workflow

__all__ = ["verify_folder"]


async def verify_folder(
    path: Path,
    bench: Workbench,
    tools: Mapping[str, Tool],
    flow: Workflow | None = None,
    may_execute: Callable[[Program], bool] = lambda _program: False,
    *,
    whole: bool = False,
) -> Verification:
    """Check the run in a folder again; writes nothing.

    Args:
        path: the folder.
        bench: stores and chemistry to run the tools with.
        tools: the tools by name.
        flow: the workflow, where it is one of your own; else it is found by the manifest.
        may_execute: whether the Python file that the manifest names may be executed; a folder of others may name any.
        whole: do all of what is no tool's call again, such as the rows of a triage, and not only a part of it.

    Raises:
        StorageError: there is no run in the folder, it cannot be read, or another program works in it.
        InvalidInput: the workflow is none that this version knows, or in a Python file that may not be executed.
        FileRefused: that file is not there, or not what it was.
    """
    manifest = read_manifest(path)
    if not (path / FILE_NAME).is_file():
        raise FileRefused(f"{path} has no {FILE_NAME}.", "Name the folder that --out named.")
    with KeptSteps.read(path / FILE_NAME) as steps:
        folder = RunFolder(path, manifest, steps, True, dict(manifest["files"]))
        async with open_engine("local", bench, {}) as engine:
            chosen = _flow(manifest, tools, path, flow, may_execute)
            return await _verified(folder, bench, tools, chosen, engine, whole)


async def _verified(
    folder: RunFolder, bench: Workbench, tools: Mapping[str, Tool], flow: Workflow, engine: Engine, whole: bool
) -> Verification:
    manifest, last = folder.manifest, folder.manifest["starts"][-1]
    run_id = folder.path.resolve().name
    if "ended_at" not in manifest or manifest["status"] not in ("answered", "partial", "unknown"):
        return Verification(run_id, (), (), gaps=(NO_END,))
    given = {**last["environment"], "biocopilot": last["version"]}
    work = Work(folder, bench, tools, bool(last["offline"]), given, engine, only_kept=True, whole=whole)
    work.program = (manifest.get("program") or {}).get("sha256", "")
    inputs, plain = validated(flow, manifest["inputs"])
    report = await flow.function(work, inputs)
    finished, claims = await finish(flow, plain, report, work, folder)
    found = await verify_run(_events(run_id, work, finished, claims), bench, tools)
    troubles = [*found.troubles, *await _other_files(replace(finished, **_as_recorded(manifest)), manifest, bench)]
    if finished.status != manifest["status"]:
        troubles.append(f"The run is recorded as {manifest['status']}, and its steps come to {finished.status}.")
    gaps = list(found.gaps)
    redone = []
    for name, recheck in work.rechecks:
        if recheck is None:
            gaps.append(f"What is kept of {name} is of no tool, and was taken as it is.")
            continue
        troubles += recheck.troubles
        redone += [f"{name}: {recheck.done}."] if recheck.done else []
    return replace(found, troubles=tuple(dict.fromkeys(troubles)), gaps=tuple(gaps), redone=tuple(redone))


def _as_recorded(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What outputs show of a run and its steps do not tell."""
    last = manifest["starts"][-1]
    changes = tuple(
        Change(item["tool"], item["arguments"], tuple(item["what"]), item["why"]) for item in manifest["changes"]
    )
    return {
        "version": last["version"],
        "environment": last["environment"],
        "changes": changes,
        "again": manifest["again"],
    }


async def _other_files(finished: Finished, manifest: Mapping[str, Any], bench: Workbench) -> list[str]:
    """The output files that are not, byte for byte, what the kept steps come to."""
    told = []
    with TemporaryDirectory() as beside:
        await write_outputs(replace(finished, folder=Path(beside)), bench)
        for name in FILES:
            made, here = Path(beside) / name, finished.folder / name
            if made.exists() and not here.exists():
                told.append(f"{name} is not there.")
            elif made.exists() and made.read_bytes() != here.read_bytes():
                told.append(f"{name} is not what the run comes to.")
    for name, digest in manifest["written"].items():
        path = finished.folder / name
        if not path.exists():
            told.append(f"{name} is not there.")
        elif file_hash(path) != digest:
            told.append(f"{name} is not what the run wrote.")
    return told


def _flow(
    manifest: Mapping[str, Any],
    tools: Mapping[str, Tool],
    folder: Path,
    given: Workflow | None,
    may_execute: Callable[[Program], bool],
) -> Workflow:
    program = None if manifest.get("program") is None else Program(**manifest["program"])
    if given is not None:
        if program is not None and given.program is not None:
            _refuse_change(given.program.file, given.program.sha256, program)
        return given
    if program is not None:
        return _named_there(program, manifest["workflow"], folder, may_execute)
    if manifest["source"]:
        return as_workflow(parse_yaml(manifest["source"], f"{manifest['workflow']}.yaml", tools))
    return find_workflow(manifest["workflow"])


def _named_there(program: Program, name: str, folder: Path, may_execute: Callable[[Program], bool]) -> Workflow:
    """The workflow of the Python file that the folder names, executed only as it was and where it may be."""
    again = f"biocopilot runs verify {shlex.quote(str(folder))} --workflow FILE.py:{name}"
    if not may_execute(program):
        raise InvalidInput(
            f"The run is of {name} in {program.file}, a program that was not run here as it was then.",
            f"Look at it, and name it if you trust it: {again}",
        )
    if not Path(program.file).is_file():
        raise FileRefused(f"{program.file}, which the run is of, is not there.", f"Name it where it is: {again}")
    _refuse_change(program.file, file_hash(Path(program.file)), program)
    return read_python(f"{program.file}:{name}")


def _refuse_change(file: str, sha256: str, program: Program) -> None:
    if sha256 != program.sha256:
        raise FileRefused(
            f"{file} has changed since the run: it cannot be told what the run comes to by it.",
            "Put the file of then back; run.json has its SHA-256.",
        )


def _events(run_id: str, work: Work, finished: Finished, claims: tuple[Claim, ...]) -> list[Event]:
    """The run as the events that a recorded run has."""
    at, last = work.run_folder.created_at, work.run_folder.manifest["starts"][-1]
    events: list[Event] = []

    def add(kind: type[Any], when: datetime = at, **fields: Any) -> None:
        events.append(kind(run_id=run_id, number=len(events) + 1, at=when, **fields))

    add(
        RunStarted,
        question=finished.report.title,
        planner=f"workflow {finished.workflow.name}",
        offline=last["offline"],
        version=last["version"],
        environment=last["environment"],
        files=work.run_folder.files,
    )
    evidence = {item.id: item for item in finished.evidence}
    for number, ((call, result), done) in enumerate(zip(work.in_order(), finished.steps, strict=True), 1):
        if done.status == "failed":
            continue
        call_id = f"call-{number}"
        add(ToolStarted, call=call.model_copy(update={"id": call_id}))
        for name in done.evidence:
            add(EvidenceAdded, call_id=call_id, evidence=evidence[name])
        add(
            ToolFinished,
            call_id=call_id,
            tool=done.tool,
            status=result.status,
            seconds=0.0,
            matched=result.matched,
            returned=result.returned,
            evidence=done.evidence,
            filters=result.filters,
            warnings=result.warnings,
        )
    text = "\n\n".join(shown(claim) for claim in claims)
    add(AnswerDelta, text=text)
    add(AnswerFinished, text=text, claims=claims)
    supported = any(claim.verdict == "supported" for claim in claims)
    add(RunFinished, status=finished.status if supported else "unknown", seconds=0.0)
    return events
