"""Where a workflow's work is done: in this process and its chemistry processes, or on a Ray cluster. Results are the same."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from ....memory.errors import InvalidArguments
from ....tools.workbench import Workbench
from .contract import Chemistry, Engine
from .local import LocalEngine

__all__ = ["Chemistry", "Engine", "LocalEngine", "cluster_of", "open_engine"]


@asynccontextmanager
async def open_engine(
    which: str, bench: Workbench, given: Mapping[str, str], workers: int | None = None
) -> AsyncIterator[Engine]:
    """The engine of that name, for as long as the run lasts.

    Args:
        which: `local`, `ray`, or `ray:ADDRESS` for a cluster's address; `ray` alone goes by Ray's own variable RAY_ADDRESS, and
            where that is not set starts a Ray of this machine for as long as the run lasts.
        bench: stores and chemistry here.
        given: the versions and releases that every machine must have.
        workers: how many processes side by side; as many as there are cores where None. On a cluster that was there before,
            how many at most.

    Raises:
        InvalidArguments: there is no such engine.
        MissingExtra: Ray is not installed.
        SourceUnavailable: there is no cluster at the address.
    """
    engine = await _opened(which, bench, given, workers)
    try:
        yield engine
    finally:
        await engine.close()


def cluster_of(which: str) -> str:
    """The address of the cluster to which an engine sends its work; empty where it stays on this machine. Raises InvalidArguments."""
    name, _, address = which.partition(":")
    if which != "local" and name != "ray":
        raise InvalidArguments(f"There is no engine {which!r}.", "Engines are: local, ray, and ray:ADDRESS.")
    return (address or os.environ.get("RAY_ADDRESS", "")) if name == "ray" else ""


async def _opened(which: str, bench: Workbench, given: Mapping[str, str], workers: int | None) -> Engine:
    address = cluster_of(which)
    if which == "local":
        return LocalEngine(workers)
    from .ray_engine import RayEngine

    return await RayEngine.open(bench, given, address, workers)
