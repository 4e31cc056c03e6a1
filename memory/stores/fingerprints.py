"""Fingerprints of every structure of the registered ChEMBL, built beside it; see `structure_sidecar.py`."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from ..store_connection import Database
from .building import BuildFile, Progress, Report, quiet
from .fingerprint_file import FINGERPRINT_BYTES, KIND, Batch, FingerprintHeader, write_file
from .structure_batches import BATCH_ROWS, Fingerprinter
from .structure_sidecar import StructureSidecar

__all__ = ["Fingerprinter", "build_fingerprints", "drop_stale", "fingerprints_beside"]

_BYTES_EACH = 2 * (FINGERPRINT_BYTES + 16)
_SCHEMA = (
    "CREATE TABLE bc_batch (last INTEGER PRIMARY KEY, molregnos BLOB NOT NULL, salts BLOB NOT NULL, bits BLOB NOT NULL,"
    " unreadable INTEGER NOT NULL);"
)


def fingerprints_beside(database: Database) -> Path | None:
    """The file that belongs to a registered store, whether it is there or not; None for a store that can have none."""
    return _SIDECAR.beside(database)


def build_fingerprints(fingerprinter: Fingerprinter, report: Report = quiet) -> FingerprintHeader:
    """Compute what is not there yet; see `StructureSidecar.build`."""
    return _SIDECAR.build(fingerprinter, report, BATCH_ROWS, _BYTES_EACH)


def drop_stale(source: str) -> None:
    """Delete fingerprints of another dump than the one of this `fingerprint`, and half-built ones."""
    _SIDECAR.drop_stale(source)


def _keep(
    _database: Database, connection: sqlite3.Connection, rows: Sequence[tuple[int, str, bool]], made: Sequence[bytes]
) -> None:
    kept = [(row, one) for row, one in zip(rows, made, strict=True) if one]
    connection.execute(
        "INSERT INTO bc_batch VALUES (?, ?, ?, ?, ?)",
        (
            rows[-1][0],
            array("q", (row[0] for row, _ in kept)).tobytes(),
            bytes(row[2] for row, _ in kept),
            b"".join(one for _, one in kept),
            len(rows) - len(kept),
        ),
    )


def _write(build: BuildFile, facts: FingerprintHeader, report: Report) -> FingerprintHeader:
    row = build.connection.execute("SELECT coalesce(sum(unreadable), 0) FROM bc_batch").fetchone()
    return write_file(
        build.target,
        lambda: _batches(build),
        FingerprintHeader(**{**asdict(facts), "unreadable": int(row[0])}),
        lambda done, of: report(Progress("fingerprint file", done, of)),
    )


def _batches(build: BuildFile) -> Iterator[Batch]:
    for molregnos, salts, bits in build.connection.execute("SELECT molregnos, salts, bits FROM bc_batch ORDER BY last"):
        yield Batch(array("q", molregnos), salts, bits)


_SIDECAR = StructureSidecar(KIND, ".fingerprints", "fingerprints", _SCHEMA, _keep, _write)
