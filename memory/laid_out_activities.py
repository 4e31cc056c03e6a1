"""Activities as `data add` laid them out beside a dump: all of a target's from blocks, its best and a molecule's from rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from .activity_block import unpack
from .activity_layout import RANKED, SERIES, Series, looked_up, series_fields, typed
from .chembl_rows import ActivityRow
from .store_connection import Database

__all__ = ["LaidOutActivities"]

_MOST_VALUES = 10_000
"""SQLite binds some ten thousand values at once, or more, as it was built."""


class LaidOutActivities:
    """The activities beside one dump; see `chembl_activities.Activities`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._in_blocks = database.has("bc_activity_block")
        self._targets: dict[int, tuple[Any, ...]] = {}

    @staticmethod
    def are_in(database: Database) -> bool:
        """Whether activities were laid out here: those of the starter set are as the official tables hold them."""
        return database.has("bc_target_activity", "series")

    def of(self, tids: Sequence[int], molecules: Sequence[str] = ()) -> list[ActivityRow]:
        """By target, molecule, or both."""
        if molecules:
            return self._of_molecules(molecules, tids)
        return self._of_targets(tids) if self._in_blocks else self._in_rows(tids)

    def best(self, tid: int, kind: str | None, most: int) -> list[ActivityRow]:
        """The highest pChEMBL of one target."""
        # Within a type they lie in this order, so that the best of all are among the first of each type.
        first = "ON {0}.rowid BETWEEN r.first_row AND min(r.last_row, r.first_row + ?) WHERE {0}.pchembl_value IS NOT NULL AND r.tid = ?"
        if kind is not None:
            query = (
                f"SELECT {RANKED} FROM bc_target_range r CROSS JOIN bc_target_activity a {first.format('a')}"
                " AND r.standard_type = ? ORDER BY a.rowid"
            )
            return self._typed(self._database.tuples(query, (most - 1, tid, kind)))
        query = (
            f"SELECT {RANKED} FROM (SELECT b.rowid AS place FROM bc_target_range r CROSS JOIN bc_target_activity b {first.format('b')}"
            " AND r.best_pchembl IS NOT NULL ORDER BY b.pchembl_value DESC, b.activity_id LIMIT ?)"
            " CROSS JOIN bc_target_activity a ON a.rowid = place"
        )
        return self._typed(self._database.tuples(query, (most - 1, tid, most)))

    def _of_targets(self, tids: Sequence[int]) -> list[ActivityRow]:
        query = (
            "SELECT e.tid, e.last_row - e.first_row + 1, b.checksum, b.body FROM bc_target_extent e LEFT JOIN bc_activity_block b"
            f" ON b.block BETWEEN e.first_block AND e.last_block WHERE e.tid IN ({_marks(tids)})"
        )
        blocks = self._database.tuples(query, tids)
        found: list[ActivityRow] = []
        try:
            for _, _, checksum, body in blocks:
                if body is not None:
                    found += unpack(body, checksum)
        except ValueError as error:
            raise self._database.damaged(error) from error
        if unpacked := [tid for tid, _, _, body in blocks if body is None]:
            found += self._in_rows(unpacked)
        if len(found) != sum({tid: n for tid, n, _, _ in blocks}.values()):
            raise self._database.damaged("blocks of activities are missing")
        if len(blocks) > 1:
            found.sort(key=itemgetter(0))
        return found

    def _in_rows(self, tids: Sequence[int]) -> list[ActivityRow]:
        query = looked_up(
            "bc_target_extent e CROSS JOIN bc_target_activity a ON a.rowid BETWEEN e.first_row AND e.last_row"
            " CROSS JOIN molecule_dictionary m ON m.molregno = a.molregno"
            f" LEFT JOIN compound_structures c ON c.molregno = a.molregno WHERE e.tid IN ({_marks(tids)})"
        )
        return self._typed(sorted(self._database.tuples(query, tids), key=itemgetter(0)))

    def _of_molecules(self, molecules: Sequence[str], tids: Sequence[int]) -> list[ActivityRow]:
        query = looked_up(
            "molecule_dictionary m LEFT JOIN compound_structures c ON c.molregno = m.molregno"
            f" CROSS JOIN bc_target_activity a ON a.molregno = m.molregno WHERE m.chembl_id IN ({_marks(molecules)})"
        )
        if tids:
            query += f" AND +a.tid IN ({_marks(tids)})"
        return self._typed(sorted(self._database.tuples(query, [*molecules, *tids]), key=itemgetter(0)))

    def _typed(self, rows: Sequence[tuple[Any, ...]]) -> list[ActivityRow]:
        return typed(rows, self._series({row[3] for row in rows}))

    def _series(self, numbers: Iterable[int]) -> dict[int, Series]:
        found, wanted = dict[int, Series](), list(numbers)
        for start in range(0, len(wanted), _MOST_VALUES):
            part = wanted[start : start + _MOST_VALUES]
            query = f"SELECT {SERIES} FROM bc_series o WHERE o.series IN ({_marks(part)})"
            for row in self._database.tuples(query, part):
                found[row[0]] = series_fields(row, self._target(row[1]))
        return found

    def _target(self, tid: int) -> tuple[Any, ...]:
        """Its id, name and organism."""
        if tid not in self._targets:
            query = "SELECT chembl_id, pref_name, organism FROM target_dictionary WHERE tid = ?"
            self._targets[tid] = self._database.tuples(query, (tid,))[0]
        return self._targets[tid]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
