"""What is kept: sessions begun, resumed and deleted, answers copied and written to files."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual import work

from ...memory.errors import BiocopilotError, RunNotFound
from . import kept
from .screens.sessions import SessionsScreen
from .story import Story
from .surroundings import SurroundingsApp
from .widgets.welcome import Welcome

__all__ = ["KeepingApp"]


class KeepingApp(SurroundingsApp):
    """The screen over a session.

    Args:
        session: name of the session to begin with.
        about: planner and back ends, for the title line.
    """

    def __init__(self, session: str, about: str = "") -> None:
        super().__init__(about)
        self.session = session
        self.under_way: Story | None = None
        """The run that is being answered."""
        self.approved: set[str] = set()
        """What was allowed for as long as this session is open; see `Asked.matter`."""

    def action_new_session(self) -> None:
        if self.under_way is not None:
            self.notify("A question is being answered; Esc stops it.", severity="warning", markup=False)
            return
        from ...memory.run_log import new_run_id

        self.begin_session(f"tui-{new_run_id()}")
        self.chat.mount(Welcome())

    def begin_session(self, name: str) -> None:
        """Empty panes, under another name."""
        self.session, self.story, self.given_title = name, None, ""
        self.query(Welcome).remove()
        self.approved.clear()
        self.chat.forget()
        self.trace.show(None)
        self.evidence.show(None)
        self.show_title()

    @work(exclusive=True, group="kept", exit_on_error=False)
    async def action_sessions(self) -> None:
        """Pick a session and go on with it."""
        try:
            rows = await asyncio.to_thread(kept.session_rows)
            titles = await asyncio.to_thread(kept.titles)
        except BiocopilotError as error:
            self.tell_trouble(error)
            return
        if not rows:
            self.notify("No session is recorded yet.", markup=False)
            return
        name = await self.push_screen_wait(SessionsScreen(rows, kept.delete_session, titles))
        if name:
            await self.resume(name)

    async def resume(self, name: str) -> None:
        """Show a session's runs and go on with it; nothing changes where none of it is recorded."""
        if self.under_way is not None:
            self.notify("A question is being answered; Esc stops it.", severity="warning", markup=False)
            return
        try:
            stories = await asyncio.to_thread(kept.stories_of, name)
            titles = await asyncio.to_thread(kept.titles)
        except RunNotFound:
            stories = []
        except BiocopilotError as error:
            self.tell_trouble(error)
            return
        if not stories:  # a name for one that begins
            return
        self.begin_session(name)
        self.given_title = titles.get(name, "")
        for story in stories:
            self.chat.begin(story.question, story)
        self.story = stories[-1]
        self.prompt.asked = [story.question for story in stories]
        self.trace.show(self.story)
        self.evidence.show(self.story)
        self.show_title()

    @work(exclusive=True, group="kept", exit_on_error=False)
    async def action_export(self, to: str) -> None:
        if not to:
            self.notify(
                "Say where: /export answer.md (.json for data, .py and .yaml to run again, .html to read, .bib for citations)",
                markup=False,
            )
            return
        if self.story is not None and self.story.folder is not None and to.endswith((".html", ".bib")):
            self.notify(f"The report and the citations of this run are in {self.story.folder}.", markup=False)
            return
        run_id = self.story.run_id if self.story else ""
        try:
            written = await asyncio.to_thread(kept.export, Path(to), self.session, run_id)
        except BiocopilotError as error:
            self.tell_trouble(error)
            return
        self.notify(f"Written: {written}", markup=False)

    @work(exclusive=True, group="kept", exit_on_error=False)
    async def action_rename(self, title: str) -> None:
        """Give the session a title; its recorded name stays, since a run log is never changed."""
        try:
            kept_as = await asyncio.to_thread(kept.rename_session, self.session, title)
        except BiocopilotError as error:
            self.tell_trouble(error)
            return
        self.given_title = kept_as
        self.show_title()
        self.notify(f"This session is listed as “{kept_as}”; commands know it as {self.session}.", markup=False)

    @work(exclusive=True, group="kept", exit_on_error=False)
    async def action_methods(self) -> None:
        """Copy how the session's answers came about, as a paragraph for a paper."""
        try:
            paragraph = await asyncio.to_thread(kept.methods_of, self.session)
        except BiocopilotError as error:
            self.tell_trouble(error)
            return
        self.copy_to_clipboard(paragraph)
        self.notify(f"Copied: {paragraph}", title="Methods", timeout=15, markup=False)

    def action_copy_answer(self) -> None:
        if self.story is not None and self.story.text:
            self.copy_to_clipboard(self.story.text)
            self.notify("The answer is copied, with its citations.", markup=False)
