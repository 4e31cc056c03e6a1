"""The protein store over the starter set, and what a full ChEMBL dump knows of proteins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from biocopilot.memory.store_connection import STARTER
from biocopilot.memory.uniprot_store import UniprotStore


@pytest.fixture(scope="module")
def starter() -> Iterator[UniprotStore]:
    opened = UniprotStore.open()
    yield opened
    opened.close()


@pytest.fixture
def full(full_chembl: Path) -> Iterator[UniprotStore]:
    opened = UniprotStore.open(full_chembl)
    yield opened
    opened.close()


def test_the_starter_set_names_its_release_and_counts(starter: UniprotStore) -> None:
    assert (starter.backend, starter.source.release) == ("starter", "2025_03 (starter set)")
    counts = starter.counts()
    assert counts["human proteins"] == 1_284
    assert counts["proteins"] > counts["human proteins"]


def test_an_entry_has_its_facts(starter: UniprotStore) -> None:
    egfr = starter.entry("P00533")
    assert egfr is not None
    assert (egfr.gene, egfr.entry_name, egfr.tax_id, egfr.reviewed, egfr.length) == (
        "EGFR",
        "EGFR_HUMAN",
        9606,
        True,
        1210,
    )
    assert egfr.sequence.startswith("MRPSGTAGAALLALLAALCPASRALEEKKVC")
    assert len(egfr.sequence) == 1210
    assert egfr.mass_da == 134277
    assert "Tyr protein kinase family" in (egfr.family or "")


def test_an_accession_that_was_merged_leads_to_its_entry(starter: UniprotStore) -> None:
    merged = starter.entry("Q9H2C9")
    assert merged is not None
    assert merged.accession == "P00533"
    assert starter.entry("P99999") is None


# What a chemist means by a name of a target, by gene and accession.
@pytest.mark.parametrize(
    ("name", "accession"),
    [
        ("HER2", "P04626"), ("p53", "P04637"), ("COX-2", "P35354"), ("cox2", "P35354"), ("5-HT2A", "P28223"), ("5-HT2A receptor", "P28223"),
        ("5-HT1A receptor", "P08908"), ("beta-2 adrenergic receptor", "P07550"), ("ACE", "P12821"), ("mTOR", "P42345"),
        ("HIV protease", "Q72874"), ("SARS-CoV-2 main protease", "P0DTD1"), ("Mpro", "P0DTD1"), ("3CL protease", "P0DTD1"), ("DHFR", "P00374"),
        ("NET", "P23975"), ("SERT", "P31645"), ("hERG", "Q12809"), ("thrombin", "P00734"), ("factor Xa", "P00742"), ("VEGFR2", "P35968"),
        ("c-Kit", "P10721"), ("M1 muscarinic receptor", "P11229"), ("A2A", "P29274"), ("RORγt", "P51449"), ("5-LOX", "P09917"),
    ],
)  # fmt: skip
def test_a_name_means_one_human_protein_or_the_pathogens(starter: UniprotStore, name: str, accession: str) -> None:
    assert starter.named(name)[0].accession == accession
    assert len([entry for entry in starter.named(name) if entry.tax_id == 9606]) <= 1


@pytest.mark.parametrize(
    ("name", "genes"),
    [
        ("PI3K", {"PIK3CA", "PIK3CB", "PIK3CD", "PIK3CG"}), ("topoisomerase II", {"TOP2A", "TOP2B"}), ("JAK", {"JAK1", "JAK2", "JAK3", "TYK2"}),
        ("monoamine oxidase", {"MAOA", "MAOB"}), ("opioid receptor", {"OPRM1", "OPRD1", "OPRK1"}), ("CDK4/6", {"CDK4", "CDK6"}),
    ],
)  # fmt: skip
def test_a_familys_name_means_all_of_it(starter: UniprotStore, name: str, genes: set[str]) -> None:
    assert {entry.gene for entry in starter.named(name)} == genes


def test_less_firm_bearers_of_a_name_are_told_apart(starter: UniprotStore) -> None:
    assert [entry.gene for entry in starter.also_named("COX-2")] == ["MT-CO2"]
    assert starter.also_named("EGFR") == []
    assert starter.also_named("no such") == []


def test_human_entries_come_first(starter: UniprotStore) -> None:
    organisms = [entry.tax_id == 9606 for entry in starter.named("HDAC1")]
    assert organisms == sorted(organisms, reverse=True)
    assert organisms[0]


def test_what_is_kept_of_an_entry_can_be_read(starter: UniprotStore) -> None:
    assert "Cell membrane" in starter.locations("P00533")
    assert len(starter.locations("P00533")) == len(set(starter.locations("P00533")))
    assert "Kinase" in starter.keywords("P00533", "Molecular function")
    assert starter.ec_numbers("P00533") == ["2.7.10.1"]
    assert "HER1" in starter.other_names("P00533")
    assert starter.cross_references("P00533")["ChEMBL"] == ["CHEMBL203"]
    assert any("ung cancer" in name for name, _ in starter.diseases("P00533"))
    assert starter.description("P00533")


def test_what_is_not_there_is_empty_and_no_error(starter: UniprotStore) -> None:
    assert (starter.description("X"), starter.locations("X"), starter.keywords("X", "Disease")) == ("", [], [])
    assert (starter.diseases("X"), starter.cross_references("X"), starter.other_names("X")) == ([], {}, [])


def test_a_dump_gives_what_chembl_knows_of_a_protein(full: UniprotStore) -> None:
    egfr = full.entry("P00533")
    assert egfr is not None
    assert (egfr.gene, egfr.name, egfr.tax_id, egfr.organism) == (
        "EGFR",
        "Epidermal growth factor receptor",
        9606,
        "Homo sapiens",
    )
    assert (egfr.length, egfr.mass_da, egfr.sequence) == (None, None, "")
    assert full.entry("P99999") is None
    assert full.source.release == "2024_05"
    assert full.counts() == {"proteins": 3}


def test_a_dump_finds_human_proteins_by_gene_first(full: UniprotStore) -> None:
    assert [entry.accession for entry in full.named("egfr")] == ["P00533"]
    assert [entry.accession for entry in full.named("ERBB1")] == ["P00533"]


def test_a_dump_without_uniprots_tables_is_silent_about_the_rest(full: UniprotStore) -> None:
    assert (full.description("P00533"), full.locations("P00533"), full.ec_numbers("P00533")) == ("", [], [])
    assert full.keywords("P00533", "Molecular function") == []
    assert full.nearest_names("ERBB3")[0][0] == "ERBB2"


# HGNC:323 and HGNC:32 begin EGFR's HGNC:3236.
@pytest.mark.parametrize(
    ("database", "identifier", "accessions"),
    [
        ("HGNC", "HGNC:3236", ["P00533"]), ("HGNC", "HGNC:323", []), ("HGNC", "HGNC:32", []), ("HGNC", "HGNC:", []),
        ("Ensembl", "ENSG00000146648", ["P00533"]), ("HGNC", "ENSG00000146648", []), ("ChEMBL", "CHEMBL203", ["P00533"]),
    ],
)  # fmt: skip
def test_entries_are_found_by_what_they_refer_to(
    starter: UniprotStore, database: str, identifier: str, accessions: list[str]
) -> None:
    assert [entry.accession for entry in starter.referring(database, identifier)] == accessions


def test_a_version_behind_an_id_counts_for_nothing(tmp_path: Path) -> None:
    copied = tmp_path / "copy.sqlite"
    copied.write_bytes(STARTER.read_bytes())
    with closing(sqlite3.connect(copied)) as database, database:
        database.execute("UPDATE uniprot_xref SET id = id || '.17' WHERE database = 'Ensembl'")
    with closing(UniprotStore.open(copied)) as store:
        assert [entry.accession for entry in store.referring("Ensembl", "ENSG00000146648")] == ["P00533"]
        assert store.referring("Ensembl", "ENSG0000014664") == []


def test_a_bare_dump_refers_to_nothing(full: UniprotStore) -> None:
    assert full.referring("HGNC", "HGNC:3236") == []
