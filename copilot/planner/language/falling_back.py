"""A planner with another behind it: where the first cannot go on, the second does, which is told.

The second sees only its own calls, under its own ids: it plans the question from its beginning, and what it asks for again is
answered from the first result.
"""

from __future__ import annotations

from ....memory.errors import BiocopilotError, ModelUnavailable
from ..contract import Aside, CallTools, Give, Part, Planner, Sentence, State, Step
from .apart import marked, seen_by

__all__ = ["FallingBack"]

_MARK = "f"
_MOST_TOLD = 20


class FallingBack:
    """Two planners as one.

    Args:
        first: the planner that was asked for.
        second: goes on, for the rest of a run, where the first raises ModelUnavailable.
    """

    def __init__(self, first: Planner, second: Planner) -> None:
        self.first = first
        self.second = second

    @property
    def name(self) -> str:
        return self.first.name

    @property
    def in_process(self) -> bool:
        """Whether neither needs the network."""
        return all(getattr(planner, "in_process", True) for planner in (self.first, self.second))

    async def next_step(self, state: State) -> Step:
        """The first planner's step, or the second's once the first has failed."""
        if "fallen" not in state.memo:
            try:
                return await self.first.next_step(state)
            except ModelUnavailable as error:
                state.memo["fallen"] = {}
                state.tell(_told(error, self.second.name), "fallback")
        if state.must_answer and not any(item.call.id.startswith(f"{_MARK}.") for item in state.observations):
            return _found(state)
        step = await self.second.next_step(seen_by(state, _MARK, state.memo["fallen"]))
        return marked(step, _MARK) if isinstance(step, CallTools) else step


def _told(error: BiocopilotError, second: str) -> str:
    return f"{error.message} The {second} planner goes on. {error.hint}".strip()


def _found(state: State) -> Give:
    """What the run's results say of themselves, where there is no time left to plan anew."""
    parts: list[Part] = []
    for observation in state.observations:
        lines = dict(line.split(": ", 1) for line in observation.result.digest.splitlines() if ": " in line)
        parts += [Sentence(lines[item.id], (item.id,)) for item in observation.result.evidence if item.id in lines]
    if not parts:
        return Give((Aside("Nothing was found before the planner failed."),), status="unknown")
    return Give((Aside("What was found, as the tools tell it:"), *parts[:_MOST_TOLD]), status="partial")
