"""What to try after an answer: questions about the same molecule or target that were not asked yet, and its run.

Only questions that the embedded planner answers are suggested; a test asks each of them.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from ...memory.records import Answer
from ...memory.text import clean

__all__ = ["MOLECULE_QUESTIONS", "TARGET_QUESTIONS", "try_next"]

MOLECULE_QUESTIONS = {
    "molecule_properties": "Is {} drug-like?",
    "structural_alerts": "Does {} have structural alerts?",
    "drug_mechanisms": "What is the mechanism of action of {}?",
    "drug_status": "Is {} approved?",
}
"""Tool to the question that it answers about a molecule by name."""

TARGET_QUESTIONS = {
    "target_profile": "What does {} do?",
    "drugs_for_target": "Which drugs act on {}?",
    "target_activities": "What are the most potent inhibitors of {}?",
}
"""Tool to the question that it answers about a target by gene."""

_MOST = 2


def try_next(answer: Answer, recorded: bool = True) -> tuple[str, ...]:
    """Commands worth typing next; none after an answer without evidence."""
    if answer.status not in ("answered", "partial") or not answer.evidence:
        return ()
    commands = [f"biocopilot ask {_quoted(question)}" for question in _questions(answer)][:_MOST]
    if recorded:
        commands.append(f"biocopilot runs verify {answer.run_id}")
    return tuple(commands)


def _questions(answer: Answer) -> Iterator[str]:
    asked = {call.tool for call in answer.tool_calls}
    target, molecule = _first(answer, "target", "gene"), _first(answer, "molecule", "name")
    by_kind = [(TARGET_QUESTIONS, target), (MOLECULE_QUESTIONS, molecule)]
    # One question of each kind first, so that an answer about both leads to both.
    lists = [
        [q.format(name) for tool, q in questions.items() if tool not in asked] for questions, name in by_kind if name
    ]
    for rank in range(max(map(len, lists), default=0)):
        for questions in lists:
            if rank < len(questions):
                yield questions[rank]


def _first(answer: Answer, part: str, key: str) -> str:
    """The name that the first record with one gives to its molecule or target."""
    for item in answer.evidence:
        found: Any = item.record.get(part)
        if isinstance(found, dict) and isinstance(found.get(key), str) and found[key]:
            name = clean(found[key])
            return name.lower() if part == "molecule" and name.isupper() and name.isalpha() else name
    return ""


def _quoted(question: str) -> str:
    """In double quotes where that is safe in a shell, which is how people type a question."""
    return f'"{question}"' if not set(question) & set('"$`\\!') else shlex.quote(question)
