-- The starter set's tables. Names, columns and meanings are those of the official ChEMBL SQLite dump
-- (a subset), so that the same queries serve both; the uniprot_* tables are this project's own shape and
-- are what a Swiss-Prot build fills too; the bc_* tables are this project's own curation and look-up help.

CREATE TABLE version (name TEXT PRIMARY KEY, creation_date TEXT, comments TEXT);
-- rows: ('ChEMBL_32', …) and others as used; ('UniProt_2025_03', …); ('Biocopilot_starter', date, '1')

CREATE TABLE molecule_dictionary (
  molregno INTEGER PRIMARY KEY, pref_name TEXT, chembl_id TEXT NOT NULL UNIQUE, max_phase REAL,
  molecule_type TEXT, structure_type TEXT NOT NULL, first_approval INTEGER);
CREATE TABLE compound_structures (
  molregno INTEGER PRIMARY KEY, standard_inchi TEXT, standard_inchi_key TEXT NOT NULL, canonical_smiles TEXT);
CREATE TABLE molecule_hierarchy (molregno INTEGER PRIMARY KEY, parent_molregno INTEGER, active_molregno INTEGER);
CREATE TABLE molecule_synonyms (molsyn_id INTEGER PRIMARY KEY, molregno INTEGER NOT NULL, syn_type TEXT NOT NULL, synonyms TEXT NOT NULL);

CREATE TABLE target_dictionary (
  tid INTEGER PRIMARY KEY, target_type TEXT, pref_name TEXT NOT NULL, tax_id INTEGER, organism TEXT,
  chembl_id TEXT NOT NULL UNIQUE, species_group_flag INTEGER NOT NULL DEFAULT 0);
CREATE TABLE target_components (tid INTEGER NOT NULL, component_id INTEGER NOT NULL, targcomp_id INTEGER PRIMARY KEY, homologue INTEGER NOT NULL DEFAULT 0);
CREATE TABLE component_sequences (component_id INTEGER PRIMARY KEY, component_type TEXT, accession TEXT UNIQUE, description TEXT, tax_id INTEGER, organism TEXT);
CREATE TABLE component_synonyms (compsyn_id INTEGER PRIMARY KEY, component_id INTEGER NOT NULL, component_synonym TEXT, syn_type TEXT);

CREATE TABLE docs (doc_id INTEGER PRIMARY KEY, chembl_id TEXT NOT NULL UNIQUE, journal TEXT, year INTEGER, pubmed_id INTEGER, doi TEXT);
CREATE TABLE assays (
  assay_id INTEGER PRIMARY KEY, doc_id INTEGER, description TEXT, assay_type TEXT, assay_organism TEXT, tid INTEGER,
  confidence_score INTEGER, chembl_id TEXT NOT NULL UNIQUE, bao_format TEXT, variant_id INTEGER);
-- description stays NULL in the starter set: ChEMBL's assay sentences are not copied.
CREATE TABLE activities (
  activity_id INTEGER PRIMARY KEY, assay_id INTEGER NOT NULL, doc_id INTEGER, molregno INTEGER NOT NULL,
  standard_relation TEXT, standard_value REAL, standard_units TEXT, standard_type TEXT, pchembl_value REAL,
  activity_comment TEXT, data_validity_comment TEXT, potential_duplicate INTEGER);

CREATE TABLE drug_mechanism (
  mec_id INTEGER PRIMARY KEY, molregno INTEGER, mechanism_of_action TEXT, tid INTEGER, action_type TEXT,
  direct_interaction INTEGER, disease_efficacy INTEGER);
CREATE TABLE mechanism_refs (mecref_id INTEGER PRIMARY KEY, mec_id INTEGER NOT NULL, ref_type TEXT NOT NULL, ref_id TEXT, ref_url TEXT);
CREATE TABLE drug_indication (
  drugind_id INTEGER PRIMARY KEY, molregno INTEGER, max_phase_for_ind REAL, mesh_id TEXT, mesh_heading TEXT, efo_id TEXT, efo_term TEXT);

CREATE TABLE uniprot_entry (
  accession TEXT PRIMARY KEY, entry_name TEXT NOT NULL, reviewed INTEGER NOT NULL, gene TEXT, protein_name TEXT NOT NULL,
  organism TEXT NOT NULL, tax_id INTEGER NOT NULL, family TEXT, length INTEGER NOT NULL, mass_da INTEGER, sequence TEXT NOT NULL,
  protein_existence TEXT);
