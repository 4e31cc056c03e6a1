"""The run: a question is handed to the runner, what happened is drained into the story on show, a call asks whether it may.

Top layer of the app, over working.py (workflows), prompting.py (what is typed), keeping.py (sessions and files),
looking.py (what is looked at) and panes.py (where it lies).
"""

from __future__ import annotations

import base64
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from textual.content import Content
from textual.widgets import Static

from ...memory.errors import BiocopilotError
from ..step_text import one_line
from .answer_content import citations_of
from .asked import AskedBefore
from .molecules import ShownMolecule
from .pictures import Picture, save_drawing
from .registry import command_named, nearest_command
from .report import report_of
from .runner import Asked, Ended, MakeCopilot, Runner, Told
from .story import Story
from .widgets.approval import ApprovalBar
from .widgets.prompt import PromptBox
from .widgets.run_card import RunCard
from .widgets.status_line import StatusLine
from .widgets.welcome import Welcome
from .working import WorkingApp

__all__ = ["CopilotApp"]

TICK_S = 0.1
"""How often what happened is brought to the screen: many events in a tick cost one."""


class CopilotApp(WorkingApp):
    """The terminal interface.

    Args:
        make: makes the copilot that is asked, in the runner's thread.
        session: name of the session to begin with.
        about: planner and back ends, for the title line.
        set_up: what is set up, for the first screen.
        asked: where questions are kept between starts; None keeps none.
        runner: what asks, where it is another than the one that `make` gives.
        resume: show what was asked in that session before.
    """

    def __init__(
        self,
        make: MakeCopilot,
        session: str,
        about: str = "",
        set_up: Callable[[], Sequence[Content]] | None = None,
        asked: AskedBefore | None = None,
        runner: Runner | None = None,
        resume: bool = False,
    ) -> None:
        super().__init__(session, about, asked)
        self._resumes = resume
        self.runner = runner or Runner(make)
        self.waiting: deque[str] = deque()
        """Questions typed while another is answered."""
        self.asked = False
        """Whether anything was."""
        self.left_undone = ""
        """The command that goes on with the workflow that leaving stopped."""
        self._begun = 0.0
        self._set_up = set_up
        self._asked: deque[Asked] = deque()
        """Calls that wait for a yes or no; the first is on show."""

    def on_mount(self) -> None:
        self.chat.mount(Welcome())
        self.prompt.focus()
        self.evidence.show(None)
        self.molecule.how = self.how_drawn
        self.set_interval(TICK_S, self._tick)
        self.show_title()
        self.call_after_refresh(self._after_first_frame)

    def _after_first_frame(self) -> None:
        self.status.show(None, 0, 0, False)
        self.runner.warm_up()
        if self._resumes:
            self.run_worker(self.resume(self.session), exit_on_error=False)
        if self._set_up is not None:
            self.run_worker(self._look_around, thread=True, exit_on_error=False)

    def _look_around(self) -> None:
        lines = self._set_up() if self._set_up else ()
        self.call_from_thread(self._tell_set_up, lines)

    def _tell_set_up(self, lines: Sequence[Content]) -> None:
        for welcome in self.query(Welcome):
            welcome.tell(lines)

    # A run ----------------------------------------------------------------------------------------------------------

    def on_prompt_box_sent(self, event: PromptBox.Sent) -> None:
        if event.text.startswith("/"):
            self._command(event.text)
        else:
            self.ask(event.text)

    def on_welcome_tried(self, event: Welcome.Tried) -> None:
        self.ask(event.question)

    def ask(self, question: str) -> None:
        """Answer a question now, or after the one under way."""
        if self.under_way is not None:
            self.wait_for_turn(question)
            return
        if question.startswith("/"):  # a workflow that waited, or is wanted again
            self._command(question)
            return
        self.asked = True
        self.begin(Story(question=question, session=self.session))
        self.runner.ask(question, self.session)

    def wait_for_turn(self, typed: str) -> None:
        self.waiting.append(typed)
        self.show_waiting()
        self.show_status()

    def begin(self, story: Story) -> None:
        self.query(Welcome).remove()
        self.prompt.citing = False
        self.under_way = self.story = story
        self._begun = time.monotonic()
        self.chat.begin(story.question, story)
        self.trace.show(story)
        self.evidence.show(story)
        self.show_status()

    def _tick(self) -> None:
        """Bring the screen up to what happened since the last tick."""
        happenings = self.runner.happenings
        if self.under_way is None or not self.query(StatusLine):  # the screen is being taken down
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
                case Told():
                    happening.take()
                case _:
                    self.under_way.take(happening)
        if self.under_way.changed != seen:
            self._show_run()
        self.show_status()

    def _end(self, ended: Ended) -> None:
        story = self.under_way
        self.under_way = None
        if story is not None and not story.finished:  # it broke before its own last event
            story.status = "cancelled" if ended.cancelled else "failed"
            story.seconds = time.monotonic() - self._begun
            story.error = type(ended.error).__name__ if ended.error else ""
            story.message = getattr(ended.error, "message", "") or str(ended.error or "")
            story.hint = getattr(ended.error, "hint", "")
            story.doing = ""
            for call in story.calls:
                call.state = "cancelled" if call.state == "running" else call.state
        if story is not None and ended.error is not None and not isinstance(ended.error, BiocopilotError):
            story.traceback = "".join(traceback.format_exception(ended.error))
        if self._asked:
            self._put_approvals_away()
        self._show_run(story)
        self.show_status()
        if self.waiting:
            self.ask(self.waiting.popleft())
            self.show_waiting()

    def _show_run(self, story: Story | None = None) -> None:
        story = story or self.under_way
        if story is None:
            return
        for exchange in self.chat.exchanges:
            if exchange.story is story:
                exchange.show()
        if story is self.story:
            self.trace.show(story)
            shown = self.evidence.evidence_id
            first = next(iter(story.evidence), "")
            if story.finished and shown in ("", first):  # nobody chose it: what is cited first
                first = next(iter(citations_of(story.text)), first)
            if first not in ("", shown) and shown in ("", next(iter(story.evidence))):
                self.show_evidence(first)
        self.show_title()

    def approve(self, asked: Asked) -> None:
        """A call asks whether it may: put the question over the prompt, behind others that wait already."""
        self._asked.append(asked)
        if len(self._asked) == 1:
            self._show_next_approval()

    def on_approval_bar_replied(self, event: ApprovalBar.Replied) -> None:
        if not self._asked:
            return
        asked = self._asked.popleft()
        if event.reply == "session":
            self.approved.add(asked.matter)
        if not asked.reply.done():
            asked.reply.set_result(event.reply != "no")
        self._show_next_approval()

    def _show_next_approval(self) -> None:
        """The next call that the session has no yes for; the prompt where there is none."""
        self.query(ApprovalBar).remove()
        while self._asked and self._asked[0].matter in self.approved:
            asked = self._asked.popleft()
            if not asked.reply.done():
                asked.reply.set_result(True)
        if self._asked:
            bar = ApprovalBar(self._asked[0].call, self._asked[0].sending)
            self.mount(bar, before=self.prompt)
            bar.focus()
        else:
            self.prompt.focus()

    def _put_approvals_away(self) -> None:
        self._asked.clear()
        self._show_next_approval()

    # Commands and keys ----------------------------------------------------------------------------------------------

    def _command(self, text: str) -> None:
        name, _, rest = text.partition(" ")
        command = command_named(name)
        if command is None:
            near = nearest_command(name)
            hint = f" Did you mean /{near.name}?" if near else " /help lists the commands."
            self.notify(f"There is no command {name}.{hint}", severity="warning", markup=False)
            return
        if command.argument:
            self.call_later(self.run_action, f"{command.action}({rest.strip()!r})")
        else:
            self.call_later(self.run_action, command.action)

    def on_run_card_wanted(self, event: RunCard.Wanted) -> None:
        if event.what == "retry":
            self.ask(event.story.again)
            self.prompt.focus()
        else:
            self.copy_to_clipboard(report_of(event.story))
            self.notify("A report is copied; it holds the question.", markup=False)

    def action_stop(self) -> None:
        """Stop the run; questions that wait for it go back into the prompt, where nothing is typed there."""
        if self.under_way is not None:
            if self.waiting and not self.prompt.text:
                self.prompt.put("\n".join(self.waiting))
            self.waiting.clear()
            self.show_waiting()
            self.runner.stop()
        else:
            self.prompt.focus()

    def action_retry(self) -> None:
        if self.chat.kept:
            self.ask(self.chat.kept[-1][1].again)

    async def action_quit(self) -> None:
        if self.under_way is not None and self.under_way.folder is not None:
            self.left_undone = self.under_way.again.replace("/workflow", "biocopilot workflow run", 1)
        self.runner.stop()
        self.exit(0)

    def on_unmount(self) -> None:
        self.runner.close()

    def names_beginning(self, start: str) -> tuple[list[str], list[str]]:
        return self.runner.names_beginning(start)

    def layout_of(self, molecule: ShownMolecule) -> Mapping[str, Any]:
        chemistry = self.runner.copilot().bench.chemistry
        layout: Mapping[str, Any] = chemistry.call_blocking(
            "layout", {"structure": molecule.smiles, "highlight": "alerts"}
        )
        return layout

    def show_waiting(self) -> None:
        """The questions that wait for their turn, over the prompt."""
        line = self.query_one("#waiting", Static)
        line.set_class(bool(self.waiting), "-some")
        line.update(Content(f"then: {' · then: '.join(one_line(question) for question in self.waiting)}"))

    def picture_of(self, picture: Picture) -> bytes:
        size = {"width": picture.width, "height": picture.height, "background": picture.background}
        return base64.b64decode(self._drawing(picture.smiles, "png", size)["png"])

    def opened_as_svg(self, molecule: ShownMolecule) -> Path:
        drawing = self._drawing(molecule.smiles, "svg", {"width": 900, "height": 700})
        return save_drawing(molecule.name, drawing["svg"])

    def _drawing(self, smiles: str, form: str, size: Mapping[str, Any]) -> Mapping[str, Any]:
        arguments = {"structure": smiles, "form": form, "highlight": "alerts", "legend": "", **size}
        drawing: Mapping[str, Any] = self.runner.copilot().bench.chemistry.call_blocking("draw", arguments)
        return drawing

    def show_status(self) -> None:
        seconds = time.monotonic() - self._begun if self.under_way else 0.0
        self.status.show(self.under_way or self.story, seconds, len(self.waiting), self.under_way is not None)
