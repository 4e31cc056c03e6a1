"""A small SQLite file with a full ChEMBL dump's shape: official tables, columns and NOT NULLs, a handful of rows."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

# Columns that the queries use, and those that the official schema does not let be empty (release 36).
TABLES = """
version: name, creation_date, comments
molecule_dictionary: molregno, pref_name, chembl_id, max_phase, therapeutic_flag, dosed_ingredient, structure_type, molecule_type, first_approval
compound_structures: molregno, molfile, standard_inchi, standard_inchi_key, canonical_smiles
molecule_hierarchy: molregno, parent_molregno, active_molregno
molecule_synonyms: molregno, syn_type, molsyn_id, res_stem_id, synonyms
target_dictionary: tid, target_type, pref_name, tax_id, organism, chembl_id, species_group_flag
target_components: tid, component_id, targcomp_id, homologue
component_sequences: component_id, component_type, accession, sequence, sequence_md5sum, description, tax_id, organism, db_source, db_version
component_synonyms: compsyn_id, component_id, component_synonym, syn_type
docs: doc_id, journal, year, pubmed_id, doi, chembl_id, title, doc_type, ridx, src_id
assays: assay_id, doc_id, description, assay_type, assay_organism, tid, confidence_score, src_id, chembl_id, bao_format, variant_id, aidx
activities: activity_id, assay_id, doc_id, record_id, molregno, standard_relation, standard_value, standard_units, standard_type, activity_comment, data_validity_comment, potential_duplicate, pchembl_value, type
drug_mechanism: mec_id, record_id, molregno, mechanism_of_action, tid, action_type, direct_interaction, disease_efficacy
mechanism_refs: mecref_id, mec_id, ref_type, ref_id, ref_url
drug_indication: drugind_id, record_id, molregno, max_phase_for_ind, mesh_id, mesh_heading, efo_id, efo_term
drug_warning: warning_id, record_id, molregno, warning_type, warning_class, warning_description, warning_country, warning_year, efo_term, efo_id, efo_id_for_warning_class
warning_refs: warnref_id, warning_id, ref_type, ref_id, ref_url
"""

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def _molecule(number: int, chembl_id: str, name: str | None, phase: float | None, year: int | None) -> dict[str, Any]:
    return {
        "molregno": number, "chembl_id": chembl_id, "pref_name": name, "max_phase": phase, "first_approval": year,
        "structure_type": "MOL", "molecule_type": "Small molecule", "therapeutic_flag": 0, "dosed_ingredient": 0,
    }  # fmt: skip


def _structure(number: int, smiles: str, key: str) -> dict[str, Any]:
    return {"molregno": number, "canonical_smiles": smiles, "standard_inchi_key": key}


def _activity(number: int, assay: int, molecule: int, kind: str, value: float | None, **more: Any) -> dict[str, Any]:
    fields = {"activity_id": number, "assay_id": assay, "molregno": molecule, "standard_type": kind, "standard_value": value,
              "standard_relation": "=", "standard_units": "nM", "record_id": 1, "type": kind, "potential_duplicate": 0}  # fmt: skip
    return {**fields, **more}


ROWS: Rows = {
    "version": [
        {"name": "ChEMBL_36", "creation_date": "2025-07-28 00:00:00.000000", "comments": "ChEMBL Release 36"},
        {"name": "COCONUT 2025-07"},
        {"name": "UniProt 2024_05"},
    ],
    "molecule_dictionary": [
        _molecule(1, "CHEMBL25", "ASPIRIN", 4, 1950),
        _molecule(2, "CHEMBL941", "IMATINIB", 4, 2001),
        _molecule(3, "CHEMBL1642", "IMATINIB MESYLATE", 4, 2001),
        _molecule(4, "CHEMBL553", "ERLOTINIB", 4, 2004),
        _molecule(5, "CHEMBL9001", None, None, None),
        _molecule(6, "CHEMBL1201585", "TRASTUZUMAB", 4, 1998),
        _molecule(7, "CHEMBL9002", "HOPEFULINIB", -1, None),
        _molecule(8, "CHEMBL9003", "ERLOTINIB", 4, None),
    ],
    "compound_structures": [
        _structure(1, "CC(=O)Oc1ccccc1C(=O)O", "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"),
        _structure(2, "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1", "KTUFNOKKBVMGRW-UHFFFAOYSA-N"),
        _structure(3, "CS(=O)(=O)O.Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1", "YLMAHDNUQAMNNX-UHFFFAOYSA-N"),
        _structure(4, "C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1", "AAKJLRGGTJKAMG-UHFFFAOYSA-N"),
        _structure(5, "CCO", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"),
    ],
    "molecule_hierarchy": [
        *({"molregno": number, "parent_molregno": number, "active_molregno": number} for number in (1, 2, 4, 5, 6)),
        {"molregno": 3, "parent_molregno": 2, "active_molregno": 2},
    ],
    "molecule_synonyms": [
        {"molsyn_id": 1, "molregno": 1, "syn_type": "OTHER", "synonyms": "Acetylsalicylic acid"},
        {"molsyn_id": 2, "molregno": 2, "syn_type": "TRADE_NAME", "synonyms": "Gleevec"},
        {"molsyn_id": 3, "molregno": 2, "syn_type": "RESEARCH_CODE", "synonyms": "STI-571"},
        {"molsyn_id": 4, "molregno": 2, "syn_type": "OTHER", "synonyms": "STI-571"},
    ],
    "target_dictionary": [
        {"tid": 1, "chembl_id": "CHEMBL203", "target_type": "SINGLE PROTEIN", "pref_name": "Epidermal growth factor receptor", "tax_id": 9606, "organism": "Homo sapiens"},
        {"tid": 2, "chembl_id": "CHEMBL3608", "target_type": "SINGLE PROTEIN", "pref_name": "Epidermal growth factor receptor", "tax_id": 10090, "organism": "Mus musculus"},
        {"tid": 3, "chembl_id": "CHEMBL2111431", "target_type": "PROTEIN FAMILY", "pref_name": "EGFR and ErbB2", "tax_id": 9606, "organism": "Homo sapiens"},
        {"tid": 4, "chembl_id": "CHEMBL20", "target_type": "SINGLE PROTEIN", "pref_name": "Egfr of a beast without a sequence", "tax_id": 9685, "organism": "Felis catus"},
    ],
    "target_components": [
        {"targcomp_id": 1, "tid": 1, "component_id": 1, "homologue": 0},
        {"targcomp_id": 2, "tid": 2, "component_id": 2, "homologue": 0},
        {"targcomp_id": 3, "tid": 3, "component_id": 1, "homologue": 0},
        {"targcomp_id": 4, "tid": 3, "component_id": 3, "homologue": 0},
        {"targcomp_id": 5, "tid": 4, "component_id": 1, "homologue": 1},
    ],
    "component_sequences": [
        {"component_id": 1, "component_type": "PROTEIN", "accession": "P00533", "description": "Epidermal growth factor receptor", "tax_id": 9606, "organism": "Homo sapiens"},
        {"component_id": 2, "component_type": "PROTEIN", "accession": "Q01279", "description": "Epidermal growth factor receptor", "tax_id": 10090, "organism": "Mus musculus"},
        {"component_id": 3, "component_type": "PROTEIN", "accession": "P04626", "description": "Receptor tyrosine-protein kinase erbB-2", "tax_id": 9606, "organism": "Homo sapiens"},
    ],
    "component_synonyms": [
        {"compsyn_id": 1, "component_id": 1, "component_synonym": "ERBB1", "syn_type": "GENE_SYMBOL_OTHER"},
        {"compsyn_id": 2, "component_id": 1, "component_synonym": "EGFR", "syn_type": "GENE_SYMBOL"},
        {"compsyn_id": 3, "component_id": 2, "component_synonym": "Egfr", "syn_type": "GENE_SYMBOL"},
        {"compsyn_id": 4, "component_id": 3, "component_synonym": "ERBB2", "syn_type": "GENE_SYMBOL"},
    ],
    "docs": [{"doc_id": 1, "chembl_id": "CHEMBL1150000", "journal": "J Med Chem", "year": 1999, "doc_type": "PUBLICATION"}],
    "assays": [
        {"assay_id": 1, "doc_id": 1, "assay_type": "B", "tid": 1, "confidence_score": 9, "chembl_id": "CHEMBL700001"},
        {"assay_id": 2, "doc_id": 1, "assay_type": "F", "tid": 1, "confidence_score": 8, "chembl_id": "CHEMBL700002"},
        {"assay_id": 3, "doc_id": 1, "assay_type": "B", "tid": 1, "confidence_score": 9, "chembl_id": "CHEMBL700003", "variant_id": -1},
        {"assay_id": 4, "doc_id": 1, "assay_type": "B", "tid": 2, "confidence_score": 9, "chembl_id": "CHEMBL700004"},
    ],
    "activities": [
        _activity(11, 1, 4, "IC50", 2.0, pchembl_value=8.7),
        _activity(12, 1, 5, "IC50", 10_000, standard_relation=">"),
        _activity(13, 1, 4, "Ki", 0.7, pchembl_value=9.15),
        _activity(14, 2, 3, "IC50", 5_000, pchembl_value=5.3, data_validity_comment="Manually validated"),
        _activity(15, 1, 5, "IC50", 3.5, standard_units="ug.mL-1"),
        _activity(16, 3, 4, "IC50", 300.0),
        _activity(17, 1, 1, "IC50", 1e9, data_validity_comment="Outside typical range"),
        _activity(18, 4, 4, "IC50", 40.0),
        _activity(19, 1, 1, "Inhibition", 12.0, standard_units="%"),
        _activity(20, 1, 1, "IC50", None, standard_units=None, standard_relation=None),
    ],
    "drug_mechanism": [
        {"mec_id": 1, "record_id": 1, "molregno": 4, "mechanism_of_action": "Epidermal growth factor receptor erbB1 inhibitor", "tid": 1, "action_type": "INHIBITOR"},
        {"mec_id": 2, "record_id": 1, "molregno": 1, "mechanism_of_action": "Something without a target", "tid": None, "action_type": None},
    ],
    "mechanism_refs": [{"mecref_id": 1, "mec_id": 1, "ref_type": "FDA", "ref_id": "label/2004/021743lbl.pdf", "ref_url": "http://www.accessdata.fda.gov/x.pdf"}],
    "drug_indication": [
        {"drugind_id": 1, "record_id": 1, "molregno": 4, "max_phase_for_ind": 4, "mesh_id": "D002289", "mesh_heading": "Carcinoma, Non-Small-Cell Lung", "efo_id": "EFO:0003060", "efo_term": "non-small cell lung carcinoma"},
        {"drugind_id": 2, "record_id": 1, "molregno": 7, "max_phase_for_ind": -1, "mesh_id": "D000755", "mesh_heading": "Anemia, Sickle Cell", "efo_id": None, "efo_term": None},
    ],
    # Made up, as are the harms that they tell of.
    "drug_warning": [
        {"warning_id": 3, "record_id": 1, "molregno": 3, "warning_type": "Withdrawn", "warning_class": "hepatotoxicity", "warning_description": "Liver failure in the made-up trial", "warning_country": "Utopia; Erewhon", "warning_year": 2009, "efo_term": "liver failure", "efo_id": "EFO:0009999", "efo_id_for_warning_class": "EFO:0011052"},
        {"warning_id": 1, "record_id": 1, "molregno": 2, "warning_type": "Black Box Warning", "warning_class": "cardiotoxicity", "warning_country": "United States", "efo_id_for_warning_class": "EFO:0009998"},
        {"warning_id": 2, "record_id": 1, "molregno": 7, "warning_type": "Black Box Warning", "warning_country": "United States"},
    ],
    "warning_refs": [
        {"warnref_id": 2, "warning_id": 3, "ref_type": "Other", "ref_id": None, "ref_url": "http://example.org/withdrawn"},
        {"warnref_id": 1, "warning_id": 3, "ref_type": "PubMed", "ref_id": "1", "ref_url": "http://europepmc.org/abstract/MED/1"},
    ],
}  # fmt: skip


def own_columns() -> dict[str, list[str]]:
    lines = (line.partition(": ") for line in TABLES.strip().splitlines())
    return {name: columns.split(", ") for name, _, columns in lines}


def official_columns(schema: str) -> dict[str, list[str]]:
    """Columns with their types of every table that a dump's schema, written out as Markdown, lists."""
    found: dict[str, list[str]] = {}
    for part in schema.split("## Table: ")[1:]:
        name = part.split("\n", 1)[0].strip()
        found[name] = [
            f"{hit[1]} {hit[2]}" for hit in re.finditer(r"^- (\w+) ([A-Z]+(?:\(\d+\))?)", part, re.MULTILINE)
        ]
    return found


def build(path: Path, columns: Mapping[str, Sequence[str]]) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        for name, fields in columns.items():
            database.execute(f"CREATE TABLE {name} ({', '.join(fields)})")
        for name, rows in ROWS.items():
            for row in rows:
                statement = f"INSERT INTO {name} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
                database.execute(statement, list(row.values()))
    return path


@pytest.fixture(scope="session", params=["the columns that are used", "every official column"])
def full_chembl(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file, once with the columns listed above and once with all those that the shared schema lists."""
    path = tmp_path_factory.mktemp("chembl") / "chembl_36.db"
    if request.param.startswith("the"):
        return build(path, own_columns())
    schema = request.getfixturevalue("shared") / "data" / "chembl_schema" / "chembl_database_schema.md"
    return build(path, official_columns(schema.read_text(encoding="utf-8")))
