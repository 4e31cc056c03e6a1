"""A run in a few words for the bottom line: who planned, where records came from, what a model took, how long it was."""

from __future__ import annotations

from collections.abc import Sequence

from ..step_text import one_line
from .story import Story

__all__ = ["fitting", "run_facts"]

_SEPARATOR = " · "


def run_facts(story: Story) -> list[str]:
    """The facts that are known so far; those that can be done without come first."""
    usage = story.usage
    facts = [one_line(story.planner)]
    if usage is not None and usage.model_seconds is not None:
        facts.append(f"model {usage.model_seconds:.1f} s")
    facts.append(_back_ends(story))
    if usage is not None and (usage.tokens_in or usage.tokens_out):
        facts.append(f"{usage.tokens_in:,} tokens in, {usage.tokens_out:,} out")
    if story.finished:
        facts.append(f"{story.seconds:.1f} s")
    return [fact for fact in facts if fact]


def _back_ends(story: Story) -> str:
    """Where records came from, and whether the network was left out."""
    used = dict.fromkeys(name for call in story.calls for name in call.backends if name != "computed")
    return ": ".join(part for part in ("offline" if story.offline else "", " and ".join(used)) if part)


def fitting(facts: Sequence[str], cells: int) -> str:
    """As many of the facts as have room, the last ones rather than the first."""
    kept = list(facts)
    while kept and len(_SEPARATOR.join(kept)) > cells:
        kept.pop(0)
    return _SEPARATOR.join(kept)
