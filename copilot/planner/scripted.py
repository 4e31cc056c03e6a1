"""A planner that plays a list of steps: for tests, demonstrations and benchmarks, with no language in it at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from .contract import Give, State, Step

__all__ = ["ScriptedPlanner"]


class ScriptedPlanner:
    """Gives its steps in order; a step may be a function of the state. After the last it answers with nothing.

    Args:
        steps: what to give, first to last.
        name: what runs say of their planner.
    """

    def __init__(self, steps: Iterable[Step | Callable[[State], Step]] = (), name: str = "scripted") -> None:
        self._steps = deque(steps)
        self._name = name
        self.states: list[State] = []
        """Every state that was shown, for looking at afterwards."""

    @property
    def name(self) -> str:
        return self._name

    def enqueue(self, step: Step | Callable[[State], Step]) -> None:
        """Add a step at the end."""
        self._steps.append(step)

    async def next_step(self, state: State) -> Step:
        self.states.append(state)
        if not self._steps:
            return Give(status="unknown")
        step = self._steps.popleft()
        return step(state) if callable(step) else step
