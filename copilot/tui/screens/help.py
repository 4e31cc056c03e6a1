"""The help: every key and every slash command, from the one list of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ..registry import COMMANDS, keys_of
from ..widgets.status_line import key_name

__all__ = ["HelpScreen", "help_content"]

_GROUPS = {"run": "A run", "look": "Looking", "session": "Sessions", "program": "The program"}
_TYPING = (
    ("Enter", "ask, or do the command"),
    ("^J", "a new line"),
    ("↑ ↓", "what was asked before"),
    ("Tab", "takes the completion"),
    ("^C", "copies what is selected, else empties the prompt; twice leaves"),
)


class HelpScreen(ModalScreen[None]):
    """Keys and commands; any of Esc, q and F1 closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f1", "dismiss", "Close", show=False)]

    def __init__(self, about: str = "", keys: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.about, self.keys = about, keys or {}

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="sheet"):
            yield Static(help_content(self.about, self.keys), markup=False)

    def on_mount(self) -> None:
        self.query_one("#sheet").focus()


def help_content(about: str = "", chosen: Mapping[str, str] | None = None) -> Content:
    """The help's text; `about` is what the pane that had the focus says of itself, `chosen` the user's own keys by command."""
    parts: list[Content] = []
    if about:
        parts += [Content.styled("Here", "bold"), Content(f"  {about}"), Content("")]
    parts.append(Content.styled("Typing", "bold"))
    parts += [_row(key, "", text) for key, text in _TYPING]
    for group, title in _GROUPS.items():
        parts += [Content(""), Content.styled(title, "bold")]
        for command in COMMANDS:
            if command.group == group:
                keys = ", ".join(key_name(key) for key in keys_of(command, chosen or {}))
                name = f"/{command.name}{f' {command.argument}' if command.argument else ''}"
                parts.append(_row(keys, name, command.help))
    parts += [Content(""), Content.styled("Esc closes this.", "$text-muted")]
    return Content("\n").join(parts)


def _row(keys: str, name: str, text: str) -> Content:
    return Content.assemble((f"  {keys:<12}", "bold"), (f"{name:<22}", "$text-accent"), text)
