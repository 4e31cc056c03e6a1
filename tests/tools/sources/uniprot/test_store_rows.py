"""A live entry and the local store answer the same question with equal records."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.uniprot_store import UniprotStore
from biocopilot.tools.sources.uniprot import DIFFERS_BY_DESIGN, StoreRows, UniprotEntry, protein_entry, read_entry

LEAST = 300
FIELDS = (
    "accession",
    "entry_name",
    "reviewed",
    "gene",
    "name",
    "organism",
    "tax_id",
    "family",
    "length",
    "mass_da",
    "sequence",
)


@pytest.fixture(scope="module")
def pairs(real_entries: list[UniprotEntry], real_store: UniprotStore) -> list[tuple[UniprotEntry, StoreRows]]:
    """Real entries that the starter set keeps whole."""
    kept = {row["accession"] for row in real_store.database.rows("SELECT accession FROM uniprot_entry")}
    return [(entry, StoreRows(entry)) for entry in real_entries if entry.accession in kept]


def test_enough_entries_are_compared(pairs: list[tuple[UniprotEntry, StoreRows]]) -> None:
    assert len(pairs) >= LEAST


@pytest.mark.parametrize("field", FIELDS)
def test_fields_of_the_entry_are_equal(
    pairs: list[tuple[UniprotEntry, StoreRows]], real_store: UniprotStore, field: str
) -> None:
    for entry, rows in pairs:
        stored = real_store.entry(entry.accession)
        assert getattr(rows.entry, field) == getattr(stored, field), entry.accession


def test_every_field_of_the_entry_is_compared() -> None:
    from biocopilot.memory.uniprot_store import ProteinEntry

    assert tuple(ProteinEntry.__dataclass_fields__) == FIELDS


@pytest.mark.parametrize("look_up", ["other_names", "ec_numbers", "locations", "diseases", "cross_references"])
def test_look_ups_are_equal(
    pairs: list[tuple[UniprotEntry, StoreRows]], real_store: UniprotStore, look_up: str
) -> None:
    filled = 0
    for entry, rows in pairs:
        found = getattr(rows, look_up)()
        assert found == getattr(real_store, look_up)(entry.accession), entry.accession
        filled += bool(found)
    assert filled > 50


def test_keywords_are_equal_in_every_category(
    pairs: list[tuple[UniprotEntry, StoreRows]], real_store: UniprotStore
) -> None:
    for entry, rows in pairs:
        for category in (*entry.keywords_by_category, "No such category"):
            assert rows.keywords(category) == real_store.keywords(entry.accession, category), entry.accession


def test_secondary_accessions_lead_to_the_same_entry(
    pairs: list[tuple[UniprotEntry, StoreRows]], real_store: UniprotStore
) -> None:
    followed = 0
    for entry, rows in pairs[:60]:
        for accession in entry.secondary_accessions[:2]:
            stored = real_store.entry(accession)
            if stored is not None and stored.accession == entry.accession:  # some are shared by several entries
                assert stored == rows.entry
                followed += 1
    assert followed > 20


def test_what_differs_by_design_is_named_and_does(
    pairs: list[tuple[UniprotEntry, StoreRows]], real_store: UniprotStore
) -> None:
    assert set(DIFFERS_BY_DESIGN) == {"description", "source", "named"}
    assert any(real_store.description(entry.accession) for entry, _ in pairs)
    assert not any(rows.description() for _, rows in pairs)


def test_every_look_up_of_the_store_is_answered_or_differs_by_design() -> None:
    about_one = {
        name
        for name in (
            "entry",
            "description",
            "other_names",
            "ec_numbers",
            "locations",
            "keywords",
            "diseases",
            "cross_references",
        )
        if hasattr(UniprotStore, name)
    }
    assert len(about_one) == 8
    assert all(hasattr(StoreRows, name) for name in about_one)


def test_chains_give_names_but_not_their_ec_numbers(entry_json: Any) -> None:
    part = {"recommendedName": {"fullName": {"value": "3C-like proteinase"}, "ecNumbers": [{"value": "3.4.22.69"}]}}
    own = {
        "recommendedName": {"fullName": {"value": "Polyprotein"}, "ecNumbers": [{"value": "2.7.7.48"}]},
        "contains": [part],
    }
    rows = StoreRows(read_entry(entry_json(proteinDescription=own)))  # type: ignore[arg-type]
    assert rows.ec_numbers() == ["2.7.7.48"]
    assert "3C-like proteinase" in rows.other_names()


def test_entry_without_gene_and_family_has_none(entry_json: Any) -> None:
    entry = read_entry(entry_json(genes=None))
    assert isinstance(entry, UniprotEntry)
    stored = protein_entry(entry)
    assert (stored.gene, stored.family) == (None, None)


def test_disease_said_twice_is_one_row_and_a_note_only_is_none(entry_json: Any) -> None:
    disease = {"diseaseId": "Lung cancer", "diseaseCrossReference": {"database": "MIM", "id": "211980"}}
    noted = {"commentType": "DISEASE", "note": {"texts": [{"value": "Seen in tumors."}]}}
    named = {"commentType": "DISEASE", "disease": disease}
    entry = read_entry(entry_json(comments=[named, noted, {**named, "molecule": "Isoform 2"}]))
    assert isinstance(entry, UniprotEntry)
    assert StoreRows(entry).diseases() == [("Lung cancer", "211980")]
