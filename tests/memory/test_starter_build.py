from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from biocopilot.memory.starter.build import STARTER_FILE, build_starter, content_hash, molecule_number
from biocopilot.memory.starter.names import name_key
from biocopilot.memory.starter.table_files import TABLES_DIR


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{STARTER_FILE.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        yield connection


def test_committed_file_is_what_the_tables_give(tmp_path: Path) -> None:
    build_starter(tmp_path / "again.sqlite")
    assert content_hash(tmp_path / "again.sqlite") == content_hash(STARTER_FILE)


def test_content_hash_sees_a_changed_row(tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copy(STARTER_FILE, copy)
    copy.chmod(0o644)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute(
            "UPDATE activities SET standard_value = standard_value + 1 WHERE activity_id = "
            "(SELECT min(activity_id) FROM activities)"
        )
    assert content_hash(copy) != content_hash(STARTER_FILE)


def test_a_failed_build_leaves_the_old_file(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    shutil.copytree(TABLES_DIR, tables)
    (tables / "assays.tsv").write_text("broken\n", encoding="utf-8")
    target = tmp_path / "starter.sqlite"
    target.write_bytes(b"old")
    with pytest.raises(Exception, match=r"assays\.tsv"):
        build_starter(target, tables)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.glob("*.new")) == []


def test_file_is_small_enough_to_ship() -> None:
    assert STARTER_FILE.stat().st_size < 14_500_000


@pytest.mark.parametrize(
    ("child", "column", "parent", "key"),
    [
        ("compound_structures", "molregno", "molecule_dictionary", "molregno"),
        ("molecule_hierarchy", "parent_molregno", "molecule_dictionary", "molregno"),
        ("molecule_synonyms", "molregno", "molecule_dictionary", "molregno"),
        ("target_components", "tid", "target_dictionary", "tid"),
        ("target_components", "component_id", "component_sequences", "component_id"),
        ("component_synonyms", "component_id", "component_sequences", "component_id"),
        ("assays", "tid", "target_dictionary", "tid"),
        ("assays", "doc_id", "docs", "doc_id"),
        ("activities", "assay_id", "assays", "assay_id"),
        ("activities", "molregno", "molecule_dictionary", "molregno"),
        ("activities", "molregno", "compound_structures", "molregno"),
        ("bc_target_activity", "activity_id", "activities", "activity_id"),
        ("drug_mechanism", "molregno", "molecule_dictionary", "molregno"),
        ("drug_mechanism", "tid", "target_components", "tid"),
        ("mechanism_refs", "mec_id", "drug_mechanism", "mec_id"),
        ("drug_indication", "molregno", "molecule_dictionary", "molregno"),
        ("uniprot_name", "accession", "uniprot_entry", "accession"),
        ("uniprot_location", "accession", "uniprot_entry", "accession"),
        ("uniprot_keyword", "accession", "uniprot_entry", "accession"),
        ("uniprot_xref", "accession", "uniprot_entry", "accession"),
        ("uniprot_disease", "accession", "uniprot_entry", "accession"),
        ("uniprot_entry", "accession", "component_sequences", "accession"),
        ("bc_target_description", "accession", "component_sequences", "accession"),
    ],
)
def test_keys_resolve(database: sqlite3.Connection, child: str, column: str, parent: str, key: str) -> None:
    query = f"SELECT count(*) FROM {child} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {key} FROM {parent})"
    assert database.execute(query).fetchone() == (0,)
    assert database.execute(f"SELECT count(*) FROM {child}").fetchone()[0] > 0


def test_every_mechanism_and_indication_names_its_source(database: sqlite3.Connection) -> None:
    for name, key in (("drug_mechanism", "mec_id"), ("drug_indication", "drugind_id")):
        query = (
            f"SELECT count(*) FROM {name} WHERE {key} NOT IN (SELECT row_id FROM bc_fact_source WHERE table_name = ?)"
        )
        assert database.execute(query, (name,)).fetchone() == (0,)


def test_every_mechanism_has_a_reference(database: sqlite3.Connection) -> None:
    query = "SELECT count(*) FROM drug_mechanism WHERE mec_id NOT IN (SELECT mec_id FROM mechanism_refs)"
    assert database.execute(query).fetchone() == (0,)


def test_names_are_found_by_the_key_of_the_name(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT name_key, name FROM bc_name").fetchall()
    assert len(rows) > 15_000
    assert [row for row in rows if name_key(row[1]) != row[0]] == []


@pytest.mark.parametrize(
    ("name", "kind", "identifier"),
    [
        ("EGFR", "target", "P00533"),
        ("HER2", "target", "P04626"),
        ("p53", "target", "P04637"),
        ("hERG", "target", "Q12809"),
        ("PD-L1", "target", "Q9NZQ7"),
        ("Cox 2", "target", "P35354"),
        ("mu opioid receptor", "target", "P35372"),
        ("main protease", "target", "P0DTD1"),
        ("factor Xa", "target", "P00742"),
        ("paracetamol", "molecule", "CHEMBL112"),
        ("adrenaline", "molecule", "CHEMBL679"),
        ("Tagrisso", "molecule", "CHEMBL3353410"),
        ("Glivec", "molecule", "CHEMBL941"),
        ("acetylsalicylic acid", "molecule", "CHEMBL25"),
        ("plazomicin", "molecule", "CHEMBL1650559"),
    ],
)
def test_everyday_names_come_first(database: sqlite3.Connection, name: str, kind: str, identifier: str) -> None:
    query = "SELECT id FROM bc_name WHERE name_key = ? AND kind = ? ORDER BY rank, rowid"
    assert database.execute(query, (name_key(name), kind)).fetchone() == (identifier,)


def test_activities_of_a_target_are_the_joined_activities(database: sqlite3.Connection) -> None:
    joined = database.execute(
        "SELECT s.tid, a.standard_type, a.pchembl_value, a.activity_id, a.molregno FROM activities a "
        "JOIN assays s USING (assay_id) ORDER BY 1, 2, 3, 4"
    ).fetchall()
    laid_out = database.execute(
        "SELECT tid, standard_type, pchembl_value, activity_id, molregno FROM bc_target_activity ORDER BY 1, 2, 3, 4"
    ).fetchall()
    assert joined == laid_out


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM bc_target_activity WHERE tid = 203 AND standard_type = 'IC50' ORDER BY pchembl_value DESC",
        "SELECT * FROM activities WHERE molregno = 553",
        "SELECT * FROM compound_structures WHERE standard_inchi_key = 'AAKJLRGGTJKAMG-UHFFFAOYSA-N'",
        "SELECT * FROM bc_name WHERE name_key = 'egfr' AND kind = 'target' ORDER BY rank, rowid",
        "SELECT * FROM uniprot_entry WHERE gene = 'egfr' COLLATE NOCASE",
        "SELECT * FROM molecule_dictionary WHERE chembl_id = 'CHEMBL553'",
        "SELECT * FROM drug_mechanism WHERE tid = 203",
        "SELECT * FROM drug_indication WHERE efo_term = 'Hypertension'",
    ],
)
def test_look_ups_use_an_index_and_no_sort(database: sqlite3.Connection, query: str) -> None:
    plan = " ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}"))
    assert "SEARCH" in plan
    assert "TEMP B-TREE" not in plan
    assert database.execute(query).fetchone() is not None


def test_molecule_numbers_stay_with_their_id() -> None:
    assert molecule_number("CHEMBL553") == 553
    assert molecule_number("BCSTARTER7") > 2_000_000_000
