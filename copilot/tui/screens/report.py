"""A text that comes piece by piece, each from a thread: what is checked, what the stores hold, a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import get_current_worker

from ....memory.errors import BiocopilotError

__all__ = ["Part", "ReportScreen"]

Part = Callable[[], Content]
"""Makes a piece of the text; blocking. May raise BiocopilotError, which is shown in its place."""


class ReportScreen(ModalScreen[None]):
    """Shows the parts one below the other as they come.

    Args:
        title: of the whole.
        parts: in order.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", show=False),
        Binding("c", "copy", "Copy", show=False),
        Binding("r", "again", "Look again", show=False),
    ]

    def __init__(self, title: str, parts: Sequence[Part]) -> None:
        super().__init__()
        self._heading, self._parts = title, parts
        self._come: list[Content] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Static(Content.styled(self._heading, "bold"))
            with VerticalScroll(id="text"):
                yield Static("", id="parts", markup=False)
            yield Static("", id="said", markup=False)

    def on_mount(self) -> None:
        self.query_one("#text").focus()
        self.action_again()

    def action_again(self) -> None:
        """Make all parts anew."""
        self._come = []
        self._show(False)
        self._make()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(part.plain for part in self._come))
        self.query_one("#said", Static).update(Content("Copied."))

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _make(self) -> None:
        worker = get_current_worker()
        for part in self._parts:
            try:
                made = part()
            except BiocopilotError as error:
                made = Content.assemble(
                    (f"✗ {error.message}", "$text-error"), f"\n  {error.hint}" if error.hint else ""
                )
            if worker.is_cancelled:
                return
            self.app.call_from_thread(self._take, made)
        self.app.call_from_thread(self._show, True)

    def _take(self, part: Content) -> None:
        self._come.append(part)
        self._show(False)

    def _show(self, whole: bool) -> None:
        if not self.is_attached:
            return
        self.query_one("#parts", Static).update(Content("\n").join(self._come))
        keys = "c copies · r looks again · Esc closes"
        self.query_one("#said", Static).update(Content.styled(keys if whole else f"● looking …  {keys}", "$text-muted"))
