"""A failed run as a report that can be pasted into an issue: what was asked, what failed, and where."""

from __future__ import annotations

import platform
from importlib.metadata import version

from ...memory.text import clean
from .story import Story

__all__ = ["report_of"]


def report_of(story: Story) -> str:
    """The report. It holds the question; nothing else of the user's."""
    lines = [
        f"Biocopilot {version('biocopilot')}, Python {platform.python_version()}, {platform.system()}",
        f"run {story.run_id or 'none begun'}, planner {story.planner or 'none yet'}{', offline' if story.offline else ''}",
        f"question: {story.question}",
        f"{story.error or 'failed'}: {story.message}",
    ]
    if story.hint:
        lines.append(f"hint: {story.hint}")
    for call in story.calls:
        said = f": {call.message}" if call.message else ""
        lines.append(f"call {call.call.tool}: {call.state}{said}")
    if story.traceback:
        lines += ["", story.traceback.rstrip()]
    return clean("\n".join(lines)) + "\n"
