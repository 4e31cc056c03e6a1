"""The ChEMBL store over the starter set, and over a file with a full dump's shape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from biocopilot.memory.chembl_store import BACK_COMPUTED_FROM, ChemblStore
from biocopilot.memory.errors import SourceUnavailable


@pytest.fixture(scope="module")
def starter() -> Iterator[ChemblStore]:
    opened = ChemblStore.open()
    yield opened
    opened.close()


@pytest.fixture
def full(full_chembl: Path) -> Iterator[ChemblStore]:
    opened = ChemblStore.open(full_chembl)
    yield opened
    opened.close()


# The starter set ---------------------------------------------------------------------------------------------------


def test_the_starter_set_says_its_releases_and_that_it_is_a_slice(starter: ChemblStore) -> None:
    assert starter.backend == "starter"
    assert starter.source.release == "ChEMBL_32 and ChEMBL_36 (starter set)"
    assert starter.source.licence == "CC BY-SA 3.0"


def test_facts_that_are_not_chembls_name_their_own_source(starter: ChemblStore) -> None:
    assert starter.fact_source("drugtarget-2017").url == "https://doi.org/10.1038/nrd.2016.230"
    assert starter.fact_source("biocopilot-curated").licence == "MIT"
    assert starter.fact_source("chembl") is starter.source


def test_counts_are_those_of_the_tables(starter: ChemblStore) -> None:
    counts = starter.counts()
    assert counts["molecules"] > 10_000
    assert counts["measured activities"] >= 5_000
    assert counts["approved drugs"] > 2_600
    assert set(counts) >= {"targets", "mechanisms", "indications"}


@pytest.mark.parametrize(
    ("chembl_id", "name", "year"),
    [
        ("CHEMBL25", "ASPIRIN", 1950), ("CHEMBL941", "IMATINIB", 2001), ("CHEMBL553", "ERLOTINIB", 2004), ("CHEMBL3353410", "OSIMERTINIB", 2015),
        ("CHEMBL4535757", "SOTORASIB", 2021), ("CHEMBL4435170", "DEUCRAVACITINIB", 2022), ("CHEMBL192", "SILDENAFIL", 1998),
        ("CHEMBL11359", "CISPLATIN", 1978), ("CHEMBL1201585", "TRASTUZUMAB", 1998), ("CHEMBL2364654", "PEMBROLIZUMAB", 2014),
    ],
)  # fmt: skip
def test_known_drugs_have_their_name_and_year(starter: ChemblStore, chembl_id: str, name: str, year: int) -> None:
    found = starter.molecule(chembl_id)
    assert found is not None
    assert (found.name, found.first_approval, found.max_phase) == (name, year, 4)


# What a chemist means by a name, by ChEMBL id. One molecule each: never a salt, a solvate or a namesake.
@pytest.mark.parametrize(
    ("name", "chembl_id"),
    [
        ("morphine", "CHEMBL70"), ("vitamin C", "CHEMBL196"), ("penicillin", "CHEMBL29"), ("insulin", "CHEMBL1201631"), ("Viagra", "CHEMBL192"),
        ("Gleevec", "CHEMBL941"), ("Tylenol", "CHEMBL112"), ("Prozac", "CHEMBL41"), ("heparin", "CHEMBL1201513"), ("caffeine", "CHEMBL113"),
        ("epinephrine", "CHEMBL679"), ("adrenaline", "CHEMBL679"), ("rapamycin", "CHEMBL413"), ("5-FU", "CHEMBL185"), ("AZT", "CHEMBL129"),
        ("trametinib", "CHEMBL2103875"), ("Mekinist", "CHEMBL2103875"), ("bromazine", "CHEMBL1201245"), ("oxybuprocaine", "CHEMBL1200"),
        ("phenoxymethylpenicillin", "CHEMBL615"), ("deutetrabenazine", "CHEMBL3137326"), ("novocaine", "CHEMBL569"), ("THC", "CHEMBL465"),
        ("cis-platinum", "CHEMBL11359"), ("Herceptin", "CHEMBL1201585"), ("imatinib mesylate", "CHEMBL1642"), ("L-DOPA", "CHEMBL1009"),
    ],
)  # fmt: skip
def test_a_name_means_one_molecule(starter: ChemblStore, name: str, chembl_id: str) -> None:
    assert [row.chembl_id for row in starter.molecules_named(name)][:1] == [chembl_id]


@pytest.mark.parametrize(("name", "parent"), [("doxycycline", "CHEMBL1433"), ("enalaprilat", "CHEMBL577")])
def test_a_hydrate_that_bears_the_drugs_name_stands_behind_the_drug(
    starter: ChemblStore, name: str, parent: str
) -> None:
    found = starter.molecules_named(name)
    assert found[0].chembl_id == parent
    assert "." not in (found[0].smiles or "")


def test_no_bare_name_leads_to_a_salt_whose_parent_is_there(starter: ChemblStore) -> None:
    for name in (
        "atorvastatin",
        "losartan",
        "sertraline",
        "metformin",
        "osimertinib",
        "nabumetone",
        "vonoprazan",
        "fluoxetine",
    ):
        (row,) = starter.molecules_named(name)
        assert "." not in (row.smiles or ""), name


def test_a_salt_has_its_parent_and_the_parent_its_salts(starter: ChemblStore) -> None:
    parent = starter.parent("CHEMBL1642")
    assert parent is not None
    assert parent.chembl_id == "CHEMBL941"
    assert starter.parent("CHEMBL941") is None
    assert set(starter.family_of("CHEMBL941")) == set(starter.family_of("CHEMBL1642")) == {"CHEMBL941", "CHEMBL1642"}
    assert starter.family_of("CHEMBL0") == ["CHEMBL0"]


def test_a_structure_is_found_by_its_inchikey(starter: ChemblStore) -> None:
    found = starter.molecule_by_inchikey("BSYNRYMUTXBXSQ-UHFFFAOYSA-N")
    assert found is not None
    assert found.name == "ASPIRIN"
    assert starter.molecule_by_inchikey("AAAAAAAAAAAAAA-AAAAAAAAAA-N") is None


def test_molecules_of_one_connectivity_are_found_by_the_first_block_of_their_key(starter: ChemblStore) -> None:
    key = "WSEQXVZVJXJVFP-FQEVSTJZSA-N"  # escitalopram
    found = starter.sharing_connectivity(key)
    assert [row.name for row in found] == ["CITALOPRAM", "ESCITALOPRAM"]
    assert {row.inchikey[:14] for row in found if row.inchikey} == {key[:14]}
    assert starter.sharing_connectivity(key.lower()) == found
    assert starter.sharing_connectivity(f"{key[:13]}A-FQEVSTJZSA-N") == []
    plan = starter.database.rows(
        "EXPLAIN QUERY PLAN SELECT * FROM compound_structures WHERE standard_inchi_key >= 'A' AND standard_inchi_key < 'B'"
    )
    assert "USING INDEX" in plan[0]["detail"]


def test_named_structures_leave_salts_to_their_parents(starter: ChemblStore) -> None:
    listed = {chembl_id for chembl_id, _, _ in starter.all_structures()}
    assert "CHEMBL941" in listed
    assert "CHEMBL1642" not in listed
    assert len(listed) > 2_500


def test_an_activity_is_told_with_assay_target_and_origin(starter: ChemblStore) -> None:
    rows = starter.activities(tids=[203], molecules=["CHEMBL553"])
    assert rows
    for row in rows:
        assert row.molecule_chembl_id == "CHEMBL553"
        assert row.target_chembl_id == "CHEMBL203"
        assert row.assay_chembl_id.startswith("CHEMBL")
        assert row.unit == "nM"
        assert row.value_is_back_computed == (row.activity_id >= BACK_COMPUTED_FROM)
    assert [row.activity_id for row in rows] == sorted(row.activity_id for row in rows)
    assert starter.activities() == []


def test_mechanisms_go_by_molecule_or_by_target(starter: ChemblStore) -> None:
    of_drug = starter.mechanisms(molecules=["CHEMBL4535757"])
    assert [(row.target_genes, row.target_accessions, row.source) for row in of_drug] == [
        (("KRAS",), ("P01116",), "biocopilot-curated")
    ]
    assert all(row.references for row in of_drug)
    target = starter.target("CHEMBL2189121")
    assert target is not None
    assert {"SOTORASIB", "ADAGRASIB"} <= {row.molecule_name for row in starter.mechanisms(tids=[target.tid])}


def test_indications_go_by_molecule_or_by_term(starter: ChemblStore) -> None:
    terms = {row.term for row in starter.indications(molecules=["CHEMBL4435170"])}
    assert terms == {"Plaque psoriasis"}
    assert "DEUCRAVACITINIB" in {row.molecule_name for row in starter.indications(term="plaque PSORIASIS")}
    assert "Plaque psoriasis" in starter.indication_terms()


# A full dump -------------------------------------------------------------------------------------------------------


def test_a_dump_is_local_and_names_its_one_release(full: ChemblStore) -> None:
    assert (full.backend, full.source.release) == ("local", "ChEMBL_36")
    assert full.counts() == {
        "molecules": 8, "approved drugs": 6, "targets": 4, "measured activities": 10, "mechanisms": 2, "indications": 2,
    }  # fmt: skip


def test_a_dump_gives_molecules_parents_and_synonyms(full: ChemblStore) -> None:
    (imatinib,) = full.molecules_named("Gleevec")
    assert (imatinib.chembl_id, imatinib.inchikey) == ("CHEMBL941", "KTUFNOKKBVMGRW-UHFFFAOYSA-N")
    parent = full.parent("CHEMBL1642")
    assert parent is not None
    assert parent.chembl_id == "CHEMBL941"
    assert full.family_of("CHEMBL941") == ["CHEMBL1642", "CHEMBL941"]
    assert full.synonyms("CHEMBL941") == ["Gleevec", "STI-571"]  # each once, whatever its types
    assert full.parent("CHEMBL9002") is None  # not in the hierarchy


def test_a_dumps_unknown_phase_is_unknown_and_not_minus_one(full: ChemblStore) -> None:
    hopeful = full.molecule("CHEMBL9002")
    assert hopeful is not None
    assert hopeful.max_phase is None
    (indication,) = full.indications(molecules=["CHEMBL9002"])
    assert (indication.max_phase, indication.max_phase_for_indication) == (None, None)


def test_a_biologic_has_no_structure(full: ChemblStore) -> None:
    found = full.molecule("CHEMBL1201585")
    assert found is not None
    assert (found.smiles, found.inchikey) == (None, None)


def test_two_molecules_of_one_name_are_both_given(full: ChemblStore) -> None:
    assert [row.chembl_id for row in full.molecules_named("erlotinib")] == ["CHEMBL553", "CHEMBL9003"]


def test_a_proteins_own_target_comes_before_complexes_and_homologues(full: ChemblStore) -> None:
    found = full.targets_for_accession("P00533")
    assert [row.chembl_id for row in found] == ["CHEMBL203", "CHEMBL2111431", "CHEMBL20"]
    assert found[0].genes == ("EGFR",)  # the symbol, not the first synonym
    assert found[1].accessions == ("P00533", "P04626")


def test_a_dumps_activities_are_joined_once_each(full: ChemblStore) -> None:
    rows = full.activities(tids=[1])
    assert [row.activity_id for row in rows] == [11, 12, 13, 14, 15, 16, 17, 19, 20]
    by_id = {row.activity_id: row for row in rows}
    assert (by_id[11].assay_chembl_id, by_id[11].document_chembl_id, by_id[11].year) == (
        "CHEMBL700001",
        "CHEMBL1150000",
        1999,
    )
    assert (by_id[14].molecule_chembl_id, by_id[14].parent_chembl_id) == ("CHEMBL1642", "CHEMBL941")
    assert by_id[14].assay_type == "F"
    assert by_id[16].variant  # variant −1 is an unclassified mutant
    assert by_id[17].validity_comment == "Outside typical range"
    assert not any(row.value_is_back_computed for row in rows)
    assert [row.activity_id for row in full.activities(molecules=["CHEMBL553"])] == [11, 13, 16, 18]
    assert [row.activity_id for row in full.activities(tids=[2], molecules=["CHEMBL553"])] == [18]


def test_a_dumps_mechanism_may_have_no_target(full: ChemblStore) -> None:
    (with_target,) = full.mechanisms(tids=[1])
    assert (with_target.molecule_name, with_target.source) == ("ERLOTINIB", "chembl")
    assert with_target.references == ("FDA label/2004/021743lbl.pdf http://www.accessdata.fda.gov/x.pdf",)
    (without,) = full.mechanisms(molecules=["CHEMBL25"])
    assert (without.target_chembl_id, without.target_genes) == (None, ())


def test_an_indication_without_an_efo_term_has_its_mesh_heading(full: ChemblStore) -> None:
    assert full.indication_terms() == ["Anemia, Sickle Cell", "non-small cell lung carcinoma"]
    (row,) = full.indications(term="anemia, sickle cell")
    assert (row.molecule_chembl_id, row.term_id) == ("CHEMBL9002", "D000755")


def test_a_dumps_named_structures_leave_salts_out(full: ChemblStore) -> None:
    assert [chembl_id for chembl_id, _, _ in full.all_structures()] == ["CHEMBL25", "CHEMBL941", "CHEMBL553"]


def test_a_file_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable):
        ChemblStore.open(tmp_path / "no.db")
