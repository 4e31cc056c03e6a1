"""What was asked before, searched: type words, ↑ and ↓ choose, Enter puts the question into the prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ....memory.text import shorten
from ...step_text import one_line

__all__ = ["QuestionsScreen"]

_SHOWN = 100


class QuestionsScreen(ModalScreen[str | None]):
    """Pick a question; gives it back, or None.

    Args:
        asked: the questions, oldest first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", show=False),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("down,ctrl+r", "move(1)", "Down", show=False, priority=True),
    ]

    def __init__(self, asked: Sequence[str]) -> None:
        super().__init__()
        self._asked = list(dict.fromkeys(reversed(asked)))
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Static(Content.styled("Asked before", "bold"))
            yield Input(placeholder="words of the question", id="wanted", compact=True)
            yield OptionList(id="rows")
            yield Static(Content.styled("↑ ↓ choose · Enter takes it · Esc closes", "$text-muted"))

    def on_mount(self) -> None:
        self._fill("")
        self.query_one("#wanted").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        at = self._rows.highlighted
        self.dismiss(self._found[at] if at is not None else None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._found[event.option_index])

    def action_move(self, by: int) -> None:
        if self._found:
            self._rows.highlighted = ((self._rows.highlighted or 0) + by) % len(self._found)

    @property
    def _rows(self) -> OptionList:
        return self.query_one("#rows", OptionList)

    def _fill(self, wanted: str) -> None:
        words = wanted.casefold().split()
        self._found = [text for text in self._asked if all(word in text.casefold() for word in words)][:_SHOWN]
        self._rows.clear_options()
        self._rows.add_options(Option(Content(shorten(one_line(text), 200))) for text in self._found)
        self._rows.highlighted = 0 if self._found else None
