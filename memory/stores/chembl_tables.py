"""What is laid out beside a ChEMBL dump: narrow copies of the tables asked by key, with their indexes, and activities by target.

Copies bear the dump's names and stand before its tables, so that one query serves both. Numbers of rows are declared as such, or
no index would be used for joins; other columns have no declared type, so that a value is kept as the dump has it.
"""

from __future__ import annotations

__all__ = ["COPIES", "COUNTS", "EXTENTS", "INDEXES", "KIND_COLUMNS", "LAY_OUT", "NEEDED", "RAW_COLUMNS", "SCHEMA"]

COPIES: dict[str, tuple[str, ...]] = {
    "version": ("name", "creation_date", "comments"),
    "molecule_dictionary": (
        "molregno INTEGER PRIMARY KEY", "pref_name", "chembl_id", "max_phase", "molecule_type", "structure_type", "first_approval",
    ),
    "compound_structures": ("molregno INTEGER PRIMARY KEY", "standard_inchi_key", "canonical_smiles"),
    "molecule_hierarchy": ("molregno INTEGER PRIMARY KEY", "parent_molregno INTEGER", "active_molregno INTEGER"),
    "molecule_synonyms": ("molsyn_id INTEGER PRIMARY KEY", "molregno INTEGER", "syn_type", "synonyms"),
    "target_dictionary": (
        "tid INTEGER PRIMARY KEY", "target_type", "pref_name", "tax_id", "organism", "chembl_id", "species_group_flag",
    ),
    "target_components": ("targcomp_id INTEGER PRIMARY KEY", "tid INTEGER", "component_id INTEGER", "homologue"),
    "component_sequences": (
        "component_id INTEGER PRIMARY KEY", "component_type", "accession", "description", "tax_id", "organism",
    ),
    "component_synonyms": ("compsyn_id INTEGER PRIMARY KEY", "component_id INTEGER", "component_synonym", "syn_type"),
    "drug_mechanism": (
        "mec_id INTEGER PRIMARY KEY", "molregno INTEGER", "mechanism_of_action", "tid INTEGER", "action_type",
        "direct_interaction", "disease_efficacy",
    ),
    "mechanism_refs": ("mecref_id INTEGER PRIMARY KEY", "mec_id INTEGER", "ref_type", "ref_id", "ref_url"),
    "drug_indication": (
        "drugind_id INTEGER PRIMARY KEY", "molregno INTEGER", "max_phase_for_ind", "mesh_id", "mesh_heading", "efo_id", "efo_term",
    ),
}  # fmt: skip
"""Table to its columns here; a column or table that the dump lacks stays empty, unless it is in NEEDED."""

NEEDED: dict[str, tuple[str, ...]] = {
    "version": ("name",),
    "molecule_dictionary": ("molregno", "chembl_id", "pref_name"),
    "target_dictionary": ("tid", "chembl_id", "pref_name"),
    "assays": ("assay_id", "tid", "chembl_id"),
    "activities": ("activity_id", "assay_id", "molregno", "standard_type", "standard_value", "standard_units"),
}
"""Without these it is no ChEMBL dump that questions could be answered from."""

RAW_COLUMNS = (
    "activity_id INTEGER",
    "assay_id INTEGER",
    "doc_id INTEGER",
    "molregno INTEGER",
    "standard_value",
    "pchembl_value",
)
"""What is dealt out of the dump's activities beside the target and the kind."""

KIND_COLUMNS = (
    "standard_type",
    "standard_relation",
    "standard_units",
    "data_validity_comment",
    "potential_duplicate",
)
"""What takes few values together: kept once for each combination."""

_OWN = """
-- Within a target in the order (standard_type, pchembl_value DESC, activity_id); a target's rows lie together. What the rows of a
-- measured series share, from assay to remarks, stands once in bc_series. `molecule_facts` is NULL for a molecule that is its own
-- parent, has no name and was never in the clinic, as nearly all are; else JSON of parent, name and phase. The molecule's id and
-- SMILES are NULL where there is no pChEMBL: such a row is among no target's best, and they are looked up.
CREATE TABLE bc_target_activity (
  activity_id INTEGER, series INTEGER, standard_value, pchembl_value, molecule_chembl_id, molecule_facts, canonical_smiles,
  molregno INTEGER, tid INTEGER);
-- All of a target's activities once more, to be read at once: see activity_block.py.
CREATE TABLE bc_activity_block (block INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE bc_series (
  series INTEGER PRIMARY KEY, assay_chembl_id, document_chembl_id, year, confidence_score, assay_type, variant, standard_type,
  standard_relation, standard_units, data_validity_comment, potential_duplicate, tid INTEGER, assay_id INTEGER, doc_id INTEGER,
  kind INTEGER);
CREATE INDEX bc_series_assay ON bc_series(assay_id, kind);
CREATE TABLE bc_kind (
  kind INTEGER PRIMARY KEY, standard_type, standard_relation, standard_units, data_validity_comment, potential_duplicate);
CREATE TABLE bc_target_range (
  tid INTEGER NOT NULL, standard_type TEXT NOT NULL, first_row INTEGER NOT NULL, last_row INTEGER NOT NULL, best_pchembl,
  PRIMARY KEY (tid, standard_type)) WITHOUT ROWID;
CREATE TABLE bc_target_extent (
  tid INTEGER PRIMARY KEY, first_row INTEGER NOT NULL, last_row INTEGER NOT NULL, first_block INTEGER, last_block INTEGER);
CREATE TABLE bc_name (name_key TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL);
CREATE TABLE bc_count (what TEXT NOT NULL, n INTEGER NOT NULL);
"""

