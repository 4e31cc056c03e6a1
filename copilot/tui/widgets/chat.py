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
        return list(self.query_children(Exchange))

    def begin(self, question: str, story: Story) -> Exchange:
        """Add a question at the end and take the oldest off."""
        exchange = Exchange(question, story)
        self.kept.append((question, story))
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
        for exchange in self.exchanges:
            exchange.remove()
        self._tell_older()

    def show_older(self, count: int = 10) -> None:
        """Mount some of the questions that were taken off again."""
        mounted = len(self.exchanges)
        hidden = self.kept[: len(self.kept) - mounted]
        first = self.exchanges[0] if mounted else None
        for question, story in hidden[-count:]:
            exchange = Exchange(question, story)
            self.mount(exchange, before=first) if first else self.mount(exchange)
        self.call_after_refresh(self._tell_older)

    def _prune(self) -> None:
        for exchange in self.exchanges[:-MOUNTED]:
            exchange.remove()
        self.call_after_refresh(self._tell_older)

    def _tell_older(self) -> None:
        hidden = len(self.kept) - len(self.exchanges)
        self._older.display = hidden > 0
        self._older.update(Content.styled(f"{hidden} earlier questions · /older shows more", "$text-muted"))
