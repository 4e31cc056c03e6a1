"""Fingerprints of every structure of the registered ChEMBL, built beside it: batch by batch, going on after whatever ended it.

`build_fingerprints` is the whole of it. Who computes them is handed in, since nothing here knows chemistry.
"""

from __future__ import annotations

import contextlib
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from ..chembl_structures import count_structures
from ..errors import Cancelled, NotFound, StorageError
from ..store_connection import Database
from .building import BuildFile, Progress, Report, check_space, discard, fingerprint, only_one, quiet
from .fingerprint_file import FINGERPRINT_BYTES, Batch, FingerprintHeader, read_header, write_file
from .registry import open_store, stores_dir
from .structure_batches import BATCH_ROWS, Fingerprinter, compute_all

__all__ = ["Fingerprinter", "build_fingerprints", "drop_stale", "fingerprints_beside"]

STAGE = "fingerprints"
_SCHEMA = (
    "CREATE TABLE bc_batch (last INTEGER PRIMARY KEY, molregnos BLOB NOT NULL, salts BLOB NOT NULL, bits BLOB NOT NULL,"
    " unreadable INTEGER NOT NULL);"
)


def fingerprints_beside(database: Database) -> Path | None:
    """The file that belongs to a registered store, whether it is there or not; None for a store that can have none."""
    return None if database.beside is None else database.beside.with_suffix(".fingerprints")


def build_fingerprints(fingerprinter: Fingerprinter, report: Report = quiet) -> FingerprintHeader:
    """Compute what is not there yet, and put the file beside the registered ChEMBL.

    Raises:
        NotFound: no ChEMBL is registered.
        StorageError: no room, no permission, or another process is at it.
        Cancelled: stopped by Ctrl-C; the same call goes on from there.
    """
    with only_one(stores_dir() / "chembl.lock", "the ChEMBL store"):
        database = open_store("chembl")
        if database is None:
            raise NotFound("No ChEMBL is registered.", "`biocopilot data add chembl FILE`")
        try:
            return _built(database, fingerprinter, report)
        except KeyboardInterrupt as stop:
            raise Cancelled("Stopped.", "What was built is kept: the same command goes on from here.") from stop
        finally:
            database.close()


def drop_stale(source: str) -> None:
    """Delete fingerprints of another dump than the one of this `fingerprint`, and half-built ones."""
    target = stores_dir() / "chembl.fingerprints"
    with only_one(stores_dir() / "chembl.lock", "the ChEMBL store"):
        discard(target.with_name(target.name + ".building"))
        with contextlib.suppress(FileNotFoundError):
            if _header_or_none(target, source) is None:
                target.unlink()


def _built(database: Database, fingerprinter: Fingerprinter, report: Report) -> FingerprintHeader:
    target = fingerprints_beside(database)
    if target is None:
        raise NotFound("This store has nothing beside it.", "`biocopilot data add chembl FILE`")
    facts = FingerprintHeader(fingerprinter.rdkit, fingerprint(database.path), 0, 0, 0)
    building = target.with_name(target.name + ".building")
    present = _header_or_none(target, facts.source)
    if present is not None and present.rdkit == facts.rdkit and fingerprinter.is_sound(target):
        discard(building)
        return present
    total = count_structures(database)
    if not building.exists():
        check_space(target.parent, 2 * total * (FINGERPRINT_BYTES + 16) + 1_000_000)
    build = BuildFile(target, {name: str(value) for name, value in asdict(facts).items()}, _SCHEMA)
    try:
        compute_all(build, database, fingerprinter, STAGE, _keep, report, BATCH_ROWS)
        row = build.connection.execute("SELECT coalesce(sum(unreadable), 0) FROM bc_batch").fetchone()
        header = write_file(
            target,
            lambda: _batches(build),
            FingerprintHeader(**{**asdict(facts), "unreadable": int(row[0])}),
            lambda done, of: report(Progress("fingerprint file", done, of)),
        )
    finally:
        build.close()
    discard(building)
    return header


def _keep(connection: sqlite3.Connection, rows: Sequence[tuple[int, str, bool]], made: Sequence[bytes]) -> None:
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


def _batches(build: BuildFile) -> Iterator[Batch]:
    for molregnos, salts, bits in build.connection.execute("SELECT molregnos, salts, bits FROM bc_batch ORDER BY last"):
        yield Batch(array("q", molregnos), salts, bits)


def _header_or_none(target: Path, source: str) -> FingerprintHeader | None:
    """The finished file's header where it is one, of that dump."""
    if not target.exists():
        return None
    try:
        header = read_header(target)
    except StorageError:
        return None
    return header if header.source == source else None
