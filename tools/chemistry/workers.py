"""RDKit in killable processes: the parent's side. Nothing here imports RDKit.

A call is one JSON line to a worker and one back. A worker that passes its deadline, whose caller is cancelled, or that
dies, is killed and replaced; the call then fails with a reason. Independent of event loops: calls may come from any
thread and any loop of the process.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from typing import IO, Any

from ...memory.errors import BiocopilotError, DeadlineExceeded, WorkerDied, error_named

__all__ = ["ChemistryWorkers"]

_KEPT_VARIABLES = (
    "PATH",
    "LANG",
    "LC_ALL",
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "TMPDIR",
    "VIRTUAL_ENV",
    "PYTHONPATH",
)
"""A worker gets no secrets: only what finding Python and its libraries takes."""

DEADLINE_S = 10.0


class _Worker:
    """One process and the thread that reads its replies; does one request at a time."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "biocopilot.tools.chemistry.worker_main"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # a Ctrl-C at the terminal is the parent's to handle
            )
        except OSError as error:
            raise WorkerDied(
                f"The chemistry worker could not be started: {error.strerror}.", "`biocopilot doctor`"
            ) from error

    def exchange(self, line: bytes) -> bytes:
        """Write a request and read its reply; empty where the process ended."""
        stdin, stdout = _pipes(self.process)
        try:
            stdin.write(line)
            stdin.flush()
            return stdout.readline()
        except (BrokenPipeError, ValueError, OSError):
            return b""

    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """End the process now; whoever reads from it sees the end."""
        with contextlib.suppress(OSError):
            self.process.kill()

    def reap(self) -> None:
        """Close the pipes and collect the process."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        for pipe in _pipes(self.process):
            with contextlib.suppress(OSError):
                pipe.close()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        raise WorkerDied("The chemistry worker has no pipes.", "`biocopilot doctor`")
    return stdin, stdout


class ChemistryWorkers:
    """Up to `count` chemistry processes, started when needed and kept.

    Args:
        count: how many requests may run side by side.
    """

    def __init__(self, count: int = 2) -> None:
        self._count = max(1, count)
        self._free: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._turn = threading.BoundedSemaphore(self._count)
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._closings = 0

    @property
    def count(self) -> int:
        """How many requests may run side by side."""
        return self._count

    def warm_up(self) -> None:
        """Start a process now, so that it loads RDKit while something else is done."""
        with self._lock:
            if not self._all:
                self._free.append(self._start())

    async def call(self, function: str, arguments: dict[str, Any], *, deadline_s: float = DEADLINE_S) -> Any:
        """Run a function of the engine and return what it returned.

        Args:
            function: its name in `engine/functions.py`.
            arguments: JSON-able keyword arguments.
            deadline_s: seconds from now after which the worker is killed.

        Raises:
            BiocopilotError: what the engine raised, by its name in the error tree.
            DeadlineExceeded: the worker took too long and was killed.
            WorkerDied: the worker ended during the call.
        """
        ticket = _Ticket(function, arguments, self._closings)
        future: Future[Any] = Future()

        def work() -> None:
            try:
                future.set_result(self._run(ticket))
            except BaseException as error:  # handed to the awaiting task
                future.set_exception(error)

        threading.Thread(target=work, name=f"chemistry-{function}", daemon=True).start()
        waiting = asyncio.wrap_future(future)
        try:
            async with asyncio.timeout(deadline_s):
                return await asyncio.shield(waiting)
        except TimeoutError as error:
            ticket.stop()
            waiting.add_done_callback(_look_away)
            raise _too_slow(function, deadline_s) from error
        except asyncio.CancelledError:
            ticket.stop()
            waiting.add_done_callback(_look_away)
            raise

    def call_blocking(self, function: str, arguments: dict[str, Any], *, deadline_s: float = DEADLINE_S) -> Any:
        """`call` for threads without an event loop."""
        ticket = _Ticket(function, arguments, self._closings)
        timer = threading.Timer(deadline_s, ticket.stop)
        timer.start()
        try:
            return self._run(ticket)
        except WorkerDied as error:
            if ticket.stopped:
                raise _too_slow(function, deadline_s) from error
            raise
        finally:
            timer.cancel()

    def close(self) -> None:
        """End every process; calls that wait for one fail, a later call starts new ones."""
        with self._lock:
            workers, self._free, self._all = list(self._all), [], set()
            self._closings += 1
        atexit.unregister(self.close)
        for worker in workers:
            worker.reap()

    def process_ids(self) -> list[int]:
        """The processes alive now."""
        with self._lock:
            return [worker.process.pid for worker in self._all if worker.alive()]

    def _start(self) -> _Worker:
        if not self._all:  # not for good: a program that opens and closes many would never let go of them
            atexit.unregister(self.close)
            atexit.register(self.close)
        worker = _Worker()
        self._all.add(worker)
        return worker

    def _take(self, ticket: _Ticket) -> _Worker:
        with self._lock:
            if ticket.stopped or ticket.closings != self._closings:  # nobody would end a process that starts now
                raise _not_begun()
            while self._free:
                worker = self._free.pop()
                if worker.alive():
                    return worker
                self._drop(worker)
            return self._start()

    def _drop(self, worker: _Worker) -> None:
        self._all.discard(worker)
        threading.Thread(target=worker.reap, daemon=True).start()

    def _run(self, ticket: _Ticket) -> Any:
        with self._turn:
            worker = self._take(ticket)
            if not ticket.begin(worker):
                with self._lock:
                    if worker in self._all:
                        self._free.append(worker)
                raise _not_begun()
            number = next(self._numbers)
            request = {"id": number, "function": ticket.function, "arguments": ticket.arguments}
            reply = worker.exchange(json.dumps(request, allow_nan=False).encode() + b"\n")
            ticket.end()
            with self._lock:
                if reply.endswith(b"\n") and not ticket.stopped and worker in self._all:
                    self._free.append(worker)
                else:
                    self._drop(worker)
            if not reply.endswith(b"\n"):
                raise WorkerDied(
                    f"The chemistry process ended during {ticket.function}.",
                    "The structure may need more memory than is allowed; try a smaller one.",
                )
            return _unpacked(json.loads(reply))


class _Ticket:
    """A request that can be stopped from another thread, which kills the worker that has it in hand.

    Args:
        function: what is asked for.
        arguments: with what.
        closings: how often the workers had been closed when it was made.
    """

    def __init__(self, function: str, arguments: dict[str, Any], closings: int) -> None:
        self.function = function
        self.arguments = arguments
        self.closings = closings
        self.stopped = False
        self._worker: _Worker | None = None
        self._lock = threading.Lock()

    def begin(self, worker: _Worker) -> bool:
        with self._lock:
            if not self.stopped:
                self._worker = worker
            return not self.stopped

    def end(self) -> None:
        with self._lock:
            self._worker = None

    def stop(self) -> None:
        with self._lock:
            self.stopped = True
            if self._worker is not None:
                self._worker.kill()


def _look_away(future: asyncio.Future[Any]) -> None:
    """Fetch the outcome of a stopped call, so that nobody is told of an exception that nobody waits for."""
    if not future.cancelled():
        future.exception()


def _not_begun() -> WorkerDied:
    return WorkerDied("The call was stopped before it began.")


def _too_slow(function: str, deadline_s: float) -> DeadlineExceeded:
    return DeadlineExceeded(
        f"The chemistry process was stopped after {deadline_s:g} s in {function}.",
        "Ask about a smaller structure, a simpler pattern or a shorter list.",
    )


def _unpacked(reply: dict[str, Any]) -> Any:
    if "error" in reply:
        error: BiocopilotError = error_named(
            reply["error"], reply["message"], reply.get("hint", ""), tuple(reply.get("nearest", ()))
        )
        raise error
    return reply["result"]
