"""Mechanisms of drugs in a file with ChEMBL's tables, each with its target, the source of the fact and its references."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Row

from .chembl_rows import MechanismRow, known_phase
from .chembl_targets import target_numbered
from .store_connection import Database

__all__ = ["mechanisms"]


def mechanisms(database: Database, *, molecules: Sequence[str] = (), tids: Sequence[int] = ()) -> list[MechanismRow]:
    """Mechanisms of these molecules, or of the drugs of these targets."""
    if molecules:
        where, values = f"m.chembl_id IN ({','.join('?' * len(molecules))})", list[object](molecules)
    else:
        where, values = f"k.tid IN ({','.join('?' * len(tids))})", list[object](tids)
    source = (
        "(SELECT f.source FROM bc_fact_source f WHERE f.table_name = 'drug_mechanism' AND f.row_id = k.mec_id)"
        if database.has("bc_fact_source")
        else "NULL"
    )
    rows = database.rows(
        "SELECT k.mec_id, k.mechanism_of_action, k.action_type, k.tid, m.chembl_id, m.pref_name, m.max_phase,"
        f" m.first_approval, {source} AS fact_source FROM drug_mechanism k JOIN molecule_dictionary m USING (molregno)"
        f" WHERE {where} ORDER BY m.first_approval IS NULL, m.first_approval, m.chembl_id, k.mec_id",
        values,
    )
    return [_mechanism(database, row) for row in rows]


def _mechanism(database: Database, row: Row) -> MechanismRow:
    target = target_numbered(database, row["tid"])
    references = database.rows(
        "SELECT ref_type, ref_id, ref_url FROM mechanism_refs WHERE mec_id = ? ORDER BY mecref_id", (row["mec_id"],)
    )
    return MechanismRow(
        molecule_chembl_id=row["chembl_id"],
        molecule_name=row["pref_name"],
        max_phase=known_phase(row["max_phase"]),
        first_approval=row["first_approval"],
        mechanism=row["mechanism_of_action"],
        action=row["action_type"],
        target_chembl_id=target.chembl_id if target else None,
        target_name=target.name if target else None,
        target_genes=target.genes if target else (),
        target_accessions=target.accessions if target else (),
        source=row["fact_source"] or "chembl",
        references=tuple(_reference(item) for item in references),
    )


def _reference(row: Row) -> str:
    told = " ".join(str(part) for part in (row["ref_type"], row["ref_id"]) if part)
    return f"{told} {row['ref_url']}".strip() if row["ref_url"] else told
