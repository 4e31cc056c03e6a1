"""What an empty session shows: one sentence, questions to try, and what is set up."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

__all__ = ["QUESTIONS", "Welcome"]

QUESTIONS = (
    "Is erlotinib drug-like, and how potent is it on EGFR?",
    "What does JAK2 do, and which approved drugs act on it?",
    "How selective is ibrutinib for BTK?",
)


class Welcome(Vertical):
    """Shown until the first question."""

    class Tried(Message):
        """One of the questions was taken."""

        def __init__(self, question: str) -> None:
            super().__init__()
            self.question = question

    def __init__(self) -> None:
        super().__init__()
        self._set_up = Static("", markup=False, id="set-up")

    def compose(self):  # type: ignore[no-untyped-def]  # Textual's ComposeResult
        yield Static(
            "Ask about targets, molecules, drugs or papers. Every statement of an answer cites the record that holds it.",
            markup=False,
        )
        yield OptionList(*(Option(Content(question)) for question in QUESTIONS), id="questions")
        yield self._set_up

    def tell(self, lines: Sequence[Content]) -> None:
        """What is set up, and the command that gets what is not."""
        self._set_up.update(Content("\n").join(lines))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Tried(QUESTIONS[event.option_index]))
