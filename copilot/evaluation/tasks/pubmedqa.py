"""PubMedQA: yes, no or maybe, from an abstract without its conclusion ("reasoning-required").

LONG_ANSWER is that conclusion. It is never read: neither shown, nor indexed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..items import Choice, Item
from ..records import Record, Records
from .task import ReadRecord, Task, Unfit, text_of

__all__ = ["PUBMEDQA"]

_LABELS = ("yes", "no", "maybe")


def _fits(fields: Mapping[str, Any]) -> bool:
    return "QUESTION" in fields and "CONTEXTS" in fields


def _reader(_records: Records) -> ReadRecord:
    return _item


def _item(record: Record) -> Item:
    gold = record.fields.get("final_decision")
    if gold not in _LABELS:
        raise Unfit("final_decision is not yes, no or maybe")
    contexts, labels = record.fields.get("CONTEXTS"), record.fields.get("LABELS") or []
    if not isinstance(contexts, list) or not contexts or not all(isinstance(text, str) for text in contexts):
        raise Unfit("CONTEXTS is no list of texts")
    named = labels if len(labels) == len(contexts) else [""] * len(contexts)
    year = str(record.fields.get("YEAR") or "")
    return Choice(
        id=record.where,
        question=text_of(record, "QUESTION"),
        options={label: label for label in _LABELS},
        gold=str(gold),
        context=tuple((str(name), text.strip()) for name, text in zip(named, contexts, strict=True) if text.strip()),
        year=int(year) if year.isdecimal() else None,
    )


PUBMEDQA = Task(
    name="pubmedqa",
    title="PubMedQA",
    file=(
        "PubMedQA's labelled questions: ori_pqal.json (1,000), or the test_set.json (500) that its split_dataset.py makes; "
        "an object of questions by PMID, with QUESTION, CONTEXTS and final_decision"
    ),
    fits=_fits,
    reader=_reader,
    metrics=("accuracy", "macro-F1"),
    labels=_LABELS,
)
