"""A run as Markdown: question, answer, evidence and notices as `Answer.to_markdown` writes them, then the steps."""

from __future__ import annotations

from collections.abc import Sequence

from ...memory.events import Event
from ...memory.text import clean
from ...memory.transcript import answer_of
from ..rendering import STATUS_LINES
from .steps import about_run, steps_of

__all__ = ["run_as_markdown"]


def run_as_markdown(events: Sequence[Event]) -> str:
    """The whole run as Markdown."""
    answer = answer_of(events)
    parts = [f"# {_plain(answer.question)}"]
    if answer.status in STATUS_LINES:
        parts.append(f"*{STATUS_LINES[answer.status]}*")
    parts.append(clean(answer.to_markdown()).strip())
    lines = []
    for number, step in enumerate(steps_of(events), 1):
        if not step.outcome:
            lines.append(f"{number}. {_plain(step.what)}")
            continue
        cited = f" ({', '.join(step.evidence)})" if step.evidence else ""
        lines.append(f"{number}. `{step.what}` {_code(step.arguments)}: {_plain(step.outcome)}{cited}")
    if lines:
        parts.append("\n".join(["### Steps", "", *lines]))
    facts = [f"- {name}: {_plain(value)}" for name, value in about_run(events).items()]
    parts.append("\n".join(["### Run", "", *facts]))
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain(text: str) -> str:
    """One line in which nothing is markup."""
    line = " ".join(clean(text).split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>#" else char for char in line)


def _code(text: str) -> str:
    """A code span that backticks within do not end."""
    fence = "``" if "`" in text else "`"
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"
