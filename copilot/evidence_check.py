"""A run's evidence looked at again: is each record what was hashed, and does its tool find the same now?

Each call is run again, offline, with the arguments recorded. Everything is compared but the time: record, source,
backend, and how many were found. Where what a tool searches may have grown, it finds each record again by itself instead
(`find_again` in its declaration). What cannot be run again is said with its reason, and never counts as the same. What was
recalled from an earlier run of the session is compared with what stands there, and looked at again in its own run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, zip_longest
from pathlib import Path
from typing import Any, Literal

from ..memory.earlier_runs import RECALL, EarlierRuns
from ..memory.errors import (
    BiocopilotError,
    FileRefused,
    InvalidInput,
    NotFound,
    StorageError,
    UnknownTool,
    VerificationFailed,
    error_named,
)
from ..memory.events import Event, EvidenceAdded, RunStarted, ToolFinished, ToolStarted
from ..memory.records import Evidence, ToolCall, ToolResult, canonical_json, record_sha256
from ..tools.contract import FindAgain, Tool, ToolContext
from ..tools.execute import execute
from ..tools.from_services import ANSWERABLE
from ..tools.workbench import Workbench
from .user_files import file_sha256

__all__ = ["Difference", "EvidenceCheck", "check_evidence"]

Outcome = Literal["same", "differs", "not_rechecked"]

_ABSENT = object()
_FILE_FIELDS = ("file", "files")
_FROM_SERVICES = ("live", "cache")
_BACKENDS = {
    **dict.fromkeys(_FROM_SERVICES, "it came from the network, and verification stays offline"),
    "generated": "a model wrote it",
}
"""Why evidence from there cannot be found again."""
_NOT_KEPT = "the service's reply is not kept here, and verification stays offline"
_ANSWERED_HERE = "a local store answers this now, and the service's reply was not looked at"
_NOT_ASKED = "not_asked"
"""The filter by which a tool says which services it could not ask, offline."""


@dataclass(frozen=True)
class Difference:
    """A value that is not what was recorded. `where` is a JSON Pointer into the evidence, as in `Support.path`."""

    where: str
    recorded: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}: recorded {self.recorded}, found {self.found}"


@dataclass(frozen=True)
class EvidenceCheck:
    """What became of one record. `found` is the evidence as it is now; the recorded one where it was not looked up."""

    evidence: Evidence
    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    reason: str = ""
    """Why it was not re-checked."""
    found: Evidence | None = None

    @property
    def now(self) -> Evidence:
        """The evidence that a claim can rest on now."""
        return self.found or self.evidence


@dataclass(frozen=True)
class _Call:
    """A finished call of the run with its evidence."""

    call: ToolCall
    end: ToolFinished
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class _Means:
    """What calls are run again with."""

    bench: Workbench
    tools: Mapping[str, Tool]
    files: Mapping[str, str]
    earlier: EarlierRuns | None


async def check_evidence(
    events: Sequence[Event], bench: Workbench, tools: Mapping[str, Tool], earlier: EarlierRuns | None = None
) -> tuple[tuple[EvidenceCheck, ...], tuple[str, ...]]:
    """Each record's check in the run's order, and what is wrong beside records.

    Args:
        events: a run's events.
        bench: stores and chemistry.
        tools: the tools to run again.
        earlier: the runs of its session before it.
    """
    files = next((event.files for event in events if isinstance(event, RunStarted)), {})
    means = _Means(bench, tools, files, earlier)
    checks: dict[str, EvidenceCheck] = {}
    troubles: list[str] = []
    for called in _calls(events):
        found, result = await _again(called, means)
        for check in found:
            if check.evidence.id in checks:
                troubles.append(f"{check.evidence.id} is recorded twice.")
            checks[check.evidence.id] = check
        if result is not None:
            troubles += _counts(called, result)
    for event in events:
        if isinstance(event, EvidenceAdded) and event.evidence.id not in checks:
            nowhere = Difference("", "evidence", "no finished call that gave it")
            checks[event.evidence.id] = EvidenceCheck(event.evidence, "differs", (nowhere,))
    order = [event.evidence.id for event in events if isinstance(event, EvidenceAdded)]
    return tuple(checks[name] for name in dict.fromkeys(order)), tuple(troubles)


def _calls(events: Sequence[Event]) -> Iterator[_Call]:
    started: dict[str, ToolCall] = {}
    given: dict[str, list[Evidence]] = {}
    for event in events:
        match event:
            case ToolStarted():
                started[event.call.id] = event.call
                given[event.call.id] = []
            case EvidenceAdded():
                given.setdefault(event.call_id, []).append(event.evidence)
            case ToolFinished() if event.call_id in started:
                yield _Call(started[event.call_id], event, tuple(given.pop(event.call_id, ())))
            case _:
                pass


async def _again(called: _Call, means: _Means) -> tuple[list[EvidenceCheck], ToolResult | None]:
    by_itself = [_recorded_differences(item, called) for item in called.evidence]
    reason = _hindrance(called, means)
    finder = None if reason else means.tools[called.call.tool].find_again
    if finder is not None:
        pairs = zip(called.evidence, by_itself, strict=True)
        return [await _by_itself(item, own, finder, means) for item, own in pairs], None
    result = None if reason else await _run(called.call, means)
    if result is not None and result.status == "failed":
        reason, refusal = _failure(result)
        if refusal is not None:
            by_itself = [[*differences, refusal] for differences in by_itself]
            reason = ""
        result = None
    if result is not None:
        reason = _not_the_reply(called, result)
        result = None if reason else result
    if result is None:
        return [
            EvidenceCheck(item, "differs" if own else "not_rechecked", tuple(own), "" if own else reason)
            for item, own in zip(called.evidence, by_itself, strict=True)
        ], None
    checks = []
    for item, own, fresh in zip_longest(called.evidence, by_itself, result.evidence):
        if item is None:  # more than was recorded: told by the counts below
            continue
        differences = [*own, *(_differences(item, fresh) if fresh else [Difference("", "a record", "nothing")])]
        now = None if fresh is None else fresh.model_copy(update={"id": item.id, "arguments": item.arguments})
        check = EvidenceCheck(item, "differs" if differences else "same", tuple(differences), found=now)
        checks.append(await _at_its_origin(check, means) if called.call.tool == RECALL else check)
    return checks, result


async def _by_itself(item: Evidence, own: list[Difference], finder: FindAgain, means: _Means) -> EvidenceCheck:
    """The check of a record that its tool finds again by itself, since what it searches may have grown."""
    context = ToolContext(bench=means.bench, files=_still_there(means.files), offline=True, earlier=means.earlier)
    try:
        draft = await finder(item, context)
    except NotFound as error:
        reason = error.message.rstrip(".")
    except BiocopilotError as error:
        reason = f"{error.title}: {error.message}".rstrip(".")
    else:
        record = json.loads(json.dumps(draft.record, allow_nan=False))
        now = {"record": record, "source": draft.source, "backend": draft.backend, "sha256": record_sha256(record)}
        fresh = item.model_copy(update=now)
        differences = (*own, *_differences(item, fresh))
        return EvidenceCheck(item, "differs" if differences else "same", differences, found=fresh)
    return EvidenceCheck(item, "differs" if own else "not_rechecked", tuple(own), "" if own else reason)


async def _at_its_origin(check: EvidenceCheck, means: _Means) -> EvidenceCheck:
    """The check of a recalled record that is quoted rightly, after its own run's record was looked at again."""
    if check.outcome != "same" or means.earlier is None or check.evidence.record.get("type") != "recalled_result":
        return check
    quoted = check.evidence.record
    where = f"{quoted['evidence']} of run {quoted['run_id']}"
    try:
        events = means.earlier.events(str(quoted["run_id"]))
    except StorageError as error:
        return replace(check, outcome="not_rechecked", reason=f"{where}: {error.message}")
    files = next((event.files for event in events if isinstance(event, RunStarted)), {})
    for called in _calls(events):
        if any(item.id == quoted["evidence"] for item in called.evidence):
            found, _ = await _again(called, replace(means, files=files))
            (origin,) = (one for one in found if one.evidence.id == quoted["evidence"])
            below = tuple(replace(one, where=f"/record{one.where}") for one in origin.differences)
            reason = f"{where}: {origin.reason}" if origin.reason else ""
            return replace(check, outcome=origin.outcome, differences=below, reason=reason)
    return replace(check, outcome="differs", differences=(Difference("", where, "no finished call that gave it"),))


