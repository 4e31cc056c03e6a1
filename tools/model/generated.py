"""What both tools of this folder give: the text as evidence of its own kind, without what was struck, and the facts it was held against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...memory.text import shorten
from ..contract import Draft, Findings
from .biomedgpt import TITLE, Written
from .judging import Judged

__all__ = ["generated_findings"]

_NOTE = "A model wrote this: it may be wrong where nothing could be checked, and it supports no statement of an answer."
_SUMMARY_CHARACTERS = 900


def generated_findings(
    facts: Draft, about: dict[str, Any], question: str, written: Written, judged: Sequence[Judged]
) -> Findings:
    """Two pieces of evidence: the computed facts, and the sentences of the answer that these do not contradict.

    Args:
        facts: what was computed.
        about: how the record names the molecule or protein.
        question: what was asked.
        written: what the model wrote.
        judged: its sentences.
    """
    kept = [item for item in judged if item.verdict != "contradicted"]
    struck = [item for item in judged if item.verdict == "contradicted"]
    notes = [_NOTE, *written.notices]
    if written.end == "length":
        notes.append("It reached the limit of its length, so its last sentence may be cut.")
    record = {
        "type": "generated_answer",
        "model": TITLE,
        "about": about,
        "question": question,
        "answer": " ".join(item.text for item in kept),
        "statements": [item.record() for item in kept],
        "struck": [item.record() for item in struck],
        "notes": notes,
    }
    said = record["answer"] or ("nothing that holds" if struck else "nothing")
    draft = Draft(
        record,
        written.source,
        "generated",
        shorten(f"{TITLE} wrote (generated, no support): {said}", _SUMMARY_CHARACTERS),
    )
    warnings = [f"Struck from what {TITLE} wrote, because {'; '.join(item.why)}: {item.text}" for item in struck]
    return Findings((facts, draft), matched=len(judged), returned=len(kept), warnings=(*warnings, *written.notices))
