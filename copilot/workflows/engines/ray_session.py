"""This process's connection to Ray, shared by the runs that use it: one at a time is all that Ray allows.

A program that has connected by itself keeps its connection; else the first run connects and the last one disconnects. Ray kills
what it started when the thread that started it ends, and would take over signals in the main thread, so a thread of its own
connects, waits, and disconnects.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ....memory.errors import MissingExtra, SourceUnavailable

__all__ = ["connect", "disconnect"]

_HINT = "Start one with `ray start --head`, or leave the address and RAY_ADDRESS out: then a Ray of this machine is started."
_ALWAYS = {"RAY_BACKEND_LOG_LEVEL": "fatal"}  # what goes wrong is told as an error
_OWN = {
    **_ALWAYS,
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is told to Ray's makers
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # what is started here listens on the loopback address alone
}
_OBJECT_STORE_BYTES = 256 * 2**20
_START_S = 120.0
_REACHED_S = 10.0


class _Session:
    """A connection and how many runs use it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.address = ""
        self.alone = False
        self.done = threading.Event()
        self.thread: threading.Thread | None = None


_session = _Session()


async def connect(address: str, workers: int | None) -> Any:
    """Connect to Ray, or share the connection that is there; `disconnect` gives it back. Returns the module `ray`.

    Args:
        address: of a cluster; a Ray of this machine where empty.
        workers: how many processes a Ray of this machine gets; one for each core where None.

    Raises:
        MissingExtra: Ray is not installed.
        SourceUnavailable: no cluster answers at the address, or none could be started.
    """
    return await asyncio.to_thread(_connect, address, workers)


async def disconnect() -> None:
    """Give the connection back; the last one to do so ends it, and with it a Ray that was started here."""
    await asyncio.to_thread(_disconnect)


def _connect(address: str, workers: int | None) -> Any:
    with _session.lock:
        ray = _imported(address)
        if not ray.is_initialized():
            _begin(ray, address, workers)
            _session.address = address
        elif _session.thread is not None and address != _session.address:
            raise SourceUnavailable(
                "Another run of this program uses another Ray cluster.",
                "Wait until it ends; a process has one at a time.",
            )
        _session.users += 1
        return ray


def _disconnect() -> None:
    with _session.lock:
        _session.users -= 1
        if _session.users == 0 and _session.thread is not None:
            _session.done.set()
            _session.thread.join()
            _session.thread = None


def _imported(address: str) -> Any:
    """Ray, which reads when it is imported whether it will ever go beyond this machine."""
    first = "ray" not in sys.modules
    try:
        with _environment(_ALWAYS if address else _OWN):
            import ray
    except ImportError as error:
        raise MissingExtra("Ray is not installed.", 'Install it: pip install "biocopilot[ray]"') from error
    _session.alone = _session.alone or (first and not address)
    if address and _session.alone:
        raise SourceUnavailable(
            "This program has worked with a Ray of this machine, and Ray then connects to no other.",
            "Start the program anew, with the cluster's address from the beginning.",
        )
    return ray


def _begin(ray: Any, address: str, workers: int | None) -> None:
    """Have the session's thread connect, and wait until it has."""
    if address:
        _see_whether_it_answers(address)
    ready = threading.Event()
    trouble: list[BaseException] = []
    _session.done = done = threading.Event()

    def work() -> None:
        try:
            with _environment(_ALWAYS if address else _OWN), _quiet():
                ray.init(**(_cluster(address) if address else _alone(workers)))
        except BaseException as error:  # handed to whoever waits
            trouble.append(error)
            ready.set()
            return
        ready.set()
        done.wait()
        ray.shutdown()

    thread = threading.Thread(target=work, name="biocopilot-ray", daemon=True)
    thread.start()
    answered = ready.wait(_START_S)
    if answered and not trouble:
        _session.thread = thread
        return
    done.set()
    raise _not_there(address, trouble[0] if trouble else None) from (trouble[0] if trouble else None)


def _see_whether_it_answers(address: str) -> None:
    """Ray itself would try for minutes, and then end this process."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not (host and port.isdigit()):  # `auto`, and what Ray will refuse by itself
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _REACHED_S).close()
    except (OSError, OverflowError) as error:
        raise _not_there(address, error) from error


def _not_there(address: str, error: BaseException | None) -> SourceUnavailable:
    where = f"No Ray cluster answers at {address}" if address else "A Ray of this machine could not be started"
    while error is not None and error.__cause__ is not None:  # Ray wraps what it was told, as that a token is missing
        error = error.__cause__
    lines = [line.strip() for line in str(error or "").splitlines() if line.strip()]
    why = next((line for line in lines if line.startswith("ray.exceptions.")), lines[0] if lines else "")
    return SourceUnavailable(f"{where}{f' ({why[:400]})' if why else ''}.", _HINT)


def _cluster(address: str) -> dict[str, Any]:
    return {"address": address, "log_to_driver": False, "configure_logging": False}


def _alone(workers: int | None) -> dict[str, Any]:
    return {
        "address": "local",
        "num_cpus": workers or os.cpu_count() or 1,
        "num_gpus": 0,
        "include_dashboard": False,
        "log_to_driver": False,
        "configure_logging": False,
        "object_store_memory": _OBJECT_STORE_BYTES,
        "_node_ip_address": "127.0.0.1",
    }


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Variables that Ray's processes inherit, for the time in which they are started; what the user has set stays."""
    added = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextmanager
def _quiet() -> Iterator[None]:
    """Ray warns of what is meant so, and takes the hook for uncaught errors: neither stays."""
    logger, hook = logging.getLogger("ray"), sys.excepthook
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
        sys.excepthook = hook
