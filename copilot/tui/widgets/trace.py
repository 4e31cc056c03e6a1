"""The trace: a tree with a node a step and a line a call. Finished steps fold when the next begins, failures stay open.

The story is the truth; `show` brings the tree up to it and touches only what changed, so that many events in a frame cost one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from ....memory.records import ToolCall
from ..story import Story, StoryCall, StoryStep
from .trace_lines import call_line, fitted, step_line

__all__ = ["FILTERS", "CallFilter", "TraceTree", "call_filter"]

CallFilter = Callable[[StoryCall], bool]

_MOST_LINES = 200
"""Calls of a step that are shown; a line then says how many more there are, and Enter on it shows them."""

_SLOW_S = 1.0

FILTERS: dict[str, CallFilter] = {
    "failed": lambda call: call.state in ("failed", "cancelled"),
    "slow": lambda call: (call.seconds or 0) >= _SLOW_S,
    "live": lambda call: "live" in call.backends,
}
"""By name; any other name is a text to look for."""


def call_filter(name: str) -> CallFilter | None:
    """Which calls are meant; None for all."""
    if not name:
        return None
    return FILTERS.get(name) or (lambda call: name.casefold() in call_line(call).plain.casefold())


class TraceTree(Tree[str]):
    """Steps and calls of the run on show; `data` of a line is the call's id, of a step its number."""

    BORDER_TITLE = "Trace"
    HELP = "Space folds a step, Enter opens a call's evidence, f shows failed, slow or live calls only, y and Y copy a call."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "next_filter", "Filter", show=False),
        Binding("y", "copy('command')", "Copy as a command", show=False),
        Binding("Y,upper_y", "copy('python')", "Copy as Python", show=False),
    ]

    class CopyWanted(Message):
        """A call is to be copied: as a command line or as Python."""

        def __init__(self, call: ToolCall, form: str) -> None:
            super().__init__()
            self.call, self.form = call, form

    class CallChosen(Message):
        """The user looks at a call."""

        def __init__(self, call_id: str) -> None:
            super().__init__()
            self.call_id = call_id

    def __init__(self, **named: str) -> None:
        super().__init__("trace", **named)  # type: ignore[arg-type]  # id and classes
        self.show_root = False
        self.guide_depth = 2
        self._story: Story | None = None
        self._run = ""
        self._node_of: dict[str, TreeNode[str]] = {}
        self._shown: dict[str, tuple[object, ...]] = {}
        self._whole: set[int] = set()
        self._folded: set[int] = set()
        self._filter: CallFilter | None = None
        self._filter_name = ""

    @property
    def story(self) -> Story | None:
        """The run on show."""
        return self._story

    def render_label(self, node: TreeNode[str], base_style: Style, style: Style) -> Text:
        """A line that fits: what a call was asked gives way, what came of it stays."""
        label = super().render_label(node, base_style, style)
        width = self.scrollable_content_region.width
        return fitted(label, width - self.guide_depth) if width else label

    def show(self, story: Story | None) -> None:
        """Bring the tree up to a story."""
        if story is None or story.run_id != self._run or story is not self._story:
            self.start_anew(story)
        if story is None:
            return
        for step in story.steps:
            self._show_step(step)
        for step in story.steps[:-1]:
            self._fold(step)
        failed = sum(call.state == "failed" for call in story.calls)
        calls = sum(1 for _ in story.calls)
        filtered = f" · only {self._filter_name}" if self._filter_name else ""
        self.border_title = f"Trace {calls}" + (f" ✗{failed}" if failed else "") + filtered

    def start_anew(self, story: Story | None) -> None:
        """Forget what is shown."""
        self.clear()
        self._story, self._run = story, story.run_id if story else ""
        self._node_of.clear()
        self._shown.clear()
        self._whole.clear()
        self._folded.clear()
        self.border_title = "Trace"

    def filter(self, name: str) -> None:
        """Show only some calls: `failed`, `slow`, `live`, or those with a text in their line; all where empty."""
        self._filter_name, story = name, self._story
        self._filter = call_filter(name)
        self.start_anew(story)
        self.show(story)

    def action_next_filter(self) -> None:
        names = ("", *FILTERS)
        at = names.index(self._filter_name) if self._filter_name in names else 0
        self.filter(names[(at + 1) % len(names)])

    def action_copy(self, form: str) -> None:
        node = self.cursor_node
        call = self._story.call(node.data or "") if self._story and node else None
        if call is not None and call.exact:
            self.post_message(self.CopyWanted(call.call, form))

    def fold_all(self, folded: bool) -> None:
        """Fold or open all steps."""
        for node in self.root.children:
            node.collapse() if folded else node.expand()

    def _show_step(self, step: StoryStep) -> None:
        calls = [call for call in step.calls if self._filter is None or self._filter(call)]
        if self._filter is not None and not calls:
            return
        key = f"step {step.number}"
        node = self._node_of.get(key)
        state = (step.plan, len(step.thoughts), step.ended, step.failed, step.running)
        if node is None:
            node = self.root.add(step_line(step), data=key, expand=True)
            self._node_of[key] = node
            self._shown[key] = state
        elif self._shown[key] != state:
            node.set_label(step_line(step))
            self._shown[key] = state
        most = len(calls) if step.number in self._whole else _MOST_LINES
        for call in calls[:most]:
            self._show_call(node, call)
        self._show_rest(node, step, len(calls) - most)

    def _fold(self, step: StoryStep) -> None:
        """Fold an earlier step once it has ended, unless something in it failed or the user opened it again."""
        node = self._node_of.get(f"step {step.number}")
        if node is not None and step.ended and not step.failed and step.number not in self._folded:
            self._folded.add(step.number)
            node.collapse()

    def _show_call(self, node: TreeNode[str], call: StoryCall) -> None:
        key = call.call.id
        state = (call.state, call.doing, call.seconds)
        leaf = self._node_of.get(key)
        if leaf is None:
            self._node_of[key] = node.add_leaf(call_line(call), data=key)
        elif self._shown[key] != state:
            leaf.set_label(call_line(call))
        self._shown[key] = state

    def _show_rest(self, node: TreeNode[str], step: StoryStep, more: int) -> None:
        key = f"more {step.number}"
        leaf = self._node_of.get(key)
        if more <= 0:
            if leaf is not None:
                leaf.remove()
                del self._node_of[key]
            return
        label = Text(f"… {more:,} more calls", "dim")
        if leaf is None:
            self._node_of[key] = node.add_leaf(label, data=key)
        else:
            leaf.set_label(label)

    def on_tree_node_selected(self, event: Tree.NodeSelected[str]) -> None:
        event.stop()
        key = event.node.data or ""
        if key.startswith("more "):
            self._whole.add(int(key.removeprefix("more ")))
            self.show(self._story)
        elif not key.startswith("step "):
            self.post_message(self.CallChosen(key))
