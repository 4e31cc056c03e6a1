"""The interface driven by keys, over a copilot whose planner is scripted and whose tools are small."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.loop import Approve, ApproveSending
from biocopilot.copilot.planner.contract import Give, State, Step
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.copilot.tui.app import CopilotApp
from biocopilot.copilot.tui.asked import AskedBefore
from biocopilot.memory.errors import NotApproved, SourceUnavailable
from biocopilot.memory.records import Source, ToolCall
from biocopilot.tools.contract import Draft, Findings, ToolArguments, ToolContext, tool
from biocopilot.tools.sources.sending import Sending
from textual.content import Content
from textual.pilot import Pilot

SOURCE = Source(name="test", release="1", licence="none", attribution="none")
Steps = list[Step | Callable[[State], Step]]


class Number(ToolArguments):
    value: float = 1.0


@tool(title="Tell")
async def tell(arguments: Number, context: ToolContext) -> Findings:
    """Gives its argument back."""
    return Findings(
        (Draft({"type": "told", "value": arguments.value}, SOURCE, "computed", f"{arguments.value}"),), 1, 1
    )


@tool(title="Wait")
async def wait(arguments: Number, context: ToolContext) -> Findings:
    """Takes its time."""
    context.progress("waiting", 1, 4)
    await asyncio.sleep(arguments.value)
    return Findings((Draft({"type": "waited", "value": arguments.value}, SOURCE, "computed", "waited"),), 1, 1)


@tool(title="Fail")
async def fail(arguments: Number, context: ToolContext) -> Findings:
    """Is refused by its source."""
    raise SourceUnavailable("No reply [from/the] source.", "Try again later.")


@tool(title="Write", read_only=False)
async def write(arguments: Number, context: ToolContext) -> Findings:
    """Writes a file, as far as this test goes."""
    return Findings((Draft({"type": "written", "value": 1}, SOURCE, "computed", "written"),), 1, 1)


class Structure(ToolArguments):
    structure: str = "C[C@@H](N)C(=O)O"
    service: str = "ChEMBL"


@tool(title="Send")
async def send(arguments: Structure, context: ToolContext) -> Findings:
    """Asks before it sends a structure, as the transport does; nothing is sent."""
    sending = Sending("structure", arguments.structure, arguments.service, f"{arguments.service.lower()}.test")
    if context.may_send is not None and not await context.may_send(sending):
        raise NotApproved("It was not sent.", "Allow it.")
    return Findings((Draft({"type": "sent", "value": 1}, SOURCE, "computed", "sent"),), 1, 1)


def call(name: str, id_: str = "c1", **arguments: object) -> ToolCall:
    return ToolCall(id=id_, tool=name, arguments=arguments)


@asynccontextmanager
async def opened(
    steps: Steps | None = None,
    size: tuple[int, int] = (140, 40),
    log: bool = False,
    set_up: Callable[[], list[Content]] | None = None,
    about: str = "scripted · offline",
    asked: AskedBefore | None = None,
    keys: dict[str, str] | None = None,
    resume: bool = False,
) -> AsyncIterator[tuple[CopilotApp, Pilot[int]]]:
    """The app; with steps, over a scripted planner and the tools above, else over the embedded one."""

    def make(approve: Approve, approve_sending: ApproveSending, /) -> Copilot:
        if steps is None:
            return Copilot(planner="embedded", offline=True, log=log, approve=approve)
        planner = ScriptedPlanner(steps)
        return Copilot(
            planner,
            offline=True,
            tools=[tell, wait, fail, write, send],
            log=log,
            approve=approve,
            approve_sending=approve_sending,
        )

    app = CopilotApp(make, "s", about, set_up, asked, resume=resume)
    app.keys = keys or {}
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield app, pilot


async def typed(app: CopilotApp, pilot: Pilot[int], text: str) -> None:
    """Type it and press Enter."""
    app.prompt.focus()
    app.prompt.put(text)
    await pilot.press("enter")


async def until(pilot: Pilot[int], what: Callable[[], bool]) -> None:
    """Wait for something to become true; at most ten seconds."""
    for _ in range(200):
        await pilot.pause(0.05)
        if what():
            return
    pytest.fail("it did not come to be")


async def answered(app: CopilotApp, pilot: Pilot[int]) -> None:
    """Wait for the run to end."""
    await until(pilot, lambda: app.under_way is None)
    await pilot.pause(0.05)


def labels(app: CopilotApp) -> str:
    """What the trace says, a line a node."""
    return "\n".join(str(leaf.label) for step in app.trace.root.children for leaf in (step, *step.children))


def screen(app: CopilotApp) -> str:
    """What is on the screen, as text."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)


GIVE = Give(text="It is 1. [E1]")