CREATE TABLE uniprot_name (accession TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (accession, kind, name)) WITHOUT ROWID; -- gene | gene_synonym | recommended | short | alternative | entry_name | secondary_accession | ec
CREATE TABLE uniprot_location (accession TEXT NOT NULL, location TEXT NOT NULL, topology TEXT);
CREATE TABLE uniprot_keyword (accession TEXT NOT NULL, keyword TEXT NOT NULL, category TEXT, PRIMARY KEY (accession, keyword)) WITHOUT ROWID;
CREATE TABLE uniprot_xref (accession TEXT NOT NULL, database TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (accession, database, id)) WITHOUT ROWID; -- ChEMBL, PDB count not kept; HGNC, Ensembl gene, DrugBank no
CREATE TABLE uniprot_disease (accession TEXT NOT NULL, disease TEXT NOT NULL, acronym TEXT, mim TEXT);

-- What this project adds, in its own words and by its own hand.
CREATE TABLE bc_target_description (accession TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE bc_fact_source (table_name TEXT NOT NULL, row_id INTEGER NOT NULL, source TEXT NOT NULL, PRIMARY KEY (table_name, row_id)) WITHOUT ROWID; -- 'chembl' | 'drugtarget-2017' | 'uniprot' | 'biocopilot-curated' per mechanism/indication row
CREATE TABLE bc_name (name_key TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL);
-- name_key: the name casefolded with everything but letters and digits removed (Greek letters spelled out);
-- kind: 'molecule' (id: ChEMBL id) | 'target' (id: UniProt accession) | 'disease' (id: the indication term as in drug_indication.mesh_heading/efo_term);
-- rank: -1 everyday name of a target kept by hand, 0 preferred name or official gene symbol, 1 synonym, 2 weaker (brand, old name, entry name); human targets before others at equal rank.
CREATE INDEX bc_name_key ON bc_name(name_key, kind, rank);

-- Activities once more, lying in the order in which a target's are asked for (built from the tables above).
CREATE TABLE bc_target_activity (
  tid INTEGER NOT NULL, standard_type TEXT NOT NULL, pchembl_value REAL, activity_id INTEGER NOT NULL, assay_id INTEGER NOT NULL,
  doc_id INTEGER, molregno INTEGER NOT NULL, standard_relation TEXT, standard_value REAL, standard_units TEXT,
  potential_duplicate INTEGER, PRIMARY KEY (tid, standard_type, pchembl_value DESC, activity_id)) WITHOUT ROWID;
CREATE VIEW bc_target_activity_source AS
  SELECT s.tid, a.standard_type, a.pchembl_value, a.activity_id, a.assay_id, a.doc_id, a.molregno, a.standard_relation,
         a.standard_value, a.standard_units, a.potential_duplicate
  FROM activities a JOIN assays s ON s.assay_id = a.assay_id;

CREATE INDEX compound_structures_key ON compound_structures(standard_inchi_key);
CREATE INDEX molecule_hierarchy_parent ON molecule_hierarchy(parent_molregno);
CREATE INDEX molecule_synonyms_molecule ON molecule_synonyms(molregno);
CREATE INDEX target_components_target ON target_components(tid);
CREATE INDEX target_components_component ON target_components(component_id);
CREATE INDEX component_synonyms_component ON component_synonyms(component_id);
CREATE INDEX component_synonyms_name ON component_synonyms(component_synonym COLLATE NOCASE);
CREATE INDEX assays_target ON assays(tid);
CREATE INDEX activities_molecule ON activities(molregno);
CREATE INDEX activities_assay ON activities(assay_id);
CREATE INDEX drug_mechanism_molecule ON drug_mechanism(molregno);
CREATE INDEX drug_mechanism_target ON drug_mechanism(tid);
CREATE INDEX mechanism_refs_mechanism ON mechanism_refs(mec_id);
CREATE INDEX drug_indication_molecule ON drug_indication(molregno);
CREATE INDEX drug_indication_term ON drug_indication(efo_term);
CREATE INDEX uniprot_entry_gene ON uniprot_entry(gene COLLATE NOCASE);
CREATE INDEX uniprot_location_accession ON uniprot_location(accession);
CREATE INDEX uniprot_xref_id ON uniprot_xref(id);
CREATE INDEX uniprot_disease_accession ON uniprot_disease(accession);
