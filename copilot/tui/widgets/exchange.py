"""A question and its answer in the chat: the answer grows block by block, its citations are links."""

from __future__ import annotations

from collections.abc import Iterator

from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Resize
from textual.message import Message
from textual.widgets import Static

from ....memory.answer_blocks import Block, Table, paragraphs_of
from ....memory.text import clean
from ..answer_content import citations_of, prose_content, table_lines
from ..story import Story
from .exchange_lines import foot_lines, work_lines
from .run_card import RunCard
from .workflow_card import WorkflowCard

__all__ = ["AnswerBlock", "Exchange"]

_USUAL_WIDTH = 80


_MOST_CHARACTERS = 20_000
"""Of an answer that are shown; four times the longest that any planner of ours gave."""


class AnswerBlock(Static):
    """A paragraph or a table of an answer.

    Args:
        blocks: lines and headings of a paragraph, or one table.
        first: how many citations the answer has before it.
    """

    class Cited(Message):
        """A citation was clicked: its place in the answer."""

        def __init__(self, block: AnswerBlock, place: int) -> None:
            super().__init__()
            self.block, self.place = block, place

        @property
        def control(self) -> AnswerBlock:
            return self.block

    def __init__(self, blocks: tuple[Block, ...], first: int) -> None:
        self.blocks, self.first = blocks, first
        self._current: int | None = None
        self._width = _USUAL_WIDTH
        self.citations = [name for text in _texts(blocks) for name in citations_of(text)]
        super().__init__(self._made(None), classes="table" if isinstance(blocks[0], Table) else "prose")

    def mark(self, current: int | None) -> None:
        """Show which citation the evidence pane is at, where it is one of this block's."""
        self._current = current
        self.update(self._made(current))

    def on_resize(self, event: Resize) -> None:
        """A table is fitted to the width that there is."""
        if isinstance(self.blocks[0], Table) and event.size.width != self._width:
            self._width = event.size.width
            self.update(self._made(self._current))

    def action_cite(self, place: int) -> None:
        self.post_message(self.Cited(self, place))

    def _made(self, current: int | None) -> Content:
        only = self.blocks[0]
        if isinstance(only, Table):
            return table_lines(only, self._width, self.first, current)
        return prose_content(self.blocks, self.first, current)


class Exchange(Vertical):
    """One question of the session with what became of it; `show` brings it up to its story."""

    class Grown(Message):
        """There is more of the answer to see."""

        def __init__(self, exchange: Exchange) -> None:
            super().__init__()
            self.exchange = exchange

    class CitationChosen(Message):
        """The evidence of a citation is to be shown."""

        def __init__(self, exchange: Exchange, evidence_id: str) -> None:
            super().__init__()
            self.exchange, self.evidence_id = exchange, evidence_id

    def __init__(self, question: str, story: Story) -> None:
        super().__init__()
        self.question, self.story = question, story
        self.current: int | None = None
        """The citation shown, by its place."""
        self._text = ""
        self._blocks: list[AnswerBlock] = []
        self._foot = Static("", classes="foot", markup=False)
        self._work = Static("", classes="work", markup=False)
        self._card: RunCard | WorkflowCard | None = None
        self.unfolded = False
        """Whether the planner's thoughts are shown in full."""

    def compose(self) -> Iterator[Static]:
        yield Static(Content.assemble(("❯ ", "bold $text-accent"), (clean(self.question), "bold")), classes="question")
        yield self._work
        yield self._foot

    def on_mount(self) -> None:
        self.show()

    @property
    def citations(self) -> list[str]:
        """The evidence ids cited, in order."""
        return [name for block in self._blocks for name in block.citations]

    def show(self) -> None:
        """Bring what is shown up to the story; before it is on the screen there is nothing to bring, and `on_mount` does."""
        if not self._foot.is_attached:
            return
        done = work_lines(self.story, self.unfolded)
        self._work.update(done)
        self._work.display = bool(done.plain)
        if self.story.text != self._text:
            self._show_text(self.story.text)
        self._foot.update(foot_lines(self.story))
        self.post_message(self.Grown(self))
        self._foot.display = self.story.finished and bool(self._foot.content)
        if self._card is None and (self.story.status == "failed" or (self.story.finished and self.story.folder)):
            self._card = RunCard(self.story) if self.story.status == "failed" else WorkflowCard(self.story)
            self.mount(self._card, before=self._foot)

    def unfold(self, unfolded: bool) -> None:
        """Show what the planner thought, or only for how long."""
        self.unfolded = unfolded
        self.show()

    def on_click(self, event: Click) -> None:
        if event.widget is self._work:
            self.unfold(not self.unfolded)

    def move(self, by: int) -> bool:
        """Go to the next or an earlier citation. False where there is none in that direction."""
        count = len(self.citations)
        place = (0 if by > 0 else count - 1) if self.current is None else self.current + by
        if not 0 <= place < count:
            return False
        self.go_to(place)
        return True

    def go_to(self, place: int | None) -> None:
        """Mark a citation and ask for its evidence; None marks none."""
        self.current = place
        for block in self._blocks:
            block.mark(place)
            if place is not None and block.first <= place < block.first + len(block.citations):
                block.scroll_visible()
        if place is not None:
            self.post_message(self.CitationChosen(self, self.citations[place]))

    def on_answer_block_cited(self, event: AnswerBlock.Cited) -> None:
        event.stop()
        self.go_to(event.place)

    def _show_text(self, text: str) -> None:
        """Add the blocks that are new; where the text is another altogether, all of them."""
        whole = [(block,) if isinstance(block, Table) else block for block in _grouped(_shown(text))]
        same = 0
        for block, blocks in zip(self._blocks, whole, strict=False):
            if block.blocks != blocks:
                break
            same += 1
        for block in self._blocks[same:]:
            block.remove()
        del self._blocks[same:]
        first = len(self.citations)
        for blocks in whole[same:]:
            block = AnswerBlock(blocks, first)
            first += len(block.citations)
            self._blocks.append(block)
            self.mount(block, before=self._foot)
        self._text = text


def _shown(text: str) -> str:
    """As much of an answer as a screen can bear; of what is longer, it says so at its end."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    cut = text.rfind("\n", _MOST_CHARACTERS // 2, _MOST_CHARACTERS)
    cut = cut if cut > 0 else _MOST_CHARACTERS
    return f"{text[:cut]}\n\n… {len(text) - cut:,} more characters: /export answer.md writes all of them, Ctrl+B shows its tables."


def _grouped(text: str) -> Iterator[tuple[Block, ...] | Table]:
    """Paragraphs without their tables, and each table."""
    for paragraph in paragraphs_of(text):
        lines: list[Block] = []
        for block in paragraph:
            if isinstance(block, Table):
                if lines:
                    yield tuple(lines)
                    lines = []
                yield block
            else:
                lines.append(block)
        if lines:
            yield tuple(lines)


def _texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            for row in block.rows:
                yield from row
        else:
            yield block.text
