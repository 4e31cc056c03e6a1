"""`Copilot`: ask a question from Python. First hop of the main path (cli → here → loop.py → tools/execute.py).

    from biocopilot.copilot import Copilot

    with Copilot(offline=True) as copilot:
        answer = copilot.ask("Is erlotinib drug-like, and how potent is it on EGFR?")
        print(answer.text, answer.claims[0].evidence)

One copilot may be shared by threads and event loops. It owns chemistry processes; `close()` ends them.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..memory.errors import FileRefused, InvalidInput, MissingExtra, ModelUnavailable, StorageError
from ..memory.events import Event
from ..memory.records import Answer
from ..memory.text import clean, shorten
from ..tools.blocking import run_to_end
from ..tools.contract import Tool
from ..tools.execute import find_tool
from ..tools.registry import all_tools, outside_a_session
from ..tools.workbench import LibraryChoice, Services, WeightsChoice, Workbench
from .environment import environment_of
from .loop import Approve, ApproveSending, Budget, Run
from .planner.contract import Planner
from .planner.language.choice import ModelChoice
from .planner.resolve import resolve_planner
from .recorder import Recorder
from .session_memory import Past, SessionMemory, past_in

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from ..memory.run_log import RunLog

__all__ = ["QUESTION_CHARACTERS", "Copilot"]

QUESTION_CHARACTERS = 50_000
"""A longer question is refused; long lists belong in a file."""

_FILE_NAME = re.compile(r"[^\s\"'`,;]+\.(?:smi|smiles|txt|csv|tsv|sdf)\b", re.IGNORECASE)


async def _refuse(_call: Any) -> bool:
    return False


class Copilot:
    """Answers questions with tools and evidence.

    Args:
        planner: a name (`auto`, `embedded`, `biomedgpt`, `openai:…`, `ollama:…`, `langchain:PROVIDER:MODEL`), a LangChain chat
            model, or a `Planner` of your own.
        offline: refuse whatever needs the network.
        tools: the tools it may call, by name or as declared; all where None.
        budget: bounds of one run.
        log: where runs are recorded: True for the user's run log, False for nowhere, or a path.
        store: a SQLite file with ChEMBL and UniProt tables in place of the starter set.
        approve: asked before a tool that writes.
        approve_sending: asked before a structure of the user's leaves this machine; where None, the setting alone rules.
        services: how live services are asked; nothing is sent with `offline`.
        library: which library of documents, and what makes its vectors; the user's own where None.
        model: where a language model that plans is asked, and within which bounds.
        weights: which weights the tools that BioMedGPT-10B answers take, and where they go.
        named_files: whether a file of this machine may be read because a question names it; False where others ask, as behind a
            server. Files given with `files=` may be read all the same.

    Raises:
        ModelUnavailable, MissingExtra: the planner's model, its key or its package is not there.
        OfflineRefused: the planner needs the network.
    """

    def __init__(
        self,
        planner: str | Planner | BaseChatModel = "auto",
        offline: bool = False,
        tools: Iterable[str | Tool] | None = None,
        *,
        budget: Budget | None = None,
        log: bool | Path = True,
        store: Path | None = None,
        approve: Approve | None = None,
        approve_sending: ApproveSending | None = None,
        workers: int = 2,
        services: Services | None = None,
        library: LibraryChoice | None = None,
        model: ModelChoice | None = None,
        weights: WeightsChoice | None = None,
        named_files: bool = True,
    ) -> None:
        weights = weights or WeightsChoice()
        self.bench = Workbench(store, workers, services or Services(), library or LibraryChoice(), weights)
        self.offline = offline
        self.budget = budget or Budget()
        self._approve = approve or _refuse
        self._approve_sending = approve_sending
        self._tools = _chosen(tools, all_tools(weights.folder))
        self._resolved = resolve_planner(planner, model, offline)
        self._planner = self._resolved.planner
        self._named_files = named_files
        self._log_wish = log
        self._log_state: tuple[RunLog | None, str] | None = None
        self._unrecorded = SessionMemory()
        self._lock = threading.Lock()

    @property
    def planner(self) -> Planner:
        """The planner in use."""
        return self._planner

    @property
    def tools(self) -> Mapping[str, Tool]:
        """The tools it may call, by name."""
        return self._tools

    @property
    def known_workflow_runs(self) -> Path | None:
        """The folder in which it is written down where workflows were run, beside the run log; None where nothing is recorded."""
        if self._log_wish is False:
            return None
        from ..memory.errors import StorageError
        from ..memory.paths import WORKFLOW_RUNS, workflow_runs_dir

        if isinstance(self._log_wish, Path):
            return self._log_wish.parent / WORKFLOW_RUNS
        try:
            return workflow_runs_dir()
        except StorageError:  # no home folder is known: nothing at all is recorded
            return None

    def warm_up(self) -> None:
        """Start the chemistry worker now, in the background."""
        self.bench.warm_up()

    # Asking ------------------------------------------------------------------------------------------------------

    def ask(self, question: str, *, session: str | None = None, files: Iterable[str | Path] = ()) -> Answer:
        """Answer one question. Safe in any thread, also while an event loop runs in this one (a notebook).

        Args:
            question: up to 50,000 characters.
            session: name of a conversation; earlier questions under the same name are understood, and their results
                are within reach (`R2.E3`). Without a run log it lasts as long as this copilot.
            files: files that tools may read; those named in the question are added.

        Raises:
            InvalidInput: the question is empty or too long, or the session's name is none.
            ModelUnavailable: the planner cannot work.
        """
        return run_to_end(self.aask(question, session=session, files=files), "biocopilot-ask")

    async def aask(
        self,
        question: str,
        *,
        session: str | None = None,
        files: Iterable[str | Path] = (),
        listener: Callable[[Event], None] | None = None,
    ) -> Answer:
        """`ask` for async programs; cancelling the task cancels the run. `listener` gets each event as it happens."""
        asked = _question(question)
        log, trouble = self._log()
        past = self._past(session, log)
        from ..memory.run_log import new_run_id

        recorder = Recorder(new_run_id(), log, listener)
        run = Run(
            question=asked,
            planner=self._planner,
            tools=self._tools if past.earlier else outside_a_session(self._tools),
            bench=self.bench,
            recorder=recorder,
            history=past.turns,
            left_out=past.left_out,
            earlier=past.earlier,
            files=_allowed_files(asked if self._named_files else "", files),
            offline=self.offline,
            budget=self.budget,
            approve=self._approve,
            approve_sending=self._approve_sending,
            session=past.session,
            version=_version(),
            environment=environment_of(self.bench),
            notices=tuple(text for text in (trouble, past.trouble) if text),
            remarks=tuple(text for text in (self._resolved.remark, past.remark) if text),
        )
        try:
            return await run.answer()
        finally:
            if log is None and past.session is not None:
                self._unrecorded.keep(past.session, recorder.events)

    async def stream(
        self, question: str, *, session: str | None = None, files: Iterable[str | Path] = ()
    ) -> AsyncGenerator[Event, None]:
        """The run's events as they happen; the last is `run_finished`. Closing the iterator cancels the run."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        task = asyncio.create_task(self.aask(question, session=session, files=files, listener=queue.put_nowait))
        task.add_done_callback(lambda _task: queue.put_nowait(None))
        try:
            while (event := await queue.get()) is not None:
                yield event
            with contextlib.suppress(ModelUnavailable):  # told by run_finished already
                await task
        finally:
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def as_runnable(self) -> Any:
        """A LangChain Runnable from a question (or `{"question": …, "session": …}`) to an `Answer`.

        Raises:
            MissingExtra: langchain-core is not installed.
        """
        try:
            from langchain_core.runnables import RunnableLambda
        except ImportError as error:
            raise MissingExtra("LangChain is not installed.", 'pip install "biocopilot[agent]"') from error

        def unpack(given: str | Mapping[str, Any]) -> tuple[str, str | None]:
            return (given, None) if isinstance(given, str) else (str(given["question"]), given.get("session"))

        def ask(given: str | Mapping[str, Any]) -> Answer:
            question, session = unpack(given)
            return self.ask(question, session=session)

        async def aask(given: str | Mapping[str, Any]) -> Answer:
            question, session = unpack(given)
            return await self.aask(question, session=session)

        return RunnableLambda(ask, afunc=aask, name="biocopilot")

    # Keeping -----------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the worker processes and close files; the copilot opens them again if it is asked again."""
        self.bench.close()
        with self._lock:
            if self._log_state is not None and self._log_state[0] is not None:
                self._log_state[0].close()
            self._log_state = None

    def __enter__(self) -> Copilot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _log(self) -> tuple[RunLog | None, str]:
        """The run log, or None and the reason why runs are not recorded."""
        with self._lock:
            if self._log_state is None:
                self._log_state = self._open_log()
            return self._log_state

    def _open_log(self) -> tuple[RunLog | None, str]:
        if self._log_wish is False:
            return None, ""
        from ..memory.run_log import RunLog

        try:
            if isinstance(self._log_wish, Path):
                return RunLog.open(self._log_wish), ""
            from ..memory.paths import run_log_path

            return RunLog.open(run_log_path()), ""
        except StorageError as error:
            return None, f"This run is not recorded: {error.message} {error.hint}".strip()

    def _past(self, session: str | None, log: RunLog | None) -> Past:
        """What there is of the session; where the log cannot be read, that is told and nothing is leant on."""
        if session is None:
            return Past(None)
        if log is None:
            return self._unrecorded.past(session)
        return past_in(log, session)


