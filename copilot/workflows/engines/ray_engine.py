"""The engine of a Ray cluster: each batch of molecules and each call is a task that any worker of any machine may do.

A task gives the same whenever and wherever it is done, so Ray may do it again where a worker or a machine has died. Nothing is
written there: results come back here and are kept here, and a run whose own process was killed goes on by its folder.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ....memory.errors import BiocopilotError, SourceUnavailable, error_named
from ....memory.records import ToolCall, ToolResult, canonical_json
from ....tools.chemistry.workers import DEADLINE_S
from ....tools.contract import Tool, ToolContext
from ....tools.registry import declared_tools
from ....tools.workbench import Workbench
from . import ray_tasks
from .local import FILE_FIELDS, execute_here
from .ray_session import connect, disconnect

__all__ = ["RayEngine"]

_DEATHS = 20
"""How often a task is done anew where its worker died; a structure ends its own process only, so that this is the machine's trouble."""
_CALLS_A_WORKER = 2


class RayEngine:
    """See the module; `open` makes one."""

    def __init__(self, ray: Any, bench: Workbench, given: Mapping[str, str], count: int) -> None:
        self._ray = ray
        self._given = canonical_json(dict(given))
        self._store = "" if bench.store is None else str(bench.store.expanduser().absolute())
        self._bench = canonical_json({"store": self._store, "first_live": bench.services.first})
        self.count = count
        as_task = ray.remote(num_cpus=1, max_retries=_DEATHS)
        self._compute, self._make_call = as_task(ray_tasks.compute), as_task(ray_tasks.make_call)

    @classmethod
    async def open(cls, bench: Workbench, given: Mapping[str, str], address: str, workers: int | None) -> RayEngine:
        """Connect, and see how many workers there are. Raises what `ray_session.connect` does."""
        ray = await connect(address, workers)
        try:
            cores = int((await asyncio.to_thread(ray.cluster_resources)).get("CPU", 0))
            if cores < 1:
                raise SourceUnavailable("The Ray cluster has no CPU to give.", "`ray status` shows what it has.")
            return cls(ray, bench, given, min(cores, workers or cores))
        except BaseException:
            await disconnect()
            raise

    @property
    def name(self) -> str:
        """With how many workers."""
        return f"ray, {self.count} workers"

    @property
    def chemistry(self) -> RayEngine:
        """Itself: batches are tasks as calls are."""
        return self

    @property
    def at_once(self) -> int:
        """How many calls side by side."""
        return _CALLS_A_WORKER * self.count

    async def call(self, function: str, arguments: dict[str, Any], *, deadline_s: float = DEADLINE_S) -> Any:
        """Run a function of the chemistry engine on a worker; raises what it raises there."""
        told = await self._done(
            self._compute, function, json.dumps(arguments, allow_nan=False), deadline_s, self._given
        )
        if "error" in told:
            error: BiocopilotError = error_named(told["error"], told["message"], told["hint"], tuple(told["nearest"]))
            raise error
        return told["result"]

    async def execute(
        self, call: ToolCall, tools: Mapping[str, Tool], context: ToolContext, now: Callable[[], datetime]
    ) -> ToolResult:
        """Run a call on a worker, or here where it needs what only this process has: services, files, a program's own tools."""
        tool = tools[call.tool]
        if (
            tool.needs_network
            or any(map(call.arguments.get, FILE_FIELDS))
            or declared_tools().get(call.tool) is not tool
        ):
            return await execute_here(call, tools, context, now)
        told = await self._done(
            self._make_call, call.model_dump_json(), context.offline, now().isoformat(), self._bench, self._given
        )
        if "here" in told:
            return await execute_here(call, tools, context, now)
        return ToolResult.model_validate(told["result"])

    async def _done(self, task: Any, *arguments: Any) -> dict[str, Any]:
        reference = task.remote(*arguments)
        try:
            told: dict[str, Any] = json.loads(await reference)
        except asyncio.CancelledError:
            self._ray.cancel(reference, force=True)
            raise
        except self._ray.exceptions.RayError as error:
            raise SourceUnavailable(
                f"Ray could not do a part of the work ({type(error).__name__}: {_first_line(error)}).",
                "`ray status` shows the cluster; go on with --resume.",
            ) from error
        if "other" in told:
            raise SourceUnavailable(
                f"A machine of the Ray cluster is not like this one: {told['other']}.",
                "Install the same versions there, and register the same data.",
            )
        return told

    async def close(self) -> None:
        """Give the connection back."""
        await disconnect()


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")[:200]
