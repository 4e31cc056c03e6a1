"""Runs a workflow in a folder. Second hop of its path (cli/workflow.py → here → work.py → tools/execute.py).

Killed at any moment and started again, it takes what was done from the folder and does the rest, and comes to the same.
Here stands what happens before and after the workflow itself: inputs, folder, numbering, claims, changes, manifest.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from ...memory.errors import BiocopilotError, InvalidArguments
from ...memory.records import Claim, Evidence, ToolCall, ToolResult
from ...tools.contract import Tool
from ...tools.execute import explain_validation
from ...tools.registry import all_tools, outside_a_session
from ...tools.workbench import Workbench
from ..environment import biocopilot_version, environment_of
from ..environment import changes as changed_versions
from .changes import changes_of
from .claims_checked import checked, renumbered, told_cells
from .contract import Finished, Note, Report, StepDone, Workflow
from .engines import open_engine
from .kept_steps import FILE_NAME, KeptSteps, Step
from .known_runs import remember
from .outputs import write_outputs
from .run_folder import RunFolder, file_hash, read_manifest
from .work import Happening, Work

__all__ = ["again_command", "finish", "run_workflow", "validated"]


def validated(flow: Workflow, given: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The inputs as the workflow's model, and as JSON values; paths of files are made absolute. Raises InvalidArguments."""
    try:
        plain = flow.inputs.model_validate(dict(given)).model_dump(mode="json")
        for name in flow.inputs.files:
            if plain[name]:
                plain[name] = _absolute(plain[name])
        return flow.inputs.model_validate(plain), plain
    except ValidationError as error:
        raise InvalidArguments(
            f"{flow.name} does not accept these inputs: {explain_validation(error)}.",
            f"`biocopilot workflow show {flow.name}` lists what it takes.",
        ) from error


def _absolute(value: Any) -> Any:
    """So that the run can be taken up in another folder."""
    return str(Path(value).expanduser().resolve()) if isinstance(value, str) else [_absolute(item) for item in value]


