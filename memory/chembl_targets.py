"""Targets of a file with ChEMBL's tables, each with the proteins that it is or consists of."""

from __future__ import annotations

from sqlite3 import Row

from .chembl_rows import TargetRow
from .store_connection import Database

__all__ = ["target", "target_numbered", "targets_for_accession"]

_COLUMNS = "tid, chembl_id, pref_name, target_type, organism, tax_id"


def target(database: Database, chembl_id: str) -> TargetRow | None:
    """The target of that ChEMBL id."""
    row = database.row(f"SELECT {_COLUMNS} FROM target_dictionary WHERE chembl_id = ?", (chembl_id,))
    return None if row is None else _target(database, row)


def target_numbered(database: Database, tid: int | None) -> TargetRow | None:
    """The target of that number in this file; None for None."""
    row = database.row(f"SELECT {_COLUMNS} FROM target_dictionary WHERE tid = ?", (tid,))
    return None if row is None else _target(database, row)


def targets_for_accession(database: Database, accession: str) -> list[TargetRow]:
    """Targets that this protein is, or is part of: single proteins first."""
    rows = database.rows(
        "SELECT DISTINCT t.tid, t.chembl_id, t.pref_name, t.target_type, t.organism, t.tax_id FROM target_dictionary t"
        " JOIN target_components k USING (tid) JOIN component_sequences c USING (component_id) WHERE c.accession = ?"
        " ORDER BY k.homologue != 0, t.target_type != 'SINGLE PROTEIN', t.chembl_id LIKE 'BCT%', length(t.chembl_id), t.chembl_id",
        (accession,),
    )
    return [_target(database, row) for row in rows]


def _target(database: Database, row: Row) -> TargetRow:
    parts = database.rows(
        "SELECT c.accession, (SELECT s.component_synonym FROM component_synonyms s WHERE s.component_id = c.component_id"
        " AND s.syn_type = 'GENE_SYMBOL' ORDER BY s.compsyn_id LIMIT 1) AS gene FROM target_components k"
        " JOIN component_sequences c USING (component_id) WHERE k.tid = ? ORDER BY c.accession",
        (row["tid"],),
    )
    return TargetRow(
        tid=row["tid"],
        chembl_id=row["chembl_id"],
        name=row["pref_name"],
        target_type=row["target_type"],
        organism=row["organism"],
        tax_id=row["tax_id"],
        accessions=tuple(part["accession"] for part in parts if part["accession"]),
        genes=tuple(dict.fromkeys(part["gene"] for part in parts if part["gene"])),
    )