def _recorded_differences(item: Evidence, called: _Call) -> list[Difference]:
    """What can be seen without running anything: hash, tool, arguments, and the list in the call's end."""
    found = []
    digest = record_sha256(item.record)
    if digest != item.sha256:
        found.append(Difference("/sha256", item.sha256[:12] + "…", f"{digest[:12]}… for the record that stands there"))
    for tool in {called.call.tool, called.end.tool} - {item.tool}:
        found.append(Difference("/tool", item.tool, f"{tool} in the call"))
    found += _pointers(item.arguments, called.call.arguments, "/arguments")
    if item.id not in called.end.evidence:
        found.append(Difference("", item.id, f"{', '.join(called.end.evidence) or 'none'} in the call's end"))
    return found


def _hindrance(called: _Call, means: _Means) -> str:
    """Why the call cannot be run again; empty where it can."""
    call, tool, files = called.call, means.tools.get(called.call.tool), means.files
    if call.tool == RECALL and tool is not None:
        return "" if means.earlier else "the earlier runs of its session are not at hand"
    backends = [_BACKENDS[item.backend] for item in called.evidence if item.backend in _BACKENDS]
    if tool is None:
        return f"there is no tool called {call.tool} in this version"
    if tool.writes(call.arguments):
        return f"{call.tool} writes a file, and verification writes nothing"
    alone = tool.find_again is not None  # then each record is looked at by itself, and says so where it cannot be
    if (
        backends
        and not alone
        and not (set(backends) == {_BACKENDS["live"]} and (call.tool in ANSWERABLE or tool.kept_replies))
    ):
        return backends[0]
    if not tool.idempotent:
        return f"{call.tool} need not find the same twice"
    for name in _named_files(_with_paths(call.arguments, files), files):
        if not Path(name).is_file():
            return f"{name} is gone"
        if not files[name]:
            return f"{name} could not be hashed when the run began"
        if file_sha256(Path(name)) != files[name]:
            return f"{name} has changed since"
    return ""


