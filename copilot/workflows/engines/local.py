"""The engine of one machine: calls in this process, batches in a chemistry process for each core."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count

from ....memory.records import ToolCall, ToolResult
from ....tools.chemistry.workers import ChemistryWorkers
from ....tools.contract import Tool, ToolContext
from ....tools.execute import execute

__all__ = ["FILE_FIELDS", "LocalEngine", "execute_here"]

FILE_FIELDS = ("file", "files")
"""The arguments of tools that name files of the user's."""

_CALLS_AT_ONCE = 8


async def execute_here(
    call: ToolCall, tools: Mapping[str, Tool], context: ToolContext, now: Callable[[], datetime]
) -> ToolResult:
    """Run a call in this process."""
    numbers = count(1)
    return await execute(call, tools, context, lambda: f"E{next(numbers)}", now=now)


class LocalEngine:
    """See the module.

    Args:
        workers: how many chemistry processes; as many as there are cores where None.
    """

    name = "local"

    def __init__(self, workers: int | None = None) -> None:
        self.chemistry = ChemistryWorkers(workers or os.cpu_count() or 1)

    @property
    def at_once(self) -> int:
        """How many calls side by side: most of their time goes to waiting."""
        return _CALLS_AT_ONCE

    async def execute(
        self, call: ToolCall, tools: Mapping[str, Tool], context: ToolContext, now: Callable[[], datetime]
    ) -> ToolResult:
        """Run a call in this process."""
        return await execute_here(call, tools, context, now)

    async def close(self) -> None:
        """End the chemistry processes."""
        self.chemistry.close()
