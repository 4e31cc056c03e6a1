"""The assay tool over the starter set, a small dump, and what ids of other things are told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.chembl_assays import assay_of
from biocopilot.memory.store_connection import Database

FULL = """
CREATE TABLE target_dictionary (tid INTEGER, chembl_id TEXT);
CREATE TABLE docs (doc_id INTEGER, chembl_id TEXT, doc_type TEXT, title TEXT, journal TEXT, year INTEGER, volume TEXT, issue TEXT,
  first_page TEXT, last_page TEXT, pubmed_id INTEGER, doi TEXT, patent_id TEXT);
CREATE TABLE assays (assay_id INTEGER, doc_id INTEGER, description TEXT, assay_type TEXT, assay_organism TEXT, assay_tax_id INTEGER,
  assay_strain TEXT, assay_tissue TEXT, assay_cell_type TEXT, assay_subcellular_fraction TEXT, tid INTEGER, relationship_type TEXT,
  confidence_score INTEGER, chembl_id TEXT, bao_format TEXT, variant_id INTEGER);
CREATE TABLE bioassay_ontology (bao_id TEXT, label TEXT);
CREATE TABLE variant_sequences (variant_id INTEGER, mutation TEXT);
INSERT INTO target_dictionary VALUES (1, 'CHEMBL203');
INSERT INTO docs VALUES (5, 'CHEMBL1150000', 'PUBLICATION', 'A title', 'J Med Chem', 1999, '42', '3', '10', '19', 9876543, '10.1021/jm1', NULL);
INSERT INTO assays VALUES (1, 5, 'Inhibition of\u202e EGFR in A431 cells', 'F', 'Homo sapiens', 9606, 'K12', 'Skin', 'A431', 'Membrane', 1, 'D', 9,
  'CHEMBL700001', 'BAO_0000219', 7);
INSERT INTO assays VALUES (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'CHEMBL700002', NULL, -1);
INSERT INTO bioassay_ontology VALUES ('BAO_0000219', 'cell-based format');
INSERT INTO variant_sequences VALUES (7, 'T790M'), (-1, 'UNDEFINED MUTATION');
"""


def test_all_columns_of_a_full_dump_are_read(tmp_path: Path) -> None:
    path = tmp_path / "full.sqlite"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(FULL)
    store = Database.open(path)
    row, bare = assay_of(store, "CHEMBL700001"), assay_of(store, "CHEMBL700002")
    assert row is not None
    assert row.document is not None
    assert row.description == "Inhibition of EGFR in A431 cells"
    assert (row.cell_type, row.tissue, row.strain, row.subcellular_fraction) == ("A431", "Skin", "K12", "Membrane")
    assert (row.format, row.mutation, row.is_on_variant, row.target_chembl_id) == (
        "cell-based format",
        "T790M",
        True,
        "CHEMBL203",
    )
    assert (row.document.pubmed_id, row.document.doi, row.document.first_page) == (9_876_543, "10.1021/jm1", "10")
    assert bare is not None
    assert (bare.is_on_variant, bare.mutation, bare.document, bare.target_chembl_id) == (True, None, None, None)
    assert assay_of(store, "CHEMBL1") is None
    store.close()


async def test_an_assay_of_the_starter_set(call: Any) -> None:
    result = await call("assay_details", assay="chembl1000453")
    (item,) = result.evidence
    assert (result.status, item.backend, item.record["assay_chembl_id"]) == ("ok", "starter", "CHEMBL1000453")
    assert (item.record["assay_type_means"], item.record["confidence_means"]) == ("binding", "a single protein")
    assert item.record["target"]["chembl_id"].startswith("CHEMBL")
    assert item.record["notes"] == ["This source holds no description of the assay."]


async def test_an_assay_of_a_dump(call_dump: Any) -> None:
    result = await call_dump("assay_details", assay="CHEMBL700003")
    record = result.evidence[0].record
    assert (record["on_variant"], record["mutation"], record["confidence_score"]) == (True, None, 9)
    assert record["target"]["accessions"] == ["P00533"]
    assert (record["document"]["journal"], record["document"]["year"]) == ("J Med Chem", 1999)
    assert "CHEMBL700003 (binding) on Epidermal growth factor receptor, confidence 9; J Med Chem 1999" in result.digest


@pytest.mark.parametrize(("wanted", "said"), [("CHEMBL25", "is a molecule (ASPIRIN), not an assay"), ("CHEMBL203", "is a target (Epidermal growth factor receptor erbB1), not an assay"), ("CHEMBL99999999", "No assay with the id CHEMBL99999999")])  # fmt: skip
async def test_what_is_no_assay_is_said(call: Any, wanted: str, said: str) -> None:
    result = await call("assay_details", assay=wanted)
    assert (result.status, result.evidence[0].record["type"]) == ("empty", "not_found")
    assert said in result.digest
    assert ("holds few of ChEMBL's assays" in result.digest) == (wanted == "CHEMBL99999999")


async def test_what_is_no_id_is_refused(call: Any) -> None:
    result = await call("assay_details", assay="EGFR binding")
    assert (result.status, result.error) == ("failed", "InvalidIdentifier")
