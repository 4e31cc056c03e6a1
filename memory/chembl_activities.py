"""Activities of a file with ChEMBL's tables: by one join over the starter set or a bare dump, or as they were laid out beside it."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Row
from typing import Protocol

from .chembl_rows import ActivityRow, known_phase
from .laid_out_activities import LaidOutActivities
from .store_connection import Database

__all__ = ["BACK_COMPUTED_FROM", "Activities", "JoinedActivities", "activities_in"]

BACK_COMPUTED_FROM = 900_000_001
"""Activity ids from here on are the starter set's own: rows whose value was computed back from pChEMBL."""


class Activities(Protocol):
    """What is asked of a file's activities."""

    def of(self, tids: Sequence[int], molecules: Sequence[str] = ()) -> list[ActivityRow]:
        """Every activity of these targets, of these molecules, or of both together, by activity id; none of neither."""
        ...

    def best(self, tid: int, kind: str | None, most: int) -> list[ActivityRow]:
        """A target's activities with the highest pChEMBL, of one type or of all, best first; those without one are left out."""
        ...


def activities_in(database: Database) -> Activities:
    """The activities of a file, read as it holds them."""
    return LaidOutActivities(database) if LaidOutActivities.are_in(database) else JoinedActivities(database)


class JoinedActivities:
    """Activities as the official tables hold them; see `Activities`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, tids: Sequence[int], molecules: Sequence[str] = ()) -> list[ActivityRow]:
        """By target, molecule, or both."""
        wanted, values = [], list[object]()
        if tids:
            wanted.append(f"s.tid IN ({','.join('?' * len(tids))})")
            values += tids
        if molecules:
            wanted.append(
                "a.molregno IN (SELECT molregno FROM molecule_dictionary"
                f" WHERE chembl_id IN ({','.join('?' * len(molecules))}))"
            )
            values += molecules
        if not wanted:
            return []
        query = (
            "SELECT a.activity_id, a.standard_type, a.standard_relation, a.standard_value, a.standard_units, a.pchembl_value,"
            " a.data_validity_comment, a.potential_duplicate, s.chembl_id AS assay, s.confidence_score, s.assay_type, s.variant_id,"
            " d.chembl_id AS document, d.year, m.chembl_id AS molecule, m.pref_name, m.max_phase, c.canonical_smiles,"
            " p.chembl_id AS parent, t.chembl_id AS target, t.pref_name AS target_name, t.organism"
            " FROM assays s JOIN activities a USING (assay_id) JOIN target_dictionary t ON t.tid = s.tid"
            " JOIN molecule_dictionary m ON m.molregno = a.molregno LEFT JOIN compound_structures c ON c.molregno = a.molregno"
            " LEFT JOIN molecule_hierarchy h ON h.molregno = a.molregno"
            " LEFT JOIN molecule_dictionary p ON p.molregno = h.parent_molregno"
            " LEFT JOIN docs d ON d.doc_id = coalesce(a.doc_id, s.doc_id)"
            f" WHERE {' AND '.join(wanted)} ORDER BY a.activity_id"
        )
        return [self._activity(row) for row in self._database.rows(query, values)]

    def best(self, tid: int, kind: str | None, most: int) -> list[ActivityRow]:
        """The highest pChEMBL of one target."""
        ranked = [row for row in self.of([tid]) if row.pchembl is not None and kind in (None, row.activity_type)]
        return sorted(ranked, key=lambda row: (-(row.pchembl or 0.0), row.activity_id))[:most]

    def _activity(self, row: Row) -> ActivityRow:
        return ActivityRow(
            activity_id=row["activity_id"],
            value=row["standard_value"],
            pchembl=row["pchembl_value"],
            molecule_chembl_id=row["molecule"],
            parent_chembl_id=row["parent"] or row["molecule"],
            name=row["pref_name"],
            smiles=row["canonical_smiles"],
            max_phase=known_phase(row["max_phase"]),
            assay_chembl_id=row["assay"],
            document_chembl_id=row["document"],
            year=row["year"],
            confidence_score=row["confidence_score"],
            assay_type=row["assay_type"],
            variant=row["variant_id"] is not None,
            target_chembl_id=row["target"],
            target_name=row["target_name"],
            target_organism=row["organism"],
            activity_type=row["standard_type"],
            relation=row["standard_relation"],
            unit=row["standard_units"],
            validity_comment=row["data_validity_comment"],
            potential_duplicate=bool(row["potential_duplicate"]),
            value_is_back_computed=self._database.is_starter and row["activity_id"] >= BACK_COMPUTED_FROM,
        )
