"""Fills `bc_name`, the index from name keys to what bears the name, and its words for full-text search."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing

from ..store_connection import STARTER

__all__ = ["SHORTEST", "NameRow", "curated_names", "fill_names", "index_words"]

NameRow = tuple[str, str, str, str, int, int]
"""Key, name, kind, id, rank, and what orders equals."""

SHORTEST = 2
"""Of a key; a single letter names nothing."""


def fill_names(connection: sqlite3.Connection, rows: Iterable[NameRow]) -> None:
    """Each key once for each thing that bears it, at its best rank; written in the order in which they are given out."""
    connection.execute("CREATE TEMP TABLE name_heap (name_key, name, kind, id, rank, place)")
    connection.executemany(
        "INSERT INTO name_heap VALUES (?, ?, ?, ?, ?, ?)", (row for row in rows if len(row[0]) >= SHORTEST)
    )
    # SQLite gives the other columns from the row that holds the minimum.
    connection.execute(
        "INSERT INTO main.bc_name SELECT name_key, name, kind, id, rank FROM (SELECT name_key, name, kind, id, rank, place,"
        " min(rank * 1000 + place) FROM name_heap GROUP BY name_key, kind, id)"
        " ORDER BY name_key, kind, rank, place, length(id), id"
    )
    connection.execute("DROP TABLE temp.name_heap")


def curated_names() -> Iterator[NameRow]:
    """The everyday names of targets that this project keeps by hand: they come before any other."""
    with closing(sqlite3.connect(f"{STARTER.as_uri()}?mode=ro&immutable=1", uri=True)) as starter:
        query = "SELECT name_key, name, kind, id, rank FROM bc_name WHERE rank < 0"
        for row in starter.execute(query).fetchall():
            yield (*row, 0)


def index_words() -> tuple[str, ...]:
    """Statements that make the words of all names searchable."""
    return (
        "CREATE VIRTUAL TABLE main.bc_name_words USING fts5(name, content='bc_name', content_rowid='rowid',"
        " tokenize='unicode61 remove_diacritics 2', detail='column', columnsize=0)",
        "INSERT INTO main.bc_name_words(rowid, name) SELECT rowid, name FROM main.bc_name",
    )
