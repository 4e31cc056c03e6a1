"""Searching the proteins of a store: each condition, all of them together, order, totals, with and without a word index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory import starter
from biocopilot.memory.protein_search import ProteinQuery, can_be_searched, search_proteins, tax_ids_of
from biocopilot.memory.starter.names import name_key
from biocopilot.memory.store_connection import Database

ENTRIES = [
    ("P1", "AAA_MOUSE", 1, "Aaa", "Tyrosine-protein kinase Aaa", "Mus musculus", 10090),
    ("P2", "BBB_HUMAN", 1, "BBB", "Serine/threonine-protein kinase B", "Homo sapiens", 9606),
    ("P3", "AAA_HUMAN", 1, "AAA", "Tyrosine-protein kinase AAA", "Homo sapiens", 9606),
    ("P4", "CCC_ECOLI", 0, "ccc", "100% sure protein", "Escherichia coli (strain K12)", 83333),
    ("P5", "DDD_ECOLX", 1, "ddd", "Beta-lactamase", "Escherichia coli", 562),
]
SYNONYMS = [("P2", "OLDB", "gene_synonym"), ("P5", "AAA", "short")]
KEYWORDS = [("P1", "Kinase"), ("P2", "Kinase"), ("P3", "Kinase"), ("P3", "ATP-binding"), ("P5", "Hydrolase")]
DISEASES = [("P2", "Noonan syndrome 7"), ("P3", "Leopard syndrome 100%")]


@pytest.fixture(params=[False, True], ids=["plain", "with a word index"])
def store(tmp_path: Path, request: Any) -> Iterator[Database]:
    path = tmp_path / "proteins.sqlite"
    schema = Path(str(starter.__file__)).with_name("schema.sql").read_text("utf-8")
    with closing(sqlite3.connect(path)) as made, made:
        made.executescript(schema)
        for accession, entry, reviewed, gene, name, organism, tax_id in ENTRIES:
            made.execute(
                "INSERT INTO uniprot_entry VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 9, NULL, 'MKTAYIAKQ', NULL)",
                (accession, entry, reviewed, gene, name, organism, tax_id),
            )
        names = [(row[0], row[3], "gene") for row in ENTRIES] + [(row[0], row[4], "recommended") for row in ENTRIES]
        for accession, name, kind in names + SYNONYMS:
            made.execute("INSERT INTO uniprot_name VALUES (?, ?, ?)", (accession, name, kind))
            made.execute("INSERT INTO bc_name VALUES (?, ?, 'target', ?, 0)", (name_key(name), name, accession))
        made.executemany("INSERT INTO uniprot_keyword VALUES (?, ?, NULL)", KEYWORDS)
        made.executemany("INSERT INTO uniprot_disease VALUES (?, ?, NULL, NULL)", DISEASES)
        if request.param:
            made.execute("CREATE VIRTUAL TABLE bc_name_words USING fts5(name, content='bc_name')")
            made.execute("INSERT INTO bc_name_words(bc_name_words) VALUES ('rebuild')")
    opened = Database.open(path)
    yield opened
    opened.close()


def found(store: Database, **wanted: Any) -> list[str]:
    total, rows = search_proteins(store, ProteinQuery(**wanted), 10)
    assert total == len(rows)
    return [row.accession for row in rows]


@pytest.mark.parametrize(
    ("wanted", "accessions"),
    [
        ({"words": "protein kinase"}, ["P3", "P2", "P1"]),
        ({"words": "kinase TYROSINE"}, ["P3", "P1"]),
        ({"words": "kin"}, ["P3", "P2", "P1"]),
        ({"words": "inase"}, []),
        ({"words": "lactamase"}, ["P5"]),
        ({"words": "%"}, []),
        ({"gene": "aaa"}, ["P3", "P1"]),
        ({"gene": "oldb"}, ["P2"]),
        ({"gene": "aa"}, []),
        ({"organism": "human"}, ["P3", "P2"]),
        ({"organism": "homo sapiens"}, ["P3", "P2"]),
        ({"organism": "10090"}, ["P1"]),
        ({"organism": "Escherichia coli"}, ["P4", "P5"]),
        ({"organism": "Escherichia"}, []),
        ({"organism": "Escherichia%"}, []),
        ({"keyword": "kinase"}, ["P3", "P2", "P1"]),
        ({"keyword": "ATP-binding"}, ["P3"]),
        ({"disease": "noonan"}, ["P2"]),
        ({"disease": "leopard 100%"}, ["P3"]),
        ({"disease": "leopard 1%0"}, []),
        ({"reviewed": False}, ["P4"]),
        ({"keyword": "Kinase", "organism": "mouse", "reviewed": True}, ["P1"]),
        ({"keyword": "Kinase", "disease": "noonan", "gene": "AAA"}, []),
    ],
)
def test_what_is_found(store: Database, wanted: dict[str, Any], accessions: list[str]) -> None:
    assert found(store, **wanted) == accessions


def test_all_are_counted_and_pages_go_on(store: Database) -> None:
    total, first = search_proteins(store, ProteinQuery(keyword="Kinase"), 2)
    again, rest = search_proteins(store, ProteinQuery(keyword="Kinase"), 2, skip=2)
    assert (total, again) == (3, 3)
    assert [row.accession for row in (*first, *rest)] == ["P3", "P2", "P1"]
    assert (first[0].gene, first[0].length, first[0].reviewed) == ("AAA", 9, True)


def test_an_organism_that_is_not_there_has_no_number(store: Database) -> None:
    assert tax_ids_of(store, "Felis catus") == []
    assert found(store, organism="Felis catus") == []


def test_a_file_without_entries_cannot_be_searched(tmp_path: Path) -> None:
    path = tmp_path / "bare.sqlite"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE version (name TEXT)")
    opened = Database.open(path)
    assert can_be_searched(opened) is False
    opened.close()
