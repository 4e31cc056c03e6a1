"""Warnings from a dump's tables, from a dump of another release, and from a file that has none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from biocopilot.memory.chembl_rows import WarningRow
from biocopilot.memory.chembl_store import ChemblStore


@contextmanager
def altered(source: Path, to: Path, statements: Sequence[str]) -> Iterator[ChemblStore]:
    """A copy of a dump after these statements."""
    to.write_bytes(source.read_bytes())
    with closing(sqlite3.connect(to)) as database, database:
        for statement in statements:
            database.execute(statement)
    store = ChemblStore.open(to)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def full(full_chembl: Path) -> Iterator[ChemblStore]:
    store = ChemblStore.open(full_chembl)
    yield store
    store.close()


def test_warnings_come_whole_in_the_order_of_their_ids(full: ChemblStore) -> None:
    assert full.holds_warnings
    first, second = full.warnings(molecules=full.family_of("CHEMBL941"))
    assert (first.warning_id, first.molecule_chembl_id, first.molecule_name) == (1, "CHEMBL941", "IMATINIB")
    assert (first.warning_type, first.year, first.references) == ("Black Box Warning", None, ())
    assert second == WarningRow(
        warning_id=3,
        molecule_chembl_id="CHEMBL1642",
        molecule_name="IMATINIB MESYLATE",
        warning_type="Withdrawn",
        warning_class="hepatotoxicity",
        class_id="EFO:0011052",
        description="Liver failure in the made-up trial",
        country="Utopia; Erewhon",
        year=2009,
        efo_term="liver failure",
        efo_id="EFO:0009999",
        references=("PubMed 1 http://europepmc.org/abstract/MED/1", "Other http://example.org/withdrawn"),
    )


def test_the_order_is_that_of_the_warnings_and_not_of_the_molecules(full: ChemblStore) -> None:
    found = full.warnings(molecules=["CHEMBL1642", "CHEMBL9002", "CHEMBL941"])
    assert [(row.warning_id, row.molecule_chembl_id) for row in found] == [
        (1, "CHEMBL941"),
        (2, "CHEMBL9002"),
        (3, "CHEMBL1642"),
    ]


def test_only_the_molecules_asked_for(full: ChemblStore) -> None:
    assert [row.warning_id for row in full.warnings(molecules=["CHEMBL1642"])] == [3]
    assert full.warnings(molecules=["CHEMBL25"]) == []
    assert full.warnings(molecules=[]) == []


def test_the_starter_set_holds_no_warnings() -> None:
    store = ChemblStore.open()
    try:
        assert not store.holds_warnings
        assert store.warnings(molecules=["CHEMBL941"]) == []
    finally:
        store.close()


def test_an_empty_table_holds_warnings_of_no_one(full_chembl: Path, tmp_path: Path) -> None:
    with altered(full_chembl, tmp_path / "a.db", ["DELETE FROM drug_warning"]) as store:
        assert store.holds_warnings
        assert store.warnings(molecules=["CHEMBL941"]) == []


def test_what_an_older_dump_lacks_is_unknown(full_chembl: Path, tmp_path: Path) -> None:
    columns = ("efo_term", "efo_id", "efo_id_for_warning_class")
    statements = [f"ALTER TABLE drug_warning DROP COLUMN {name}" for name in columns] + ["DROP TABLE warning_refs"]
    with altered(full_chembl, tmp_path / "a.db", statements) as store:
        (row,) = store.warnings(molecules=["CHEMBL1642"])
    assert (row.efo_term, row.efo_id, row.class_id, row.references) == (None, None, None, ())
    assert (row.warning_class, row.year) == ("hepatotoxicity", 2009)


def test_text_of_a_dump_cannot_steer_a_terminal(full_chembl: Path, tmp_path: Path) -> None:
    statements = [
        "UPDATE drug_warning SET warning_description = 'a' || char(27) || '[2Jb'",
        "UPDATE warning_refs SET ref_url = char(27) || '[2Jc'",
    ]
    with altered(full_chembl, tmp_path / "a.db", statements) as store:
        (row,) = store.warnings(molecules=["CHEMBL1642"])
    assert row.description == "ab"
    assert row.references == ("PubMed 1 c", "Other c")
