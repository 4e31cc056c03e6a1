"""Workflows: those that ship, and the runs in this folder; Enter begins one or opens a report, r goes on with a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ..workflow_runs import RunRow

__all__ = ["WorkflowsScreen"]

_KEYS = "Enter begins a workflow or opens a report · r goes on with a run · Esc closes"


class WorkflowsScreen(ModalScreen[str | None]):
    """Pick a workflow or a run; gives what is to be typed, with a space behind it where inputs are missing, or None.

    Args:
        flows: name and summary of each workflow.
        runs: newest first.
        open_page: has a browser show a report.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", show=False),
        Binding("r", "again", "Go on with a run", show=False),
    ]

    def __init__(
        self, flows: Sequence[tuple[str, str]], runs: Sequence[RunRow], open_page: Callable[[Path], None]
    ) -> None:
        super().__init__()
        self._flows, self._runs, self._open_page = flows, runs, open_page

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Static(Content.styled("Workflows", "bold"))
            yield OptionList(
                *(Option(Content.assemble((name, "bold"), f"\n  {summary}")) for name, summary in self._flows),
                Option(Content.styled("Runs in this folder" if self._runs else "No run in this folder yet", "$text-muted"), disabled=True),
                *(Option(run_line(row)) for row in self._runs),
                id="rows",
            )  # fmt: skip
            yield Static(Content.styled(_KEYS, "$text-muted"), id="said", markup=False)

    def on_mount(self) -> None:
        rows = self.query_one("#rows", OptionList)
        rows.highlighted = 0
        rows.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index < len(self._flows):
            self.dismiss(f"/workflow {self._flows[event.option_index][0]} ")
            return
        row = self._runs[event.option_index - len(self._flows) - 1]
        if row.report is None:
            self._say("It has no report yet; r goes on with it.")
        else:
            self._open_page(row.report)

    def action_again(self) -> None:
        """Go on with the run that the bar is on."""
        at = (self.query_one("#rows", OptionList).highlighted or 0) - len(self._flows) - 1
        if at < 0:
            self._say("The bar is on a workflow; Enter begins it.")
        elif not self._runs[at].again:
            self._say(f"Which file it is of is not recorded: /workflow FILE --out {self._runs[at].folder} --resume")
        else:
            self.dismiss(self._runs[at].again)

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(Content(text))


def run_line(row: RunRow) -> Content:
    """Folder, workflow, how it ended, counts, when, and what it was given."""
    said = " · ".join(part for part in (row.flow, row.status, row.counts, row.begun_at) if part)
    return Content.assemble((str(row.folder), "bold"), (f"  {said}", "$text-muted"), f"\n  {row.inputs}")
