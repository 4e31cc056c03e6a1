"""What an engine is. The run itself, its folder and everything that is kept stay with the process that was started."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from ....memory.records import ToolCall, ToolResult
from ....tools.contract import Tool, ToolContext

__all__ = ["Chemistry", "Engine"]


class Chemistry(Protocol):
    """RDKit in processes that can be killed, for a hot path: here or on other machines."""

    @property
    def count(self) -> int:
        """How many requests run side by side."""

    async def call(self, function: str, arguments: dict[str, Any], *, deadline_s: float = ...) -> Any:
        """Run a function of the chemistry engine; see `ChemistryWorkers.call`."""


class Engine(Protocol):
    """Where calls are made and molecules computed."""

    @property
    def name(self) -> str:
        """What the run's manifest says of it."""

    @property
    def chemistry(self) -> Chemistry:
        """For batches of molecules."""

    @property
    def at_once(self) -> int:
        """How many calls of tools side by side."""

    async def execute(
        self, call: ToolCall, tools: Mapping[str, Tool], context: ToolContext, now: Callable[[], datetime]
    ) -> ToolResult:
        """Run a call; its evidence is numbered E1, E2, … within the call."""

    async def close(self) -> None:
        """End what was started for the run."""
