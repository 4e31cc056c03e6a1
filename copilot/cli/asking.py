"""`biocopilot ask`: one question through `Copilot`, shown as the caller wants it. Second step of the main path.

stdout gets the result and nothing else; steps, suggestions and errors go to stderr. Ctrl-C closes the run in the run
log as cancelled before this process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...memory.errors import BiocopilotError
from ...memory.events import Event, Notice
from ...memory.records import Answer
from ...memory.transcript import answer_of
from ...tools.workbench import Workbench
from ..agent import QUESTION_CHARACTERS, Copilot
from ..loop import Approve, ApproveSending, Budget
from ..settings import Settings, load_settings
from .failures import say
from .showing import Form, print_line, progress_for, show_answer

__all__ = ["EXIT_CODES", "Request", "answer_request", "copilot_for"]

EXIT_CODES = {"answered": 0, "partial": 3, "unknown": 4, "failed": 5, "cancelled": 130}


@dataclass(frozen=True)
class Request:
    """What the user typed behind `biocopilot ask`."""

    words: tuple[str, ...]
    form: Form = "auto"
    planner: str = ""
    offline: bool = False
    session: str | None = None
    files: tuple[Path, ...] = ()
    log: bool = True
    seconds: float | None = None


def answer_request(request: Request, bench: Workbench | None = None) -> int:
    """Ask, print the answer, and return the exit code.

    Args:
        request: what was typed.
        bench: a workbench whose chemistry process loads already; used where the settings ask for no other.
    """
    settings = load_settings().settings
    events: list[Event] = []
    with copilot_for(request, settings, bench) as copilot:
        try:
            with progress_for(request.form) as progress:

                def listen(event: Event) -> None:
                    events.append(event)
                    if request.form == "jsonl":
                        print_line(event.model_dump_json())
                    progress(event)

                answers: list[Answer] = []
                asyncio.run(_ask(copilot, request, listen, answers))
        except (KeyboardInterrupt, asyncio.CancelledError):
            return _stopped(request, events)
        except BiocopilotError:
            if events and request.form == "json":
                print_line(answer_of(events).model_dump_json())
            raise
        show_answer(answers[0], request.form, recorded=request.log and not _unrecorded(events))
    return EXIT_CODES[answers[0].status]


def _unrecorded(events: list[Event]) -> bool:
    """Whether the run log could not keep the run."""
    return any(isinstance(event, Notice) and event.kind == "storage" for event in events)


async def _ask(copilot: Copilot, request: Request, listen: Callable[[Event], None], answers: list[Answer]) -> None:
    """Ask, and put the answer into the list: returned, asyncio would spell out all of it when it restores Ctrl-C."""
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError):  # Windows; there a terminated process is simply gone
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    answers.append(
        await copilot.aask(_question(request.words), session=request.session, files=request.files, listener=listen)
    )


def _question(words: tuple[str, ...]) -> str:
    if words != ("-",):
        return " ".join(words)
    return sys.stdin.read(QUESTION_CHARACTERS + 1)


def copilot_for(
    request: Request,
    settings: Settings,
    bench: Workbench | None = None,
    approve: Approve | None = None,
    approve_sending: ApproveSending | None = None,
) -> Copilot:
    """A copilot as the settings and what was typed ask for it.

    Args:
        request: what was typed.
        settings: the user's.
        bench: a workbench whose chemistry process loads already; used where the settings ask for no other.
        approve: asked before a tool that writes.
        approve_sending: asked before a structure of the user's leaves this machine; where None, the setting alone rules.
    """
    copilot = Copilot(
        request.planner or settings.planner,
        offline=request.offline or settings.offline,
        budget=Budget(
            calls=settings.calls,
            seconds=settings.seconds if request.seconds is None else request.seconds,
            bytes=settings.bytes,
            repeated=settings.repeated,
        ),
        log=request.log,
        store=settings.store,
        workers=settings.workers,
        services=settings.services,
        library=settings.library_choice,
        model=settings.model_choice,
        weights=settings.weights_choice,
        approve=approve,
        approve_sending=approve_sending,
    )
    if bench is not None and settings.store is None and settings.workers == Settings().workers:
        bench.services, bench.library_choice = settings.services, settings.library_choice
        bench.weights_choice = settings.weights_choice
        copilot.bench = bench
    return copilot


def _stopped(request: Request, events: list[Event]) -> int:
    """Say that the user stopped it; with --json the object is printed all the same, its status `cancelled`."""
    if not events:
        say("Stopped.")
        return EXIT_CODES["cancelled"]
    answer = answer_of(events)
    if request.form == "json":
        print_line(answer.model_dump_json())
    kept = (
        f" What was found so far: biocopilot runs show {answer.run_id}"
        if request.log and not _unrecorded(events)
        else ""
    )
    say(f"Stopped after {answer.seconds:.1f} s.{kept}")
    return EXIT_CODES["cancelled"]
