"""What is looked at more closely: a record checked again, copied, and a passage in its document."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from textual import work

from ...memory.errors import BiocopilotError
from ...memory.records import Evidence
from .looking import LookingApp
from .runner import Runner
from .widgets.evidence import EvidencePane

if TYPE_CHECKING:
    from ...memory.library.library import Library

__all__ = ["CheckingApp"]


class CheckingApp(LookingApp):
    """The screen over evidence that can be checked; needs `runner`, whose stores it asks."""

    runner: Runner

    def action_copy_record(self) -> None:
        """Copy the evidence on show as JSON: record, source, arguments and hash."""
        item = self.evidence.item
        if item is None:
            self.notify("No evidence is on show.", markup=False)
            return
        self.copy_to_clipboard(item.model_dump_json(indent=2))
        self.notify(f"{item.id} is copied, as JSON.", markup=False)

    def action_check_record(self) -> None:
        """Check the record on show again, as `runs verify` does."""
        if self.evidence.item is None:
            self.notify("No evidence is on show.", markup=False)
            return
        if self.story is not None and self.story.folder is not None:
            whole = f"○ not checked by itself: biocopilot runs verify {shlex.quote(str(self.story.folder))} checks all of the run"
            self.evidence.tell_check(self.evidence.place, whole)
            return
        self.evidence.tell_check(self.evidence.place, "○ being checked again …")
        self._check(*self.evidence.place)

    @work(thread=True, group="check", exit_on_error=False)
    def _check(self, run_id: str, evidence_id: str) -> None:
        from . import records  # loads the library and what it needs

        try:
            copilot = self.runner.copilot()
            said = records.checked_again(run_id, evidence_id, copilot.bench, copilot.tools)
        except BiocopilotError as error:
            said = f"○ not checked again: {error.message} {error.hint}".strip()
        self.call_from_thread(self.evidence.tell_check, (run_id, evidence_id), said)

    def on_evidence_pane_around_wanted(self, event: EvidencePane.AroundWanted) -> None:
        self._look_around_passage(event.place, event.item)

    @work(thread=True, group="around", exit_on_error=False)
    def _look_around_passage(self, place: tuple[str, str], item: Evidence) -> None:
        from . import records

        try:
            found = records.around(item, self.library())
        except BiocopilotError:  # the passage itself is on show all the same
            return
        self.call_from_thread(self.evidence.tell_around, place, found)

    def library(self) -> Library:
        """The user's documents; asked in a thread. Raises StorageError where they cannot be read."""
        copilot = self.runner.copilot()
        return copilot.bench.library_offline if copilot.offline else copilot.bench.library
