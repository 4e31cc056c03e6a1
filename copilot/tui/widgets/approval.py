"""The question before a call that writes: asked in place, with exactly what would be done; once, for this session, or no."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ....memory.records import ToolCall, canonical_json
from ....memory.text import clean

__all__ = ["ApprovalBar", "Reply"]

Reply = Literal["once", "session", "no"]


class ApprovalBar(Static, can_focus=True):
    """Shown over the prompt while a call waits."""

    HELP = "y lets it happen once, s in this session, n does not."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "reply('once')", "Once", show=False),
        Binding("s", "reply('session')", "This session", show=False),
        Binding("n", "reply('no')", "No", show=False),
    ]

    class Replied(Message):
        """The user decided."""

        def __init__(self, reply: Reply) -> None:
            super().__init__()
            self.reply = reply

    def __init__(self, call: ToolCall, reason: str) -> None:
        arguments = clean(canonical_json(call.arguments))
        super().__init__(
            Content.assemble(
                ("? ", "bold $text-warning"),
                (f"{call.tool} ", "bold"),
                arguments,
                (f"\n  {reason} ", "$text-warning"),
                ("y", "bold"),
                " once · ",
                ("s", "bold"),
                " for this session · ",
                ("n", "bold"),
                " no",
            ),
            markup=False,
        )
        self.call = call

    def action_reply(self, reply: Reply) -> None:
        self.post_message(self.Replied(reply))
