"""Screening patterns of every structure of the registered ChEMBL, for substructure searches: built beside it as fingerprints are.

`build_patterns` is the whole of it; who computes them is handed in.
"""

from __future__ import annotations

import contextlib
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from ..chembl_structures import count_structures, ranks_between
from ..errors import Cancelled, NotFound, StorageError
from ..store_connection import Database
from .building import BuildFile, Progress, Report, check_space, discard, fingerprint, only_one, quiet
from .pattern_file import PATTERN_BYTES, Patterned, PatternHeader, read_header, write_patterns
from .registry import open_store, stores_dir
from .structure_batches import BATCH_ROWS, Fingerprinter, compute_all

__all__ = ["build_patterns", "drop_stale_patterns", "joined", "patterns_beside", "split"]

STAGE = "screening patterns"
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
    return None if database.beside is None else database.beside.with_suffix(".patterns")


def build_patterns(fingerprinter: Fingerprinter, report: Report = quiet) -> PatternHeader:
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


def drop_stale_patterns(source: str) -> None:
    """Delete patterns of another dump than the one of this `fingerprint`, and half-built ones."""
    target = stores_dir() / "chembl.patterns"
    with only_one(stores_dir() / "chembl.lock", "the ChEMBL store"):
        discard(target.with_name(target.name + ".building"))
        with contextlib.suppress(FileNotFoundError):
            if _header_or_none(target, source) is None:
                target.unlink()


def _built(database: Database, fingerprinter: Fingerprinter, report: Report) -> PatternHeader:
    target = patterns_beside(database)
    if target is None:
        raise NotFound("This store has nothing beside it.", "`biocopilot data add chembl FILE`")
    facts = PatternHeader(fingerprinter.rdkit, fingerprint(database.path))
    building = target.with_name(target.name + ".building")
    present = _header_or_none(target, facts.source)
    if present is not None and present.rdkit == facts.rdkit and fingerprinter.is_sound(target):
        discard(building)
        return present
    if not building.exists():
        check_space(target.parent, count_structures(database) * _BYTES_EACH + 1_000_000)
    build = BuildFile(target, {name: str(value) for name, value in asdict(facts).items()}, _SCHEMA)
    try:
        compute_all(build, database, fingerprinter, STAGE, partial(_keep, database), report, BATCH_ROWS)
        build.run("order of patterns", _ORDER)
        count, unreadable = build.connection.execute(
            "SELECT count(made), count(*) - count(made) FROM bc_structure"
        ).fetchone()
        header = write_patterns(
            target,
            _in_order(build),
            PatternHeader(**{**asdict(facts), "count": count, "unreadable": unreadable}),
            lambda done, of: report(Progress("pattern file", done, of)),
        )
    finally:
        build.close()
    discard(building)
    return header


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


def _in_order(build: BuildFile) -> Iterator[Patterned]:
    query = (
        "SELECT molregno, salt, made FROM bc_structure INDEXED BY bc_order WHERE made IS NOT NULL"
        " ORDER BY rank, atoms, molregno"
    )
    for molregno, salt, made in build.connection.execute(query):
        yield Patterned(molregno, bool(salt), *split(made)[1:])


def _header_or_none(target: Path, source: str) -> PatternHeader | None:
    """The finished file's header where it is one, of that dump."""
    if not target.exists():
        return None
    try:
        header = read_header(target)
    except StorageError:
        return None
    return header if header.source == source else None
