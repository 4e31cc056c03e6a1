"""The terminal interface: its first frame, ten thousand events, keys and stops while a run goes on, a long session's memory.

All headless, at 140×40. The peer of the first frame is an empty Textual app; the rest has goals instead, since no other interface
shows this stream.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from biocopilot.memory.records import Source
from biocopilot.tools.contract import Draft, Findings, ToolArguments, ToolContext, tool

from .measure import Measured, Row, child_cpu_s

__all__ = ["measure"]

SIZE = (140, 40)
EVENTS = 10_000
_FIRST_FRAME = """
import sys
from biocopilot.copilot.tui.app import CopilotApp
class Once(CopilotApp):
    def _after_first_frame(self):
        wrong = [name for name in ("rdkit", "torch", "chromadb", "langchain_core", "numpy") if name in sys.modules]
        self.exit(1 if wrong else 0)
sys.exit(Once(lambda approve: None, "s").run(headless=True))
"""
_EMPTY = """
import sys
from textual.app import App
class Once(App):
    def on_mount(self):
        self.call_after_refresh(self.exit, 0)
sys.exit(Once().run(headless=True))
"""


def measure(quick: bool) -> Measured:
    """CPU seconds of starting and loading; milliseconds of frames, keys and stops."""
    repeats = 3 if quick else 9
    ours = child_cpu_s([sys.executable, "-c", _FIRST_FRAME], repeats)
    empty = child_cpu_s([sys.executable, "-c", _EMPTY], repeats)
    load, frame = asyncio.run(_many_events(3 if quick else 7))
    keys, stops = asyncio.run(_while_running(3 if quick else 10))
    grown = asyncio.run(_long_session(60 if quick else 500))
    rows = (
        Row.of("first frame, CPU s", ours, goal=0.7),
        Row.of("an empty Textual app, CPU s", empty),
        Row.of(f"{EVENTS:,} events into trace and chat, CPU s", load, goal=2.0),
        Row.of(f"one event more after {EVENTS:,}, with its frame, CPU ms", frame, goal=100.0),
        Row.of("a key while a run works, wall ms", keys, goal=50.0),
        Row.of("Esc until the running tool has ended, wall ms", stops, goal=100.0),
        Row.of(f"memory that questions 50 to {60 if quick else 500} add, MB", [grown]),
    )
    medians = {row.what: row.median for row in rows}
    ratio = medians["first frame, CPU s"] / medians["an empty Textual app, CPU s"]
    return Measured("interface", "CPU s, ms, MB", rows, {"first frame, ours to an empty app": ratio})


def _events(count: int) -> list[Any]:
    """A run of so many events: steps of a hundred calls, each begun and ended."""
    from biocopilot.memory.events import PlanProposed, RunStarted, ToolFinished, ToolStarted
    from biocopilot.memory.records import ToolCall

    begun = datetime(2026, 1, 1, tzinfo=UTC)
    made: list[Any] = [RunStarted(run_id="r", number=1, at=begun, question="q", planner="p")]
    step = 0
    while len(made) < count:
        calls = tuple(
            ToolCall(id=f"c{step}-{n}", tool="target_activities", arguments={"target": f"T{n}"}) for n in range(100)
        )
        step += 1

        def common() -> dict[str, Any]:
            return {"run_id": "r", "number": len(made) + 1, "at": begun + timedelta(milliseconds=len(made))}

        made.append(PlanProposed(**common(), summary=f"step {step}", calls=calls))
        for call in calls:
            made.append(ToolStarted(**common(), call=call))
            made.append(
                ToolFinished(
                    **common(), call_id=call.id, tool=call.tool, status="ok", seconds=0.1, matched=3, returned=3
                )
            )
    return made[:count]


async def _many_events(repeats: int) -> tuple[list[float], list[float]]:
    from biocopilot.copilot.tui.app import CopilotApp
    from biocopilot.copilot.tui.story import Story

    events, load, frame = _events(EVENTS + 2 * repeats), [], []
    for _ in range(repeats):
        app = CopilotApp(_nothing, "s")
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            began = time.process_time()
            app.story = app.under_way = Story(question="q")
            app.chat.begin("q", app.story)
            app.runner.happenings.extend(events[:EVENTS])
            app._tick()
            await pilot.pause()
            load.append(time.process_time() - began)
            for event in events[EVENTS : EVENTS + 3]:
                began = time.process_time()
                app.runner.happenings.append(event)
                app._tick()
                await pilot.pause()
                frame.append((time.process_time() - began) * 1000)
    return load, frame


_SOURCE = Source(name="bench", release="1", licence="none", attribution="none")


@tool(title="Busy")
async def busy(arguments: ToolArguments, context: ToolContext) -> Findings:
    """Counts for a minute, and says so."""
    for number in range(6_000):
        context.progress("counting", number, 6_000)
        await asyncio.sleep(0.01)
    return Findings((Draft({"type": "busy"}, _SOURCE, "computed", "busy"),), 1, 1)


async def _while_running(repeats: int) -> tuple[list[float], list[float]]:
    from biocopilot.copilot import Copilot
    from biocopilot.copilot.planner.contract import CallTools, Give
    from biocopilot.copilot.planner.scripted import ScriptedPlanner
    from biocopilot.copilot.tui.app import CopilotApp
    from biocopilot.memory.records import ToolCall

    keys, stops = [], []
    for _ in range(repeats):
        step = CallTools((ToolCall(id="c", tool="busy", arguments={}),), plan="count")
        planner = ScriptedPlanner([step, Give(status="unknown")])

        def make(approve: Any, _sending: Any, planner: Any = planner) -> Copilot:
            return Copilot(planner, offline=True, tools=[busy], log=False, approve=approve)

        app = CopilotApp(make, "s")
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            app.ask("q?")
            story = app.story
            assert story is not None
            await _until(lambda story=story: any(call.doing for call in story.calls))  # type: ignore[misc]
            app.prompt.focus()
            for char in "abc":
                began = time.perf_counter()
                length = len(app.prompt.text)
                app.simulate_key(char)
                await _until(lambda app=app, length=length: len(app.prompt.text) > length, 0.001)  # type: ignore[misc]
                keys.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            app.action_stop()
            await _until(lambda app=app: not app.runner.running, 0.001)  # type: ignore[misc]
            stops.append((time.perf_counter() - began) * 1000)
    return keys, stops


async def _long_session(questions: int) -> float:
    from biocopilot.copilot import Copilot
    from biocopilot.copilot.tui.app import CopilotApp

    def make(approve: Any, _sending: Any) -> Copilot:
        return Copilot("embedded", offline=True, log=False, approve=approve)

    app, held = CopilotApp(make, "s"), 0.0
    names = ("ibuprofen", "aspirin", "erlotinib", "imatinib", "caffeine")
    async with app.run_test(size=SIZE) as pilot:
        for number in range(questions):
            app.ask(f"MW of {names[number % len(names)]}?")
            await _until(lambda: app.under_way is None)
            if number == 50:
                await pilot.pause()
                held = _resident_mb()
    return _resident_mb() - held


def _resident_mb() -> float:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize() / 1e6
    except OSError:  # not Linux: the most that it ever was
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


async def _until(what: Callable[[], bool], pause_s: float = 0.01) -> None:
    for _ in range(60_000):
        if what():
            return
        await asyncio.sleep(pause_s)
    raise RuntimeError("it did not come to be")


def _nothing(_approve: Any) -> Any:
    raise RuntimeError("nothing is asked here")
