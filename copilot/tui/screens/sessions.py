"""The sessions: those of the run log, newest first; Enter resumes one, d deletes it after a second d."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ....memory.errors import BiocopilotError
from ....memory.sessions import SessionRow
from ...step_text import one_line

__all__ = ["SessionsScreen", "session_line"]


class SessionsScreen(ModalScreen[str | None]):
    """Pick a session; gives its name back, or None.

    Args:
        rows: the sessions, newest first.
        delete: deletes one for good. May raise BiocopilotError.
        titles: those that the user gave, by name.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", show=False),
        Binding("d,delete", "delete", "Delete", show=False),
        Binding("slash", "search", "Search", show=False),
    ]

    def __init__(
        self, rows: Sequence[SessionRow], delete: Callable[[str], str], titles: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self._rows = list(rows)
        self._delete = delete
        self._titles = titles or {}
        self._doomed = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Static(Content.styled("Sessions", "bold"))
            yield Input(placeholder="/ to search", id="wanted", compact=True)
            yield OptionList(id="rows")
            yield Static(
                Content.styled("Enter resumes · d deletes · / searches · Esc closes", "$text-muted"), id="said"
            )

    def on_mount(self) -> None:
        self._fill("")
        self.query_one("#rows").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one("#rows").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option.id)

    def action_search(self) -> None:
        self.query_one("#wanted").focus()

    def action_delete(self) -> None:
        rows = self.query_one("#rows", OptionList)
        if rows.highlighted is None:
            return
        name = rows.get_option_at_index(rows.highlighted).id or ""
        said = self.query_one("#said", Static)
        if self._doomed != name:
            self._doomed = name
            said.update(Content.styled(f"d again deletes “{name}” for good; nothing brings it back.", "$text-error"))
            return
        self._doomed = ""
        try:
            said.update(Content(self._delete(name)))
        except BiocopilotError as error:
            said.update(Content.styled(f"✗ {error.message} {error.hint}".strip(), "$text-error"))
            return
        self._rows = [row for row in self._rows if row.name != name]
        self._fill(self.query_one("#wanted", Input).value)

    def _fill(self, wanted: str) -> None:
        rows = self.query_one("#rows", OptionList)
        rows.clear_options()
        words = wanted.casefold().split()
        for row in self._rows:
            title = self._titles.get(row.name, "")
            text = f"{title} {row.name} {row.last_question}".casefold()
            if all(word in text for word in words):
                rows.add_option(Option(session_line(row, title), id=row.name))
        if rows.option_count:
            rows.highlighted = 0


def session_line(row: SessionRow, title: str = "") -> Content:
    """Title where it has one, name, questions, when, and the last question."""
    when = f"{row.last_at:%Y-%m-%d %H:%M}" if row.last_at else "?"
    count = "1 question" if row.runs == 1 else f"{row.runs} questions"
    return Content.assemble(
        (one_line(title or row.name), "bold"),
        (f"  {one_line(row.name)}" if title else "", "$text-muted"),
        (f"  {count} · {when}", "$text-muted"),
        f"\n  {one_line(row.last_question) or row.trouble}",
    )
