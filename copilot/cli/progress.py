"""The steps of a run on stderr while it works: one line a happening, and on a terminal a line that turns meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ...memory.events import Event, PlanProposed, ToolFailed, ToolFinished, ToolProgress, ToolStarted
from ...memory.records import ToolCall
from ...memory.text import shorten
from ..step_text import GLYPHS, call_in_brief, count_found, duration, one_line
from .failures import say

if TYPE_CHECKING:
    from rich.status import Status

__all__ = ["Progress", "Steps", "quiet", "step_lines"]


class Steps:
    """Turns events into lines: glyph, verb, object, number, time."""

    def __init__(self) -> None:
        self._calls: dict[str, ToolCall] = {}
        self._open: dict[str, str] = {}

    def line(self, event: Event) -> str:
        """What to say when this event is over; empty where it deserves no line."""
        match event:
            case PlanProposed():
                return f"· {one_line(event.summary)}"
            case ToolStarted():
                self._calls[event.call.id] = event.call
                return ""
            case ToolFinished():
                count = count_found(event.status, event.matched, event.returned)
                said = f"{self._name(event.call_id)} · {count}" if count else self._name(event.call_id)
                return f"{GLYPHS[event.status]} {said} · {duration(event.seconds)}"
            case ToolFailed():
                return f"✗ {self._name(event.call_id)} · {one_line(event.message)} · {duration(event.seconds)}"
            case _:
                return ""

    def doing(self, event: Event) -> str:
        """What is under way after this event, for a line that is overwritten; empty where that is nothing."""
        match event:
            case ToolStarted():
                self._open[event.call.id] = call_in_brief(event.call)
            case ToolProgress():
                amount = f" {event.done}/{event.total}" if event.done is not None and event.total is not None else ""
                self._open[event.call_id] = f"{self._name(event.call_id)} · {one_line(event.text)}{amount}"
            case ToolFinished() | ToolFailed():
                self._open.pop(event.call_id, None)
            case _:
                pass
        return next(reversed(self._open.values()), "")

    def _name(self, call_id: str) -> str:
        return call_in_brief(self._calls[call_id]) if call_id in self._calls else call_id


class Progress:
    """Steps on a terminal, with one turning line for what is under way."""

    def __init__(self) -> None:
        self._steps = Steps()
        self._status: Status | None = None

    def __enter__(self) -> Callable[[Event], None]:
        from rich.console import Console
        from rich.text import Text

        self._console = Console(stderr=True, highlight=False)
        self._text: Callable[..., Any] = Text
        self._status = self._console.status(Text("reading the question"), spinner_style="dim")
        self._status.start()
        return self._show

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def _show(self, event: Event) -> None:
        line, doing = self._steps.line(event), self._steps.doing(event)
        if line:
            style = "red" if line.startswith("✗") else "dim"
            self._console.print(self._text(line, style=style, no_wrap=True, overflow="ellipsis"))
        if self._status is not None:
            self._status.update(self._text(shorten(doing or "thinking", 70)))


@contextmanager
def step_lines() -> Iterator[Callable[[Event], None]]:
    """The same lines where stderr is a file or a pipe."""
    steps = Steps()

    def show(event: Event) -> None:
        line = steps.line(event)
        if line:
            say(line)

    yield show


def quiet() -> AbstractContextManager[Callable[[Event], None]]:
    """Nothing at all, for output that a program reads."""

    @contextmanager
    def nothing() -> Iterator[Callable[[Event], None]]:
        yield lambda _event: None

    return nothing()
