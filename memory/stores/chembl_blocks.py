"""Packs the activities that were laid out by target into blocks, a target after another and each in the order of activity ids."""

from __future__ import annotations

import json
import sqlite3

from ..activity_block import BLOCK_ROWS, checksum, pack
from ..activity_layout import SERIES, looked_up, series_fields

__all__ = ["block_activities"]

_ROWS = looked_up(
    "main.bc_target_activity a CROSS JOIN main.molecule_dictionary m ON m.molregno = a.molregno"
    " LEFT JOIN main.compound_structures c ON c.molregno = a.molregno WHERE a.rowid BETWEEN ? AND ? ORDER BY a.activity_id"
)
_SERIES = f"SELECT {SERIES} FROM json_each(?) j CROSS JOIN main.bc_series o ON o.series = j.value"


def block_activities(connection: sqlite3.Connection, after: int) -> None:
    """Pack the activities of every target whose rows lie beyond the row `after`.

    A target with a value that a block cannot hold, such as bytes, gets none: its activities are read from their rows.
    """
    query = "SELECT tid, first_row, last_row FROM main.bc_target_extent WHERE first_row > ? ORDER BY tid"
    for tid, first_row, last_row in connection.execute(query, (after,)).fetchall():
        before = connection.execute("SELECT coalesce(max(block), 0) FROM main.bc_activity_block").fetchone()[0]
        if _blocked(connection, tid, first_row, last_row):
            connection.execute(
                "UPDATE main.bc_target_extent SET first_block = ?, last_block = (SELECT max(block) FROM main.bc_activity_block)"
                " WHERE tid = ?",
                (before + 1, tid),
            )
        else:
            connection.execute("DELETE FROM main.bc_activity_block WHERE block > ?", (before,))


def _blocked(connection: sqlite3.Connection, tid: int, first_row: int, last_row: int) -> bool:
    """Whether all rows of a target could be packed."""
    try:
        query = "SELECT chembl_id, pref_name, organism FROM main.target_dictionary WHERE tid = ?"
        target = connection.execute(query, (tid,)).fetchone()
        cursor = connection.execute(_ROWS, (first_row, last_row))
        while rows := cursor.fetchmany(BLOCK_ROWS):
            numbers = json.dumps(list({row[3] for row in rows}))
            series = {row[0]: series_fields(row, target) for row in connection.execute(_SERIES, (numbers,))}
            body = pack(rows, series)
            connection.execute("INSERT INTO main.bc_activity_block VALUES (NULL, ?, ?)", (checksum(body), body))
    except (TypeError, ValueError):
        return False
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):  # text that is no UTF-8
            raise
        return False
    return True
