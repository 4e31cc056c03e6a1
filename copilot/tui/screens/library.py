"""The library: what is indexed, searched with its hits opened, and files added while their progress is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ....memory.errors import BiocopilotError
from ..shelf import Shelf, ShelfRow, paths_beginning
from .report import ReportScreen

__all__ = ["LibraryScreen", "PathSuggester"]

_KEYS = "/ searches · Enter opens · a adds files · Esc closes"


class PathSuggester(Suggester):
    """The first file or folder that a path may mean; the right arrow takes it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return next(iter(paths_beginning(value, Path.cwd())), None) if value else None


class LibraryScreen(ModalScreen[None]):
    """Documents, or the passages that a search found.

    Args:
        shelf: the library as it is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Stop, go back or close", show=False),
        Binding("slash", "search", "Search", show=False),
        Binding("a", "add", "Add files", show=False),
    ]

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self._shelf = shelf
        self._rows: Sequence[ShelfRow] = ()
        self._searched = False
        self.adding = False
        """Whether files are being added."""
        self._stopped = False

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Static(Content.styled("Library", "bold"))
            yield Static("", id="of", markup=False)
            yield Input(placeholder="/ to search", id="wanted", compact=True)
            yield Input(
                placeholder="path of a file, a folder or an archive; → completes",
                id="path",
                compact=True,
                suggester=PathSuggester(),
            )
            yield OptionList(id="rows")
            yield Static(Content.styled(_KEYS, "$text-muted"), id="said", markup=False)

    def on_mount(self) -> None:
        self.query_one("#path").display = False
        self.query_one("#rows").focus()
        self._look("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "wanted":
            self._look(event.value)
            self.query_one("#rows").focus()
        elif self.adding:
            self._say("Files are being added already; Esc stops that.")
        elif event.value.strip():
            self.adding, self._stopped = True, False
            self._add(event.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        row = self._rows[event.option_index]
        self.app.push_screen(ReportScreen(row.title, [lambda: Content(self._shelf.text(row.name))]))

    def action_search(self) -> None:
        self.query_one("#wanted").focus()

    def action_add(self) -> None:
        path = self.query_one("#path", Input)
        path.display = True
        path.focus()

    def action_back(self) -> None:
        """Stop adding, else leave the field, else show the documents again, else close."""
        path, rows = self.query_one("#path", Input), self.query_one("#rows")
        if self.adding:
            self._stopped = True
            self._say("Stopping after this file.")
        elif self.focused is not rows:
            path.display = False
            rows.focus()
        elif self._searched:
            self.query_one("#wanted", Input).value = ""
            self._look("")
        else:
            self.dismiss(None)

    @work(thread=True, exclusive=True, group="look", exit_on_error=False)
    def _look(self, words: str) -> None:
        try:
            said, rows = self._shelf.search(words) if words.strip() else self._shelf.overview()
        except BiocopilotError as error:
            self.app.call_from_thread(self._trouble, error)
            return
        self.app.call_from_thread(self._fill, said, rows, bool(words.strip()))

    @work(thread=True, group="add", exit_on_error=False)
    def _add(self, path: str) -> None:
        try:
            told = self._shelf.add(path, lambda step: self.app.call_from_thread(self._say, step), lambda: self._stopped)
        except BiocopilotError as error:
            self.app.call_from_thread(self._added, [f"✗ {error.message} {error.hint}".strip()])
        else:
            self.app.call_from_thread(self._added, told)

    def _added(self, told: Sequence[str]) -> None:
        self.adding = False
        self._say("\n".join(told))
        if self.is_attached:
            self._look("")

    def _fill(self, said: str, rows: Sequence[ShelfRow], searched: bool) -> None:
        if not self.is_attached:
            return
        self._rows, self._searched = rows, searched
        self.query_one("#of", Static).update(Content.styled(said, "$text-muted"))
        shown = self.query_one("#rows", OptionList)
        shown.clear_options()
        shown.add_options(Option(_row(row)) for row in rows)
        shown.highlighted = 0 if rows else None

    def _trouble(self, error: BiocopilotError) -> None:
        self._say(f"✗ {error.message} {error.hint}".strip())

    def _say(self, text: str) -> None:
        if self.is_attached:
            self.query_one("#said", Static).update(Content(text))


def _row(row: ShelfRow) -> Content:
    parts: list[str | tuple[str, str]] = [("RETRACTED ", "bold $text-error")] if row.retracted else []
    parts += [row.title, (f"  {row.about}", "$text-muted")]
    parts += [f"\n  {row.said}"] if row.said else []
    return Content.assemble(*parts)
