"""The lines over and under an answer: what was thought and done for it, how it ended, and how its statements stand."""

from __future__ import annotations

from textual.content import Content

from ...rendering import STATUS_LINES
from ...step_text import duration, one_line
from ..story import Story

__all__ = ["foot_lines", "work_lines"]


def work_lines(story: Story, unfolded: bool) -> Content:
    """What was thought, and what was done for the answer, in a line each."""
    work, thoughts = _work_line(story), [text for step in story.steps for text in step.thoughts]
    if not thoughts:
        return work
    taken = sum(step.thought_s for step in story.steps)
    lines = [Content.styled(f"{'▾' if unfolded else '▸'} Thought {duration(taken)}", "$text-muted")]
    if unfolded:
        lines += [
            Content.styled(f"  {one_line(line)}", "italic $text-muted")
            for text in thoughts
            for line in text.splitlines()
        ]
    return Content("\n").join([*lines, work])


def _work_line(story: Story) -> Content:
    """What was done for the answer, in a line."""
    calls = list(story.calls)
    if not calls:
        said = "reading the question" if not story.finished else "no tool was asked"
        return Content.styled(said if story.status != "failed" else "", "$text-muted")
    failed = sum(call.state == "failed" for call in calls)
    running = [call for call in calls if call.state == "running"]
    parts = [f"{len(calls)} call{'s' if len(calls) != 1 else ''}"]
    if failed:
        parts.append(f"{failed} failed")
    if running:
        parts.append(f"{running[-1].call.tool} {one_line(running[-1].doing)}".strip())
    if story.finished:
        parts.append(duration(story.seconds))
    return Content.styled(f"▸ {' · '.join(parts)}", "$text-warning" if failed else "$text-muted")


def foot_lines(story: Story) -> Content:
    """How the run ended, its notices, and how its claims stand."""
    lines: list[Content] = []
    if story.status == "cancelled":
        calls = list(story.calls)
        kept = sum(call.state in ("ok", "partial", "empty") for call in calls)
        lines.append(
            Content.styled(
                f"■ Stopped by you after {duration(story.seconds)} · {kept} of {len(calls)} calls kept", "$text-muted"
            )
        )
    elif story.status in STATUS_LINES and story.status != "failed":  # which has a card
        lines.append(Content.styled(STATUS_LINES[story.status], "$text-warning"))
    for notice in story.notices:
        lines.append(Content.styled(f"! {one_line(notice.text)}", "$text-warning"))
    if story.claims:
        held = sum(claim.verdict == "supported" for claim in story.claims)
        lines.append(
            Content.styled(f"{held} of {len(story.claims)} statements held by evidence · {story.run_id}", "$text-muted")
        )
    return Content("\n").join(lines)
