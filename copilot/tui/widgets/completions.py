"""The list over the prompt of what could stand where the cursor is; the prompt keeps the focus and moves in it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ..completing import Completion, Word

__all__ = ["Completions"]


class Completions(OptionList, can_focus=False):
    """Shown only while there is something to choose."""

    def __init__(self, **named: str) -> None:
        super().__init__(**named)  # type: ignore[arg-type]  # id and classes
        self.word: Word | None = None
        self._offered: list[Completion] = []

    @property
    def open(self) -> bool:
        """Whether there is something to choose."""
        return bool(self._offered)

    @property
    def chosen(self) -> Completion | None:
        """What the bar is on."""
        return self._offered[self.highlighted] if self._offered and self.highlighted is not None else None

    def offer(self, word: Word | None, found: Sequence[Completion]) -> None:
        """Show these, or go where there are none."""
        self.word, self._offered = word, list(found) if word else []
        self.clear_options()
        self.add_options(
            Option(Content.assemble(item.text, (f"  {item.about}" if item.about else "", "$text-muted")))
            for item in self._offered
        )
        self.display = self.open
        self.highlighted = 0 if self.open else None

    def move(self, by: int) -> None:
        """The bar up or down, around the ends."""
        if self._offered:
            self.highlighted = ((self.highlighted or 0) + by) % len(self._offered)
