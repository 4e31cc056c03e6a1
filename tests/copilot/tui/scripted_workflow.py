"""A workflow over the tools of driving.py: tells each value; a negative one fails, and one above nine takes that many seconds."""

from __future__ import annotations

import pytest
from biocopilot.copilot.workflows import registry
from biocopilot.copilot.workflows.contract import (
    Cell,
    Missing,
    Report,
    Row,
    Section,
    Sentence,
    Table,
    WorkflowInputs,
    WorkflowRun,
    workflow,
)
from pydantic import Field


class Values(WorkflowInputs):
    values: tuple[float, ...] = Field(min_length=1, description="What is told.")
    most: int = Field(100, description="How many at most.")


@workflow(name="values", title="What is told", inputs=Values, tools=("tell", "wait", "fail"))
async def values(run: WorkflowRun, inputs: Values) -> Report:
    """Tell values, one after the other."""

    async def one(value: float) -> tuple[float, tuple[str, ...]]:
        if value < 0:
            await run.need("fail", value=value)
        if value > 9:
            await run.call("wait", value=value)
        told = await run.call("tell", value=value)
        return value, tuple(item.id for item in told.evidence)

    each = await run.each(inputs.values, one, at_once=1)
    run.note("Values are as [they] are.")
    rows = [Row((str(value),), ids) for value, ids in each.results]
    sentences = [Sentence(f"It is {value}.", ids) for value, ids in each.results]
    parts = (
        *sentences,
        Table(("value",), tuple(rows)),
        *(Missing(f"{item.label} is not told.") for item in each.failed),
    )
    return Report(
        "What is told",
        (Section("all", "All [of it]", parts),),
        ("value",),
        tuple({"value": Cell(value, ids)} for value, ids in each.results),
    )


def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it, and one other, as the workflows that ship."""
    homes = {"target-dossier": registry._HOMES["target-dossier"], "values": f"{__name__}:values"}
    monkeypatch.setattr(registry, "_HOMES", homes)
    monkeypatch.setattr(registry, "NAMES", tuple(homes))
