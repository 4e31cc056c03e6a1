"""The evidence pane: the record behind a citation, where it came from, which statements rest on it, and what a check says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ....memory.records import Evidence
from ...cli.record_text import record_text
from ...rendering import call_label, source_label
from ...step_text import one_line
from ..story import Story

__all__ = ["EvidencePane", "evidence_content"]

_STYLES = {"✓": "$text-success", "✗": "bold $text-error", "○": "$text-warning"}
_VERDICTS = {
    "supported": ("✓", "held", "$text-success"),
    "unsupported": ("✗", "struck: no evidence holds it", "$text-error"),
    "generated": ("~", "generated: supports nothing", "$text-warning"),
}

Place = tuple[str, str]
"""A run and a piece of evidence in it."""


class EvidencePane(VerticalScroll):
    """One evidence record; `show` puts another there, `tell_check` and `tell_around` what was found about one."""

    BORDER_TITLE = "Evidence"
    HELP = "The record that a citation stands for. c copies it, v checks it again."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "app.check_record", "Check again", show=False),
        Binding("c", "app.copy_record", "Copy", show=False),
    ]

    class AroundWanted(Message):
        """A passage is shown, and what stands around it is not known."""

        def __init__(self, place: Place, item: Evidence) -> None:
            super().__init__()
            self.place, self.item = place, item

    def __init__(self, **named: str) -> None:
        super().__init__(**named)  # type: ignore[arg-type]  # id and classes
        self._text = Static("", markup=False)
        self.evidence_id = ""
        self.story: Story | None = None
        self._checks: dict[Place, str] = {}
        self._around: dict[Place, tuple[str, str]] = {}

    def compose(self) -> Iterator[Static]:
        yield self._text

    @property
    def item(self) -> Evidence | None:
        """The record on show."""
        return self.story.evidence.get(self.evidence_id) if self.story else None

    @property
    def place(self) -> Place:
        """The run and the record on show."""
        return (self.story.run_id if self.story else "", self.evidence_id)

    def show(self, story: Story | None, evidence_id: str = "") -> None:
        """Show a record of the story; its newest where none is named."""
        self.story, self.evidence_id = story, evidence_id
        if story is None or not story.evidence:
            self.border_title = "Evidence"
            self._text.update(Content.styled("What an answer rests on is shown here.", "$text-muted"))
            return
        if self.item is None:
            self.evidence_id = next(reversed(story.evidence))
        self._draw()
        self.scroll_home(animate=False)
        item = self.item
        if item is not None and _is_passage(item) and self.place not in self._around:
            self.post_message(self.AroundWanted(self.place, item))

    def tell_check(self, place: Place, said: str) -> None:
        """What a check says of a record; told again whenever it is on show."""
        self._checks[place] = said
        self._draw_if_shown(place)

    def tell_around(self, place: Place, around: tuple[str, str]) -> None:
        """What stands before and behind a passage."""
        self._around[place] = around
        self._draw_if_shown(place)

    def _draw_if_shown(self, place: Place) -> None:
        if place == self.place:
            self._draw()

    def _draw(self) -> None:
        story, item = self.story, self.item
        if story is None or item is None:
            return
        position = list(story.evidence).index(item.id) + 1
        self.border_title = f"Evidence {item.id} · {position} of {len(story.evidence)}"
        checked, around = self._checks.get(self.place, ""), self._around.get(self.place, ("", ""))
        self._text.update(evidence_content(item, story, checked, around))


def evidence_content(item: Evidence, story: Story, checked: str = "", around: tuple[str, str] = ("", "")) -> Content:
    """Where it came from, the statements that cite it, and the record.

    Args:
        item: the record.
        story: its run.
        checked: what a check says of it, a line each.
        around: what stands before and behind a passage.
    """
    source = item.source
    parts: list[Content] = [
        Content.styled(one_line(call_label(item.tool, item.arguments, 200)), "bold"),
        Content.assemble((f"{source_label(source)} · {source.licence}", "$text-muted")),
        Content.styled(f"{item.backend} · {item.retrieved_at:%Y-%m-%d %H:%M:%S} UTC", "$text-muted"),
    ]
    if source.url:
        parts.append(Content.styled(one_line(source.url), "$text-muted"))
    if item.backend == "generated":
        parts.append(Content.styled("~ Written by a model: it supports nothing.", "bold $text-warning"))
    parts += [Content.styled(line, _STYLES.get(checked[:1], "$text-muted")) for line in checked.splitlines()]
    for claim in story.cited_by(item.id):
        sign, said, style = _VERDICTS[claim.verdict]
        parts.append(Content.assemble((f"{sign} {said}: ", style), (one_line(claim.text), "italic")))
        for support in claim.support:
            if support.evidence == item.id:
                parts.append(Content.styled(f"    {support.token} stands at {support.path}", "$text-muted"))
    parts += _quoted(item, around)
    parts += [Content(""), Content(record_text(item.record))]
    return Content("\n").join(parts)


def _is_passage(item: Evidence) -> bool:
    """Whether it is a span of a document in the library."""
    record = item.record
    return record.get("type") == "passage" and {"document", "part", "start", "end"} <= record.keys()


def _quoted(item: Evidence, around: tuple[str, str]) -> Iterator[Content]:
    """The record's text between quotation marks, with what stands around it in its document."""
    quote = item.record.get("text") or item.record.get("quote")
    if not (isinstance(quote, str) and quote):
        return
    before, behind = around
    yield Content("")
    yield Content.assemble(
        (f"{before} " if before else "", "$text-muted"),
        (f"“{one_line(quote)}”", "italic bold" if before or behind else "italic"),
        (f" {behind}" if behind else "", "$text-muted"),
    )
