"""Isoforms and the sequences that are made for them."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.tools.sources.uniprot import UniprotEntry, read_entry
from biocopilot.tools.sources.uniprot.isoforms import isoforms_of

SEQUENCE = "MRPSGTAGAALLALLAALCPASRA"


def _change(identifier: str, start: int, end: int, original: str = "", instead: str = "") -> dict[str, Any]:
    replacement: dict[str, Any] = {"originalSequence": original, "alternativeSequences": [instead]} if instead else {}
    return {
        "type": "Alternative sequence",
        "location": {"start": {"value": start, "modifier": "EXACT"}, "end": {"value": end, "modifier": "EXACT"}},
        "description": "in isoform 2",
        "featureId": identifier,
        "alternativeSequence": replacement,
    }


def _products(status: str, ids: list[str]) -> dict[str, Any]:
    shown = {"name": {"value": "1"}, "isoformIds": ["P00533-1"], "isoformSequenceStatus": "Displayed"}
    other = {
        "name": {"value": "2"},
        "synonyms": [{"value": "TEGFR"}],
        "isoformIds": ["P00533-2", "P00533-9"],
        "isoformSequenceStatus": status,
        "sequenceIds": ids,
    }
    return {"commentType": "ALTERNATIVE PRODUCTS", "events": ["Alternative splicing"], "isoforms": [shown, other]}


def _second(entry_json: Any, features: list[Any], status: str = "Described", ids: list[str] | None = None) -> Any:
    listed = [feature["featureId"] for feature in features] if ids is None else ids
    entry = read_entry(entry_json("P00533", SEQUENCE, comments=[_products(status, listed)], features=features))
    assert isinstance(entry, UniprotEntry)
    first, second = isoforms_of(entry)
    assert (first.id, first.canonical, first.sequence) == ("P00533-1", True, SEQUENCE)
    return second


def test_replaced_and_missing_residues_make_the_isoform(entry_json: Any) -> None:
    isoform = _second(entry_json, [_change("VSP_1", 3, 5, "PSG", "WW"), _change("VSP_2", 20, 24)])
    assert isoform.sequence == "MRWW" + SEQUENCE[5:19]
    assert (isoform.length, isoform.name, isoform.synonyms, isoform.other_ids) == (18, "2", ("TEGFR",), ("P00533-9",))
    assert not isoform.canonical


@pytest.mark.parametrize(
    ("features", "status", "ids", "why"),
    [
        ([_change("VSP_1", 3, 5, "XXX", "W")], "Described", None, "does not fit the sequence"),
        ([_change("VSP_1", 3, 99, "P", "W")], "Described", None, "no exact place"),
        ([_change("VSP_1", 3, 6), _change("VSP_2", 5, 8)], "Described", None, "overlap"),
        ([], "Described", ["VSP_7"], "VSP_7 is not in the entry"),
        ([], "Described", [], "lists no change"),
        ([], "Not described", [], "does not describe"),
        ([], "External", [], "another entry"),
    ],
)
def test_isoform_without_a_sequence_says_why(
    entry_json: Any, features: list[Any], status: str, ids: list[str] | None, why: str
) -> None:
    isoform = _second(entry_json, features, status, ids)
    assert (isoform.sequence, isoform.length) == (None, None)
    assert why in isoform.no_sequence_because


def test_entry_without_a_list_has_its_own_sequence_only(entry_json: Any) -> None:
    entry = read_entry(entry_json("P00533", SEQUENCE))
    assert isinstance(entry, UniprotEntry)
    (only,) = isoforms_of(entry)
    assert (only.id, only.canonical, only.sequence) == ("P00533", True, SEQUENCE)


def test_every_described_isoform_of_real_entries_can_be_made(real_entries: list[UniprotEntry]) -> None:
    isoforms = [isoform for entry in real_entries for isoform in isoforms_of(entry)]
    described = [isoform for isoform in isoforms if isoform.status == "Described"]
    assert len(described) > 300
    assert all(isoform.sequence and isoform.sequence.isalpha() for isoform in described)


def test_lengths_are_those_that_uniprot_states(shared: Any) -> None:
    # SEE: https://www.uniprot.org/uniprotkb/P00533/entry#sequences (1,210, 405, 705 and 628 residues)
    import gzip
    import json

    with gzip.open(
        shared / "data" / "uniprot_json" / "uniprotkb_1958_targets.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        line = next(line for line in lines if '"primaryAccession":"P00533"' in line)
    entry = read_entry(json.loads(line))
    assert isinstance(entry, UniprotEntry)
    assert {isoform.id: isoform.length for isoform in isoforms_of(entry)} == {
        "P00533-1": 1210, "P00533-2": 405, "P00533-3": 705, "P00533-4": 628,
    }  # fmt: skip
