"""Something computed of every structure of the registered ChEMBL and kept in a file beside it: built batch by batch, going on after
whatever ended it.

Fingerprints and screening patterns are of this kind. Who computes is handed in, since nothing here knows chemistry; what is kept of
a batch and how the file is laid out is the kind's own (`fingerprints.py`, `patterns.py`).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Generic

from ..chembl_structures import count_structures
from ..errors import Cancelled, NotFound, StorageError
from ..store_connection import Database
from .building import BuildFile, Report, check_space, discard, fingerprint, only_one
from .checked_file import FileKind, H
from .registry import open_store, stores_dir
from .structure_batches import Fingerprinter, compute_all

__all__ = ["Keep", "StructureSidecar"]

Keep = Callable[[Database, sqlite3.Connection, Sequence[tuple[int, str, bool]], Sequence[bytes]], None]
"""Writes a batch of (molregno, molfile, whether a salt) and what was computed of each, empty where it could not be read."""

_ROOM = 1_000_000


@dataclass(frozen=True)
class StructureSidecar(Generic[H]):
    """A kind of file beside the registered ChEMBL.

    Args:
        file: how it is framed.
        suffix: of the file, with its point.
        stage: what the work is called.
        schema: the tables that hold what is computed until the file is written.
        keep: writes a batch into them.
        write: makes the file of them, from a header without counts.
    """

    file: FileKind[H]
    suffix: str
    stage: str
    schema: str
    keep: Keep
    write: Callable[[BuildFile, H, Report], H]

    def beside(self, database: Database) -> Path | None:
        """The file that belongs to a registered store, whether it is there or not; None for a store that can have none."""
        return None if database.beside is None else database.beside.with_suffix(self.suffix)

    def build(self, fingerprinter: Fingerprinter, report: Report, batch_rows: int, bytes_each: int) -> H:
        """Compute what is not there yet, and put the file beside the registered ChEMBL.

        Args:
            fingerprinter: computes, and says whether a file of it is sound.
            report: told how far it is.
            batch_rows: structures computed and kept together.
            bytes_each: room that a structure needs while building, at most.

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
                return self._built(database, fingerprinter, report, batch_rows, bytes_each)
            except KeyboardInterrupt as stop:
                raise Cancelled("Stopped.", "What was built is kept: the same command goes on from here.") from stop
            finally:
                database.close()

    def drop_stale(self, source: str) -> None:
        """Delete a file of another dump than the one of this `fingerprint`, and a half-built one."""
        target = (stores_dir() / "chembl").with_suffix(self.suffix)
        with only_one(stores_dir() / "chembl.lock", "the ChEMBL store"):
            discard(target.with_name(target.name + ".building"))
            with contextlib.suppress(FileNotFoundError):
                if self._header_or_none(target, source) is None:
                    target.unlink()

    def _built(
        self, database: Database, fingerprinter: Fingerprinter, report: Report, batch_rows: int, bytes_each: int
    ) -> H:
        target = self.beside(database)
        if target is None:
            raise NotFound("This store has nothing beside it.", "`biocopilot data add chembl FILE`")
        facts = self.file.header(fingerprinter.rdkit, fingerprint(database.path))
        building = target.with_name(target.name + ".building")
        present = self._header_or_none(target, facts.source)
        if present is not None and present.rdkit == facts.rdkit and fingerprinter.is_sound(target):
            discard(building)
            return present
        if not building.exists():
            check_space(target.parent, count_structures(database) * bytes_each + _ROOM)
        build = BuildFile(target, {name: str(value) for name, value in asdict(facts).items()}, self.schema)
        try:
            compute_all(
                build,
                database,
                fingerprinter,
                self.stage,
                lambda connection, rows, made: self.keep(database, connection, rows, made),
                report,
                batch_rows,
            )
            header = self.write(build, facts, report)
        finally:
            build.close()
        discard(building)
        return header

    def _header_or_none(self, target: Path, source: str) -> H | None:
        """The finished file's header where it is one, of that dump."""
        if not target.exists():
            return None
        try:
            header = self.file.read_header(target)
        except StorageError:
            return None
        return header if header.source == source else None
