"""What became of a run that failed: title, cause, what mends it, and the keys to go on; the traceback only when asked for."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ....memory.text import clean
from ...step_text import one_line
from ..story import Story

__all__ = ["RunCard"]

_DETAIL_LINES = 60


class RunCard(Static, can_focus=True):
    """The end of a failed run, in the chat."""

    HELP = "r asks the question again, d shows the details, c copies a report."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "want('retry')", "Ask again", show=False),
        Binding("c", "want('report')", "Copy a report", show=False),
        Binding("d", "details", "Details", show=False),
    ]

    class Wanted(Message):
        """The user goes on: asks again, or takes a report along."""

        def __init__(self, story: Story, what: Literal["retry", "report"]) -> None:
            super().__init__()
            self.story, self.what = story, what

    def __init__(self, story: Story) -> None:
        self.story = story
        self.detailed = False
        super().__init__(self._made(), markup=False)

    def action_want(self, what: Literal["retry", "report"]) -> None:
        self.post_message(self.Wanted(self.story, what))

    def action_details(self) -> None:
        self.detailed = not self.detailed
        self.update(self._made())

    def _made(self) -> Content:
        story = self.story
        lines = [
            Content.assemble(("✗ The run failed", "bold $text-error"), (f"  {story.error}", "$text-muted")),
            Content(f"  {one_line(story.message) or 'No cause was given.'}"),
        ]
        if story.hint:
            lines.append(Content.styled(f"  → {one_line(story.hint)}", "$text-warning"))
        keys = (
            (" r", " retry · "),
            ("d", " fewer details · " if self.detailed else " details · "),
            ("c", " copy report"),
        )
        lines.append(Content.assemble(" ", *(part for key, said in keys for part in ((key, "bold"), said))))
        if self.detailed:
            told = clean(story.traceback or "No traceback is known: it was foreseen, or happened in another process.")
            lines.append(Content.styled("\n".join(told.rstrip().splitlines()[-_DETAIL_LINES:]), "$text-muted"))
        return Content("\n").join(lines)
