"""A planner that works inside another: it sees its own calls only, under its own ids, and what it asks for is marked as its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ....memory.records import ToolCall
from ..contract import CallTools, Observation, State

__all__ = ["marked", "seen_by"]


def seen_by(state: State, mark: str, memo: dict[str, Any]) -> State:
    """The state as the planner of that mark has it: its observations, its memory."""
    own = tuple(
        Observation(_renamed(item.call, item.call.id.rpartition(".")[2]), item.result)
        for item in state.observations
        if item.call.id.rpartition(".")[0] == mark
    )
    return replace(state, observations=own, memo=memo)


def marked(step: CallTools, mark: str) -> CallTools:
    """Its calls with the mark before their ids; without a mark as they are."""
    if not mark:
        return step
    return replace(step, calls=tuple(_renamed(call, f"{mark}.{call.id}") for call in step.calls))


def _renamed(call: ToolCall, call_id: str) -> ToolCall:
    return call.model_copy(update={"id": call_id})
