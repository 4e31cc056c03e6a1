"""MedQA-USMLE with four options: the English questions of the United States' licensing examination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..items import Choice, Item
from ..records import Record, Records
from .task import ReadRecord, Task, Unfit, text_of

__all__ = ["MEDQA"]


def _fits(fields: Mapping[str, Any]) -> bool:
    return "question" in fields and isinstance(fields.get("options"), dict)


def _reader(_records: Records) -> ReadRecord:
    return _item


def _item(record: Record) -> Item:
    options = record.fields.get("options")
    if not isinstance(options, dict) or len(options) < 2 or not all(isinstance(text, str) for text in options.values()):
        raise Unfit("options are no texts by letter")
    gold = record.fields.get("answer_idx")
    if gold not in options:
        named = [label for label, text in options.items() if text == record.fields.get("answer")]
        if len(named) != 1:
            raise Unfit("neither answer_idx nor answer names one of the options")
        gold = named[0]
    return Choice(record.where, text_of(record, "question"), dict(options), str(gold))


MEDQA = Task(
    name="medqa",
    title="MedQA-USMLE, 4 options",
    file=(
        "MedQA's questions/US/4_options/phrases_no_exclude_test.jsonl (1,273 questions): lines of JSON with question, options by "
        "letter, and answer_idx"
    ),
    fits=_fits,
    reader=_reader,
    metrics=("accuracy",),
)
