"""A small SQLite file with the local stores' tables, filled with rows that the live services gave.

The rows carry no row numbers of the services, so they are numbered here; ChEMBL ids and accessions identify. What is not
asked for is not in it: it answers one call and is then thrown away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

from ....memory import starter
from ....memory.chembl_rows import ActivityRow, IndicationRow, MechanismRow, MoleculeRow, TargetRow, WarningRow
from ....memory.names_index import FOREIGN, TARGET_RANKS
from ....memory.starter.names import name_key
from ....memory.uniprot_store import HUMAN
from ..chembl.records import Assay, Document
from ..uniprot import UniprotEntry
from ..uniprot.store_rows import UNKEPT_KEYWORDS, StoreRows

__all__ = ["LiveTables"]

_SCHEMA = Path(str(starter.__file__)).with_name("schema.sql")
_WARNINGS = """
CREATE TABLE IF NOT EXISTS drug_warning (
    warning_id INTEGER PRIMARY KEY, record_id INTEGER, molregno INTEGER, warning_type TEXT, warning_class TEXT,
    warning_description TEXT, warning_country TEXT, warning_year INTEGER, efo_term TEXT, efo_id TEXT,
    efo_id_for_warning_class TEXT
);
CREATE TABLE IF NOT EXISTS warning_refs (
    warnref_id INTEGER PRIMARY KEY, warning_id INTEGER, ref_type TEXT, ref_id TEXT, ref_url TEXT
);
"""
"""Tables of a full dump that the starter set's schema has not; made once a service has said which warnings there are."""
_ASSAYS = """
ALTER TABLE assays ADD COLUMN assay_tax_id INTEGER;
ALTER TABLE assays ADD COLUMN assay_strain TEXT;
ALTER TABLE assays ADD COLUMN assay_tissue TEXT;
ALTER TABLE assays ADD COLUMN assay_cell_type TEXT;
ALTER TABLE assays ADD COLUMN assay_subcellular_fraction TEXT;
ALTER TABLE assays ADD COLUMN relationship_type TEXT;
ALTER TABLE docs ADD COLUMN doc_type TEXT;
ALTER TABLE docs ADD COLUMN title TEXT;
ALTER TABLE docs ADD COLUMN volume TEXT;
ALTER TABLE docs ADD COLUMN issue TEXT;
ALTER TABLE docs ADD COLUMN first_page TEXT;
ALTER TABLE docs ADD COLUMN last_page TEXT;
ALTER TABLE docs ADD COLUMN patent_id TEXT;
CREATE TABLE bioassay_ontology (bao_id TEXT PRIMARY KEY, label TEXT);
CREATE TABLE variant_sequences (variant_id INTEGER PRIMARY KEY, mutation TEXT, accession TEXT);
"""
"""What a full dump says of one assay and its document beyond the starter set's schema; made when the first one comes."""