def _is_from_services(called: _Call) -> bool:
    """Whether a live service had a part in the call, be it only in saying which molecule is meant."""
    if called.call.tool == RECALL:  # what is quoted may be a service's; the quoting is done here
        return False
    return "services" in called.end.filters or any(item.backend in _FROM_SERVICES for item in called.evidence)


def _not_the_reply(called: _Call, result: ToolResult) -> str:
    """Why what is found now does not rest on the reply of then; empty where it does."""
    if _NOT_ASKED in result.filters and result.filters[_NOT_ASKED] != called.end.filters.get(_NOT_ASKED):
        return _NOT_KEPT
    if not _is_from_services(called):
        return ""
    if result.status == "empty" and called.end.status != "empty":
        return _NOT_KEPT
    served = {item.source.name for item in result.evidence if item.backend in _FROM_SERVICES}
    lost = {item.source.name for item in called.evidence if item.backend in _FROM_SERVICES} - served
    if lost:
        return _ANSWERED_HERE if lost & {item.source.name for item in result.evidence} else _NOT_KEPT
    for item, fresh in zip(called.evidence, result.evidence, strict=False):
        if item.backend in _FROM_SERVICES and fresh.backend not in _FROM_SERVICES:
            return _ANSWERED_HERE
        if item.backend in _FROM_SERVICES and item.source.release != fresh.source.release:
            return f"the reply that is kept is of {fresh.source.release}"
    return ""


