"""The question before a call that writes or sends a structure: asked in place, with exactly what would be done or sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ....memory.records import ToolCall, canonical_json
from ....memory.text import clean

if TYPE_CHECKING:
    from ....tools.sources.sending import Sending

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

    def __init__(self, call: ToolCall, sending: Sending | None = None) -> None:
        """The question.

        Args:
            call: what waits.
            sending: what would leave this machine; None where the call would write.
        """
        arguments = clean(canonical_json(call.arguments))
        super().__init__(
            Content.assemble(
                ("? ", "bold $text-warning"),
                (f"{call.tool} ", "bold"),
                arguments,
                "\n  ",
                *(["It writes to your disk. "] if sending is None else _of_sending(sending)),
                ("y", "bold"),
                " once · ",
                ("s", "bold"),
                " for this session · " if sending is None else " any structure to it in this session · ",
                ("n", "bold"),
                " no",
            ),
            markup=False,
        )
        self.call = call

    def action_reply(self, reply: Reply) -> None:
        self.post_message(self.Replied(reply))


def _of_sending(sending: Sending) -> list[str | tuple[str, str]]:
    """What would leave, in full, and where it would go."""
    return [
        (f"It sends this {sending.what} to {sending.service} ({sending.host}):", "$text-warning"),
        "\n  ",
        (clean(sending.text), "bold"),
        "\n  ",
    ]
