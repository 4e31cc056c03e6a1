from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from biocopilot.memory.errors import InvalidInput
from biocopilot.memory.starter.names import name_key
from biocopilot.memory.starter.table_files import COLUMNS, HAND_KEPT, TABLES_DIR, read_table
from rdkit import Chem

SHARED = Path(__file__).resolve().parents[3] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data folder beside the checkout")
ACCESSION = re.compile(r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2}")


@cache
def table(name: str) -> list[dict[str, str]]:
    return read_table(name)


def test_every_table_reads_with_its_header() -> None:
    for name in (*COLUMNS, *HAND_KEPT):
        assert table(name), name


def test_tables_stay_reviewable_in_size() -> None:
    assert sum(path.stat().st_size for path in TABLES_DIR.glob("*.tsv")) < 10_000_000


def test_a_wrong_header_is_refused_with_the_columns(tmp_path: Path) -> None:
    (tmp_path / "versions.tsv").write_text("name\tdate\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="header"):
        read_table("versions", tmp_path)


def test_a_short_line_is_refused_with_its_number(tmp_path: Path) -> None:
    (tmp_path / "versions.tsv").write_text("name\tcreation_date\tcomments\nx\ty\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="Line 2"):
        read_table("versions", tmp_path)


def test_ids_are_unique() -> None:
    for name, column in (
        ("molecules", "chembl_id"), ("proteins", "accession"), ("chembl_targets", "chembl_id"),
        ("components", "accession"), ("assays", "chembl_id"), ("activities", "activity_id"),
        ("mechanisms", "mec_id"), ("indications", "drugind_id"), ("target_descriptions", "accession"),
    ):  # fmt: skip
        counts = Counter(row[column] for row in table(name))
        assert max(counts.values()) == 1, name


def test_approved_drugs_have_structure_key_and_year() -> None:
    approved = [row for row in table("molecules") if row["origin"] == "approved"]
    assert len(approved) == 2628
    for row in approved:
        assert row["pref_name"], row
        assert row["smiles"], row
        assert row["inchikey"], row
        assert row["max_phase"] == "4", row
        assert 1800 < int(row["first_approval"]) < 2026, row


def test_structures_give_the_keys_that_stand_beside_them() -> None:
    rows = [row for row in table("molecules") if row["smiles"]]
    for row in [*rows[::60], *(r for r in rows if r["origin"] in ("curated", "biocopilot-curated"))]:
        mol = Chem.MolFromSmiles(row["smiles"])
        assert Chem.MolToInchiKey(mol) == row["inchikey"], row["chembl_id"]
        if row["inchi"]:
            assert Chem.MolToInchi(mol) == row["inchi"], row["chembl_id"]


# Published InChIKeys, kept apart from the SMILES they judge.
@pytest.mark.parametrize(
    ("name", "inchikey"),
    [
        ("nirmatrelvir", "LIENCHBZNNMNKG-OJFNHCPVSA-N"),
        ("adagrasib", "PEMUGDMSUDYLHU-ZEQRLZLVSA-N"),
        ("pirtobrutinib", "FWZAWAUZXYCBKZ-NSHDSACASA-N"),
        ("capivasertib", "JDUBGYFRJFOXQC-KRWDZBQOSA-N"),
        ("resmetirom", "FDBYIYFVSAHJLY-UHFFFAOYSA-N"),
        ("erlotinib", "AAKJLRGGTJKAMG-UHFFFAOYSA-N"),
        ("imatinib", "KTUFNOKKBVMGRW-UHFFFAOYSA-N"),
        ("aspirin", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"),
        ("caffeine", "RYYVLZVUVIJVGH-UHFFFAOYSA-N"),
        ("cholesterol", "HVYWMOMLDIMFJA-DPAQBDIFSA-N"),
    ],
)
def test_known_molecules_have_their_published_key(name: str, inchikey: str) -> None:
    found = [row["inchikey"] for row in table("molecules") if name_key(row["pref_name"]) == name_key(name)]
    assert inchikey in found


def test_activities_are_complete_and_numerous() -> None:
    rows, assays = table("activities"), {row["chembl_id"]: row for row in table("assays")}
    assert len(rows) >= 5000
    for row in rows:
        for column in ("assay", "molecule", "type", "relation", "value", "units", "pchembl"):
            assert row[column], row
        assert row["units"] == "nM"
        assert row["relation"] == "="
    per_target = Counter(assays[row["assay"]]["target"] for row in rows)
    assert sum(count >= 40 for count in per_target.values()) >= 40


def test_value_and_pchembl_agree() -> None:
    for row in table("activities"):
        expected = 10 ** (9 - float(row["pchembl"]))
        assert float(row["value"]) == pytest.approx(expected, rel=0.03), row


def test_an_assay_has_one_type_in_the_computed_rows() -> None:
    types: dict[str, set[str]] = {}
    for row in table("activities"):
        if row["origin"] == "chembl32-pchembl":
            types.setdefault(row["assay"], set()).add(row["type"])
    assert types
    assert all(len(kinds) == 1 for kinds in types.values())


def test_egfr_has_the_drugs_people_ask_about() -> None:
    egfr = {row["chembl_id"] for row in table("assays") if row["target"] == "CHEMBL203"}
    molecules = {row["molecule"] for row in table("activities") if row["assay"] in egfr}
    assert {"CHEMBL553", "CHEMBL939"} <= molecules


def test_every_mechanism_has_a_reference_and_a_known_source() -> None:
    for row in table("mechanisms"):
        assert row["ref_type"], row
        assert row["ref_id"] or row["ref_url"], row
        assert row["source"] in ("drugtarget-2017", "biocopilot-curated"), row


def test_at_least_sixty_later_drugs_are_curated() -> None:
    later = {row["name"] for row in table("curated_drugs") if row["first_approval"] >= "2015"}
    mechanisms = {row["molecule"] for row in table("mechanisms") if row["source"] == "biocopilot-curated"}
    assert len(later) >= 60
    assert len(mechanisms) >= len({row["name"] for row in table("curated_drugs") if row["targets"]}) - 1
    for row in table("curated_drugs"):
        assert row["ref_type"], row
        assert row["ref_id"], row


def test_curated_years_agree_with_chembl_or_are_listed() -> None:
    # Approved late in 2019; ChEMBL gives 2020, the year their scheduling took effect.
    listed = {"CENOBAMATE", "LEMBOREXANT", "LASMIDITAN"}
    years = {name_key(row["name"]): row["first_approval"] for row in table("curated_drugs")}
    for row in table("molecules"):
        ours = years.get(name_key(row["pref_name"]))
        if ours and row["origin"] == "approved" and row["pref_name"] not in listed:
            assert ours == row["first_approval"], row["pref_name"]


def test_all_human_reviewed_proteins_and_accessions_are_well_formed() -> None:
    proteins = table("proteins")
    assert sum(row["tax_id"] == "9606" and row["reviewed"] == "1" for row in proteins) == 1284
    sequences = {row["accession"]: row["sequence"] for row in table("protein_sequences")}
    for row in proteins:
        assert ACCESSION.fullmatch(row["accession"]), row
        assert len(sequences[row["accession"]]) == int(row["length"]), row


@needs_shared
def test_genes_have_the_targets_of_the_development_questions() -> None:
    xrefs = {(row["accession"], row["database"]): row["id"] for row in table("protein_xrefs")}
    genes = {row["gene"]: row["accession"] for row in table("proteins") if row["tax_id"] == "9606"}
    asked = 0
    for line in (SHARED / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        if question["kind"] == "ct":
            gene = re.sub(r"\W+$", "", question["question"].split()[-1])
            assert xrefs[genes[gene], "ChEMBL"] == question["text"][0]
            asked += 1
        elif question["kind"] in ("drugid", "year"):
            found = re.search(r"id of (.+)\?|When was (.+) first", question["question"])
            assert found
            name = name_key(found[1] or found[2])
            row = next(row for row in table("molecules") if name_key(row["pref_name"]) == name)
            assert question["text"][0] in (row["chembl_id"], row["first_approval"])
            asked += 1
    assert asked >= 9


def test_descriptions_are_short_and_at_least_sixty() -> None:
    rows = table("target_descriptions")
    assert len(rows) >= 60
    for row in rows:
        assert 40 < len(row["text"]) < 400, row


@needs_shared
def test_no_description_shares_a_run_of_words_with_uniprot() -> None:
    wanted = {row["accession"]: row["text"] for row in table("target_descriptions")}
    path = SHARED / "data" / "uniprot_json" / "uniprotkb_1958_targets.jsonl.gz"
    compared = 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            text = wanted.get(entry["primaryAccession"])
            if text is None:
                continue
            compared += 1
            theirs = " ".join(
                words(item["value"]) for comment in entry.get("comments", []) for item in comment.get("texts", [])
            )
            ours = words(text).split()
            for start in range(len(ours) - 6):
                assert " ".join(ours[start : start + 7]) not in theirs, (
                    entry["primaryAccession"],
                    ours[start : start + 7],
                )
    assert compared >= 50


def words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


def test_no_hand_kept_name_hides_a_list_behind_a_comma() -> None:
    for name, column in (
        ("curated_target_names", "names"),
        ("curated_synonyms", "synonyms"),
        ("curated_molecules", "synonyms"),
    ):
        for row in table(name):
            for item in row[column].split("|"):
                assert not re.search(r",(?!\d|N-)", item), item
                assert item == item.strip() or not item, row


def test_the_issues_minimum_of_curated_drugs_holds() -> None:
    later = {row["name"] for row in table("curated_drugs") if row["first_approval"] > "2016"}
    assert len(later) >= 60
    assert {"osimertinib", "sotorasib", "deucravacitinib"} <= {row["name"] for row in table("curated_drugs")}
    for row in table("curated_drugs"):
        assert row["ref_type"] in ("FDA label", "EMA EPAR", "EMA", "PMDA", "EPAR", "FDA", "PubMed"), row
        assert len(row["ref_id"]) > 3, row  # names the label, dossier or paper that a reader can look up


def test_the_issues_minimum_of_target_descriptions_holds() -> None:
    described = {row["accession"] for row in table("target_descriptions")}
    assert len(described) >= 60
    assert {"P00533", "Q06187", "P29597", "P01116"} <= described


def test_the_issues_minimum_of_activities_holds() -> None:
    rows, assays = table("activities"), {row["chembl_id"]: row for row in table("assays")}
    whole = [
        row for row in rows if all(row[name] for name in ("assay", "type", "relation", "value", "units", "pchembl"))
    ]
    assert len(whole) >= 5_000
    assert len({assays[row["assay"]]["target"] for row in whole}) >= 40


# Approval years in public labels, kept apart from the tables that they judge.
@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("osimertinib", 2015), ("sotorasib", 2021), ("deucravacitinib", 2022), ("trastuzumab", 1998), ("adalimumab", 2002), ("rituximab", 1997),
        ("pembrolizumab", 2014), ("insulin human", 1982), ("cisplatin", 1978), ("carboplatin", 1989), ("oxaliplatin", 2002), ("tirzepatide", 2022),
        ("semaglutide", 2017), ("palbociclib", 2015), ("venetoclax", 2016), ("elexacaftor", 2019), ("risdiplam", 2020), ("resmetirom", 2024),
    ],
)  # fmt: skip
def test_curated_years_are_those_of_the_labels(name: str, year: int) -> None:
    assert {row["first_approval"] for row in table("curated_drugs") if row["name"] == name} == {str(year)}


def test_a_racemate_written_as_two_enantiomers_is_one_structure() -> None:
    (tranylcypromine,) = [row for row in table("molecules") if row["pref_name"] == "TRANYLCYPROMINE"]
    assert "." not in tranylcypromine["smiles"]


def test_withheld_uses_are_in_no_row() -> None:
    ids = {row["pref_name"]: row["chembl_id"] for row in table("molecules")}
    told = {(row["molecule"], row["term"]) for row in table("indications")}
    for row in table("withheld_indications"):
        assert row["reason"], row
        assert (ids.get(row["name"].upper(), ""), row["term"]) not in told, row


# ChEMBL ids that are public, kept apart from the tables that they judge.
@pytest.mark.parametrize(
    ("name", "chembl_id"),
    [
        ("NIRMATRELVIR", "CHEMBL4802135"), ("SEMAGLUTIDE", "CHEMBL2108724"), ("TIRZEPATIDE", "CHEMBL4297839"), ("ADAGRASIB", "CHEMBL4594350"),
        ("ATEZOLIZUMAB", "CHEMBL3707227"), ("STAUROSPORINE", "CHEMBL388978"), ("ARTEMISININ", "CHEMBL269671"), ("ROXADUSTAT", "CHEMBL2338329"),
        ("CISPLATIN", "CHEMBL11359"), ("CARBOPLATIN", "CHEMBL1351"), ("OXALIPLATIN", "CHEMBL414804"), ("TRAMETINIB", "CHEMBL2103875"),
    ],
)  # fmt: skip
def test_known_molecules_have_their_chembl_id(name: str, chembl_id: str) -> None:
    assert {row["chembl_id"] for row in table("molecules") if row["pref_name"] == name} == {chembl_id}
