"""What a workflow is: a typed program over the tools, declared once, that gives a report whose facts cite evidence.

    class Genes(WorkflowInputs):
        genes: tuple[str, ...] = Field(min_length=1, description="Gene symbols.")

    @workflow(name="functions", title="What these proteins do", inputs=Genes)
    async def functions(run: WorkflowRun, inputs: Genes) -> Report:
        '''First line of the docstring: what `workflow list` shows. The rest: `workflow show`.'''

A workflow calls tools through its `WorkflowRun` only, which keeps each result, so that a run that was killed goes on where it
was. It must come to the same calls and the same report from the same results: no clock, no chance, no order of a set.
Evidence ids seen while it runs are the engine's own and are numbered E1, E2, … in the order in which the program asked for them
when it is done, so a workflow passes them on in `evidence` and writes them into no text.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar

from ...memory.records import Evidence, ToolResult
from ...tools.contract import Tool, ToolArguments
from ...tools.workbench import Workbench
from .engines.contract import Chemistry
from .report import (
    Aside,
    Break,
    Cell,
    CellValue,
    Missing,
    Molecule,
    Part,
    Plot,
    Point,
    Report,
    ResultRow,
    Row,
    Section,
    Sentence,
    Struck,
    Table,
)

__all__ = [
    "Aside",
    "Break",
    "Cell",
    "CellValue",
    "Change",
    "Done",
    "Each",
    "Finished",
    "Missing",
    "Molecule",
    "Note",
    "NoteKind",
    "Part",
    "PlannedStep",
    "Plot",
    "Point",
    "Program",
    "Recheck",
    "Report",
    "ResultRow",
    "Row",
    "RowFailure",
    "Section",
    "Sentence",
    "StepDone",
    "Struck",
    "Table",
    "Workflow",
    "WorkflowFunction",
    "WorkflowInputs",
    "WorkflowRun",
    "workflow",
]

R = TypeVar("R")
T = TypeVar("T")

NoteKind = Literal["info", "source", "release", "limit", "claim", "failure"]


class WorkflowInputs(ToolArguments):
    """Base of a workflow's inputs: the rules of a tool's arguments. Required fields may be typed without their flag, in order."""

    files: ClassVar[tuple[str, ...]] = ()
    """The fields that hold paths of the user's files; tools may read those and no others."""


# The run ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RowFailure:
    """A row that failed, with its error; running the workflow again into the same folder tries it again."""

    label: str
    error: str
    """The error's class name."""
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Done(Generic[R, T]):
    """A row and what the function gave for it."""

    row: R
    result: T


@dataclass(frozen=True)
class Each(Generic[R, T]):
    """What became of the rows, both in the order of the rows."""

    done: tuple[Done[R, T], ...]
    failed: tuple[RowFailure, ...]

    @property
    def results(self) -> tuple[T, ...]:
        """What the function gave, for the rows that did not fail."""
        return tuple(item.result for item in self.done)


