"""UniProtQA: questions about a protein (function, official names, family, subcellular location), answered from UniProt.

Two shapes are read. A list or lines of JSON whose records hold the sequence themselves: `sequence` (or `protein_sequence`),
`question`, `answer`. Or OpenBioMed's: a list with `protein_accession`, `question` and `answer`, and beside it `sequences.json`,
sequences by accession. The public split is random: proteins of the test set have near copies in the training set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ....memory.errors import FileRefused
from ..items import Caption, Item
from ..records import Record, Records
from .task import CAPTION_METRICS, ReadRecord, Task, Unfit, text_of

__all__ = ["UNIPROTQA"]

_SEQUENCES = "sequences.json"
_INLINE = ("sequence", "protein_sequence")


def _fits(fields: Mapping[str, Any]) -> bool:
    own = "protein_accession" in fields or any(name in fields for name in _INLINE)
    return own and "question" in fields and "answer" in fields


def _reader(records: Records) -> ReadRecord:
    by_accession = any("protein_accession" in record.fields for record in records.records)
    sequences = _sequences(records) if by_accession else {}

    def item(record: Record) -> Item:
        name, sequence = _protein(record, sequences)
        return Caption(
            id=name or record.where,
            entity="protein",
            structure=sequence,
            question=text_of(record, "question"),
            gold=text_of(record, "answer"),
        )

    return item


def _sequences(records: Records) -> Mapping[str, str]:
    path = records.path.with_name(_SEQUENCES)
    try:
        held = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise FileRefused(
            f"{records.path.name} names proteins by accession, and their sequences are not beside it.",
            f"Put {_SEQUENCES} (sequences by accession) into the same folder.",
        ) from error
    except (OSError, ValueError) as error:
        raise FileRefused(f"{path} cannot be read as JSON: {error}.", "Fetch it again.") from error
    if not isinstance(held, dict):
        raise FileRefused(f"{path} holds no sequences by accession.", "Fetch it again.")
    return held


def _protein(record: Record, sequences: Mapping[str, str]) -> tuple[str, str]:
    """The accession, where there is one, and the sequence."""
    accessions = record.fields.get("protein_accession")
    if accessions is None:
        inline = next((name for name in _INLINE if record.fields.get(name)), _INLINE[0])
        return "", text_of(record, inline)
    names = [accessions] if isinstance(accessions, str) else accessions
    if not isinstance(names, list) or len(names) != 1:
        raise Unfit("it is about several proteins")
    name = str(names[0])
    sequence = sequences.get(name)
    if not isinstance(sequence, str) or not sequence.strip():
        raise Unfit(f"{_SEQUENCES} has no sequence of {name}")
    return name, sequence.strip()


UNIPROTQA = Task(
    name="uniprotqa",
    title="UniProtQA",
    file=(
        "UniProtQA's test questions as JSON or lines of JSON, with sequence, question and answer; or with protein_accession "
        f"instead of the sequence, and {_SEQUENCES} in the same folder"
    ),
    fits=_fits,
    reader=_reader,
    metrics=CAPTION_METRICS,
    captions=True,
)
