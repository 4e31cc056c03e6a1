"""Scripted tools and a workflow over them, for the tests; as a program, runs the workflow in a folder so that it can be killed.

`weigh` writes a line to a file each time it is executed: the tests count the lines.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

from biocopilot.copilot.workflows.contract import (
    Cell,
    Report,
    Row,
    Section,
    Sentence,
    Table,
    WorkflowInputs,
    WorkflowRun,
    workflow,
)
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.memory.errors import NotFound, SourceUnavailable
from biocopilot.memory.records import Source
from biocopilot.tools.contract import Draft, Findings, Tool, ToolArguments, ToolContext, tool
from biocopilot.tools.workbench import Workbench
from pydantic import Field

SOURCE = Source(name="Scales", release="1", licence="CC0", attribution="nobody")


class Weigh(ToolArguments):
    thing: str = Field(description="What to weigh.")


class Things(WorkflowInputs):
    things: tuple[str, ...] = Field(min_length=1, description="What to weigh.")
    most: int = Field(100, description="How many at most.")


def weigh_tool(log: Path, source: Source = SOURCE, seconds: float = 0.0, name: str = "weigh") -> Tool:
    """A tool that tells a thing's weight, fails where a file `NAME.broken` lies beside the log, and writes down its executions."""

    @tool(title="Weigh", examples=({"thing": "a"},))
    async def weigh(arguments: Weigh, context: ToolContext) -> Findings:
        """Weigh a thing."""
        await asyncio.sleep(seconds * (1 + len(arguments.thing) % 3))  # not in the order of the rows
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{arguments.thing}\n")
            file.flush()
            os.fsync(file.fileno())
        if log.with_name(f"{arguments.thing}.broken").exists():
            raise SourceUnavailable(f"The scales are broken for {arguments.thing}.", "Mend them.")
        if arguments.thing.startswith("no"):
            raise NotFound(f"There is no {arguments.thing}.")
        weight = sum(map(ord, arguments.thing)) + (0 if source.release == "1" else 1)
        record = {"type": "weight", "thing": arguments.thing, "weight_g": weight}
        return Findings(
            (Draft(record, source, "local", f"{arguments.thing} weighs {weight} g"),), matched=1, returned=1
        )

    from dataclasses import replace

    return replace(weigh, name=name)


@workflow(name="weights", title="What things weigh", inputs=Things, tools=("weigh",))
async def weights(run: WorkflowRun, inputs: Things) -> Report:
    """Weigh things, some at once."""

    async def one(thing: str) -> tuple[int | None, tuple[str, ...]]:
        first = await run.need("weigh", thing=thing)
        second = await run.need("weigh", thing=f"{thing} again")
        ids = tuple(item.id for result in (first, second) for item in result.evidence)
        return first.evidence[0].record.get("weight_g"), ids

    weighed = await run.each(inputs.things[: inputs.most], one, at_once=3)
    run.note(f"{len(weighed.done)} were weighed.")
    rows = tuple(Row((item.row, f"{item.result[0]} g"), item.result[1]) for item in weighed.done)
    return Report(
        title="Weights",
        sections=(Section("all", "All", (Table(("thing", "weight"), rows),)),),
        columns=("thing", "weight_g"),
        rows=tuple(
            {"thing": Cell(item.row, item.result[1]), "weight_g": Cell(item.result[0], item.result[1])}
            for item in weighed.done
        ),
    )


@workflow(name="liar", title="What nobody weighed", inputs=Things)
async def liar(run: WorkflowRun, inputs: Things) -> Report:
    """Say what no evidence holds."""
    found = await run.call("weigh", thing=inputs.things[0])
    ids = tuple(item.id for item in found.evidence)
    said = (
        Sentence("It weighs 1234567 g.", ids),
        Sentence(f"It weighs {found.evidence[0].record['weight_g']} g.", ids),
    )
    return Report("Lies", (Section("lies", "Lies", said),))


def run(folder: Path, log: Path, things: tuple[str, ...], seconds: float = 0.0, **options: Any) -> Any:
    flow = options.pop("flow", weights)
    tools = options.pop("tools", None) or MappingProxyType({"weigh": weigh_tool(log, seconds=seconds)})
    with Workbench() as bench:
        return asyncio.run(
            run_workflow(flow, {"things": things}, folder, bench=bench, tools=tools, offline=True, **options)
        )


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), tuple(sys.argv[3].split(",")), float(sys.argv[4]), resume=True)
