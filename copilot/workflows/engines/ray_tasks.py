"""What a worker process of Ray does: a function of the chemistry engine, or a call of a tool. JSON goes in and comes out.

The workbench of a worker refuses what only the process that was started has: services, kept replies, the library, models. A call
that comes to one of them is handed back and made there, so that a result never depends on where it was had.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from ....memory.errors import BiocopilotError
from ....memory.records import ToolCall
from ....tools.chemistry.workers import ChemistryWorkers
from ....tools.contract import ToolContext
from ....tools.registry import declared_tools
from ....tools.workbench import Services, Workbench
from ...environment import biocopilot_version, environment_of
from .local import execute_here

__all__ = ["compute", "make_call", "versions_of"]


_OF_CHEMISTRY = ("rdkit", "biocopilot")
"""What the results of the chemistry engine depend on."""


class _OnlyAtTheDriver(Exception):
    """The call needs something that this worker does not have."""


def _refused(_bench: Workbench) -> NoReturn:
    raise _OnlyAtTheDriver


class _WorkerBench(Workbench):
    """Stores and chemistry of this machine, and nothing else."""

    transport = kept_replies = library = library_offline = hgnc = biomedgpt = property(_refused)


@cache
def _chemistry() -> ChemistryWorkers:
    """This worker's own process for RDKit, so that a structure that ends it does not end the worker."""
    return ChemistryWorkers(1)


@cache
def _bench(store: str, first_live: bool) -> Workbench:
    bench = _WorkerBench(Path(store) if store else None, workers=1, services=Services(first=first_live))
    bench.chemistry = _chemistry()
    return bench


@cache
def versions_of(store: str) -> dict[str, str]:
    """The versions and releases of this machine."""
    return {**environment_of(_bench(store, False)), "biocopilot": biocopilot_version()}


def _other(given: Mapping[str, str], here: Mapping[str, str]) -> str:
    """What differs here from the process that asks; empty where nothing does."""
    names = sorted({*given, *here})
    return "; ".join(
        f"{name} is {here.get(name, 'not there')} and not {given.get(name, 'without')}"
        for name in names
        if here.get(name) != given.get(name)
    )


def compute(function: str, arguments: str, deadline_s: float, given: str) -> str:
    """Run a function of the chemistry engine.

    Args:
        function: its name.
        arguments: its arguments, a JSON object.
        deadline_s: seconds after which its process is killed.
        given: the versions that this machine must have, a JSON object.

    Returns:
        A JSON object with `result`, with `error`, `message`, `hint` and `nearest`, or with `other`: what differs here.
    """
    wanted = {name: version for name, version in json.loads(given).items() if name in _OF_CHEMISTRY}
    if other := _other(wanted, {name: version for name, version in versions_of("").items() if name in _OF_CHEMISTRY}):
        return json.dumps({"other": other})
    try:
        found = _chemistry().call_blocking(function, json.loads(arguments), deadline_s=deadline_s)
    except BiocopilotError as error:
        return json.dumps(
            {
                "error": type(error).__name__,
                "message": error.message,
                "hint": error.hint,
                "nearest": list(getattr(error, "nearest", ())),
            }
        )
    return json.dumps({"result": found}, allow_nan=False)


def make_call(call: str, offline: bool, now: str, bench: str, given: str) -> str:
    """Make a call of a tool.

    Args:
        call: the call as JSON.
        offline: whether the network is forbidden.
        now: the time that stamps evidence.
        bench: a JSON object: `store`, the path of a store or empty; `first_live`, whether services come first.
        given: as in `compute`.

    Returns:
        A JSON object with `result`, with `other`, or with `here`: it can only be made where the run was started.
    """
    chosen, wanted = json.loads(bench), json.loads(given)
    if other := _other(wanted, versions_of(chosen["store"])):
        return json.dumps({"other": other})
    moment = datetime.fromisoformat(now)
    context = ToolContext(_bench(chosen["store"], chosen["first_live"]), offline=offline)
    asked = ToolCall.model_validate_json(call)
    try:
        result = asyncio.run(execute_here(asked, declared_tools(), context, lambda: moment))
    except _OnlyAtTheDriver:
        return json.dumps({"here": True})
    told: dict[str, Any] = {"result": result.model_dump(mode="json")}
    return json.dumps(told, allow_nan=False)