class WorkflowRun(Protocol):
    """What a workflow does its work through. Everything that it returns is kept: killed and resumed, nothing is done twice."""

    @property
    def folder(self) -> Path:
        """The run's folder; a workflow may keep files of its own in it under names that begin with its own."""

    @property
    def bench(self) -> Workbench:
        """Stores and chemistry, for a workflow with a hot path of its own; what it takes from there is not evidence."""

    @property
    def chemistry(self) -> Chemistry:
        """RDKit for a hot path of the workflow's own, in all processes that the run has, here or on other machines."""

    @property
    def tools(self) -> Mapping[str, Tool]:
        """The tools that may be called."""

    @property
    def offline(self) -> bool:
        """Whether nothing may be sent."""

    async def call(self, tool: str, /, **arguments: Any) -> ToolResult:
        """Run a tool, or take the result that was kept. A failure is a result of status `failed`, which is told as a note.

        Raises:
            UnknownTool, InvalidArguments: the workflow itself is wrong.
        """

    async def need(self, tool: str, /, **arguments: Any) -> ToolResult:
        """`call` where nothing can be done without the result: a failure is raised as the error that it was."""

    async def calls(self, calls: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[ToolResult, ...]:
        """Several calls side by side; results in the order of the calls."""

    async def each(
        self,
        rows: Sequence[R],
        function: Callable[[R], Awaitable[T]],
        *,
        label: Callable[[R], str] = str,
        at_once: int | None = None,
    ) -> Each[R, T]:
        """Do the same for every row, so many at once, or as many as suits the engine.

        A row whose function raises one of our errors is listed and the rest go on.
        """

    async def together(self, works: Sequence[Callable[[], Awaitable[T]]]) -> tuple[T, ...]:
        """Do what is not alike side by side; results in the order of the works. What one of them raises ends the others.

        Evidence, notes and failures stand in the order of the works, as if one had been done after the other, which
        `asyncio.gather` over calls would not see to.
        """

    async def step(
        self,
        name: str,
        arguments: Mapping[str, Any],
        work: Callable[[], Awaitable[T]],
        again: Callable[[T, bool], Awaitable[Recheck]] | None = None,
        files: Callable[[T], Iterable[str]] = lambda _result: (),
    ) -> T:
        """Keep what `work` gives, a JSON value, under its name and arguments: for work that is no tool, such as a batch.

        Args:
            name: of the step.
            arguments: all that the result depends on, a hash of the input's bytes included.
            work: done where nothing is kept.
            again: how `runs verify` checks what was kept: given that, and whether all of the work is to be done again or a part
                will do. Without it the run cannot be verified in full.
            files: the names of the files that `work` wrote into the folder. Where one of them is gone, the work is done once more.
        """

    def note(self, text: str, kind: NoteKind = "info") -> None:
        """Tell something that belongs to the run and is no fact about the world: it stands in the report's notes."""

    def progress(self, text: str, done: int | None = None, total: int | None = None) -> None:
        """Tell how far the work is; shown while it runs, and not kept."""


@dataclass(frozen=True)
class Recheck:
    """What checking a kept step's work again came to."""

    done: str
    """What was done again and how much of it, to be read by the user; empty where it was not got that far."""
    troubles: tuple[str, ...] = ()
    """What is not as it was kept."""


WorkflowFunction = Callable[[WorkflowRun, Any], Awaitable[Report]]


@dataclass(frozen=True)
class PlannedStep:
    """A step as it is known before anything runs."""

    text: str
    tool: str = ""
    depth: int = 0
    """How many loops it stands in."""


@dataclass(frozen=True)
class Program:
    """The user's own Python file that declares a workflow."""

    file: str
    """Its absolute path."""
    sha256: str
    """Of its bytes as they were executed; what it imports is not in it."""


@dataclass(frozen=True)
class Workflow:
    """A declared workflow; run it with `run_workflow` (engine.py)."""

    name: str
    title: str
    doc: str
    inputs: type[WorkflowInputs]
    function: WorkflowFunction
    tools: tuple[str, ...] = ()
    """The tools that it may call, for the dry run; empty where it was not declared."""
    version: str = "1"
    """Raised where the same results would give another report."""
    steps: tuple[PlannedStep, ...] = ()
    """What it will do, in order, where that is known beforehand: for a workflow read from a file."""
    source: str = ""
    """The text of the file that it was read from."""
    file: str = ""
    """That file's path; of a Python file with the workflow's name: what is typed to run it."""
    program: Program | None = None
    """Of a workflow in a Python file that was named, that file."""

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the inputs."""
        return self.inputs.model_json_schema()

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.doc.splitlines()[0] if self.doc else self.title


def workflow(
    *, name: str, title: str, inputs: type[WorkflowInputs], tools: Sequence[str] = (), version: str = "1"
) -> Callable[[WorkflowFunction], Workflow]:
    """Declare an async function `(run, inputs) -> Report` as a workflow.

    Args:
        name: as it is typed, such as `target-dossier`.
        title: what a report is headed by where it says nothing else.
        inputs: the model of what it takes.
        tools: the tools that it may call; `--dry-run` shows them and what of them would leave the machine.
        version: raised where the same results would give another report.
    """

    def declare(function: WorkflowFunction) -> Workflow:
        return Workflow(name, title, inspect.cleandoc(function.__doc__ or ""), inputs, function, tuple(tools), version)

    return declare


# What writers get ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """Something told during the run, in the order in which the report is read."""

    text: str
    kind: NoteKind = "info"


@dataclass(frozen=True)
class StepDone:
    """A call that the workflow made: the tool, its arguments, how it ended, and the evidence that it gave."""

    tool: str
    arguments: Mapping[str, Any]
    status: str
    evidence: tuple[str, ...]
    matched: int | None = None
    returned: int | None = None
    message: str = ""
    """Why it failed, and what to do; empty where it did not."""


@dataclass(frozen=True)
class Change:
    """An answer of an earlier run that is another now, and why."""

    tool: str
    arguments: Mapping[str, Any]
    what: tuple[str, ...]
    """What was recorded and what is found, a line each."""
    why: str


@dataclass(frozen=True)
class Finished:
    """A finished run, as the writers of `outputs/` read it: all ids are final, and two runs over the same data are equal.

    `created_at` and the other times stand in `run.json` alone, so that outputs made of this are the same byte for byte;
    an `Evidence.retrieved_at` is the time of a live reply, or of the folder's first start.
    """

    workflow: Workflow
    inputs: Mapping[str, Any]
    """As JSON values; paths of files are absolute."""
    report: Report
    """With final ids, and with what no evidence holds struck."""
    status: Literal["answered", "partial", "unknown"]
    """The report's own, and at most `partial` where a row or call failed or something was struck."""
    evidence: tuple[Evidence, ...]
    """E1, E2, … in the order in which the program asked for them, whatever the order in time."""
    steps: tuple[StepDone, ...]
    """Every call, each once, also those that failed, in that same order."""
    notes: tuple[Note, ...]
    """What the workflow and the engine told, failed calls among it."""
    failures: tuple[RowFailure, ...]
    """The rows that failed; a call that failed without failing a row stands in `steps` alone."""
    changes: tuple[Change, ...]
    """What an earlier run of the same calls found otherwise."""
    version: str
    """Biocopilot's version."""
    environment: Mapping[str, str]
    """RDKit's version and the stores' releases."""
    again: str
    """The command that tries again what failed; FOLDER in it stands for the run's own folder."""
    folder: Path = field(default=Path(), compare=False)

    def __repr__(self) -> str:
        """In a line: a notebook shows what a cell ends with, and all evidence is megabytes."""
        counts = f"{len(self.evidence)} records, {len(self.report.rows)} rows, {len(self.failures)} failed"
        return f"<{self.workflow.name}: {self.status}, {counts}, in {self.folder}>"
