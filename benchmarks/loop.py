"""The loop's own cost a step, with a tool that does nothing, how the run log grows, and what planning by a chat model adds."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from biocopilot.copilot.loop import Budget, Run
from biocopilot.copilot.planner.contract import CallTools, Give
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.copilot.recorder import Recorder
from biocopilot.memory.records import Source, ToolCall
from biocopilot.memory.run_log import RunLog
from biocopilot.tools.contract import Draft, Findings, ToolArguments, ToolContext, tool
from biocopilot.tools.workbench import Workbench

from .measure import Measured, Row

__all__ = ["measure"]

_SOURCE = Source(name="nothing", release="1", licence="none", attribution="none")


class NothingArguments(ToolArguments):
    """A number, so that no call repeats another."""

    step: int


@tool(title="Nothing", cost="instant")
async def nothing(arguments: NothingArguments, context: ToolContext) -> Findings:
    """Do nothing, with one finding."""
    return Findings((Draft({"type": "nothing", "step": arguments.step}, _SOURCE, "computed", "nothing"),))


def measure(quick: bool) -> Measured:
    """CPU milliseconds a step at 10, 100 and 1,000 steps, and bytes of run log a step."""
    lengths = (10, 100) if quick else (10, 100, 1_000)
    rows, notes = [], []
    for steps in lengths:
        repeats = max(3, 300 // steps)
        logged = [_run(steps, log=True) for _ in range(repeats)]
        rows.append(Row.of(f"{steps:>5} steps, run log on disk", [ms for ms, _size in logged], 0.3))
        rows.append(Row.of(f"{steps:>5} steps, no run log", [_run(steps, log=False)[0] for _ in range(repeats)]))
        notes.append(f"run log: {logged[-1][1]:,.0f} bytes a step at {steps} steps")
    ratios = {f"ms a step, {lengths[-1]} / {lengths[0]} steps": rows[-2].median / rows[0].median}
    ours = next(row for row in rows if row.what.strip() == "100 steps, no run log")
    peers: tuple[tuple[str, str, Callable[[], float]], ...] = (
        ("LangChain: one ainvoke of the same tool", "biocopilot[dev]", _langchain_tool),
        ("LangChain: create_agent, 100 steps, nothing kept", "biocopilot[agent]", _langchain_agent),
    )
    for what, package, peer in peers:
        try:
            rows.append(Row.of(what, [peer() for _ in range(5)]))
            ratios[f"{what} / our step, nothing kept"] = rows[-1].median / ours.median
        except ImportError:
            notes.append(f"left out, not installed: {what}: pip install '{package}'")
    if rows[-1].what.startswith("LangChain: create_agent"):  # so that the same model is there for both
        rows.append(Row.of("planning by the same chat model, 100 steps", [_language_planner() for _ in range(5)]))
        ratios["LangChain: create_agent / planning by the same chat model"] = rows[-2].median / rows[-1].median
    return Measured("loop", "CPU ms a step", tuple(rows), ratios, tuple(notes))


def _run(steps: int, log: bool) -> tuple[float, float]:
    """CPU milliseconds and run log bytes a step."""
    script = [CallTools((ToolCall(id=f"c{i}", tool="nothing", arguments={"step": i}),)) for i in range(steps)]
    with tempfile.TemporaryDirectory() as folder, Workbench() as bench:
        path = Path(folder) / "runs.sqlite"
        run_log = RunLog.open(path) if log else None
        run = Run(
            question="nothing",
            planner=ScriptedPlanner([*script, Give(status="unknown")]),
            tools={"nothing": nothing},
            bench=bench,
            recorder=Recorder("20260101-000000-aaaa", run_log),
            budget=Budget(calls=steps + 1, seconds=600, bytes=1_000_000_000),
        )

        async def to_the_end() -> None:
            await run.answer()

        started = time.process_time()
        asyncio.run(to_the_end())
        spent = (time.process_time() - started) * 1000 / steps
        if run_log is not None:
            run_log.close()
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / steps
    if len(run.recorder.events) < 3 * steps:
        raise RuntimeError(f"only {len(run.recorder.events)} events for {steps} steps")
    return spent, size


def _langchain_tool() -> float:
    made = _as_langchain()

    async def call(times: int) -> None:
        for step in range(times):
            await made.ainvoke({"step": step})

    asyncio.run(call(5))
    started = time.process_time()
    asyncio.run(call(50))
    return (time.process_time() - started) * 1000 / 50


def _langchain_agent(steps: int = 100) -> float:
    """The same work by LangChain's agent: a model that costs nothing asks for the tool, step by step."""
    from langchain.agents import create_agent
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    class Scripted(GenericFakeChatModel):
        def bind_tools(self, tools: Any, **options: Any) -> Any:
            return self

    calls = [AIMessage("", tool_calls=[{"name": "nothing", "args": {"step": i}, "id": f"c{i}"}]) for i in range(steps)]
    agent = create_agent(Scripted(messages=iter([*calls, AIMessage("done")])), [_as_langchain()])

    async def to_the_end() -> None:
        done = await agent.ainvoke({"messages": [("user", "nothing")]}, {"recursion_limit": 10 * steps})
        if len(done["messages"]) < 2 * steps:
            raise RuntimeError(f"only {len(done['messages'])} messages for {steps} steps")

    started = time.process_time()
    asyncio.run(to_the_end())
    return (time.process_time() - started) * 1000 / steps


def _language_planner(steps: int = 100) -> float:
    """The same by our planner on a chat model: each call checked, each result written into the model's window."""
    from biocopilot.copilot.planner.language.choice import ModelChoice
    from biocopilot.copilot.planner.language.planner import LanguagePlanner
    from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
    from langchain_core.messages import AIMessage, BaseMessage

    class Scripted(FakeMessagesListChatModel):
        def bind_tools(self, tools: Any, **options: Any) -> Any:
            return self

    calls: list[BaseMessage] = [
        AIMessage("", tool_calls=[{"name": "nothing", "args": {"step": i}, "id": f"c{i}"}]) for i in range(steps)
    ]
    # The answer comes twice: nothing holds it, so it is put to the model once more.
    model = Scripted(responses=[*calls, AIMessage("done"), AIMessage("done")])
    with Workbench() as bench:
        run = Run(
            question="nothing",
            planner=LanguagePlanner(model, ModelChoice(window=200_000), in_process=True),
            tools={"nothing": nothing},
            bench=bench,
            recorder=Recorder("20260101-000000-aaaa"),
            budget=Budget(calls=steps + 1, seconds=600, bytes=1_000_000_000),
        )

        async def to_the_end() -> None:
            await run.answer()

        started = time.process_time()
        asyncio.run(to_the_end())
        spent = (time.process_time() - started) * 1000 / steps
    if sum(event.type == "tool_finished" for event in run.recorder.events) < steps:
        raise RuntimeError(f"fewer than {steps} calls")
    return spent


def _as_langchain() -> Any:
    from langchain_core.tools import StructuredTool

    async def work(step: int) -> str:
        return f"nothing {step}"

    return StructuredTool.from_function(coroutine=work, name="nothing", description="Do nothing.")
