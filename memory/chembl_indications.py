"""What drugs are used for or were tried for, in a file with ChEMBL's tables."""

from __future__ import annotations

from collections.abc import Sequence

from .chembl_rows import IndicationRow, known_phase
from .store_connection import Database

__all__ = ["indication_terms", "indications"]


def indications(database: Database, *, molecules: Sequence[str] = (), term: str = "") -> list[IndicationRow]:
    """Indications of these molecules, or all drugs for a term (exact, without regard to case)."""
    if molecules:
        where, values = f"m.chembl_id IN ({','.join('?' * len(molecules))})", list[object](molecules)
    else:
        where, values = "coalesce(i.efo_term, i.mesh_heading) = ? COLLATE NOCASE", [term]
    source = (
        "(SELECT f.source FROM bc_fact_source f WHERE f.table_name = 'drug_indication' AND f.row_id = i.drugind_id)"
        if database.has("bc_fact_source")
        else "NULL"
    )
    rows = database.rows(
        "SELECT coalesce(i.efo_term, i.mesh_heading) AS term, coalesce(i.efo_id, i.mesh_id) AS term_id,"
        " i.max_phase_for_ind, m.chembl_id, m.pref_name, m.first_approval, m.max_phase,"
        f" {source} AS fact_source FROM drug_indication i JOIN molecule_dictionary m USING (molregno)"
        f" WHERE {where} ORDER BY i.drugind_id",
        values,
    )
    return [
        IndicationRow(
            molecule_chembl_id=row["chembl_id"],
            molecule_name=row["pref_name"],
            first_approval=row["first_approval"],
            max_phase=known_phase(row["max_phase"]),
            term=row["term"],
            max_phase_for_indication=known_phase(row["max_phase_for_ind"]),
            term_id=row["term_id"],
            source=row["fact_source"] or "chembl",
        )
        for row in rows
        if row["term"]
    ]


def indication_terms(database: Database) -> list[str]:
    """Every indication term, each once."""
    query = "SELECT DISTINCT coalesce(efo_term, mesh_heading) AS term FROM drug_indication ORDER BY 1"
    return [row["term"] for row in database.rows(query) if row["term"]]
