"""What a task is: its names, its file, how a record becomes an item, and what is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..items import Item
from ..records import Record, Records

__all__ = ["CAPTION_METRICS", "ReadRecord", "Task", "Unfit", "text_of"]

CAPTION_METRICS = ("BLEU-2", "BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L", "METEOR")
"""In the order in which the papers print them."""

ReadRecord = Callable[[Record], Item]


class Unfit(Exception):
    """A record cannot be used; the text says why."""


@dataclass(frozen=True)
class Task:
    """A question set.

    Args:
        name: as the command has it.
        title: as its authors call it.
        file: which file is expected, for a hint.
        fits: whether a record looks like one of this set's.
        reader: looks at all records, and gives what makes an item of one; that raises `Unfit`.
        metrics: what is counted, the first first.
        labels: of a set whose questions all have the same answers, these answers; macro-F1 is counted over them.
        captions: whether texts are compared, instead of labels.
    """

    name: str
    title: str
    file: str
    fits: Callable[[Mapping[str, Any]], bool]
    reader: Callable[[Records], ReadRecord]
    metrics: Sequence[str]
    labels: tuple[str, ...] = ()
    captions: bool = False


def text_of(record: Record, name: str) -> str:
    """A field's text. Raises Unfit where there is none."""
    value = record.fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Unfit(f"{name} is missing or empty")
    return value.strip()
