"""A planner with another behind it: where the first cannot go on, the second does, which is told.

The second sees only its own calls, under its own ids: it plans the question from its beginning, and what it asks for again is
answered from the first result.
"""

from __future__ import annotations

from ....memory.errors import BiocopilotError, MissingExtra, ModelUnavailable
from ..contract import Aside, CallTools, Give, Planner, State, Step
from .apart import marked, seen_by
from .found import found_parts

__all__ = ["FallingBack"]

_MARK = "f"
_NOTHING = Give((Aside("Nothing was found before the planner failed."),), status="unknown")


class FallingBack:
    """Two planners as one.

    Args:
        first: the planner that was asked for.
        second: goes on, for the rest of a run, where the first raises ModelUnavailable or MissingExtra.
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
            except (ModelUnavailable, MissingExtra) as error:
                state.memo["fallen"] = {}
                state.tell(_told(error, self.second.name), "fallback")
        if state.must_answer and not any(item.call.id.startswith(f"{_MARK}.") for item in state.observations):
            parts = found_parts(state)
            return Give(parts, status="partial") if parts else _NOTHING
        step = await self.second.next_step(seen_by(state, _MARK, state.memo["fallen"]))
        return marked(step, _MARK) if isinstance(step, CallTools) else step


def _told(error: BiocopilotError, second: str) -> str:
    return f"{error.message} The {second} planner goes on. {error.hint}".strip()
