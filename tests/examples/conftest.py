"""What tests of examples share: an example as a module, and a copilot whose one tool takes its time."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner.contract import CallTools, Give, Sentence
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.memory.records import Source, ToolCall
from biocopilot.tools.contract import Draft, Findings, ToolArguments, ToolContext, tool

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def example() -> Callable[[str], ModuleType]:
    """`example("pandas_pipeline")`: that file of examples/ as a module."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # pydantic and FastAPI look up annotations there
        spec.loader.exec_module(module)
        return module

    return load


class Nap(ToolArguments):
    seconds: float


@pytest.fixture
def sleepy() -> Callable[..., Copilot]:
    """`sleepy(30, log=path)`: a copilot that answers every question after so many seconds."""

    def made(seconds: float, log: bool | Path = False) -> Copilot:
        @tool(title="Nap", examples=({"seconds": 0},), deadline_s=120)
        async def nap(arguments: Nap, context: ToolContext) -> Findings:
            """Sleep, then tell how long."""
            await asyncio.sleep(arguments.seconds)
            record = {"type": "nap", "seconds": arguments.seconds}
            source = Source(name="test", release="1", licence="none", attribution="none")
            return Findings((Draft(record, source, "computed", "slept"),), 1, 1)

        call = ToolCall(id="c1", tool="nap", arguments={"seconds": seconds})
        steps = [CallTools((call,)), Give((Sentence(f"It slept {seconds} s.", ("E1",)),))]
        return Copilot(planner=ScriptedPlanner(steps * 5), tools=[nap], log=log)

    return made