class LiveTables:
    """Writes rows into a new file; a context. Rows that come twice are kept once, and what is known of one thing adds up."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        self._connection.executescript(_SCHEMA.read_text("utf-8"))
        self._molecules: dict[str, int] = {}
        self._targets: dict[str, int] = {}
        self._assays: dict[str, int] = {}
        self._documents: dict[str, int] = {}
        self._components: dict[str, int] = {}
        self._assays_laid_out = False

    def __enter__(self) -> LiveTables:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.commit()
        self._connection.close()

    def molecule(self, row: MoleculeRow, names: Iterable[str] = (), parent: str | None = None) -> None:
        """A molecule with its other names; `parent` is the ChEMBL id of what it is a salt of."""
        number = self._molecule(row.chembl_id, row.name, row.smiles, row.max_phase)
        self._do(
            "UPDATE molecule_dictionary SET first_approval = coalesce(?, first_approval),"
            " molecule_type = coalesce(?, molecule_type) WHERE molregno = ?",
            row.first_approval,
            row.molecule_type,
            number,
        )
        if row.inchikey:
            self._do("UPDATE compound_structures SET standard_inchi_key = ? WHERE molregno = ?", row.inchikey, number)
        if row.name:
            self._name(row.name, "molecule", row.chembl_id, 0)
        for name in dict.fromkeys(names):
            self._do("INSERT INTO molecule_synonyms VALUES (NULL, ?, 'OTHER', ?)", number, name)
            self._name(name, "molecule", row.chembl_id, 1)
        self.parent(row.chembl_id, parent or row.chembl_id)

    def parent(self, chembl_id: str, parent: str) -> None:
        """What a molecule is a salt of; itself where of nothing."""
        own, above = self._molecule(chembl_id), self._molecule(parent)
        self._do("INSERT OR IGNORE INTO molecule_hierarchy VALUES (?1, ?1, ?1)", above)
        self._do(
            "INSERT INTO molecule_hierarchy VALUES (?1, ?2, ?2) ON CONFLICT DO UPDATE SET parent_molregno = ?2",
            own,
            above,
        )

    def target(self, row: TargetRow, stands_in: bool = False) -> None:
        """A target with its proteins; `stands_in`: they are of another species and only stand in for it."""
        if row.chembl_id in self._targets:
            self._do("DELETE FROM target_components WHERE tid = ?", self._targets[row.chembl_id])
        number = self._target(row.chembl_id, row.name, row.organism)
        self._do(
            "UPDATE target_dictionary SET target_type = ?, tax_id = ? WHERE tid = ?",
            row.target_type,
            row.tax_id,
            number,
        )
        for place, accession in enumerate(row.accessions):
            component = self._component(accession, row)
            self._do("INSERT INTO target_components VALUES (?, ?, NULL, ?)", number, component, int(stands_in))
            if place < len(row.genes):
                self._do(
                    "INSERT INTO component_synonyms SELECT NULL, ?1, ?2, 'GENE_SYMBOL' WHERE NOT EXISTS"
                    " (SELECT 1 FROM component_synonyms WHERE component_id = ?1)",
                    component,
                    row.genes[place],
                )

    def activities(self, rows: Iterable[ActivityRow]) -> None:
        """Measured activities with their assays, documents, molecules and targets."""
        for row in rows:
            target = self._target(row.target_chembl_id, row.target_name, row.target_organism)
            molecule = self._molecule(row.molecule_chembl_id, row.name, row.smiles, row.max_phase)
            self.parent(row.molecule_chembl_id, row.parent_chembl_id)
            document = self._document(row.document_chembl_id, row.year)
            assay = self._assay(row, target, document)
            self._do(
                "INSERT OR IGNORE INTO activities VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?)",
                row.activity_id, assay, document, molecule, row.relation, row.value, row.unit, row.activity_type,
                row.pchembl, row.validity_comment, int(row.potential_duplicate),
            )  # fmt: skip

    def mechanisms(self, rows: Iterable[MechanismRow]) -> None:
        """How drugs act, in the order given; their targets are taken as they are where they are not known better."""
        for row in rows:
            molecule = self._molecule(row.molecule_chembl_id, row.molecule_name, None, row.max_phase)
            self._first_approval(molecule, row.first_approval)
            target = None
            if row.target_chembl_id:
                if row.target_chembl_id not in self._targets:
                    self.target(
                        TargetRow(0, row.target_chembl_id, row.target_name or "", None, None, None,
                                  row.target_accessions, row.target_genes)
                    )  # fmt: skip
                target = self._targets[row.target_chembl_id]
            number = self._do(
                "INSERT INTO drug_mechanism VALUES (NULL, ?, ?, ?, ?, NULL, NULL)",
                molecule,
                row.mechanism,
                target,
                row.action,
            )
            for reference in row.references:  # as one text, which is how the store gives them back
                self._do("INSERT INTO mechanism_refs VALUES (NULL, ?, ?, NULL, NULL)", number, reference)

    def indications(self, rows: Iterable[IndicationRow]) -> None:
        """What drugs are used for, in the order given."""
        for row in rows:
            molecule = self._molecule(row.molecule_chembl_id, row.molecule_name, None, row.max_phase)
            self._first_approval(molecule, row.first_approval)
            self._do(
                "INSERT INTO drug_indication VALUES (NULL, ?, ?, NULL, NULL, ?, ?)",
                molecule, row.max_phase_for_indication, row.term_id, row.term,
            )  # fmt: skip
            self._name(row.term, "disease", row.term, 0)

    def warnings(self, rows: Iterable[WarningRow]) -> None:
        """Warnings of drugs under the service's own ids; called with no rows, it says that there are none."""
        self._connection.executescript(_WARNINGS)
        for row in rows:
            molecule = self._molecule(row.molecule_chembl_id, row.molecule_name)
            self._do(
                "INSERT INTO drug_warning VALUES (?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row.warning_id, molecule, row.warning_type, row.warning_class, row.description, row.country, row.year,
                row.efo_term, row.efo_id, row.class_id,
            )  # fmt: skip
            for reference in row.references:  # as one text, which is how the store gives them back
                self._do("INSERT INTO warning_refs VALUES (NULL, ?, ?, NULL, NULL)", row.warning_id, reference)

    def assay(self, row: Assay, target: TargetRow | None, paper: Document | None) -> None:
        """An assay with its target and its document, all that the service says of them."""
        if not self._assays_laid_out:
            self._connection.executescript(_ASSAYS)
            self._assays_laid_out = True
        number = None if target is None else self._target(target.chembl_id, target.name, target.organism)
        document = None if paper is None else self._document(paper.chembl_id, paper.year)
        if paper is not None:
            self._do(
                "UPDATE docs SET journal = ?, pubmed_id = ?, doi = ?, doc_type = ?, title = ?, volume = ?, issue = ?,"
                " first_page = ?, last_page = ?, patent_id = ? WHERE doc_id = ?",
                paper.journal, paper.pubmed_id, paper.doi, paper.doc_type, paper.title, paper.volume, paper.issue,
                paper.first_page, paper.last_page, paper.patent_id, document,
            )  # fmt: skip
        variant = 1 if row.is_on_variant else None
        if row.is_on_variant:
            self._do("INSERT OR REPLACE INTO variant_sequences VALUES (1, ?, ?)", row.mutation, row.variant_accession)
        if row.bao_format is not None:
            self._do("INSERT OR IGNORE INTO bioassay_ontology VALUES (?, ?)", row.bao_format, row.format)
        self._do(
            "INSERT INTO assays (doc_id, description, assay_type, assay_organism, tid, confidence_score, chembl_id, bao_format,"
            " variant_id, assay_tax_id, assay_strain, assay_tissue, assay_cell_type, assay_subcellular_fraction,"
            " relationship_type) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            document, row.description, row.assay_type, row.organism, number, row.confidence_score, row.chembl_id,
            row.bao_format, variant, row.tax_id, row.strain, row.tissue, row.cell_type, row.subcellular_fraction,
            row.relationship_type,
        )  # fmt: skip

    def protein(self, entry: UniprotEntry) -> None:
        """A UniProt entry with all that the local store keeps of one."""
        rows = StoreRows(entry)
        own = rows.entry
        self._do(
            "INSERT OR IGNORE INTO uniprot_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            own.accession, own.entry_name, int(own.reviewed), own.gene, own.name, own.organism, own.tax_id, own.family,
            own.length, own.mass_da, own.sequence,
        )  # fmt: skip
        foreign = 0 if own.tax_id == HUMAN else FOREIGN
        for kind, name in rows.names():
            self._do("INSERT OR IGNORE INTO uniprot_name VALUES (?, ?, ?)", own.accession, name, kind)
            if kind in TARGET_RANKS:
                self._name(name, "target", own.accession, TARGET_RANKS[kind] + foreign)
        for location in rows.locations():
            self._do("INSERT INTO uniprot_location VALUES (?, ?, NULL)", own.accession, location)
        for keyword in entry.keywords:
            if keyword.category not in UNKEPT_KEYWORDS:
                self._do(
                    "INSERT OR IGNORE INTO uniprot_keyword VALUES (?, ?, ?)",
                    own.accession,
                    keyword.name,
                    keyword.category,
                )
        for disease, mim in rows.diseases():
            self._do("INSERT INTO uniprot_disease VALUES (?, ?, NULL, ?)", own.accession, disease, mim)
        for database, identifiers in rows.cross_references().items():
            for identifier in identifiers:
                self._do("INSERT OR IGNORE INTO uniprot_xref VALUES (?, ?, ?)", own.accession, database, identifier)

    # Numbering ---------------------------------------------------------------------------------------------------

    def _molecule(
        self, chembl_id: str, name: str | None = None, smiles: str | None = None, max_phase: float | None = None
    ) -> int:
        known = chembl_id in self._molecules
        number = self._molecules.setdefault(chembl_id, len(self._molecules) + 1)
        if not known:
            self._do("INSERT INTO molecule_dictionary VALUES (?, NULL, ?, NULL, NULL, 'NONE', NULL)", number, chembl_id)
        if name is not None or max_phase is not None:
            self._do(
                "UPDATE molecule_dictionary SET pref_name = coalesce(pref_name, ?), max_phase = coalesce(max_phase, ?)"
                " WHERE molregno = ?",
                name,
                max_phase,
                number,
            )
        if smiles:
            self._do("INSERT OR IGNORE INTO compound_structures VALUES (?, NULL, '', ?)", number, smiles)
        return number

    def _first_approval(self, molecule: int, year: int | None) -> None:
        self._do(
            "UPDATE molecule_dictionary SET first_approval = coalesce(?, first_approval) WHERE molregno = ?",
            year,
            molecule,
        )

    def _target(self, chembl_id: str, name: str, organism: str | None) -> int:
        known = chembl_id in self._targets
        number = self._targets.setdefault(chembl_id, len(self._targets) + 1)
        if not known:
            self._do(
                "INSERT INTO target_dictionary VALUES (?, NULL, ?, NULL, ?, ?, 0)", number, name, organism, chembl_id
            )
        else:
            self._do("UPDATE target_dictionary SET organism = coalesce(organism, ?) WHERE tid = ?", organism, number)
        return number

    def _component(self, accession: str, target: TargetRow) -> int:
        known = accession in self._components
        number = self._components.setdefault(accession, len(self._components) + 1)
        if not known:
            one = len(target.accessions) == 1
            self._do(
                "INSERT INTO component_sequences VALUES (?, 'PROTEIN', ?, ?, ?, ?)",
                number, accession, target.name if one else None, target.tax_id, target.organism,
            )  # fmt: skip
        return number

    def _document(self, chembl_id: str | None, year: int | None) -> int | None:
        if chembl_id is None:
            return None
        known = chembl_id in self._documents
        number = self._documents.setdefault(chembl_id, len(self._documents) + 1)
        if not known:
            self._do("INSERT INTO docs (doc_id, chembl_id, year) VALUES (?, ?, ?)", number, chembl_id, year)
        return number

    def _assay(self, row: ActivityRow, target: int, document: int | None) -> int:
        known = row.assay_chembl_id in self._assays
        number = self._assays.setdefault(row.assay_chembl_id, len(self._assays) + 1)
        if not known:
            self._do(
                "INSERT INTO assays (assay_id, doc_id, assay_type, tid, confidence_score, chembl_id, variant_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                number, document, row.assay_type, target, row.confidence_score, row.assay_chembl_id,
                1 if row.variant else None,
            )  # fmt: skip
        return number

    def _name(self, name: str, kind: str, identifier: str, rank: int) -> None:
        key = name_key(name)
        self._do(
            "INSERT INTO bc_name SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS"
            " (SELECT 1 FROM bc_name WHERE name_key = ?1 AND kind = ?3 AND id = ?4 AND rank <= ?5)",
            key, name, kind, identifier, rank,
        )  # fmt: skip

    def _do(self, statement: str, *values: object) -> int:
        cursor: sqlite3.Cursor = self._connection.execute(statement, _bindable(values))
        return int(cursor.lastrowid or 0)


def _bindable(values: Sequence[object]) -> tuple[str | int | float | None, ...]:
    return tuple(value if value is None or isinstance(value, (str, int, float)) else str(value) for value in values)
