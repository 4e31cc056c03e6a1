"""ChEBI-20: describe a molecule as ChEBI does. Some rows have their backslashes doubled, which is undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..items import Caption, Item
from ..records import Record, Records
from .task import CAPTION_METRICS, ReadRecord, Task, text_of

__all__ = ["CHEBI20"]

_QUESTION = "Please describe this molecule."
"""As BioMedGPT's own demonstration asks."""


def _fits(fields: Mapping[str, Any]) -> bool:
    return {"CID", "SMILES", "description"} <= fields.keys()


def _reader(_records: Records) -> ReadRecord:
    return _item


def _item(record: Record) -> Item:
    return Caption(
        id=f"CID {text_of(record, 'CID')}",
        entity="molecule",
        structure=text_of(record, "SMILES").replace("\\\\", "\\"),
        question=_QUESTION,
        gold=text_of(record, "description"),
    )


CHEBI20 = Task(
    name="chebi20",
    title="ChEBI-20",
    file="ChEBI-20's test.txt (3,300 molecules) from the MolT5 repository: a table with tabs, of CID, SMILES and description",
    fits=_fits,
    reader=_reader,
    metrics=CAPTION_METRICS,
    captions=True,
)