SCHEMA = "".join(f"CREATE TABLE {name} ({', '.join(columns)});\n" for name, columns in COPIES.items()) + _OWN

LAY_OUT = (
    """
INSERT INTO main.bc_series (assay_chembl_id, document_chembl_id, year, confidence_score, assay_type, variant, standard_type,
  standard_relation, standard_units, data_validity_comment, potential_duplicate, tid, assay_id, doc_id, kind)
SELECT s.chembl_id, d.chembl_id, {year}, {confidence_score}, {assay_type}, {variant}, k.standard_type, k.standard_relation,
  k.standard_units, k.data_validity_comment, k.potential_duplicate, r.tid, r.assay_id, r.doc_id, r.kind
FROM (SELECT DISTINCT tid, assay_id, doc_id, kind FROM raw.{bucket}) r JOIN dump.assays s ON s.assay_id = r.assay_id
JOIN main.bc_kind k ON k.kind = r.kind LEFT JOIN {docs} d ON d.doc_id = coalesce(r.doc_id, {assay_doc})
ORDER BY r.tid, r.assay_id, r.doc_id, r.kind
""",
    """
INSERT INTO main.bc_target_activity
SELECT r.activity_id, o.series, r.standard_value, r.pchembl_value, CASE WHEN r.pchembl_value IS NOT NULL THEN m.chembl_id END,
  CASE WHEN m.pref_name IS NOT NULL OR m.max_phase >= 0 OR p.chembl_id != m.chembl_id
    THEN json_array(coalesce(p.chembl_id, m.chembl_id), m.pref_name, CASE WHEN m.max_phase >= 0 THEN m.max_phase + 0.0 END) END,
  CASE WHEN r.pchembl_value IS NOT NULL THEN c.canonical_smiles END, r.molregno, r.tid
FROM raw.{bucket} r CROSS JOIN main.bc_series o ON o.assay_id = r.assay_id AND o.kind = r.kind AND o.doc_id IS r.doc_id
JOIN main.target_dictionary t ON t.tid = r.tid JOIN main.molecule_dictionary m ON m.molregno = r.molregno
LEFT JOIN main.compound_structures c ON c.molregno = r.molregno LEFT JOIN main.molecule_hierarchy h ON h.molregno = r.molregno
LEFT JOIN main.molecule_dictionary p ON p.molregno = h.parent_molregno
ORDER BY r.tid, o.standard_type, r.pchembl_value IS NULL, r.pchembl_value DESC, r.activity_id
""",
)
"""One bucket of targets, joined and put in order: the series, then their activities."""

EXTENTS = (
    "INSERT INTO main.bc_target_range SELECT a.tid, coalesce(o.standard_type, ''), min(a.rowid), max(a.rowid), max(a.pchembl_value)"
    " FROM main.bc_target_activity a CROSS JOIN main.bc_series o ON o.series = a.series WHERE a.rowid > ?"
    " GROUP BY a.tid, coalesce(o.standard_type, '')",
    "INSERT INTO main.bc_target_extent SELECT a.tid, min(a.rowid), max(a.rowid), NULL, NULL"
    " FROM main.bc_target_activity a WHERE a.rowid > ? GROUP BY a.tid",
)
"""Where the rows of a target, and of a target and type, begin and end."""

INDEXES = (
    "CREATE UNIQUE INDEX bc_molecule_id ON molecule_dictionary(chembl_id)",
    "CREATE INDEX bc_molecule_named ON molecule_dictionary(molregno) WHERE pref_name IS NOT NULL",
    "CREATE INDEX bc_structure_key ON compound_structures(standard_inchi_key)",
    "CREATE INDEX bc_hierarchy_parent ON molecule_hierarchy(parent_molregno)",
    "CREATE INDEX bc_synonym_molecule ON molecule_synonyms(molregno)",
    "CREATE UNIQUE INDEX bc_target_id ON target_dictionary(chembl_id)",
    "CREATE INDEX bc_component_target ON target_components(tid)",
    "CREATE INDEX bc_target_component ON target_components(component_id)",
    "CREATE INDEX bc_sequence_accession ON component_sequences(accession)",
    "CREATE INDEX bc_synonym_component ON component_synonyms(component_id)",
    "CREATE INDEX bc_mechanism_molecule ON drug_mechanism(molregno)",
    "CREATE INDEX bc_mechanism_target ON drug_mechanism(tid)",
    "CREATE INDEX bc_reference_mechanism ON mechanism_refs(mec_id)",
    "CREATE INDEX bc_indication_molecule ON drug_indication(molregno)",
    "CREATE INDEX bc_indication_term ON drug_indication(coalesce(efo_term, mesh_heading) COLLATE NOCASE)",
    "CREATE INDEX bc_activity_molecule ON bc_target_activity(molregno)",
    "CREATE INDEX bc_name_key ON bc_name(name_key, kind, rank)",
)

COUNTS = {
    "molecules": "SELECT count(*) FROM main.molecule_dictionary",
    "approved drugs": "SELECT count(*) FROM main.molecule_dictionary WHERE max_phase = 4",
    "targets": "SELECT count(*) FROM main.target_dictionary",
    "measured activities": "SELECT count(*) FROM dump.activities",
    "mechanisms": "SELECT count(*) FROM main.drug_mechanism",
    "indications": "SELECT count(*) FROM main.drug_indication",
}
