"""The line at the bottom: what is being done and for how long, or which keys there are; planner and back ends at its right."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from ...step_text import one_line
from ..registry import COMMANDS, keys_of
from ..run_facts import fitting, run_facts
from ..story import Story

__all__ = ["StatusLine", "doing"]

_KEY_NAMES = {
    "escape": "Esc",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "alt+up": "Alt+↑",
    "alt+down": "Alt+↓",
}


class StatusLine(Static):
    """One line of text; the app calls `show` at each tick while a run goes on."""

    def __init__(self, **named: str) -> None:
        super().__init__("", markup=False, **named)  # type: ignore[arg-type]  # id and classes
        self.keys: Mapping[str, str] = {}
        """Those that the user chose, by command."""

    def show(self, story: Story | None, seconds: float, queued: int, running: bool) -> None:
        """What is under way, or the keys."""
        left = doing(story, seconds) if running else keys_shown(self.keys)
        if queued:
            left = Content.assemble(left, (f" · {queued} waiting", "$text-warning"))
        room = self.content_size.width - left.cell_length
        right = fitting(run_facts(story), room - 2) if story is not None else ""
        self.update(Content.assemble(left, " " * max(1, room - cell_len(right)), (right, "$text-muted")))


def doing(story: Story | None, seconds: float) -> Content:
    """Verb, object and how long it has been."""
    if story is not None and story.doing:
        return _under_way(story.doing, seconds)
    running = [call for call in story.calls if call.state == "running"] if story else []
    if running:
        what = f"{running[-1].call.tool} {one_line(running[-1].doing)}".strip()
        more = f" and {len(running) - 1} more" if len(running) > 1 else ""
        said = f"running {what}{more}"
    else:
        said = "writing the answer" if story and story.text else "reading the question"
    return _under_way(said, seconds)


def _under_way(said: str, seconds: float) -> Content:
    return Content.assemble(
        ("● ", "$text-accent"), said, (f" · {seconds:.0f} s · ", "$text-muted"), ("Esc", "bold"), " stops"
    )


def keys_shown(chosen: Mapping[str, str]) -> Content:
    """The keys that are worth a place here."""
    parts: list[str | tuple[str, str]] = []
    for command in COMMANDS:
        if command.shown and (keys := keys_of(command, chosen)):
            parts += [(key_name(keys[0]), "bold"), f" {command.name}  "]
    return Content.assemble(*parts)


def key_name(key: str) -> str:
    """A key as keyboards name it."""
    if key in _KEY_NAMES:
        return _KEY_NAMES[key]
    return "^" + key.removeprefix("ctrl+").upper() if key.startswith("ctrl+") else key.upper()
