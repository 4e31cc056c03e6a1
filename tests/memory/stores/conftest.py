"""Databases with the official tables, made for each test, and a flat file of real entries where the shared material is."""

from __future__ import annotations

import gzip
import runpy
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.memory.stores.registry import open_store

CHEMBL: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "conftest.py"))


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A small dump with the columns that are used; a test may change it."""
    made: Path = CHEMBL["build"](tmp_path / "chembl_36.db", CHEMBL["own_columns"]())
    return made


@pytest.fixture
def official_dump(tmp_path: Path, shared: Path) -> Path:
    """The same rows in tables with every official column."""
    schema = shared / "data" / "chembl_schema" / "chembl_database_schema.md"
    made: Path = CHEMBL["build"](tmp_path / "official.db", CHEMBL["official_columns"](schema.read_text("utf-8")))
    return made


@pytest.fixture
def many(dump: Path) -> Path:
    """The small dump with 3,000 further activities of 40 targets, values repeated and missing among them."""
    with closing(sqlite3.connect(dump)) as database, database:
        database.execute("INSERT INTO docs (doc_id, chembl_id, year) VALUES (2, 'CHEMBL1150002', 2020)")
        for number in range(40):
            database.execute(
                "INSERT INTO target_dictionary (tid, chembl_id, pref_name, target_type) VALUES (?, ?, ?, 'SINGLE PROTEIN')",
                (100 + number, f"CHEMBL{50_000 + number}", f"Target {number}"),
            )
            database.execute(
                "INSERT INTO assays (assay_id, doc_id, tid, chembl_id, assay_type, confidence_score) VALUES (?, 1, ?, ?, 'B', 9)",
                (100 + number, 100 + number, f"CHEMBL{60_000 + number}"),
            )
        for number in range(3_000):
            pchembl = None if number % 7 == 0 else 4 + number % 50 / 10
            kind = (None, "IC50", "Ki", "IC50", "Kd")[number % 5]
            database.execute(
                "INSERT INTO activities (activity_id, assay_id, molregno, standard_type, standard_value, standard_units,"
                " standard_relation, pchembl_value, potential_duplicate, doc_id) VALUES (?, ?, ?, ?, ?, 'nM', '=', ?, ?, ?)",
                (
                    10_000 - number,
                    100 + number * 7 % 40,
                    1 + number % 8,
                    kind,
                    number,
                    pchembl,
                    (None, 0, 1)[number % 3],
                    (None, 1, 2)[number // 11 % 3],
                ),
            )
    return dump


@pytest.fixture
def opened() -> Iterator[Callable[[], ChemblStore]]:
    """Opens the registered ChEMBL store; closed afterwards."""
    stores: list[ChemblStore] = []

    def open_it() -> ChemblStore:
        database = open_store("chembl")
        assert database is not None
        stores.append(ChemblStore(database))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


ENTRY = """ID   {name}_HUMAN              Reviewed;         {length} AA.
AC   {accession}; {second};
DT   01-APR-1990, integrated into UniProtKB/Swiss-Prot.
DT   {date}, entry version 3.
DE   RecName: Full=Protein {name} {{ECO:0000305}};
DE            Short={name}p;
DE            EC=1.1.1.1;
GN   Name={name} {{ECO:0000303|PubMed:1}}; Synonyms=OLD{name},
GN   X{name}1;
OS   Homo sapiens (Human).
OC   Eukaryota.
OX   NCBI_TaxID=9606 {{ECO:0000313}};
RN   [1]
RP   SEQUENCE.
RX   PubMed=1;
RL   Nowhere 1:1-2(2000).
CC   -!- FUNCTION: Does something. {{ECO:0000305}}.
CC   -!- SUBCELLULAR LOCATION: Cell membrane {{ECO:0000305}}; Multi-pass membrane
CC       protein {{ECO:0000305}}. Nucleus. Note=Goes about.
CC   -!- DISEASE: Disease {name} (DIS) [MIM:123456]: A disease of apoptosis-
CC       inducing kind.
CC   -!- SIMILARITY: Belongs to the protein kinase superfamily. Tyr protein
CC       kinase family.
DR   ChEMBL; CHEMBL{number}; -.
DR   Ensembl; ENST1; ENSP1; ENSG0000{number}.7. [{accession}-1]
DR   HGNC; HGNC:{number}; {name}.
PE   1: Evidence at protein level;
KW   3D-structure; ATP-binding; Kinase {{ECO:0000305}}; Of no
KW   category.
FT   CHAIN           1..{length}
FT                   /note="Protein {name}"
SQ   SEQUENCE   {length} AA;  1234 MW;  0123456789ABCDEF CRC64;
     MKWVTFISLL FLFSSAYSRG
//
"""


def flat_entry(number: int, date: str = "12-OCT-2022") -> str:
    """An entry of our own in the official form."""
    return ENTRY.format(
        name=f"GEN{number}", accession=f"P{number:05d}", second=f"Q{number:05d}", number=number, length=20, date=date
    )


@pytest.fixture
def flat_file(tmp_path: Path) -> Path:
    """400 entries of our own, gzipped."""
    path = tmp_path / "uniprot_sprot.dat.gz"
    path.write_bytes(gzip.compress("".join(flat_entry(number) for number in range(400)).encode()))
    return path


@pytest.fixture(scope="session")
def real_entries(shared: Path) -> list[bytes]:
    """Real UniProt entries, each once, without those that are kept to be refused."""
    from Bio import SwissProt

    found: dict[str, bytes] = {}
    for path in sorted((shared / "data" / "uniprot_flat_xml").glob("*/*")):
        data = path.read_bytes()
        if not data.startswith(b"ID   "):
            continue
        for entry in data.split(b"\n//\n"):
            text = entry.decode() + "\n//\n"
            try:
                import io

                record = SwissProt.read(io.StringIO(text))
            except Exception:  # not readable for Biopython either
                continue
            if (
                record.data_class in ("Reviewed", "Unreviewed") and "Name: Full=" in record.description
            ):  # not before 2008
                found[record.accessions[0]] = text.encode()
    return list(found.values())
