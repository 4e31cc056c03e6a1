"""The panes of the screen: where they lie, how they are reached, what the lines at its edges say. Lowest layer of the app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static, Tab, Tabs
from textual.worker import Worker, WorkerState

from ...memory.errors import BiocopilotError
from ...memory.text import shorten
from ..step_text import one_line
from .pictures import HowDrawn
from .registry import COMMANDS
from .widgets.chat import ChatPane
from .widgets.completions import Completions
from .widgets.evidence import EvidencePane
from .widgets.molecule import MoleculeView
from .widgets.prompt import PromptBox
from .widgets.status_line import StatusLine
from .widgets.trace import TraceTree

__all__ = ["PanesApp"]

SIDE = ("trace", "evidence", "molecule")
"""Panes beside the chat; where there is little room, one of them is shown by the class `show-NAME` of the screen."""
LEAST_COLUMNS, LEAST_ROWS = 60, 16


class PanesApp(App[int]):
    """The screen with nothing happening on it."""

    TITLE = "biocopilot"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (120, "-wide")]  # noqa: RUF012  # Textual declares it as an instance's
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(command.keys), command.action, command.help, show=False, id=command.name)
        for command in COMMANDS
        if command.keys
    ]

    def __init__(self, about: str = "") -> None:
        super().__init__()
        self.about = about
        """Planner and back ends, for the title line."""
        self.given_title = ""
        """What the user called the session."""
        self.how_drawn = HowDrawn()
        """How molecules are shown; the command line asks the terminal before the app runs."""
        self.keys: Mapping[str, str] = {}
        """Keys that the user chose, by command, as Textual writes them: `ctrl+t,f3`."""

    def on_mount(self) -> None:
        self.set_keymap(dict(self.keys))
        self.status.keys = self.keys
        self.app_resume_signal.subscribe(self, lambda _app: self.refresh(repaint=True, layout=True))

    def get_css_variables(self) -> dict[str, str]:
        variables = super().get_css_variables()
        # Textual's own is "auto 60%", which is only an auto where it stands in content: muted text would be the brightest.
        variables["text-muted"] = variables.get("foreground-muted", variables["text-muted"])
        return variables

    def compose(self) -> ComposeResult:
        yield Static("", id="title", markup=False)
        yield Tabs(*(Tab(name.capitalize(), id=f"tab-{name}") for name in ("chat", *SIDE)), id="tabs")
        with Horizontal(id="body"):
            yield ChatPane(id="chat")
            with Vertical(id="side"):
                yield TraceTree(id="trace")
                yield EvidencePane(id="evidence")
                yield MoleculeView(id="molecule")
        yield Static("", id="waiting", markup=False)
        yield Completions(id="completions")
        yield PromptBox(id="prompt")
        yield StatusLine(id="status")
        yield Static("Biocopilot needs 60×16 characters. In less: biocopilot ask --plain", id="small", markup=False)

    def on_resize(self, event: Resize) -> None:
        self.screen.set_class(event.size.width < LEAST_COLUMNS or event.size.height < LEAST_ROWS, "-tiny")
        self.call_after_refresh(self.show_status)
        self.call_after_refresh(self.show_title)

    def show_status(self) -> None:
        """Bring the bottom line up to date."""

    @property
    def chat(self) -> ChatPane:
        """Questions and answers."""
        return self.query_one("#chat", ChatPane)

    @property
    def trace(self) -> TraceTree:
        """Steps and calls."""
        return self.query_one("#trace", TraceTree)

    @property
    def evidence(self) -> EvidencePane:
        """The record on show."""
        return self.query_one("#evidence", EvidencePane)

    @property
    def molecule(self) -> MoleculeView:
        """The molecule on show."""
        return self.query_one("#molecule", MoleculeView)

    @property
    def prompt(self) -> PromptBox:
        """Where questions are typed."""
        return self.query_one("#prompt", PromptBox)

    @property
    def status(self) -> StatusLine:
        return self.query_one("#status", StatusLine)

    def action_look(self, where: str) -> None:
        for name in SIDE:
            self.screen.set_class(where == name, f"show-{name}")
        self._enlarge("")
        self.query_one("#tabs", Tabs).active = f"tab-{where}"
        pane = self.query_one(f"#{where}")
        (self.prompt if where == "chat" else pane).focus()

    def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        where = (event.tab.id or "").removeprefix("tab-")
        for name in SIDE:
            self.screen.set_class(where == name, f"show-{name}")

    def action_enlarge(self) -> None:
        """Give the pane with the focus the whole width and height, or take it back."""
        panes = ("chat", *SIDE)
        large = any(self.screen.has_class(f"large-{name}") for name in panes)
        focused = self.focused
        within = [node.id for node in focused.ancestors_with_self] if focused is not None else []
        shown = next((name for name in SIDE if self.screen.has_class(f"show-{name}")), "chat")
        self._enlarge("" if large else next((name for name in panes if name in within), shown))

    def _enlarge(self, pane: str) -> bool:
        """Enlarge that pane only. Says whether another one was large."""
        was = [name for name in ("chat", *SIDE) if self.screen.has_class(f"large-{name}")]
        for name in ("chat", *SIDE):
            self.screen.set_class(pane == name, f"large-{name}")
        return bool(was)

    def count(self, pane: str, count: str) -> None:
        """Say beside a tab's name how much there is."""
        self.query_one(f"#tab-{pane}", Tab).label = f"{pane.capitalize()} {count}".rstrip()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An error that nobody foresaw, in work behind the screen: said, and the session goes on."""
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            self.notify(
                f"{type(error).__name__}: {error}", title="An error of the program", severity="error", markup=False
            )

    def tell_trouble(self, error: BiocopilotError) -> None:
        """An error of ours as a message that goes by itself."""
        self.notify(f"{error.message}\n{error.hint}".strip(), severity="error", markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        for command in COMMANDS:
            if not command.argument and command.name != "palette":
                yield SystemCommand(command.name.capitalize(), command.help, partial(self.run_action, command.action))

    def show_title(self) -> None:
        """Bring the top line up to date."""
        first = self.given_title or (one_line(self.chat.kept[0][0]) if self.chat.kept else "new session")
        room = max(8, self.size.width - len(self.TITLE or "") - cell_len(self.about) - 8)
        left = Content.assemble((self.TITLE or "", "bold"), f" · {shorten(first, room)}")
        space = max(2, self.size.width - 2 - left.cell_length - cell_len(self.about))
        self.query_one("#title", Static).update(Content.assemble(left, " " * space, (self.about, "$text-muted")))
