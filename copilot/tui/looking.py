"""What is looked at: the run on show, its citations, records, molecules and tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual import work

from ...memory.errors import BiocopilotError
from ..step_text import one_line
from . import kept
from .call_text import as_command, as_python
from .molecules import ShownMolecule, count_molecules, molecule_of, molecules_of
from .panes import PanesApp
from .pictures import Picture, Pictures
from .screens.help import HelpScreen
from .screens.table import TableScreen
from .story import Story
from .tables import tables_of
from .widgets.exchange import Exchange
from .widgets.molecule import MoleculeView
from .widgets.prompt import PromptBox
from .widgets.trace import TraceTree

__all__ = ["LookingApp"]


class LookingApp(PanesApp):
    """The screen over a run that is there to be looked at."""

    def __init__(self, about: str = "") -> None:
        super().__init__(about)
        self.story: Story | None = None
        """The run on show in the panes beside the chat."""
        self._pictures = Pictures(self.picture_of)
        self._counted: tuple[int, int] = (0, 0)
        self._molecules = 0

    def layout_of(self, molecule: ShownMolecule) -> Mapping[str, Any]:
        """Where its atoms lie, from a chemistry worker; asked in a thread. Raises BiocopilotError."""
        raise NotImplementedError

    def picture_of(self, picture: Picture) -> bytes:
        """A drawing of it as PNG, from a chemistry worker; asked in a thread. Raises BiocopilotError."""
        raise NotImplementedError

    def opened_as_svg(self, molecule: ShownMolecule) -> Path:
        """A file with a drawing of it; asked in a thread. Raises BiocopilotError."""
        raise NotImplementedError

    def show_title(self) -> None:
        """The top line, and how much each tab has."""
        super().show_title()
        story = self.story
        calls = list(story.calls) if story else []
        failed = sum(call.state == "failed" for call in calls)
        evidence = len(story.evidence) if story else 0
        if self._counted != (id(story), evidence):
            self._counted, self._molecules = (id(story), evidence), count_molecules(story) if story else 0
        self.count("trace", f"{len(calls) or ''}{f' ✗{failed}' if failed else ''}")
        self.count("evidence", str(evidence or ""))
        self.count("molecule", str(self._molecules or ""))

    def action_citation(self, by: int) -> None:
        exchanges = self.chat.exchanges
        shown = next((item for item in exchanges if item.story is self.story), exchanges[-1] if exchanges else None)
        if shown is not None and not shown.move(by):
            self.notify("No further citation in this answer.", markup=False)

    def action_question(self, by: int) -> None:
        """Look at the next or an earlier question of the session, with its trace and its evidence."""
        exchanges = self.chat.exchanges
        at = next((n for n, item in enumerate(exchanges) if item.story is self.story), len(exchanges) - 1) + by
        if not 0 <= at < len(exchanges):
            hidden = by < 0 and len(self.chat.kept) > len(exchanges)
            self.notify("No further question." + (" /older shows more." if hidden else ""), markup=False)
            return
        self.story = exchanges[at].story
        exchanges[at].scroll_visible(top=True, animate=False)
        self.trace.show(self.story)
        self.evidence.show(self.story)

    def action_details(self) -> None:
        tree = self.trace
        folded = any(node.is_expanded for node in tree.root.children)
        tree.fold_all(folded)
        for exchange in self.chat.exchanges:
            exchange.unfold(not folded)

    def action_help(self) -> None:
        focused = self.focused
        about = getattr(focused, "HELP", "") if focused is not None else ""
        self.push_screen(HelpScreen(about or "", self.keys))

    def action_older(self) -> None:
        self.chat.show_older()

    def on_prompt_box_citation_meant(self, event: PromptBox.CitationMeant) -> None:
        self.action_citation(event.by)

    def on_exchange_citation_chosen(self, event: Exchange.CitationChosen) -> None:
        self.story = event.exchange.story
        self.prompt.citing = True
        for exchange in self.chat.exchanges:
            if exchange is not event.exchange and exchange.current is not None:
                exchange.go_to(None)
        self.trace.show(self.story)
        self.show_evidence(event.evidence_id)
        if self.screen.has_class("-medium"):
            self.screen.set_class(True, "show-evidence")

    def action_filter_trace(self, which: str) -> None:
        self.trace.filter(which)

    def on_trace_tree_copy_wanted(self, event: TraceTree.CopyWanted) -> None:
        self.copy_to_clipboard(as_command(event.call) if event.form == "command" else as_python(event.call))
        what = "a command" if event.form == "command" else "Python"
        self.notify(f"Copied as {what}: {event.call.tool}", markup=False)

    def on_trace_tree_call_chosen(self, event: TraceTree.CallChosen) -> None:
        call = self.story.call(event.call_id) if self.story else None
        if call is not None and call.evidence:
            self.show_evidence(call.evidence[0])

    def show_evidence(self, evidence_id: str) -> None:
        """A record, and the molecule that it is about."""
        self.evidence.show(self.story, evidence_id)
        item = self.story.evidence.get(evidence_id) if self.story else None
        if item is not None and (molecule := molecule_of(item, self.story)) is not None:
            self.molecule.show(molecule)

    def action_table(self) -> None:
        """Open the tables of the run on show, or of the newest one before it that has any."""
        stories = [story for _, story in self.chat.kept]
        at = stories.index(self.story) if self.story in stories else len(stories) - 1
        for story in reversed(stories[: at + 1]):
            found = tables_of(story, self.evidence.evidence_id if story is self.story else "")
            if found:
                if story is not self.story:
                    self.notify(f"This run has no table; these are of: {one_line(story.question)}", markup=False)
                self.push_screen(TableScreen(found, kept.save_table))
                return
        self.notify("This run has no table, nor has one before it.", markup=False)

    def action_molecule(self, by: int) -> None:
        """The next or an earlier molecule of the run."""
        found = molecules_of(self.story) if self.story else []
        if not found:
            self.notify("This run has no molecule.", markup=False)
            return
        at = found.index(self.molecule.molecule) if self.molecule.molecule in found else -1 if by > 0 else 0
        self.molecule.show(found[(at + by) % len(found)])

    def on_molecule_view_wanted(self, event: MoleculeView.Wanted) -> None:
        self._lay_out(event.molecule)

    @work(thread=True, group="layout", exit_on_error=False)
    def _lay_out(self, molecule: ShownMolecule) -> None:
        layout, trouble = None, ""
        try:
            layout = self.layout_of(molecule)
        except BiocopilotError as error:
            trouble = error.message
        self.call_from_thread(self.molecule.draw, molecule, layout, trouble)

    def on_molecule_view_picture_wanted(self, event: MoleculeView.PictureWanted) -> None:
        self._picture(event.molecule, event.picture)

    @work(thread=True, exclusive=True, group="picture", exit_on_error=False)
    def _picture(self, molecule: ShownMolecule, picture: Picture) -> None:
        try:
            image = self._pictures.get(picture)
        except BiocopilotError:  # the drawing in characters stays, and its layout's error is told
            return
        self.call_from_thread(self.molecule.put, molecule, image)

    def on_molecule_view_copy_wanted(self, event: MoleculeView.CopyWanted) -> None:
        self.copy_to_clipboard(event.molecule.smiles)
        self.notify("The SMILES is copied.", markup=False)

    def on_molecule_view_open_wanted(self, event: MoleculeView.OpenWanted) -> None:
        event.stop()
        self._open(event.molecule)

    @work(thread=True, exclusive=True, group="open", exit_on_error=False)
    def _open(self, molecule: ShownMolecule) -> None:
        try:
            path = self.opened_as_svg(molecule)
        except BiocopilotError as error:
            self.call_from_thread(self.tell_trouble, error)
            return
        self.call_from_thread(self.open_url, path.as_uri())
        self.call_from_thread(self.notify, f"Opened, and kept as {path}", markup=False)
