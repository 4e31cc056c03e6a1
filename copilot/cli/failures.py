"""How the command line ends badly: one shape for every error, and an apology, without a traceback, for our own."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from ...memory.errors import BiocopilotError
from ...memory.text import clean, shorten

__all__ = [
    "DEBUG_VARIABLE",
    "READER_LEFT",
    "Commands",
    "apologise",
    "is_full",
    "output_lost",
    "say",
    "show_error",
    "silence_stdout",
]

DEBUG_VARIABLE = "BIOCOPILOT_DEBUG"
"""Set to 1, it shows the traceback of an unexpected error."""

READER_LEFT = 141
"""What a shell shows for a program whose reader left, as in `biocopilot … | head -1`."""

_MESSAGE_CHARACTERS = 1_000


_ORDER = ("ask", "library", "tools", "runs", "sessions", "workflow", "data", "models", "eval", "config", "doctor")
"""What works now, most used first; the other commands follow as they were declared."""


class Commands(TyperGroup):
    """A group of commands in which an error of ours becomes its text on stderr and its exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        names = super().list_commands(ctx)
        return [name for name in _ORDER if name in names] + [name for name in names if name not in _ORDER]

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BiocopilotError as error:
            show_error(error)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as stop:
            say("\nStopped.")
            raise typer.Exit(130) from stop
        except BrokenPipeError as gone:
            silence_stdout()
            raise typer.Exit(READER_LEFT) from gone


def silence_stdout() -> None:
    """Nobody reads any more: let the rest go nowhere instead of failing when the process ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """A line of talk, on stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def show_error(error: BiocopilotError) -> None:
    """Title and message, then what mends it, on stderr."""
    say(f"{error.title}: {shorten(clean(error.message), _MESSAGE_CHARACTERS)}")
    if error.hint:
        say(f"  {shorten(clean(error.hint), _MESSAGE_CHARACTERS)}")


def is_full(error: BaseException) -> bool:
    """Whether what is written to has no room, or is broken: nothing that a report to us would mend."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def output_lost(error: BaseException) -> int:
    """Say that standard output cannot be written, and return the exit code."""
    silence_stdout()
    reason = error.strerror if isinstance(error, OSError) else str(error)
    say(f"Output lost: it cannot be written ({reason}).")
    return 5


def apologise(error: Exception) -> int:
    """One line for an error that is our fault, and the exit code 1."""
    if os.environ.get(DEBUG_VARIABLE, "") not in ("", "0"):
        say("".join(traceback.format_exception(error)).rstrip())
    what = shorten(clean(f"{type(error).__name__}: {error}").replace("\n", " "), 200)
    say(f"Biocopilot met an error of its own, and is sorry ({what}).")
    say(f"  Please report it with the command you typed and what it says with {DEBUG_VARIABLE}=1 before it.")
    return 1