def _with_paths(arguments: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """The arguments with relative file names as the absolute paths that they meant when the run was made."""

    def absolute(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [absolute(item) for item in value]
        if not isinstance(value, str):
            return value
        parts = Path(value).parts
        fitting = [name for name in files if parts and Path(name).parts[-len(parts) :] == parts]
        return fitting[0] if len(fitting) == 1 else value

    return {name: absolute(value) if name in _FILE_FIELDS else value for name, value in arguments.items()}


def _named_files(arguments: Mapping[str, Any], files: Mapping[str, str]) -> list[str]:
    values = [arguments[name] for name in _FILE_FIELDS if name in arguments]
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return [item for item in flat if isinstance(item, str) and item in files]


async def _run(call: ToolCall, means: _Means) -> ToolResult:
    numbers = count(1)
    again = ToolCall(id=call.id, tool=call.tool, arguments=_with_paths(call.arguments, means.files))
    context = ToolContext(bench=means.bench, files=_still_there(means.files), offline=True, earlier=means.earlier)
    return await execute(again, means.tools, context, lambda: f"E{next(numbers)}")


def _still_there(files: Mapping[str, str]) -> frozenset[Path]:
    """The run's files that exist: a tool that may name no absent file can make none."""
    return frozenset(path for path in map(Path, files) if path.is_file())


def _failure(result: ToolResult) -> tuple[str, Difference | None]:
    """A call that failed now: not re-checked, or, where its arguments are refused, a difference."""
    message = result.digest.partition("\n")[0]
    error = error_named(result.error, message)
    refused = isinstance(error, InvalidInput) and not isinstance(error, FileRefused | UnknownTool)
    if refused or isinstance(error, VerificationFailed):
        return "", Difference("", "a record", f"a refusal: {message}")
    return f"{error.title}: {message}", None


def _differences(recorded: Evidence, fresh: Evidence) -> Iterator[Difference]:
    yield from _pointers(recorded.record, fresh.record, "")
    yield from _pointers(recorded.source.model_dump(), fresh.source.model_dump(), "/source")
    if {recorded.backend, fresh.backend} != set(_FROM_SERVICES):  # a kept reply is the live one of then
        yield from _pointers(recorded.backend, fresh.backend, "/backend")


def _pointers(recorded: Any, found: Any, path: str) -> Iterator[Difference]:
    """Each place where two JSON values differ."""
    if isinstance(recorded, dict) and isinstance(found, dict):
        for key in dict.fromkeys([*recorded, *found]):
            escaped = str(key).replace("~", "~0").replace("/", "~1")
            yield from _pointers(recorded.get(key, _ABSENT), found.get(key, _ABSENT), f"{path}/{escaped}")
    elif isinstance(recorded, list | tuple) and isinstance(found, list | tuple):
        for index, (one, other) in enumerate(zip_longest(recorded, found, fillvalue=_ABSENT)):
            yield from _pointers(one, other, f"{path}/{index}")
    elif _said(recorded) != _said(found):
        yield Difference(path, _said(recorded), _said(found))


def _said(value: Any) -> str:
    return "nothing" if value is _ABSENT else canonical_json(value)


def _counts(called: _Call, result: ToolResult) -> list[str]:
    """Where the call's end tells other numbers than are found now."""
    pairs = {
        "status": (called.end.status, result.status),
        "matched": (called.end.matched, result.matched),
        "returned": (called.end.returned, result.returned),
        "records": (len(called.evidence), len(result.evidence)),
    }
    return [
        f"{called.call.tool} ({called.call.id}), {name}: recorded {then}, found {now}."
        for name, (then, now) in pairs.items()
        if then != now
    ]
