"""The chat: the session's questions and answers. Only the newest stay mounted; older ones are kept as stories."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..story import Story
from .exchange import Exchange

__all__ = ["ChatPane"]

MOUNTED = 20
"""Scrolling cost grows with what is mounted; a realistic answer is some ten widgets."""


class ChatPane(VerticalScroll):
    """Questions and answers, newest last."""

    BORDER_TITLE = "Chat"
    HELP = "[ and ] go from citation to citation; their evidence is shown beside the answer."

    def __init__(self, **named: str) -> None:
        super().__init__(**named)  # type: ignore[arg-type]  # id and classes
        self.kept: list[tuple[str, Story]] = []
        """All questions of the session with their stories, mounted or not."""
        self._shown: list[Exchange] = []
        """Those that are mounted, or about to be; one that is being taken off is none of them any more."""
        self._followed: Exchange | None = None
        """The newest answer, until the user scrolls."""
        self._placed: float | None = None
        """Where it was scrolled to last."""
        self._older = Static("", classes="older", markup=False)

    def on_mount(self) -> None:
        self._older.display = False
        self.mount(self._older)

    @property
    def exchanges(self) -> list[Exchange]:
        """Those that are mounted, oldest first."""
        return list(self._shown)

    def begin(self, question: str, story: Story) -> Exchange:
        """Add a question at the end and take the oldest off."""
        exchange = Exchange(question, story)
        self.kept.append((question, story))
        self._shown.append(exchange)
        self.mount(exchange)
        self._prune()
        self._followed, self._placed = exchange, None
        return exchange

    def on_exchange_grown(self, event: Exchange.Grown) -> None:
        event.stop()
        self.call_after_refresh(self._follow, event.exchange)

    def _follow(self, exchange: Exchange) -> None:
        """Keep the newest answer in view, and its question too: one longer than the pane is read from its start on.

        Textual's anchor would follow the end, and have a short answer at the bottom of an empty pane.
        """
        if exchange is not self._followed or not exchange.is_attached:
            return
        if self._placed is not None and abs(self.scroll_y - self._placed) > 1:  # the user scrolled
            self._followed = None
            return
        long = exchange.virtual_region.height > self.size.height
        self.scroll_to(y=exchange.virtual_region.y if long else self.max_scroll_y, animate=False, immediate=True)
        self._placed = self.scroll_y

    def forget(self) -> None:
        """Begin with an empty chat."""
        self.kept.clear()
        for exchange in self._shown:
            exchange.remove()
        self._shown.clear()
        self._tell_older()

    def show_older(self, count: int = 10) -> None:
        """Mount some of the questions that were taken off again."""
        hidden = self.kept[: len(self.kept) - len(self._shown)]
        first = self._shown[0] if self._shown else None
        added = [Exchange(question, story) for question, story in hidden[-count:]]
        self._shown[:0] = added
        self.mount_all(added, before=first) if first else self.mount_all(added)
        self._tell_older()

    def _prune(self) -> None:
        while len(self._shown) > MOUNTED:
            self._shown.pop(0).remove()
        self._tell_older()

    def _tell_older(self) -> None:
        hidden = len(self.kept) - len(self._shown)
        self._older.display = hidden > 0
        self._older.update(Content.styled(f"{hidden} earlier questions · /older shows more", "$text-muted"))