async def run_workflow(
    flow: Workflow,
    given: Mapping[str, Any],
    out: Path,
    *,
    bench: Workbench,
    tools: Mapping[str, Tool] | None = None,
    offline: bool = False,
    resume: bool = False,
    compare: Path | None = None,
    engine: str = "local",
    workers: int | None = None,
    listener: Callable[[Happening], None] | None = None,
    known: Path | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Finished:
    """Run to the end in the folder `out`; cancelling the task stops it, and another start goes on from there.

    Args:
        flow: the workflow.
        given: its inputs by name.
        out: the run's folder, new or empty, or the run's own with `resume`.
        bench: stores and chemistry.
        tools: the tools that may be called; all that need no session where None.
        offline: refuse what needs the network.
        resume: go on with the run that is in the folder, or run it again over today's data.
        compare: the folder of an earlier run: what it found that is other now is told.
        engine: where the work is done: `local`, `ray` or `ray:ADDRESS`; it comes to the same.
        workers: how many processes side by side; one for each core where None.
        listener: hears what happens, as it happens.
        known: the folder in which it is written down where runs are (`known_runs.py`); nowhere where None.
        now: the clock.

    Raises:
        InvalidArguments: the inputs are not what the workflow takes.
        InvalidInput: the folder holds something else.
        StorageError: the folder cannot be used, or the disk is full.
        Unavailable: the engine is not there, or its cluster has gone.
        BiocopilotError: the workflow itself could not go on; what was done is kept.
    """
    inputs, plain = validated(flow, given)
    every = outside_a_session(all_tools(bench.weights_choice.folder)) if tools is None else tools
    if compare is not None:
        read_manifest(compare)  # no run there is told before anything is done
        compare = None if _absolute(str(compare)) == _absolute(str(out)) else compare
    versions = {**environment_of(bench), "biocopilot": biocopilot_version()}
    async with open_engine(engine, bench, versions, workers) as working:
        with closing(RunFolder.open(out, flow, plain, resume=resume, now=now())) as folder:
            folder.begin(now(), biocopilot_version(), environment_of(bench), offline, working.name)
            work = Work(folder, bench, every, offline, versions, working)
            work.program = flow.program.sha256 if flow.program else ""
            if listener is not None:
                work.listener = listener
            if known is not None:
                _remember(known, folder, work)
            try:
                report = await flow.function(work, inputs)
                finished, _claims = await finish(flow, plain, report, work, folder, compare)
                await write_outputs(finished, bench)
            except asyncio.CancelledError:
                folder.end(now(), "interrupted", {"steps": len(folder.steps)})
                raise
            except BiocopilotError as error:
                folder.end(now(), "failed", {"error": {"name": type(error).__name__, "message": error.message}})
                raise
            folder.manifest.pop("error", None)
            folder.end(now(), finished.status, _told(finished, folder, work))
            return finished


async def finish(
    flow: Workflow,
    inputs: Mapping[str, Any],
    report: Report,
    work: Work,
    folder: RunFolder,
    compare: Path | None = None,
) -> tuple[Finished, tuple[Claim, ...]]:
    """What a report and its work come to: final ids, checked claims, notes, failures, changes."""
    steps, evidence, ids = _numbered(work)
    known = {item.id: item for item in evidence}
    # Seconds for a long report: in a thread, so that whoever's loop this is stays free for others.
    examined = await asyncio.to_thread(checked, renumbered(report, ids), known, steps)
    changes = changes_of(_pairs(work, folder, compare))
    failures = tuple(failure for _place, failure in sorted(work.failed, key=lambda item: item[0]))
    notes = [note for _place, note in sorted(work.noted, key=lambda item: item[0])]
    notes += [
        Note(
            f"Struck, because no evidence holds it ({', '.join(claim.missing) or 'none cited'}): {claim.text}", "claim"
        )
        for claim in examined.struck
    ]
    notes += [Note(text, "claim") for text in told_cells(examined.unheld)]
    notes += _told_releases(folder, evidence)
    failed = bool(failures or work.failed_calls or examined.struck or examined.unheld)
    status: Literal["answered", "partial", "unknown"] = (
        "partial" if failed and report.status == "answered" else report.status
    )
    finished = Finished(
        workflow=flow,
        inputs=inputs,
        report=examined.report,
        status=status,
        evidence=evidence,
        steps=steps,
        notes=tuple(dict.fromkeys(notes)),
        failures=failures,
        changes=changes,
        version=biocopilot_version(),
        environment=environment_of(work.bench),
        again=again_command(flow),
        folder=folder.path,
    )
    return finished, examined.claims


def _remember(known: Path, folder: RunFolder, work: Work) -> None:
    """Told where it cannot be written, and no part of the report: the run is the same without."""
    try:
        remember(known, folder.path, folder.manifest)
    except BiocopilotError as error:
        work.listener(Happening("note", f"`workflow runs` will not list this run: {error.message}"))


def again_command(flow: Workflow) -> str:
    """The command that goes on with a run of the workflow, or tries again what failed in it; FOLDER stands for the run's own."""
    return f"biocopilot workflow run {shlex.quote(flow.file or flow.name)} --out FOLDER --resume"


def _numbered(work: Work) -> tuple[tuple[StepDone, ...], tuple[Evidence, ...], dict[str, str]]:
    """The steps and their evidence in the order of the program, and the final id for each id of the work."""
    steps: list[StepDone] = []
    evidence: list[Evidence] = []
    ids: dict[str, str] = {}
    for call, result in work.in_order():
        own = []
        for item in result.evidence:
            ids[item.id] = f"E{len(evidence) + 1}"
            own.append(ids[item.id])
            evidence.append(item.model_copy(update={"id": ids[item.id]}))
        steps.append(_step_done(call, result, own))
    return tuple(steps), tuple(evidence), ids


def _step_done(call: ToolCall, result: ToolResult, evidence: Sequence[str]) -> StepDone:
    message = result.digest if result.status == "failed" else ""
    return StepDone(call.tool, call.arguments, result.status, tuple(evidence), result.matched, result.returned, message)


def _pairs(work: Work, folder: RunFolder, compare: Path | None) -> Iterator[tuple[Step, Step]]:
    """Earlier and present results of the same calls: of this folder, or of the one to compare with."""
    if compare is None:
        yield from ((old, step) for step in work.kept_in_order() if (old := folder.steps.before(step)) is not None)
        return
    with KeptSteps.read(compare / FILE_NAME) as steps:
        yield from (
            (old, step) for step in work.kept_in_order() if (old := steps.newest(step.name, step.arguments)) is not None
        )


def _told_releases(folder: RunFolder, evidence: Sequence[Evidence]) -> list[Note]:
    """That data or versions changed between two starts of the run, or between two calls."""
    starts = folder.manifest["starts"]
    notes = []
    for before, after in pairwise(starts):
        then = {**before["environment"], "biocopilot": before["version"]}
        text = " ".join(changed_versions(then, {**after["environment"], "biocopilot": after["version"]}))
        if text:
            notes.append(Note(f"Between two starts of this run: {text} What depends on it was done again.", "release"))
        if before.get("program") != after.get("program"):
            notes.append(Note("Between two starts of this run the workflow's Python file was changed.", "release"))
    releases: dict[str, dict[str, None]] = {}
    for item in evidence:
        if item.record.get("type") == "passage":  # its release is the document's own
            continue
        releases.setdefault(item.source.name, {})[item.source.release] = None
    notes += [
        Note(f"{name} was asked in several releases: {', '.join(found)}.", "release")
        for name, found in releases.items()
        if len(found) > 1
    ]
    return notes


def _told(finished: Finished, folder: RunFolder, work: Work) -> dict[str, Any]:
    return {
        "steps": len(folder.steps),
        "steps_done_in_last_start": work.executed,
        "evidence": len(finished.evidence),
        "rows": len(finished.report.rows),
        "notes": [{"kind": note.kind, "text": note.text} for note in finished.notes],
        "failures": [vars(failure) for failure in finished.failures],
        "failed_calls": [
            {"tool": call.tool, "arguments": call.arguments, "error": result.error, "message": result.digest}
            for _place, call, result in sorted(work.failed_calls.values(), key=lambda item: item[0])
        ],
        "again": finished.again,
        "written": {name: file_hash(folder.path / name) for name in finished.report.files},
        "changes": [
            {"tool": change.tool, "arguments": dict(change.arguments), "what": list(change.what), "why": change.why}
            for change in finished.changes
        ],
    }
