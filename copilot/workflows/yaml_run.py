"""Runs what `yaml_file.py` read: steps outside loops as soon as what they refer to is there, loops row by row; and reports what each found.

A step whose condition does not hold is left out, and so is whatever refers to it; a reference to what a record does not have fails
the row, or the step, and is told.
"""

from __future__ import annotations

import asyncio
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field, create_model

from ...memory.errors import FileRefused, NotFound
from ...memory.records import ToolResult, canonical_json
from ...memory.text import shorten
from .contract import (
    Cell,
    Missing,
    PlannedStep,
    Report,
    ResultRow,
    Section,
    Sentence,
    Workflow,
    WorkflowInputs,
    WorkflowRun,
)
from .yaml_parts import Call, Condition, Input, Loop, Parsed, Ref, Step, refs_of

__all__ = ["as_workflow", "inputs_model"]

_PYTHON: dict[str, Any] = {
    "text": str, "texts": tuple[str, ...], "integer": int, "number": float, "flag": bool, "file": str, "table": str,
}  # fmt: skip
_SUMMARY = re.compile(r"E\d+: ")
_MOST_ROWS = 100_000


def as_workflow(parsed: Parsed) -> Workflow:
    """The file as a workflow like any other."""

    async def function(run: WorkflowRun, inputs: Any) -> Report:
        return await _Running(parsed, run, inputs.model_dump(mode="json")).report()

    doc = parsed.description or parsed.title
    tools = tuple(dict.fromkeys(step.tool for step in _planned(parsed.steps, 0) if step.tool))
    planned = tuple(_planned(parsed.steps, 0))
    return Workflow(
        parsed.name, parsed.title, doc, inputs_model(parsed), function, tools, steps=planned, source=parsed.text
    )


def inputs_model(parsed: Parsed) -> type[WorkflowInputs]:
    """The model of the file's inputs."""
    fields: dict[str, Any] = {item.name: (_PYTHON[item.kind], _field(item)) for item in parsed.inputs}
    model = create_model(f"Inputs of {parsed.name}", __base__=WorkflowInputs, **fields)
    model.files = tuple(item.name for item in parsed.inputs if item.kind in ("file", "table"))
    return model


def _field(item: Input) -> Any:
    described = item.description or None
    if item.required:
        return Field(description=described)
    return Field(default=tuple(item.default) if item.kind == "texts" else item.default, description=described)


def _planned(steps: tuple[Step, ...], depth: int) -> Iterator[PlannedStep]:
    for step in steps:
        condition = f" when {_condition_text(step.when)}" if step.when else ""
        if isinstance(step, Call):
            arguments = ", ".join(f"{name} = {_said(value)}" for name, value in step.arguments.items())
            yield PlannedStep(f"{step.id}: {step.tool} ({arguments}){condition}", step.tool, depth)
        else:
            yield PlannedStep(f"{step.id}: for each {step.row} of {_said(step.over)}{condition}", "", depth)
            yield from _planned(step.steps, depth + 1)


def _condition_text(condition: Condition) -> str:
    if condition.comparison is None:
        return f"there is {condition.ref}"
    return f"{condition.ref} {condition.comparison} {canonical_json(condition.value)}"


def _said(value: Any) -> str:
    if isinstance(value, Ref):
        return f"<{value}>"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_said, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_said(item)}" for key, item in value.items()) + "}"
    return shorten(canonical_json(value), 60)


class _LeftOutError(Exception):
    """A reference leads to a step that was left out, so that what refers to it is left out too."""


@dataclass
class _Scope:
    """What references can lead to, within one row or outside all rows."""

    values: dict[str, Any]
    """Inputs and rows by name."""
    results: dict[str, ToolResult | None] = field(default_factory=dict)
    """Results by step; None for a step that was left out."""

    def inner(self, name: str, row: Any) -> _Scope:
        return _Scope({**self.values, name: row}, dict(self.results))


