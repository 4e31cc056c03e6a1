"""How a workflow's run ended: where it lies, and the keys that open its report, go on with it, or copy its place."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ....memory.text import clean
from ..story import Story

__all__ = ["WorkflowCard"]

What = Literal["report", "again", "folder"]


class WorkflowCard(Static, can_focus=True):
    """The end of a workflow's run, in the chat."""

    HELP = "o opens the report, r goes on with the run or tries again what failed, c copies the folder's path."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o,enter", "want('report')", "Open the report", show=False),
        Binding("r", "want('again')", "Go on", show=False),
        Binding("c", "want('folder')", "Copy the folder's path", show=False),
    ]

    class Wanted(Message):
        """The user opens the report, goes on with the run, or takes its place along."""

        def __init__(self, story: Story, what: What) -> None:
            super().__init__()
            self.story, self.what = story, what

    def __init__(self, story: Story) -> None:
        self.story = story
        super().__init__(self._made(), markup=False)

    def action_want(self, what: What) -> None:
        self.post_message(self.Wanted(self.story, what))

    def _made(self) -> Content:
        story = self.story
        again = {"answered": "runs it over today's data", "cancelled": "goes on"}
        keys: list[str | tuple[str, str]] = [
            ("r", "bold"),
            f" or /retry {again.get(story.status or '', 'tries again what failed')}",
        ]
        keys += [" · ", ("c", "bold"), " copies the path"]
        if story.report is not None:
            keys = [("o", "bold"), " or /report opens the report · ", *keys]
        return Content.assemble("Folder: ", (clean(str(story.folder)), "bold"), "\n", *keys)
