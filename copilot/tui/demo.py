"""A recorded run, played: its events come as they came, slowly enough to be followed. `docs/demo_run.py` records it.

Another question in a demo is a question: it is answered as anywhere.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from ...memory.events import AnswerDelta, Event, PlanProposed, RunStarted, ToolFinished, ToolStarted
from .runner import MakeCopilot, Runner

__all__ = ["RECORDING", "DemoRunner", "recorded_events"]

RECORDING = Path(__file__).with_name("demo.json")
_PAUSES_S: dict[type, float] = {PlanProposed: 1.0, ToolStarted: 0.5, ToolFinished: 1.0, AnswerDelta: 0.7}
"""Before an event of that kind."""


def recorded_events() -> tuple[Event, ...]:
    """The events of the run that ships."""
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    return tuple(adapter.validate_python(item) for item in json.loads(RECORDING.read_text("utf-8")))


class DemoRunner(Runner):
    """Plays a run where its question is asked.

    Args:
        make: makes the copilot that is asked anything else.
        events: the run.
        pace: 1.0 to be followed, less for faster.
    """

    def __init__(self, make: MakeCopilot, events: Sequence[Event], pace: float = 1.0) -> None:
        super().__init__(make)
        self._events, self._pace = events, pace
        self.question = next(event.question for event in events if isinstance(event, RunStarted))

    async def _answer(self, question: str, session: str | None) -> None:
        if question != self.question:
            await super()._answer(question, session)
            return
        for event in self._events:
            await asyncio.sleep(self._pace * _PAUSES_S.get(type(event), 0.0))
            self.happenings.append(event)
