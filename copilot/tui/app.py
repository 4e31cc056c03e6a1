"""The screen: it drains what the runner hands over into the story on show, and sends what was chosen in one pane to the others."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static, Tab, Tabs

from ...memory.errors import BiocopilotError
from . import kept
from .molecules import ShownMolecule, molecule_of, molecules_of
from .registry import COMMANDS, command_named, commands_like
from .runner import Asked, Ended, MakeCopilot, Runner
from .screens.help import HelpScreen
from .screens.sessions import SessionsScreen
from .screens.table import TableScreen
from .story import Story
from .tables import tables_of
from .widgets.approval import ApprovalBar
from .widgets.chat import ChatPane
from .widgets.evidence import EvidencePane
from .widgets.exchange import Exchange
from .widgets.molecule import MoleculeView
from .widgets.prompt import PromptBox
from .widgets.status_line import StatusLine
from .widgets.trace import TraceTree
from .widgets.welcome import Welcome

__all__ = ["CopilotApp"]

TICK_S = 0.1
"""How often what happened is brought to the screen: many events in a tick cost one."""
_SIDE = ("trace", "evidence", "molecule")
"""Panes beside the chat; where there is little room, one of them is shown by the class `show-NAME` of the screen."""


class CopilotApp(App[int]):
    """The terminal interface.

    Args:
        make: makes the copilot that is asked, in the runner's thread.
        session: name of the session to begin with.
        about: planner and back ends, for the title line.
        set_up: what is set up, for the first screen.
    """

    TITLE = "biocopilot"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (120, "-wide")]  # noqa: RUF012  # Textual declares it as an instance's
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(command.keys), command.action, command.help, show=False)
        for command in COMMANDS
        if command.keys
    ]

    def __init__(
        self, make: MakeCopilot, session: str, about: str = "", set_up: Callable[[], Sequence[Content]] | None = None
    ) -> None:
        super().__init__()
        self.runner = Runner(make)
        self.session, self.about = session, about
        self.story: Story | None = None
        """The run on show in the trace and evidence panes."""
        self.waiting: deque[str] = deque()
        """Questions typed while another is answered."""
        self.under_way: Story | None = None
        """The run that is being answered."""
        self._begun = 0.0
        self._set_up = set_up
        self._asked: Asked | None = None
        self._approved: set[str] = set()
        """Tools that may write for as long as this session is open."""
        self._timer: Timer | None = None

    # The screen -----------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield Static("", id="title", markup=False)
        yield Tabs(*(Tab(name.capitalize(), id=f"tab-{name}") for name in ("chat", *_SIDE)), id="tabs")
        with Horizontal(id="body"):
            yield ChatPane(id="chat")
            with Vertical(id="side"):
                yield TraceTree(id="trace")
                yield EvidencePane(id="evidence")
                yield MoleculeView(id="molecule")
        yield PromptBox(id="prompt")
        yield StatusLine(id="status")
        yield Static("Biocopilot needs 60×16 characters. In less: biocopilot ask --plain", id="small", markup=False)

    def on_mount(self) -> None:
        self.chat.mount(Welcome())
        self.prompt.focus()
        self.evidence.show(None)
        self._timer = self.set_interval(TICK_S, self._tick)
        self._show_title()
        self.call_after_refresh(self._after_first_frame)

    def _after_first_frame(self) -> None:
        self._status.show(None, 0, 0, False)
        self.runner.warm_up()
        if self._set_up is not None:
            self.run_worker(self._look_around, thread=True, exit_on_error=False)

    def _look_around(self) -> None:
        lines = self._set_up() if self._set_up else ()
        self.call_from_thread(self._tell_set_up, lines)

    def _tell_set_up(self, lines: Sequence[Content]) -> None:
        for welcome in self.query(Welcome):
            welcome.tell(lines)

    def on_resize(self, event: Resize) -> None:
        self.screen.set_class(event.size.width < 60 or event.size.height < 16, "-tiny")
        self.call_after_refresh(self._show_status)

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
    def _status(self) -> StatusLine:
        return self.query_one("#status", StatusLine)

    # A run ----------------------------------------------------------------------------------------------------------

    def on_prompt_box_sent(self, event: PromptBox.Sent) -> None:
        if event.text.startswith("/"):
            self._command(event.text)
        else:
            self.ask(event.text)

    def on_prompt_box_upwards(self) -> None:
        for welcome in self.query(Welcome):
            welcome.enter()

    def on_welcome_tried(self, event: Welcome.Tried) -> None:
        self.ask(event.question)

    def ask(self, question: str) -> None:
        """Answer a question now, or after the one under way."""
        if self.under_way is not None:
            self.waiting.append(question)
            self._show_status()
            return
        self.query(Welcome).remove()
        self.under_way = self.story = Story(question=question, session=self.session)
        self._begun = time.monotonic()
        self.chat.begin(question, self.under_way)
        self.trace.show(self.under_way)
        self.evidence.show(self.under_way)
        self.runner.ask(question, self.session)
        self._show_status()

    def _tick(self) -> None:
        """Bring the screen up to what happened since the last tick."""
        happenings = self.runner.happenings
        if self.under_way is None or not (happenings or self.under_way):
            return
        seen = self.under_way.changed
        while happenings:
            happening = happenings.popleft()
            match happening:
                case Asked():
                    self.approve(happening)
                case Ended():
                    self._end(happening)
                    return
                case _:
                    self.under_way.take(happening)
        if self.under_way.changed != seen:
            self._show_run()
        self._show_status()

    def _end(self, ended: Ended) -> None:
        story = self.under_way
        self.under_way = None
        if story is not None and not story.finished:  # it broke before its own last event
            story.status = "cancelled" if ended.cancelled else "failed"
            story.seconds = time.monotonic() - self._begun
            story.error = type(ended.error).__name__ if ended.error else ""
            story.message = getattr(ended.error, "message", "") or str(ended.error or "")
            story.hint = getattr(ended.error, "hint", "")
        if self._asked is not None:
            self._put_approval_away()
        self._show_run(story)
        self._show_status()
        if self.waiting:
            self.ask(self.waiting.popleft())

    def _show_run(self, story: Story | None = None) -> None:
        story = story or self.under_way
        if story is None:
            return
        for exchange in self.chat.exchanges:
            if exchange.story is story:
                exchange.show()
        if story is self.story:
            self.trace.show(story)
            if story.evidence and not self.evidence.evidence_id:
                self._show_evidence(next(iter(story.evidence)))
        self._show_title()

    def approve(self, asked: Asked) -> None:
        """A call asks whether it may: put the question over the prompt, unless the session has its yes already."""
        if asked.call.tool in self._approved:
            asked.reply.set_result(True)
            return
        self._asked = asked
        bar = ApprovalBar(asked.call, "It writes to your disk.")
        self.mount(bar, before=self.prompt)
        bar.focus()

    def on_approval_bar_replied(self, event: ApprovalBar.Replied) -> None:
        asked, self._asked = self._asked, None
        if asked is None:
            return
        if event.reply == "session":
            self._approved.add(asked.call.tool)
        if not asked.reply.done():
            asked.reply.set_result(event.reply != "no")
        self._put_approval_away()

    def _put_approval_away(self) -> None:
        self._asked = None
        self.query(ApprovalBar).remove()
        self.prompt.focus()

    # Commands and keys ----------------------------------------------------------------------------------------------

    def _command(self, text: str) -> None:
        name, _, rest = text.partition(" ")
        command = command_named(name)
        if command is None:
            near = commands_like(name)
            hint = f" Did you mean /{near[0].name}?" if near else " /help lists the commands."
            self.notify(f"There is no command {name}.{hint}", severity="warning", markup=False)
            return
        if command.argument:
            self.call_later(self.run_action, f"{command.action}({rest.strip()!r})")
        else:
            self.call_later(self.run_action, command.action)

    def action_stop(self) -> None:
        if self.under_way is not None:
            self.waiting.clear()
            self.runner.stop()
        else:
            self.prompt.focus()

    def action_retry(self) -> None:
        if self.chat.kept:
            self.ask(self.chat.kept[-1][0])

    def action_look(self, where: str) -> None:
        for name in _SIDE:
            self.screen.set_class(where == name, f"show-{name}")
        self.query_one("#tabs", Tabs).active = f"tab-{where}"
        pane = self.query_one(f"#{where}")
        (self.prompt if where == "chat" else pane).focus()

    def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        where = (event.tab.id or "").removeprefix("tab-")
        for name in _SIDE:
            self.screen.set_class(where == name, f"show-{name}")

    def action_citation(self, by: int) -> None:
        exchanges = self.chat.exchanges
        shown = next((item for item in exchanges if item.story is self.story), exchanges[-1] if exchanges else None)
        if shown is not None and not shown.move(by):
            self.notify("No further citation in this answer.", markup=False)

    def action_details(self) -> None:
        tree = self.trace
        tree.fold_all(any(node.is_expanded for node in tree.root.children))

    def action_new_session(self) -> None:
        if self.under_way is not None:
            self.notify("A question is being answered; Esc stops it.", severity="warning", markup=False)
            return
        from ...memory.run_log import new_run_id

        self._begin_session(f"tui-{new_run_id()}")
        self.chat.mount(Welcome())

    def _begin_session(self, name: str) -> None:
        """Empty panes, under another name."""
        self.session, self.story = name, None
        self.query(Welcome).remove()
        self._approved.clear()
        self.chat.forget()
        self.trace.show(None)
        self.evidence.show(None)
        self._show_title()

    def action_help(self) -> None:
        focused = self.focused
        about = getattr(focused, "HELP", "") if focused is not None else ""
        self.push_screen(HelpScreen(about or ""))

    def action_older(self) -> None:
        self.chat.show_older()

    @work(exclusive=True, group="kept", exit_on_error=False)
    async def action_sessions(self) -> None:
        """Pick a session and go on with it."""
        try:
            rows = await asyncio.to_thread(kept.session_rows)
        except BiocopilotError as error:
            self.tell_trouble(error)
            return
        if not rows:
            self.notify("No session is recorded yet.", markup=False)
            return
        name = await self.push_screen_wait(SessionsScreen(rows, kept.delete_session))
        if name:
            await self._resume(name)

    async def _resume(self, name: str) -> None:
        """Show a session's runs and go on with it."""
        if self.under_way is not None:
            self.notify("A question is being answered; Esc stops it.", severity="warning", markup=False)
            return
        try:
            stories = await asyncio.to_thread(kept.stories_of, name)
        except BiocopilotError as error:
            self.tell_trouble(error)
            return
        self._begin_session(name)
        for story in stories:
            self.chat.begin(story.question, story)
        self.story = stories[-1] if stories else None
        self.prompt.asked = [story.question for story in stories]
        self.trace.show(self.story)
        self.evidence.show(self.story)
        self._show_title()

    @work(exclusive=True, group="kept", exit_on_error=False)
    async def action_export(self, to: str) -> None:
        if not to:
            self.notify(
                "Say where: /export answer.md (.json for data, .html to read, .bib for citations)", markup=False
            )
            return
        run_id = self.story.run_id if self.story else ""
        try:
            written = await asyncio.to_thread(kept.export, Path(to), self.session, run_id)
        except BiocopilotError as error:
            self.tell_trouble(error)
            return
        self.notify(f"Written: {written}", markup=False)

    def action_copy_answer(self) -> None:
        if self.story is not None and self.story.text:
            self.copy_to_clipboard(self.story.text)
            self.notify("The answer is copied, with its citations.", markup=False)

    def tell_trouble(self, error: BiocopilotError) -> None:
        """An error of ours as a message that goes by itself."""
        self.notify(f"{error.message}\n{error.hint}".strip(), severity="error", markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        for command in COMMANDS:
            if not command.argument and command.name != "palette":
                yield SystemCommand(command.name.capitalize(), command.help, partial(self.run_action, command.action))

    def on_exchange_citation_chosen(self, event: Exchange.CitationChosen) -> None:
        self.story = event.exchange.story
        for exchange in self.chat.exchanges:
            if exchange is not event.exchange and exchange.current is not None:
                exchange.go_to(None)
        self.trace.show(self.story)
        self._show_evidence(event.evidence_id)
        if self.screen.has_class("-medium"):
            self.screen.set_class(True, "show-evidence")

    def on_trace_tree_call_chosen(self, event: TraceTree.CallChosen) -> None:
        call = self.story.call(event.call_id) if self.story else None
        if call is not None and call.evidence:
            self._show_evidence(call.evidence[0])

    def _show_evidence(self, evidence_id: str) -> None:
        """A record, and the molecule that it is about."""
        self.evidence.show(self.story, evidence_id)
        item = self.story.evidence.get(evidence_id) if self.story else None
        if item is not None and (molecule := molecule_of(item, self.story)) is not None:
            self.molecule.show(molecule)

    def action_table(self) -> None:
        """Open the tables of the run on show."""
        found = tables_of(self.story, self.evidence.evidence_id) if self.story else []
        if found:
            self.push_screen(TableScreen(found, kept.save_table))
        else:
            self.notify("This run has no table.", markup=False)

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
            chemistry = self.runner.copilot().bench.chemistry
            layout = chemistry.call_blocking("layout", {"structure": molecule.smiles, "highlight": "alerts"})
        except BiocopilotError as error:
            trouble = error.message
        self.call_from_thread(self.molecule.draw, molecule, layout, trouble)

    async def action_quit(self) -> None:
        self.runner.stop()
        self.exit(0)

    def on_unmount(self) -> None:
        self.runner.close()

    # Lines ----------------------------------------------------------------------------------------------------------

    def _show_status(self) -> None:
        seconds = time.monotonic() - self._begun if self.under_way else 0.0
        self._status.show(self.under_way or self.story, seconds, len(self.waiting), self.under_way is not None)

    def _show_title(self) -> None:
        first = self.chat.kept[0][0] if self.chat.kept else "new session"
        self.query_one("#title", Static).update(
            Content.assemble(("biocopilot", "bold"), f" · {first[:60]}", (f"   {self.about}", "$text-muted"))
        )