@dataclass
class _Running:
    parsed: Parsed
    run: WorkflowRun
    inputs: dict[str, Any]

    async def report(self) -> Report:
        scope = _Scope({"inputs": self.inputs})
        looped = await self._done(scope)
        sections: list[Section] = []
        rows: list[ResultRow] = [] if self.parsed.rows_of else [{}]
        for step in self.parsed.steps:
            if isinstance(step, Call):
                result = scope.results[step.id]
                if result is not None:
                    sections.append(_section(step.id, step.id, "", step, result))
                continue
            for number, (label, inner) in enumerate(looped[step.id], 1):
                sections += [
                    _section(f"{step.id}.{number}.{name}", name, label, self._named(step, name), result)
                    for name, result in inner.results.items()
                    if result is not None and name not in scope.results
                ]
                if step.id == self.parsed.rows_of:
                    rows.append(self._row(inner))
        if not self.parsed.rows_of:
            rows = [self._row(scope)] if self.parsed.columns else []
        columns = tuple(column.name for column in self.parsed.columns)
        return Report(self.parsed.title, tuple(sections), columns, tuple(rows))

    async def _done(self, scope: _Scope) -> dict[str, list[tuple[str, _Scope]]]:
        """Do every step outside loops side by side with those that it does not refer to, and give the rows of each loop.

        Loops wait for the one before them: each has many rows at once by itself.
        """
        ended = {step.id: asyncio.Event() for step in self.parsed.steps}
        looped: dict[str, list[tuple[str, _Scope]]] = {}

        async def one(step: Step, after: Sequence[str]) -> None:
            for name in after:
                await ended[name].wait()
            if isinstance(step, Call):
                await self._call(step, scope, must=False)
            else:
                looped[step.id] = await self._loop(step, scope)
            ended[step.id].set()

        works, loops = [], list[str]()
        for step in self.parsed.steps:
            after = [ref.path[0] for ref in refs_of(step) if ref.path[0] in ended]
            if isinstance(step, Loop):
                after += loops[-1:]
                loops.append(step.id)
            works.append(partial(one, step, after))
        await self.run.together(works)
        return looped

    def _named(self, loop: Loop, name: str) -> Call:
        for step in loop.steps:
            if isinstance(step, Call) and step.id == name:
                return step
            if isinstance(step, Loop) and any(inner.id == name.partition("[")[0] for inner in step.steps):
                return self._named(step, name.partition("[")[0])
        raise KeyError(name)

    async def _call(self, step: Call, scope: _Scope, *, must: bool) -> ToolResult | None:
        """The step's result; None, and told, where it is left out. `must` raises what fails."""
        scope.results[step.id] = None
        try:
            if step.when is not None and not self._holds(step.when, scope):
                return None
            arguments = {name: self._value(value, scope) for name, value in step.arguments.items()}
        except _LeftOutError:
            return None
        except NotFound as error:
            if must:
                raise
            self.run.note(f"{step.id} was left out: {error.message}", "failure")
            return None
        ask = self.run.need if must else self.run.call
        scope.results[step.id] = await ask(step.tool, **arguments)
        return scope.results[step.id]

    async def _loop(self, step: Loop, scope: _Scope) -> list[tuple[str, _Scope]]:
        try:
            if step.when is not None and not self._holds(step.when, scope):
                return []
            rows = self._rows(step, scope)
        except _LeftOutError:
            return []

        async def one(row: Any) -> _Scope:
            inner = scope.inner(step.row, row)
            for item in step.steps:
                if isinstance(item, Call):
                    await self._call(item, inner, must=True)
                    continue
                for number, (_label, deeper) in enumerate(await self._loop(item, inner), 1):
                    inner.results |= {
                        f"{name}[{number}]": result
                        for name, result in deeper.results.items()
                        if name not in inner.results
                    }
            return inner

        found = await self.run.each(rows, one, label=_label, at_once=step.at_once)
        return [(_label(item.row), item.result) for item in found.done]

    def _rows(self, step: Loop, scope: _Scope) -> list[Any]:
        over = step.over
        if isinstance(over, Ref) and over.path[0] == "inputs" and over.path[1] in self._tables:
            return _table(Path(self.inputs[over.path[1]]))
        rows = self._value(over, scope)
        if not isinstance(rows, list):
            raise NotFound(f"{over} is no list to go over.")
        return rows

    @property
    def _tables(self) -> set[str]:
        return {item.name for item in self.parsed.inputs if item.kind == "table"}

    # References --------------------------------------------------------------------------------------------------

    def _value(self, value: Any, scope: _Scope) -> Any:
        if isinstance(value, Ref):
            return self._found(value, scope)[0]
        if isinstance(value, Mapping):
            return {key: self._value(item, scope) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(item, scope) for item in value]
        return value

    def _found(self, ref: Ref, scope: _Scope) -> tuple[Any, tuple[str, ...]]:
        """What a reference leads to, and the evidence that holds it. Raises NotFound, or that it was left out."""
        first, rest = ref.path[0], ref.path[1:]
        if first in scope.results:
            result = scope.results[first]
            if result is None:
                raise _LeftOutError(first)
            return self._of_result(ref, result)
        return _descend(scope.values[first], rest, ref), ()

    def _of_result(self, ref: Ref, result: ToolResult) -> tuple[Any, tuple[str, ...]]:
        what, rest = ref.path[1], ref.path[2:]
        every = tuple(item.id for item in result.evidence)
        if what in ("status", "matched", "returned"):
            return _descend(getattr(result, what), rest, ref), every
        if what == "record":
            if not result.evidence:
                raise NotFound(f"{ref}: {ref.path[0]} found nothing.")
            return _descend(result.evidence[0].record, rest, ref), every[:1]
        if rest and rest[0].isdigit() and int(rest[0]) < len(every):
            every = (every[int(rest[0])],)
        return _descend([item.record for item in result.evidence], rest, ref), every

    def _holds(self, condition: Condition, scope: _Scope) -> bool:
        try:
            value, _evidence = self._found(condition.ref, scope)
        except NotFound:
            return False
        match condition.comparison:
            case None:
                return value not in (None, "", [], {}, False)
            case "equals":
                return bool(value == condition.value)
            case "not":
                return bool(value != condition.value)
            case "in":
                return value in condition.value
            case "above" | "below":
                if isinstance(value, bool) or not isinstance(value, int | float):
                    return False
                return bool(value > condition.value if condition.comparison == "above" else value < condition.value)

    def _row(self, scope: _Scope) -> dict[str, Cell]:
        cells = {}
        for column in self.parsed.columns:
            try:
                value, evidence = self._found(column.ref, scope)
            except (_LeftOutError, NotFound, KeyError):
                cells[column.name] = Cell(None)
                continue
            plain = value is None or isinstance(value, str | int | float | bool)
            cells[column.name] = Cell(value if plain else canonical_json(value), evidence)
        return cells


