"""The thread that asks: a `Copilot` of its own, one question at a time, its events handed over in order.

It is made and closed there, so that nothing heavy is imported before the first frame and nothing that a planner or a store
does holds up a key. It touches no widget: `events` is drained by the app's timer.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from ...memory.errors import BiocopilotError
from ...memory.events import Event
from ...memory.records import ToolCall

if TYPE_CHECKING:
    from ...tools.sources.sending import Sending
    from ..agent import Copilot
    from ..loop import Approve, ApproveSending
    from ..workflows.work import Happening as WorkflowHappening
    from .workflow_command import WorkflowStart
    from .workflow_story import WorkflowStory

__all__ = ["Asked", "Ended", "Happening", "MakeCopilot", "Runner", "Told"]


class MakeCopilot(Protocol):
    """Makes the copilot that is asked, with the approvals that the interface gives: of writing, and of sending a structure."""

    def __call__(self, approve: Approve, approve_sending: ApproveSending, /) -> Copilot: ...


@dataclass(frozen=True)
class Asked:
    """A call waits for a yes or no, which the future takes.

    Args:
        call: what waits.
        reply: takes the answer.
        sending: what would leave this machine; None where the call would write.
    """

    call: ToolCall
    reply: Future[bool]
    sending: Sending | None = None

    @property
    def matter(self) -> str:
        """What a yes for the session is a yes to: one tool's writing, or sending structures to one service."""
        return self.call.tool if self.sending is None else f"send to {self.sending.host}"


@dataclass(frozen=True)
class Ended:
    """The run is over: with its events told, or with an error that came before any, or was nobody's."""

    error: BaseException | None = None
    cancelled: bool = False


@dataclass(frozen=True)
class Told:
    """Something that a workflow's story is to take; by the app, since a story is changed in its thread alone."""

    take: Callable[[], None]


Happening = Event | Asked | Ended | Told


class Runner:
    """Asks questions, and runs workflows, in a thread; `happenings` is what came of it, to be taken from the left."""

    def __init__(self, make: MakeCopilot) -> None:
        self.happenings: deque[Happening] = deque()
        self._make = make
        self._copilot: Copilot | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[object] | None = None
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._making = threading.Lock()  # held for as long as imports take; a key must not wait for it

    @property
    def running(self) -> bool:
        """Whether something is under way."""
        return self._thread is not None and self._thread.is_alive()

    def warm_up(self) -> None:
        """Import what a question needs, in the background; what fails there fails again, and is told, when something is asked."""

        def work() -> None:
            with contextlib.suppress(Exception):
                self._opened()

        threading.Thread(target=work, name="warm-up", daemon=True).start()

    def ask(self, question: str, session: str | None) -> None:
        """Begin with a question. Raises RuntimeError where something is under way."""
        self._begin(lambda: self._answer(question, session))

    def work(self, start: WorkflowStart, story: WorkflowStory) -> None:
        """Begin with a workflow, told to its story. Raises RuntimeError where something is under way."""
        self._begin(lambda: self._work(start, story))

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self.running:
            raise RuntimeError("something is under way")
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, args=(work,), name="run", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Cancel what is under way; `Ended` follows when it is closed."""
        self._stopped.set()
        with self._lock:
            loop, task = self._loop, self._task
        if loop is not None and task is not None and not loop.is_closed():
            loop.call_soon_threadsafe(task.cancel)

    def close(self, wait_s: float = 2.0) -> None:
        """Stop, and end the worker processes."""
        self.stop()
        if self._thread is not None:
            self._thread.join(wait_s)
        if self._copilot is not None:
            self._copilot.close()

    def copilot(self) -> Copilot:
        """The copilot, made on first use; for panes that look at its stores, from a thread of theirs."""
        return self._opened()

    def names_beginning(self, start: str) -> tuple[list[str], list[str]]:
        """Tools, and names of drugs, genes and diseases, that begin so; from a thread, since the stores are read."""
        copilot = self._opened()
        return [name for name in copilot.tools if name.startswith(start.lower())], copilot.bench.chembl.names_beginning(
            start
        )

    def _opened(self) -> Copilot:
        with self._making:
            if self._copilot is None:
                self._copilot = self._make(self._approve, self._approve_sending)
                self._copilot.warm_up()
            return self._copilot

    def _run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            asyncio.run(self._do(work))
            ended = Ended()
        except asyncio.CancelledError:
            ended = Ended(cancelled=True)
        except BiocopilotError as error:
            ended = Ended(error)
        except BaseException as error:  # shown as a card with its name; the session goes on
            ended = Ended(error)
        finally:
            with self._lock:
                self._loop = self._task = None
        self.happenings.append(ended)

    async def _do(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.current_task()
        with self._lock:
            self._loop, self._task = asyncio.get_running_loop(), task
        if self._stopped.is_set():
            raise asyncio.CancelledError
        await work()

    async def _answer(self, question: str, session: str | None) -> None:
        copilot = await asyncio.to_thread(self._opened)  # a stop must not wait for imports
        await copilot.aask(question, session=session, listener=self.happenings.append)

    async def _work(self, start: WorkflowStart, story: WorkflowStory) -> None:
        copilot = await asyncio.to_thread(self._opened)
        self.happenings.append(Told(partial(setattr, story, "offline", copilot.offline)))
        from ..workflows.running import arun

        def hear(happening: WorkflowHappening) -> None:
            self.happenings.append(Told(partial(story.happen, happening)))

        finished = await arun(
            start.flow, start.inputs, out=start.out, copilot=copilot, resume=start.resume, listener=hear
        )
        self.happenings.append(Told(partial(story.end, finished)))

    async def _approve(self, call: ToolCall) -> bool:
        return await self._reply_to(Asked(call, Future()))

    async def _approve_sending(self, call: ToolCall, sending: Sending) -> bool:
        return await self._reply_to(Asked(call, Future(), sending))

    async def _reply_to(self, asked: Asked) -> bool:
        self.happenings.append(asked)
        return await asyncio.wrap_future(asked.reply)
