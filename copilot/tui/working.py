"""Workflows from the screen: begun as a slash command, gone on with, listed, and their reports opened."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from ...memory.errors import BiocopilotError
from .prompting import PromptingApp
from .story import Story
from .widgets.workflow_card import WorkflowCard

if TYPE_CHECKING:
    from .workflow_command import WorkflowStart

__all__ = ["WorkingApp"]


class WorkingApp(PromptingApp):
    """The screen on which workflows are run."""

    def begin(self, story: Story) -> None:
        """Show a run that begins."""
        raise NotImplementedError

    def wait_for_turn(self, typed: str) -> None:
        """Keep what was typed until the run under way has ended."""
        raise NotImplementedError

    def ask(self, question: str) -> None:
        """Do now what was typed, or after the run under way."""
        raise NotImplementedError

    def action_workflow(self, given: str) -> None:
        """Run a workflow; with nothing said, list them."""
        if not given:
            self.action_workflows()
        elif self.under_way is not None:
            self.wait_for_turn(f"/workflow {given}")
        else:
            self._read_workflow(given)

    @work(thread=True, group="workflow", exit_on_error=False)
    def _read_workflow(self, given: str) -> None:
        from .workflow_command import start_of  # loads the workflows

        try:
            start = start_of(given)
        except BiocopilotError as error:
            self.call_from_thread(self._refuse_workflow, given, error)
        else:
            self.call_from_thread(self._begin_workflow, start)

    def _refuse_workflow(self, given: str, error: BiocopilotError) -> None:
        """Say what is wrong, and give it back to be mended."""
        self.tell_trouble(error)
        if not self.prompt.text:
            self.prompt.put(f"/workflow {given}")

    def _begin_workflow(self, start: WorkflowStart) -> None:
        from .workflow_story import WorkflowStory

        if self.under_way is not None:  # a question was quicker
            self.wait_for_turn(start.typed)
            return
        flow = start.flow.file or start.flow.name
        story = WorkflowStory(question=start.typed, session=self.session, flow=flow, folder=start.out)
        self.begin(story)
        self.runner.work(start, story)

    def on_workflow_card_wanted(self, event: WorkflowCard.Wanted) -> None:
        match event.what:
            case "report":
                self._open_report(event.story)
            case "again":
                self.ask(event.story.again)
                self.prompt.focus()
            case "folder":
                self.copy_to_clipboard(str(event.story.folder))
                self.notify("The folder's path is copied.", markup=False)

    def action_report(self) -> None:
        """Open the report of the workflow on show, or of the newest one before it."""
        stories = [story for _, story in self.chat.kept]
        at = stories.index(self.story) if self.story in stories else len(stories) - 1
        found = next((story for story in reversed(stories[: at + 1]) if story.report is not None), None)
        if found is None:
            self.notify("There is no report of a workflow here; /workflows lists earlier runs.", markup=False)
        else:
            self._open_report(found)

    def _open_report(self, story: Story) -> None:
        if story.report is None:
            self.notify(f"There is no report in {story.folder} any more.", severity="warning", markup=False)
        else:
            self.open_page(story.report)

    def open_page(self, path: Path) -> None:
        """Have a browser show a file; where it lies is said for when there is none."""
        self.open_url(path.as_uri())
        self.notify(f"Opened: {path}", markup=False)

    @work(exclusive=True, group="kept", exit_on_error=False)
    async def action_workflows(self) -> None:
        """The workflows that ship and the runs in this folder; one of them may be begun, or gone on with."""
        from .screens.workflows import WorkflowsScreen
        from .workflow_runs import runs_in, workflows

        here = Path.cwd()
        begun = [story.folder for _, story in self.chat.kept if story.folder is not None]
        flows = await asyncio.to_thread(workflows)
        runs = await asyncio.to_thread(runs_in, here, begun)
        chosen = await self.push_screen_wait(WorkflowsScreen(flows, runs, self.open_page))
        self.prompt.focus()
        if chosen is None:
            return
        if chosen.endswith(" "):  # its inputs are still to be typed
            self.prompt.put(chosen)
        else:
            self.ask(chosen)
