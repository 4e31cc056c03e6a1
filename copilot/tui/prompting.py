"""What is typed: earlier questions kept and searched, an editor for long ones, and what Ctrl+C means."""

from __future__ import annotations

import time
from pathlib import Path

from textual import work
from textual.app import SuspendNotSupported
from textual.binding import Binding

from ...memory.errors import BiocopilotError, StorageError
from .asked import AskedBefore
from .completing import Word, commands, files, named
from .editing import edited, editor_named
from .keeping import KeepingApp
from .screens.questions import QuestionsScreen
from .widgets.prompt import PromptBox
from .widgets.welcome import Welcome

__all__ = ["PromptingApp"]

_TWICE_S = 2.0
"""Within which a second Ctrl+C leaves."""


class PromptingApp(KeepingApp):
    """The screen over a session, with a prompt that remembers.

    Args:
        session: name of the session to begin with.
        about: planner and back ends, for the title line.
        asked: where questions are kept between starts; None keeps none.
    """

    BINDINGS = [  # noqa: RUF012  # as Textual has it
        Binding("ctrl+c", "interrupt", "Clear the prompt; twice: leave", show=False, id="interrupt"),
        Binding("slash", "begin_command", "Begin a command from any pane", show=False, id="begin-command"),
    ]

    def __init__(self, session: str, about: str = "", asked: AskedBefore | None = None) -> None:
        super().__init__(session, about)
        self._asked_before = asked
        self._interrupted = 0.0

    def on_mount(self) -> None:
        if self._asked_before is not None:
            try:
                self.prompt.asked = self._asked_before.read()
            except StorageError as error:
                self._asked_before = None
                self.tell_trouble(error)

    def on_prompt_box_sent(self, event: PromptBox.Sent) -> None:
        if self._asked_before is not None:
            try:
                self._asked_before.add(event.text)
            except StorageError as error:  # told once; the session itself is kept elsewhere
                self._asked_before = None
                self.tell_trouble(error)

    def names_beginning(self, start: str) -> tuple[list[str], list[str]]:
        """Tools, and other names, that begin so; asked in a thread. Raises BiocopilotError."""
        raise NotImplementedError

    def on_prompt_box_upwards(self) -> None:
        for welcome in self.query(Welcome):
            welcome.enter()

    def on_prompt_box_completing(self, event: PromptBox.Completing) -> None:
        word, completions = event.word, self.prompt.completions
        if word is None:
            completions.offer(None, ())
        elif word.kind == "command":
            completions.offer(word, commands(word))
        elif word.kind == "file":
            completions.offer(word, files(word, Path.cwd()))
        elif word.kind in ("workflow", "input") or event.asked:
            self._find_names(word)
        else:
            completions.offer(None, ())

    @work(thread=True, exclusive=True, group="names", exit_on_error=False)
    def _find_names(self, word: Word) -> None:
        try:
            if word.kind == "name":
                found = named(word, *self.names_beginning(word.text))
            else:
                from .workflow_command import workflow_words  # loads the workflows

                found = workflow_words(word)
        except BiocopilotError:  # a completion that cannot be had is none
            found = []
        self.call_from_thread(self.prompt.completing, word, found)

    @work(exclusive=True, group="asked", exit_on_error=False)
    async def action_search_asked(self) -> None:
        """Pick an earlier question into the prompt."""
        if not self.prompt.asked:
            self.notify("Nothing was asked before.", markup=False)
            return
        question = await self.push_screen_wait(QuestionsScreen(self.prompt.asked))
        self.prompt.focus()
        if question:
            self.prompt.put(question)

    def action_edit(self) -> None:
        """Have the prompt's text in the user's editor; the run under way goes on meanwhile."""
        try:
            editor = editor_named()
            with self.suspend():
                text = edited(self.prompt.text, editor)
        except BiocopilotError as error:
            self.tell_trouble(error)
        except SuspendNotSupported:
            self.notify("An editor cannot be opened from here.", severity="warning", markup=False)
        else:
            self.prompt.put(text)
            self.prompt.focus()

    def action_begin_command(self) -> None:
        """A slash outside the prompt begins a command there."""
        self.prompt.focus()
        if not self.prompt.text:
            self.prompt.put("/")

    def action_interrupt(self) -> None:
        """Empty the prompt, then leave: a run is stopped by Esc, and never by a key that copies."""
        now = time.monotonic()
        if now - self._interrupted < _TWICE_S:
            self.call_later(self.run_action, "quit")
            return
        self._interrupted = now
        self.prompt.clear()
        self.notify("Ctrl+C again leaves." + (" Esc stops the run." if self.under_way else ""), markup=False, timeout=2)
