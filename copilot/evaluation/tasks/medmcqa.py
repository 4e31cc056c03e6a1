"""MedMCQA: four options, one right. The number of the right one counts from 1 in the authors' files and from 0 in the hub's.

Which of both a file has, is told from all its records: one with a 4 counts from 1, one with a 0 from 0. A file with neither is
refused, since every answer could be off by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....memory.errors import FileRefused
from ..items import Choice, Item
from ..records import Record, Records
from .task import ReadRecord, Task, Unfit, text_of

__all__ = ["MEDMCQA"]

_FIELDS = {"A": "opa", "B": "opb", "C": "opc", "D": "opd"}


def _fits(fields: Mapping[str, Any]) -> bool:
    return {"question", *_FIELDS.values()} <= fields.keys()


def _reader(records: Records) -> ReadRecord:
    numbers = {number for record in records.records if (number := _number(record)) is not None}
    first = _first(records, numbers)

    def item(record: Record) -> Item:
        number = _number(record)
        if number is None or not 0 <= number - first < len(_FIELDS):
            raise Unfit("cop, the number of the right option, is missing or out of range (a test set has none)")
        given = record.fields.get("id")
        return Choice(
            id=str(given) if given else record.where,
            question=text_of(record, "question"),
            options={label: text_of(record, name) for label, name in _FIELDS.items()},
            gold=list(_FIELDS)[number - first],
        )

    return item


def _number(record: Record) -> int | None:
    held = record.fields.get("cop")
    return held if isinstance(held, int) and not isinstance(held, bool) and held >= 0 else None


def _first(records: Records, numbers: set[int]) -> int:
    """From what number the right options are counted."""
    if (0 in numbers) != (4 in numbers):
        return 0 if 0 in numbers else 1
    if not numbers:
        raise FileRefused(f"{records.path.name} has no answers.", "MedMCQA's test set keeps them back: give dev.json.")
    why = "both 0 and 4" if 0 in numbers else "neither 0 nor 4"
    raise FileRefused(
        f"{records.path.name} has {why} among the numbers of right options (cop), so that it is open where they begin.",
        "Give the whole file, as it was fetched.",
    )


MEDMCQA = Task(
    name="medmcqa",
    title="MedMCQA",
    file="MedMCQA's dev.json (4,183 questions; the test set has no answers): lines of JSON with question, opa, opb, opc, opd and cop",
    fits=_fits,
    reader=_reader,
    metrics=("accuracy",),
)
