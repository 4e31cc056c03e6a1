"""Screening patterns of every structure of the registered ChEMBL, for substructure searches; see `structure_sidecar.py`."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from ..chembl_structures import ranks_between
from ..store_connection import Database
from .building import BuildFile, Progress, Report, quiet
from .pattern_file import KIND, PATTERN_BYTES, Patterned, PatternHeader, write_patterns
from .structure_batches import BATCH_ROWS, Fingerprinter
from .structure_sidecar import StructureSidecar

__all__ = ["build_patterns", "drop_stale_patterns", "joined", "patterns_beside", "split"]

_BYTES_EACH = 2_000
"""Room for a structure while building, at most: its pattern and molecule twice."""
_SCHEMA = (
    "CREATE TABLE bc_structure (molregno INTEGER PRIMARY KEY, rank INTEGER NOT NULL, atoms INTEGER NOT NULL, salt INTEGER NOT NULL,"
    " made BLOB);"
)
_ORDER = "CREATE INDEX bc_order ON bc_structure (rank, atoms, molregno) WHERE made IS NOT NULL"
_HEAD = struct.Struct(f"<HB{PATTERN_BYTES}s")


def joined(atoms: int, loose: bool, pattern: bytes, molecule: bytes) -> bytes:
    """What the one who computes gives for a structure: its heavy atoms, whether it is `LOOSE`, its pattern, the packed molecule."""
    return _HEAD.pack(min(atoms, 0xFFFF), loose, pattern) + molecule


def split(record: bytes) -> tuple[int, bool, bytes, bytes]:
    """What `joined` put together."""
    atoms, loose, pattern = _HEAD.unpack_from(record)
    return atoms, bool(loose), pattern, record[_HEAD.size :]


def patterns_beside(database: Database) -> Path | None:
    """The file that belongs to a registered store, whether it is there or not; None for a store that can have none."""
    return _SIDECAR.beside(database)


def build_patterns(fingerprinter: Fingerprinter, report: Report = quiet) -> PatternHeader:
    """Compute what is not there yet; see `StructureSidecar.build`."""
    return _SIDECAR.build(fingerprinter, report, BATCH_ROWS, _BYTES_EACH)


def drop_stale_patterns(source: str) -> None:
    """Delete patterns of another dump than the one of this `fingerprint`, and half-built ones."""
    _SIDECAR.drop_stale(source)


def _keep(
    database: Database, connection: sqlite3.Connection, rows: Sequence[tuple[int, str, bool]], made: Sequence[bytes]
) -> None:
    ranks = ranks_between(database, rows[0][0], rows[-1][0])
    connection.executemany(
        "INSERT INTO bc_structure VALUES (?, ?, ?, ?, ?)",
        (
            (molregno, ranks.get(molregno, 6), split(one)[0] if one else 0, salt, one or None)
            for (molregno, _, salt), one in zip(rows, made, strict=True)
        ),
    )


def _write(build: BuildFile, facts: PatternHeader, report: Report) -> PatternHeader:
    build.run("order of patterns", _ORDER)
    query = "SELECT count(made), count(*) - count(made) FROM bc_structure"
    count, unreadable = build.connection.execute(query).fetchone()
    return write_patterns(
        build.target,
        _in_order(build),
        PatternHeader(**{**asdict(facts), "count": count, "unreadable": unreadable}),
        lambda done, of: report(Progress("pattern file", done, of)),
    )


def _in_order(build: BuildFile) -> Iterator[Patterned]:
    query = (
        "SELECT molregno, salt, made FROM bc_structure INDEXED BY bc_order WHERE made IS NOT NULL"
        " ORDER BY rank, atoms, molregno"
    )
    for molregno, salt, made in build.connection.execute(query):
        yield Patterned(molregno, bool(salt), *split(made)[1:])


_SIDECAR = StructureSidecar(KIND, ".patterns", "screening patterns", _SCHEMA, _keep, _write)
