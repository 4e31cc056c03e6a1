"""The lines of the trace: a step's and a call's, and how a line that is too long is fitted. Rich text, as Textual's tree has it."""

from __future__ import annotations

from datetime import datetime

from rich.text import Text

from ....memory.text import shorten
from ...step_text import GLYPHS, call_in_brief, count_found, duration, one_line
from ..story import StoryCall, StoryStep

__all__ = ["call_line", "fitted", "step_line"]

_STYLES = {
    "running": "bold cyan",
    "ok": "green",
    "partial": "yellow",
    "empty": "dim",
    "failed": "bold red",
    "cancelled": "dim",
}
_LEAST_ASKED = 16
"""Characters of a line that tell what was asked."""


def fitted(label: Text, width: int) -> Text:
    """A line's middle shortened, or its end where what came of it is longer than the line."""
    if label.cell_len <= width:
        return label
    at = label.plain.find(" · ")
    keep = width - (len(label) - at) - 1
    if at > 0 and keep >= _LEAST_ASKED:
        return Text.assemble(label[:keep], "…", label[at:])
    label.truncate(max(1, width), overflow="ellipsis")
    return label


def step_line(step: StoryStep) -> Text:
    """A step's line: glyph, number, what was intended, how long it took."""
    state = "failed" if step.failed else "running" if step.running else "ok" if step.calls else "empty"
    plan = shorten(one_line(step.plan).removeprefix("Understood as "), 60)
    seconds = _between(step.begun, step.ended)
    thought = f" · thought {duration(step.thought_s)}" if step.thoughts else ""
    return Text.assemble(
        (f"{GLYPHS[state]} ", _STYLES[state]),
        (f"{step.number} ", "bold"),
        shorten(plan, 60) or f"then {', '.join(dict.fromkeys(call.call.tool for call in step.calls))}",
        (f"{thought}{f' · {seconds}' if seconds else ''}", "dim"),
    )


def call_line(call: StoryCall) -> Text:
    """A call's line: glyph, tool and arguments in brief, how much it found, time, back end; of a failure the reason."""
    parts = [one_line(call.message)] if call.state == "failed" else []
    if call.state == "running" and call.doing:
        parts.append(one_line(call.doing))
    if found := count_found(call.state, call.matched, call.returned):
        parts.append(found)
    if call.seconds is not None:
        parts.append(duration(call.seconds))
    parts += [name for name in call.backends if name not in ("computed",)]
    tool, _, rest = call_in_brief(call.call).partition(" ")
    return Text.assemble(
        (f"{GLYPHS[call.state]} ", _STYLES[call.state]),
        (tool, "bold" if call.state == "running" else ""),
        f" {rest}" if rest else "",
        (f" · {' · '.join(parts)}" if parts else "", "red" if call.state == "failed" else "dim"),
    )


def _between(begun: datetime, ended: datetime | None) -> str:
    return duration((ended - begun).total_seconds()) if ended and ended != begun else ""
