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
    if story.doing:
        return Content.styled(f"▸ {story.doing}", "$text-muted")
    calls = list(story.calls)
    if not calls:
        said = "beginning" if story.folder else "reading the question"
        if story.finished:
            said = "no tool was asked" if story.status != "failed" and not story.folder else ""
        return Content.styled(said, "$text-muted")
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
        lines.append(
            Content.styled(f"■ Stopped by you after {duration(story.seconds)} · {_kept(story)}", "$text-muted")
        )
    elif story.status in STATUS_LINES and story.status != "failed":  # which has a card
        lines.append(Content.styled(STATUS_LINES[story.status], "$text-warning"))
    for notice in story.notices:
        lines.append(Content.styled(f"! {one_line(notice.text)}", "$text-warning"))
    lines += [Content.styled(f"· {one_line(text)}", "$text-muted") for text in story.remarks]
    if story.claims:
        held = sum(claim.verdict == "supported" for claim in story.claims)
        lines.append(
            Content.styled(f"{held} of {len(story.claims)} statements held by evidence · {story.run_id}", "$text-muted")
        )
    return Content("\n").join(lines)


def _kept(story: Story) -> str:
    """What a run that was stopped leaves."""
    if story.folder:
        return "what was done is kept"
    calls = list(story.calls)
    kept = sum(call.state in ("ok", "partial", "empty") for call in calls)
    return f"{kept} of {len(calls)} calls kept"
