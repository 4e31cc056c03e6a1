"""Activities of a file with ChEMBL's tables: by a join over a bare dump, or as `data add` laid them out beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from operator import itemgetter
from sqlite3 import Row
from typing import Any, cast

from .chembl_rows import ActivityRow, known_phase
from .store_connection import Database

__all__ = ["BACK_COMPUTED_FROM", "Activities"]

BACK_COMPUTED_FROM = 900_000_001
"""Activity ids from here on are the starter set's own: rows whose value was computed back from pChEMBL."""

_row = cast("Callable[[tuple[Any, ...]], ActivityRow]", partial(tuple.__new__, ActivityRow))
"""A typed row from as many values as it has fields, in half the time of `_make`, which counts them."""
_MOST_VALUES = 10_000
"""SQLite binds some ten thousand values at once, or more, as it was built."""
_SERIES = (
    "o.series, o.assay_chembl_id, o.document_chembl_id, o.year, o.confidence_score, o.assay_type, o.variant, o.standard_type,"
    " o.standard_relation, o.standard_units, o.data_validity_comment, o.potential_duplicate, o.tid"
)
_LAID_OUT = "a.activity_id, a.series, a.standard_value, a.pchembl_value, a.molecule_chembl_id, a.molecule_facts, a.canonical_smiles"
"""What is read of an activity laid out by target; what it shares with others of its series is read once."""

_Series = tuple[tuple[Any, ...], tuple[Any, ...], Any, tuple[Any, ...]]
"""Assay to variant; target to relation; unit; remarks."""


class Activities:
    """The activities of one file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._laid_out = database.has("bc_target_activity", "series")

    def of(self, tids: Sequence[int], molecules: Sequence[str] = ()) -> list[ActivityRow]:
        """Every activity of these targets, of these molecules, or of both together; in a fixed order."""
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
        if self._laid_out:
            return self._laid_out_activities(tids, molecules)
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
        """A target's activities with the highest pChEMBL, of one type or of all, best first; those without one are left out."""
        if not self._laid_out:
            known = self.of([tid])
            ranked = [row for row in known if row.pchembl is not None and kind in (None, row.activity_type)]
            return sorted(ranked, key=_best_first)[:most]
        # Within a type they lie in this order, so that the best of all are among the first of each type.
        query = (
            f"SELECT {_LAID_OUT} FROM (SELECT b.rowid AS place FROM bc_target_range r CROSS JOIN bc_target_activity b"
            " ON b.rowid BETWEEN r.first_row AND min(r.last_row, r.first_row + ?) WHERE r.tid = ? AND r.best_pchembl IS NOT NULL"
            f"{' AND r.standard_type = ?' if kind else ''} AND b.pchembl_value IS NOT NULL"
            " ORDER BY b.pchembl_value DESC, b.activity_id LIMIT ?) CROSS JOIN bc_target_activity a ON a.rowid = place"
        )
        rows = self._database.tuples(query, (most - 1, tid, *((kind,) if kind else ()), most))
        return _typed(rows, self._series({row[1] for row in rows}))

    def _laid_out_activities(self, tids: Sequence[int], molecules: Sequence[str]) -> list[ActivityRow]:
        if molecules:
            marks, values = ",".join("?" * len(molecules)), list[object](molecules)
            query = (
                f"SELECT {_LAID_OUT} FROM bc_target_activity a"
                f" WHERE molregno IN (SELECT molregno FROM molecule_dictionary WHERE chembl_id IN ({marks}))"
            )
            if tids:
                query += f" AND +a.tid IN ({','.join('?' * len(tids))})"
                values += tids
            rows = self._database.tuples(query, values)
            series = self._series({row[1] for row in rows})
        else:
            extents = f"FROM bc_target_extent e CROSS JOIN {{}} WHERE e.tid IN ({','.join('?' * len(tids))})"
            of_rows = extents.format("bc_target_activity a ON a.rowid BETWEEN e.first_row AND e.last_row")
            of_series = extents.format("bc_series o ON o.series BETWEEN e.first_series AND e.last_series")
            rows = self._database.tuples(f"SELECT {_LAID_OUT} {of_rows}", tids)
            series = self._by_number(self._database.tuples(f"SELECT {_SERIES} {of_series}", tids))
        rows.sort(key=itemgetter(0))
        return _typed(rows, series)

    def _series(self, numbers: set[int]) -> dict[int, _Series]:
        found, wanted = dict[int, _Series](), list(numbers)
        for start in range(0, len(wanted), _MOST_VALUES):
            part = wanted[start : start + _MOST_VALUES]
            query = f"SELECT {_SERIES} FROM bc_series o WHERE o.series IN ({','.join('?' * len(part))})"
            found |= self._by_number(self._database.tuples(query, part))
        return found

    def _by_number(self, series: Sequence[tuple[Any, ...]]) -> dict[int, _Series]:
        targets = self._target_names
        for tid in {row[12] for row in series} - targets.keys():
            query = "SELECT chembl_id, pref_name, organism FROM target_dictionary WHERE tid = ?"
            targets[tid] = tuple(self._database.tuples(query, (tid,))[0])
        return {
            row[0]: ((*row[1:6], row[6] == 1), (*targets[row[12]], *row[7:9]), row[9], (row[10], bool(row[11]), False))
            for row in series
        }

    @cached_property
    def _target_names(self) -> dict[int, tuple[Any, ...]]:
        return {}

    def _activity(self, row: Row) -> ActivityRow:
        return ActivityRow(
            activity_id=row["activity_id"],
            assay_chembl_id=row["assay"],
            document_chembl_id=row["document"],
            year=row["year"],
            confidence_score=row["confidence_score"],
            assay_type=row["assay_type"],
            variant=row["variant_id"] is not None,
            molecule_chembl_id=row["molecule"],
            parent_chembl_id=row["parent"] or row["molecule"],
            name=row["pref_name"],
            smiles=row["canonical_smiles"],
            max_phase=known_phase(row["max_phase"]),
            target_chembl_id=row["target"],
            target_name=row["target_name"],
            target_organism=row["organism"],
            activity_type=row["standard_type"],
            relation=row["standard_relation"],
            value=row["standard_value"],
            unit=row["standard_units"],
            pchembl=row["pchembl_value"],
            validity_comment=row["data_validity_comment"],
            potential_duplicate=bool(row["potential_duplicate"]),
            value_is_back_computed=self._database.is_starter and row["activity_id"] >= BACK_COMPUTED_FROM,
        )


def _typed(rows: Sequence[tuple[Any, ...]], series: dict[int, _Series]) -> list[ActivityRow]:
    """Rows of `_LAID_OUT` as typed rows."""
    found: list[ActivityRow] = []
    keep = found.append
    for number, of, value, pchembl, molecule, facts, smiles in rows:
        assay, target, unit, remarks = series[of]
        parent, name, phase = json.loads(facts) if facts else (molecule, None, None)
        about = (molecule, parent, name, smiles, phase)
        keep(_row((number, *assay, *about, *target, value, unit, pchembl, *remarks)))
    return found


def _best_first(row: ActivityRow) -> tuple[float, int]:
    return -(row.pchembl or 0.0), row.activity_id