def _question(text: str) -> str:
    if len(text) > QUESTION_CHARACTERS:
        raise InvalidInput(
            f"The question has {len(text):,} characters; {QUESTION_CHARACTERS:,} is the most.",
            "Put a long list into a file and name the file in the question.",
        )
    asked = clean(text).strip()
    if not any(char.isalnum() for char in asked):
        raise InvalidInput("There is no question here.", 'Try: biocopilot ask "MW of ibuprofen?"')
    return asked


def _allowed_files(question: str, named: Iterable[str | Path]) -> frozenset[Path]:
    """The user's files: those given, which must exist, and those named in the question that do."""
    allowed = set()
    for item in named:
        path = Path(item).expanduser()
        if not path.is_file():
            raise FileRefused(
                f"There is no file {shorten(clean(str(item)), 200)!r}.", "Give the path of a file that exists."
            )
        allowed.add(path.resolve())
    for hit in _FILE_NAME.findall(question):
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            path = Path(hit).expanduser()
            if path.is_file():
                allowed.add(path.resolve())
    return frozenset(allowed)


def _chosen(tools: Iterable[str | Tool] | None, every: Mapping[str, Tool]) -> Mapping[str, Tool]:
    if tools is None:
        return every
    chosen: dict[str, Tool] = {}
    for item in tools:
        tool = find_tool(item, every) if isinstance(item, str) else item
        chosen[tool.name] = tool
    return chosen


def _version() -> str:
    try:
        return installed_version("biocopilot")
    except PackageNotFoundError:
        return "unknown"
