"""The evidence pane: the record behind a citation, where it came from, and which statements rest on it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ....memory.records import Evidence
from ...cli.record_text import record_text
from ...rendering import call_label, source_label
from ...step_text import one_line
from ..story import Story

__all__ = ["EvidencePane", "evidence_content"]


class EvidencePane(VerticalScroll):
    """One evidence record; `show` puts another there."""

    BORDER_TITLE = "Evidence"
    HELP = "The record that a citation stands for. c copies it, v checks it again."

    def __init__(self, **named: str) -> None:
        super().__init__(**named)  # type: ignore[arg-type]  # id and classes
        self._text = Static("", markup=False)
        self.evidence_id = ""
        self.story: Story | None = None

    def compose(self) -> Iterator[Static]:
        yield self._text

    def show(self, story: Story | None, evidence_id: str = "", checked: str = "") -> None:
        """Show a record of the story; its newest where none is named.

        Args:
            story: the run.
            evidence_id: which of its evidence.
            checked: what `verify` says of it, where that was asked.
        """
        self.story, self.evidence_id = story, evidence_id
        if story is None or not story.evidence:
            self.border_title = "Evidence"
            self._text.update(Content.styled("What an answer rests on is shown here.", "$text-muted"))
            return
        item = story.evidence.get(evidence_id)
        if item is None:
            item = next(reversed(story.evidence.values()))
            self.evidence_id = item.id
        place = list(story.evidence).index(item.id) + 1
        self.border_title = f"Evidence {item.id} · {place} of {len(story.evidence)}"
        self._text.update(evidence_content(item, story, checked))
        self.scroll_home(animate=False)


def evidence_content(item: Evidence, story: Story, checked: str = "") -> Content:
    """Where it came from, the statements that cite it, and the record."""
    source = item.source
    parts: list[Content] = [
        Content.styled(one_line(call_label(item.tool, item.arguments, 200)), "bold"),
        Content.assemble((f"{source_label(source)} · {source.licence}", "$text-muted")),
        Content.styled(f"{item.backend} · {item.retrieved_at:%Y-%m-%d %H:%M:%S} UTC", "$text-muted"),
    ]
    if source.url:
        parts.append(Content.styled(one_line(source.url), "$text-muted"))
    if item.backend == "generated":
        parts.append(Content.styled("Written by a model: it supports nothing.", "bold $text-warning"))
    if checked:
        parts.append(Content.styled(one_line(checked), "$text-success" if checked.startswith("✓") else "$text-error"))
    claims = story.cited_by(item.id)
    for claim in claims:
        held = {"supported": "✓", "unsupported": "✗", "generated": "~"}[claim.verdict]
        parts.append(Content.assemble((f"{held} ", "bold"), (one_line(claim.text), "italic")))
        for support in claim.support:
            if support.evidence == item.id:
                parts.append(Content.styled(f"    {support.token} stands at {support.path}", "$text-muted"))
    quote = item.record.get("text") or item.record.get("quote")
    if isinstance(quote, str) and quote:
        parts += [Content(""), Content.styled(f"“{one_line(quote)}”", "italic")]
    parts += [Content(""), Content(record_text(item.record))]
    return Content("\n").join(parts)
