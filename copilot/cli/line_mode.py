"""`biocopilot tui --plain`: a question a line, its steps and its answer as lines; for screen readers and pipes.

Ctrl-C stops the run under way; at the prompt, or at the end of the input, the program ends.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

from ...memory.errors import BiocopilotError
from ...memory.records import Answer, ToolCall, canonical_json
from ...memory.text import clean
from ..agent import Copilot
from ..rendering import render_answer
from ..settings import Settings
from .asking import EXIT_CODES, Request, copilot_for
from .failures import say, show_error
from .progress import step_lines

__all__ = ["ask_by_lines"]

_LEAVE = ("/quit", "/exit")


def ask_by_lines(request: Request, settings: Settings) -> int:
    """Answer what comes in on stdin, line by line.

    Args:
        request: session, planner and so on.
        settings: the user's.

    Returns:
        The exit code of the last answer.
    """
    code = 0
    if sys.stdin.isatty():
        say("A question a line. Ctrl-C stops a run; Ctrl-C or Ctrl-D here, or /quit, leaves.")
    with copilot_for(request, settings, approve=_asks if sys.stdin.isatty() else None) as copilot:
        copilot.warm_up()
        for question in _questions():
            code = _answer(copilot, question, request)
    return code


def _questions() -> Iterator[str]:
    while True:
        try:
            line = input("question: ") if sys.stdin.isatty() else sys.stdin.readline()
        except (EOFError, KeyboardInterrupt):
            say("")
            return
        if not line and not sys.stdin.isatty():
            return
        text = line.strip()
        if text in _LEAVE:
            return
        if text.startswith("/"):
            say("Commands are for the screen; here there is /quit.")
        elif text:
            yield text


def _answer(copilot: Copilot, question: str, request: Request) -> int:
    answers: list[Answer] = []

    async def ask() -> None:
        answers.append(await copilot.aask(question, session=request.session, listener=listen))

    try:
        with step_lines() as listen:
            asyncio.run(ask())
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("Stopped. What was found stays in the session." if request.log else "Stopped.")
        return EXIT_CODES["cancelled"]
    except BiocopilotError as error:
        show_error(error)
        return error.exit_code
    sys.stdout.write(render_answer(answers[0]) + "\n")
    sys.stdout.flush()
    return EXIT_CODES[answers[0].status]


async def _asks(call: ToolCall) -> bool:
    """Ask on the terminal whether a call may write."""
    say(f"{call.tool} {clean(canonical_json(call.arguments))}")
    sys.stderr.write("It writes to your disk. Let it? (y, anything else is no): ")
    sys.stderr.flush()
    return (await _typed_line()).strip().lower() in ("y", "yes")


async def _typed_line() -> str:
    """A line from the terminal. A thread that Ctrl-C left behind would hold up the end, and take the line that comes next."""
    loop, there = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(sys.stdin.fileno(), there.set)
    except NotImplementedError:  # Windows
        return await asyncio.to_thread(sys.stdin.readline)
    try:
        await there.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline()