def _descend(value: Any, path: tuple[str, ...], ref: Ref) -> Any:
    for part in path:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list | tuple) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise NotFound(f"{ref} leads to nothing: there is no {part!r}.")
    return list(value) if isinstance(value, tuple) else value


def _section(id_: str, title: str, subject: str, step: Call, result: ToolResult) -> Section:
    """What a step found, a sentence each as the tool itself sums it up."""
    if result.status == "failed":
        return Section(id_, title, (Missing(f"{step.tool} failed: {result.digest.partition(chr(10))[0]}"),), subject)
    said = [_SUMMARY.sub("", line, count=1) for line in result.digest.splitlines() if _SUMMARY.match(line)]
    pairs = zip(said, result.evidence, strict=False)  # the digest is bounded; what it leaves out stands in the evidence
    kind = Missing if result.status == "empty" else Sentence
    parts: list[Any] = [kind(text, (item.id,)) for text, item in pairs]
    left = len(result.evidence) - len(parts)
    if left > 0:
        parts.append(Missing(f"{left} more records stand in the evidence."))
    return Section(id_, title, tuple(parts), subject)


def _label(row: Any) -> str:
    if isinstance(row, Mapping):
        return shorten(" ".join(str(value) for value in list(row.values())[:2]), 60)
    return shorten(str(row), 60)


def _table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV or TSV file by the names of its columns."""
    try:
        with path.expanduser().open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            delimiter = (
                "\t" if first.count("\t") > first.count(",") else ";" if first.count(";") > first.count(",") else ","
            )
            rows = [dict(row) for row in csv.DictReader(file, delimiter=delimiter, restval="", restkey="…")]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileRefused(
            f"{path} cannot be read as a table ({error}).", "Give a CSV file in UTF-8 with a header."
        ) from error
    if len(rows) > _MOST_ROWS:
        raise FileRefused(f"{path} has {len(rows):,} rows; {_MOST_ROWS:,} is the most.", "Split the file.")
    return rows
