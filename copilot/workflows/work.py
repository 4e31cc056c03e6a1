"""What a workflow works through while it runs: every call goes by the folder's kept steps, and has a place in the program.

A place is a path of numbers: the third call of the second row of the first `each` is (0, 1, 2). Evidence, notes and failures are put
in the order of places, not of time, so that a run of many rows at once, killed and resumed or not, comes to the same.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from ...memory.errors import (
    BiocopilotError,
    FileRefused,
    InvalidInput,
    NotApproved,
    StorageError,
    UnknownTool,
    error_named,
)
from ...memory.records import Evidence, ToolCall, ToolResult, canonical_json
from ...tools.contract import Tool, ToolContext
from ...tools.execute import find_tool
from ...tools.from_services import ANSWERABLE
from ...tools.workbench import Workbench
from ..user_files import file_sha256
from .contract import Done, Each, Note, NoteKind, Recheck, RowFailure
from .engines import Chemistry, Engine
from .engines.local import FILE_FIELDS
from .kept_steps import Step, step_key
from .run_folder import RunFolder

__all__ = ["Happening", "Work"]

R = TypeVar("R")
T = TypeVar("T")

Place = tuple[int, ...]

_EVIDENCE_PER_STEP = 100_000
"""Ids while the run works: E200003 is the third piece of evidence of the second step kept in this folder."""
_ROWS_AT_ONCE = 4


@dataclass(frozen=True)
class Happening:
    """Something that happened, for whoever watches; nothing of it is kept."""

    kind: Literal["begun", "step", "row", "failure", "note", "progress"]
    text: str
    """Of `begun` and `step` the call, the same for both."""
    kept: bool = False
    """Whether a step was taken from what an earlier start of the run had done."""
    done: int | None = None
    total: int | None = None
    loop: tuple[int, ...] = ()
    """Of a row: the place of its loop, longer for a loop within a loop."""
    failure: RowFailure | None = None
    """Of a failure: the row or call that failed, why, and what to do."""
    of_row: bool = False
    """Whether what failed is a row; the call that it failed of was told before it."""


def _nobody(_happening: Happening) -> None:
    """Nobody watches."""


_place: ContextVar[Place] = ContextVar("place", default=())


@dataclass
class Work:
    """A `WorkflowRun` over a folder.

    Args:
        run_folder: where results are kept.
        bench: what the tools share.
        tools: the tools that may be called.
        offline: whether tools that need the network are refused.
        given: versions and releases that every result depends on.
        engine: where calls are made and molecules computed.
        listener: hears what happens.
        only_kept: whether to run nothing, for the check of a finished run.
    """

    run_folder: RunFolder
    bench: Workbench
    tools: Mapping[str, Tool]
    offline: bool
    given: Mapping[str, str]
    engine: Engine
    listener: Callable[[Happening], None] = _nobody
    only_kept: bool = False
    whole: bool = False
    """Whether that check does all work of steps that are no tool's again, and not only a part."""
    rechecks: list[tuple[str, Recheck | None]] = field(default_factory=list)
    """What that check came to for each such step, by name; None where the program does not say how it is checked."""
    program: str = ""
    """The hash of the user's Python file, on which results depend that its own code computes."""
    executed: int = 0
    """How many steps were done and not taken from the folder."""
    used: dict[str, Place] = field(default_factory=dict)
    """The keys of the tools' steps that the program asked for, each with the first place that did."""
    noted: list[tuple[Place, Note]] = field(default_factory=list)
    failed: list[tuple[Place, RowFailure]] = field(default_factory=list)
    failed_calls: dict[str, tuple[Place, ToolCall, ToolResult]] = field(default_factory=dict)
    """Calls that failed in this start of the run: not kept, so that the next start tries them again."""

    def __post_init__(self) -> None:
        self._counters: dict[Place, int] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._hashes: dict[str, str] = {}
        self._at_once = asyncio.Semaphore(self.engine.at_once)
        self._broken: BiocopilotError | None = None

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.run_folder.path

    @property
    def chemistry(self) -> Chemistry:
        """See `WorkflowRun.chemistry`."""
        return self.engine.chemistry

    # Calls -------------------------------------------------------------------------------------------------------

    async def call(self, tool: str, /, **arguments: Any) -> ToolResult:
        """See `WorkflowRun.call`."""
        return await self._call(self._next_place(), tool, arguments)

    async def need(self, tool: str, /, **arguments: Any) -> ToolResult:
        """See `WorkflowRun.need`."""
        result = await self._call(self._next_place(), tool, arguments)
        if result.status == "failed":
            message, _, hint = result.digest.partition("\n")
            raise error_named(result.error, message, hint)
        return result

    async def calls(self, calls: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[ToolResult, ...]:
        """See `WorkflowRun.calls`."""
        placed = [(self._next_place(), tool, arguments) for tool, arguments in calls]
        return tuple(await _all([self._call(place, tool, arguments) for place, tool, arguments in placed]))

    async def _call(self, place: Place, name: str, arguments: Mapping[str, Any]) -> ToolResult:
        tool = find_tool(name, self.tools)
        call = ToolCall(id="call", tool=tool.name, arguments=json.loads(canonical_json(dict(arguments))))
        given = self._given_for(tool, call.arguments)
        key = step_key(tool.name, call.arguments, given)
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key in self.failed_calls:
                return self._fail(key, place, call, self.failed_calls[key][2])
            step = self.run_folder.steps.get(key)
            kept = step is not None
            if step is None:
                result = await self._execute(tool, call)
                if result.status == "failed" and not _fails_always(result):
                    return self._fail(key, place, call, result)
                step = self._keep(tool.name, call.arguments, given, result.model_dump(mode="json"))
        earlier = self.used.get(key)
        self.used[key] = place if earlier is None else min(place, earlier)
        result = _numbered(step)
        if earlier is None:
            self.listener(Happening("step", _called(call), kept))
        if result.status == "failed":
            self._tell_failure(place, call, result)
        return result

    async def _execute(self, tool: Tool, call: ToolCall) -> ToolResult:
        if self.only_kept:
            if (told := self._told_failure(call)) is not None:
                return told
            raise StorageError(f"The result of {tool.name} is not kept in {self.folder}.", "Go on with --resume first.")
        if tool.writes(call.arguments):
            raise NotApproved(f"{tool.name} writes a file, and a workflow's tools write none.")
        allowed = frozenset(map(Path, self.run_folder.files))
        context = ToolContext(self.bench, allowed, self.offline, self.progress)
        async with self._at_once:
            self.executed += 1
            self.listener(Happening("begun", _called(call)))
            try:
                return await self.engine.execute(call, {tool.name: tool}, context, lambda: self.run_folder.created_at)
            except (
                BiocopilotError
            ) as error:  # a call that fails is a result: this is the engine's own trouble, and no row's
                self._broken = error
                raise

    def _keep(self, name: str, arguments: Mapping[str, Any], given: Mapping[str, Any], result: Any) -> Step:
        try:
            return self.run_folder.steps.keep(name, arguments, given, result)
        except StorageError as error:  # no row's own failure: nothing more can be kept
            self._broken = error
            raise

    def _given_for(self, tool: Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = dict(self.given)
        if tool.needs_network or tool.name in ANSWERABLE:
            given["network"] = "forbidden" if self.offline else "allowed"
        named = [arguments[name] for name in FILE_FIELDS if arguments.get(name)]
        paths = [item for value in named for item in ([value] if isinstance(value, str) else value)]
        if paths:
            given["files"] = [self._hash(Path(item)) for item in paths]
        return given

    def _hash(self, path: Path) -> str:
        place = str(path.expanduser().resolve())
        if place in self.run_folder.files:
            return self.run_folder.files[place]
        if place not in self._hashes:
            self._hashes[place] = file_sha256(Path(place))
        return self._hashes[place]

    def _fail(self, key: str, place: Place, call: ToolCall, result: ToolResult) -> ToolResult:
        first = min(place, self.failed_calls[key][0]) if key in self.failed_calls else place
        self.failed_calls[key] = (first, call, result)
        self._tell_failure(place, call, result)
        return result

    def _told_failure(self, call: ToolCall) -> ToolResult | None:
        """How the call failed in the last start of the run, from its manifest."""
        for told in self.run_folder.manifest.get("failed_calls", ()):
            if told["tool"] == call.tool and told["arguments"] == call.arguments:
                return ToolResult(status="failed", error=told["error"], digest=told["message"])
        return None

    def _tell_failure(self, place: Place, call: ToolCall, result: ToolResult) -> None:
        text = f"{_called(call)} failed: {result.digest.replace(chr(10), ' ')}"
        message, _, hint = result.digest.partition("\n")
        self._note(place, Note(text, "failure"), RowFailure(_called(call), result.error or "", message, hint))

    def in_order(self) -> Iterator[tuple[ToolCall, ToolResult]]:
        """The calls in the order in which the program asks for them, with the results that it was given.

        What was kept is read from the folder one by one; a call that failed and was not kept stands in its place too.
        """
        places = {**self.used, **{key: place for key, (place, _call, _result) in self.failed_calls.items()}}
        for key in sorted(places, key=places.__getitem__):
            if key in self.failed_calls:
                _place, call, result = self.failed_calls[key]
                yield call, result
            elif (step := self.run_folder.steps.get(key)) is not None:
                yield ToolCall(id="call", tool=step.name, arguments=step.arguments), _numbered(step)

    def kept_in_order(self) -> Iterator[Step]:
        """The steps of tools that were kept, in the same order."""
        for key in sorted(self.used, key=self.used.__getitem__):
            if (step := self.run_folder.steps.get(key)) is not None:
                yield step

    # Rows --------------------------------------------------------------------------------------------------------

    async def each(
        self,
        rows: Sequence[R],
        function: Callable[[R], Awaitable[T]],
        *,
        label: Callable[[R], str] = str,
        at_once: int | None = None,
    ) -> Each[R, T]:
        """See `WorkflowRun.each`."""
        place = self._next_place()
        most = max(_ROWS_AT_ONCE, self.engine.chemistry.count) if at_once is None else at_once
        results: list[Done[R, T] | RowFailure | None] = [None] * len(rows)
        ended = 0
        numbers = iter(range(len(rows)))
        self.listener(Happening("progress", "", done=0, total=len(rows), loop=place))

        async def work() -> None:
            nonlocal ended
            for number in numbers:
                row = rows[number]
                _place.set((*place, number))
                try:
                    results[number] = Done(row, await function(row))
                except BiocopilotError as error:
                    if self._broken is not None:  # whatever this row met meanwhile, nothing can go on
                        raise self._broken from None
                    if isinstance(error, UnknownTool):
                        raise
                    failure = RowFailure(label(row), type(error).__name__, error.message, error.hint)
                    results[number] = failure
                    self.failed.append(((*place, number), failure))
                    text = f"{failure.label}: {failure.message}"
                    self.listener(Happening("failure", text, failure=failure, of_row=True))
                ended += 1
                self.listener(Happening("row", label(row), done=ended, total=len(rows), loop=place))

        await _all([work() for _ in range(max(1, min(most, len(rows))))])
        return Each(
            tuple(item for item in results if isinstance(item, Done)),
            tuple(item for item in results if isinstance(item, RowFailure)),
        )

    async def together(self, works: Sequence[Callable[[], Awaitable[T]]]) -> tuple[T, ...]:
        """See `WorkflowRun.together`."""
        place = self._next_place()

        async def one(number: int, work: Callable[[], Awaitable[T]]) -> T:
            _place.set((*place, number))
            return await work()

        return tuple(await _all([one(number, work) for number, work in enumerate(works)]))

    async def step(
        self,
        name: str,
        arguments: Mapping[str, Any],
        work: Callable[[], Awaitable[T]],
        again: Callable[[T, bool], Awaitable[Recheck]] | None = None,
        files: Callable[[T], Iterable[str]] = lambda _result: (),
    ) -> T:
        """See `WorkflowRun.step`."""
        called, wanted, given = f"step {name}", json.loads(canonical_json(dict(arguments))), dict(self.given)
        if self.program:
            given["program"] = self.program
        key = step_key(called, wanted, given)
        async with self._locks.setdefault(key, asyncio.Lock()):
            step = self.run_folder.steps.get(key)
            kept = step is not None
            if step is None:
                if self.only_kept:
                    raise StorageError(
                        f"The result of {name} is not kept in {self.folder}.", "Go on with --resume first."
                    )
                self.executed += 1
                step = self._keep(called, wanted, given, await work())
            elif not self.only_kept and not all((self.folder / one).exists() for one in files(step.result)):
                self.executed += 1
                await work()
        self.listener(Happening("step", f"{name} {_brief(wanted)}".rstrip(), kept))
        value: T = step.result
        if self.only_kept:
            self.rechecks.append((name, None if again is None else await again(value, self.whole)))
        return value

    # Telling -----------------------------------------------------------------------------------------------------

    def note(self, text: str, kind: NoteKind = "info") -> None:
        """See `WorkflowRun.note`."""
        self._note(self._next_place(), Note(text, kind))

    def _note(self, place: Place, note: Note, failure: RowFailure | None = None) -> None:
        self.noted.append((place, note))
        self.listener(Happening("failure" if note.kind == "failure" else "note", note.text, failure=failure))

    def progress(self, text: str, done: int | None = None, total: int | None = None) -> None:
        """See `WorkflowRun.progress`."""
        self.listener(Happening("progress", text, done=done, total=total))

    def _next_place(self) -> Place:
        parent = _place.get()
        number = self._counters.get(parent, 0)
        self._counters[parent] = number + 1
        return (*parent, number)


async def _all(works: Sequence[Awaitable[T]]) -> list[T]:
    """All results in order; where one raises, the others are cancelled and waited for, and it is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def _fails_always(result: ToolResult) -> bool:
    """Whether the same call would fail the same way: its input is refused. What was not at hand may be there next time."""
    error = error_named(result.error, "")
    return isinstance(error, InvalidInput) and not isinstance(error, FileRefused)


def _numbered(step: Step) -> ToolResult:
    """The kept result with the run's own evidence ids in place of E1, E2, … of the step."""
    result = ToolResult.model_validate(step.result)
    first = step.seq * _EVIDENCE_PER_STEP
    evidence: tuple[Evidence, ...] = tuple(
        item.model_copy(update={"id": f"E{first + number}"}) for number, item in enumerate(result.evidence, 1)
    )
    return result.model_copy(update={"evidence": evidence})


def _called(call: ToolCall) -> str:
    """A call as it is told."""
    return f"{call.tool} {_brief(call.arguments)}".rstrip()


def _brief(arguments: Mapping[str, Any]) -> str:
    text = " ".join(
        str(value) if not isinstance(value, list) else ",".join(map(str, value)) for value in arguments.values()
    )
    return text if len(text) <= 60 else f"{text[:59]}…"
