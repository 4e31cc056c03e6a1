"""The prompt: a question of several lines, history of what was asked, and a slash for commands."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

__all__ = ["PromptBox"]


class PromptBox(TextArea):
    """Enter sends, Ctrl+J or Shift+Enter makes a new line, ↑ and ↓ at the edges go through what was asked before."""

    HELP = "Enter sends, Ctrl+J makes a new line, ↑ gives earlier questions, / begins a command, @ names a file."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", show=False, priority=True),
        Binding("ctrl+j,shift+enter", "newline", "New line", show=False, priority=True),
    ]

    class Sent(Message):
        """What was typed, to be asked or done."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, **named: str) -> None:
        super().__init__(placeholder="Ask, or / for commands, @ for a file", compact=True, **named)  # type: ignore[arg-type]
        self.asked: list[str] = []
        self._at: int | None = None
        self._draft = ""

    class Upwards(Message):
        """↑ where nothing was asked before: whatever is above the prompt is meant."""

    def action_send(self) -> None:
        text = self.text.strip()
        if not text:
            return
        if not self.asked or self.asked[-1] != text:
            self.asked.append(text)
        self._at, self._draft = None, ""
        self.clear()
        self.post_message(self.Sent(text))

    def action_newline(self) -> None:
        self.insert("\n")

    def put(self, text: str) -> None:
        """Have this text there, the cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        row = self.cursor_location[0]
        if event.key == "up" and row == 0 and self._recall(-1):
            event.stop()
            event.prevent_default()
            return
        if event.key == "up" and row == 0 and not self.asked:
            self.post_message(self.Upwards())
        if event.key == "down" and row == self.document.line_count - 1 and self._recall(1):
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)

    def _recall(self, by: int) -> bool:
        if self._at is None:
            if by > 0 or not self.asked:
                return False
            self._draft, self._at = self.text, len(self.asked)
        at = self._at + by
        if at < 0:
            return True
        if at >= len(self.asked):
            self._at = None
            self.put(self._draft)
            return True
        self._at = at
        self.put(self.asked[at])
        return True
