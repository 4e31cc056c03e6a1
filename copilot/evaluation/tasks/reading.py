"""A data file as a task's items; another set's file is told as such, and records that cannot be used are named."""

from __future__ import annotations

from pathlib import Path

from ....memory.errors import FileRefused
from ..items import BadRecord, DataSet, Item
from ..records import Records, read_records
from .registry import TASKS
from .task import Task, Unfit

__all__ = ["read_data"]

_LOOKED_AT = 20
"""Records from which it is told whose file it is."""


def read_data(task: Task, path: Path) -> DataSet:
    """Read a task's file.

    Raises:
        FileRefused: it is not there, damaged, another set's, or holds no item that can be used.
    """
    records = read_records(path)
    if not _looks_like(task, records):
        others = [other for other in TASKS.values() if other is not task and _looks_like(other, records)]
        told = f"It looks like {others[0].title}: biocopilot eval {others[0].name}. " if others else ""
        raise FileRefused(f"{path.name} is not of {task.title}.", f"{told}Expected: {task.file}.")
    item = task.reader(records)
    items: list[Item] = []
    bad: list[BadRecord] = list(records.bad)
    for record in records.records:
        try:
            items.append(item(record))
        except Unfit as reason:
            bad.append(BadRecord(record.where, str(reason)))
    if not items:
        raise FileRefused(
            f"No record of {path.name} can be used: {bad[0].where}: {bad[0].reason}.", f"Expected: {task.file}."
        )
    return DataSet(path.name, records.sha256, tuple(items), tuple(bad))


def _looks_like(task: Task, records: Records) -> bool:
    looked = records.records[:_LOOKED_AT]
    return bool(looked) and 2 * sum(task.fits(record.fields) for record in looked) > len(looked)
