"""What an empty session shows: one sentence, questions to try, and what is set up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

__all__ = ["QUESTIONS", "Welcome", "set_up_line"]

QUESTIONS = (
    "Is erlotinib drug-like, and how potent is it on EGFR?",
    "What does JAK2 do, and which approved drugs act on it?",
    "Which approved drugs are most like imatinib?",
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
        yield Static(Content.styled("To try: Tab and Enter, or type your own.", "$text-muted"))
        yield OptionList(*(Option(Content(question)) for question in QUESTIONS), id="questions")
        yield self._set_up

    def enter(self) -> None:
        """Give the questions the focus."""
        questions = self.query_one(OptionList)
        questions.focus()
        questions.highlighted = len(QUESTIONS) - 1

    def tell(self, lines: Sequence[Content]) -> None:
        """What is set up, and the command that gets what is not."""
        self._set_up.update(Content("\n").join(lines))

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Tried(QUESTIONS[event.option_index]))


class Found(Protocol):
    """What a check of the set-up found."""

    @property
    def about(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def hint(self) -> str: ...


def set_up_line(found: Found) -> Content:
    """A finding in a line or two: whether it is there, and the command that gets it."""
    glyph, style = {"good": ("✓", "$text-success"), "bad": ("✗", "$text-error")}.get(found.state, ("·", "$text-muted"))
    hint = Content.styled(f"\n  → {found.hint}", "$text-muted") if found.hint else ""
    return Content.assemble((f"{glyph} ", style), (f"{found.about}: ", "bold"), found.sentence, hint)
