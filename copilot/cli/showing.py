"""How an answer leaves the command line: the forms that `ask` prints and `runs replay` repeats, byte for byte."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal

from ...memory.events import Event
from ...memory.records import Answer
from .failures import say
from .progress import Progress, quiet, step_lines

__all__ = ["Form", "print_line", "progress_for", "show_answer"]

Form = Literal["auto", "plain", "json", "jsonl"]
"""`auto` is set for reading on a terminal and plain elsewhere; with it, steps and suggestions go to stderr."""


def progress_for(form: Form) -> AbstractContextManager[Callable[[Event], None]]:
    """What is told of each event while a run goes on."""
    if form != "auto":
        return quiet()
    return Progress() if sys.stderr.isatty() else step_lines()


def print_line(text: str) -> None:
    """A line on stdout, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show_answer(answer: Answer, form: Form, recorded: bool = True) -> None:
    """Print the answer; nothing for `jsonl`, whose events were printed as they came.

    Args:
        answer: what to print.
        form: how.
        recorded: whether the run can be found again, so that a command about it may be suggested.
    """
    if form == "jsonl":
        return
    if form == "json":
        print_line(answer.model_dump_json())
        return
    if form == "auto" and sys.stdout.isatty():
        from .terminal_answer import print_answer

        print_answer(answer)
    else:
        from ..rendering import render_answer

        sys.stdout.write(render_answer(answer))
        sys.stdout.flush()
    if form == "auto":
        from .suggestions import try_next

        lines = try_next(answer, recorded=recorded)
        if lines:
            say("\nTry next\n" + "\n".join(f"  {line}" for line in lines))
