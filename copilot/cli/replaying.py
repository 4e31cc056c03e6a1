"""A recorded run shown again as `ask` showed it: stdout byte for byte, and in the form for reading also the talk."""

from __future__ import annotations

from collections.abc import Iterable

from ...memory.errors import error_named
from ...memory.events import Event, RunFinished
from ...memory.records import Answer
from ...memory.transcript import answer_of
from .failures import say, show_error
from .showing import Form, print_line, progress_for, show_answer

__all__ = ["replay"]


def replay(events: tuple[Event, ...], form: Form) -> None:
    """Show the run in that form. Where `ask` printed no answer, because there is none, stderr says why."""
    answer = answer_of(events)
    if form == "jsonl":
        for event in events:
            print_line(event.model_dump_json())
        return
    if form == "json":
        print_line(answer.model_dump_json())
        return
    with progress_for(form) as progress:
        for event in events:
            progress(event)
    if answer.status in ("failed", "cancelled"):
        _say_why(answer, events)
    else:
        show_answer(answer, form)


def _say_why(answer: Answer, events: Iterable[Event]) -> None:
    end = next((event for event in events if isinstance(event, RunFinished)), None)
    if end is None:
        say("This run has no end: it was broken off, or is still running.")
    elif end.status == "cancelled":
        say(f"Stopped after {end.seconds:.1f} s.")
    else:
        show_error(error_named(end.error, end.message, end.hint))
    say(f"  What was found: biocopilot runs show {answer.run_id}")
