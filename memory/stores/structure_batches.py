"""All structures of a dump, by batches, through whoever computes something of each: what fingerprints and patterns share."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ..chembl_structures import count_structures, structures_after
from ..store_connection import Database
from .building import BuildFile, Progress, Report

__all__ = ["BATCH_ROWS", "Fingerprinter", "compute_all"]

BATCH_ROWS = 1_000

Structure = tuple[int, str, bool]
"""Molregno, SMILES, whether it is a salt whose parent has a structure."""


class Fingerprinter(Protocol):
    """Computes something of SMILES, in batches; it knows chemistry, which nothing here does."""

    rdkit: str

    def is_sound(self, path: Path) -> bool:
        """Whether every byte of a finished file is as it was written."""
        ...

    def computed(self, batches: Iterable[Sequence[str]]) -> Generator[list[bytes], None, None]:
        """Bytes for each structure of each batch, in order; none for what cannot be read."""
        ...


def compute_all(
    build: BuildFile,
    database: Database,
    fingerprinter: Fingerprinter,
    stage: str,
    keep: Callable[[sqlite3.Connection, Sequence[Structure], Sequence[bytes]], None],
    report: Report,
    batch_rows: int = BATCH_ROWS,
) -> None:
    """Go on from where the stage stands, by rising molregno, to its end; each batch and its position are one transaction.

    Args:
        build: where the stage stands, and what `keep` writes into.
        database: the registered dump.
        fingerprinter: who computes.
        stage: its name.
        keep: writes a batch: its structures, and the bytes of each.
        report: told how many are done.
        batch_rows: how many are computed at once.
    """
    if build.position(stage) < 0:
        return
    begun, total = build.position(stage), count_structures(database)
    done = total - count_structures(database, begun)
    waiting: deque[Sequence[Structure]] = deque()

    def handed_out() -> Iterator[list[str]]:
        last = begun
        while rows := structures_after(database, last, batch_rows):
            last = rows[-1][0]
            waiting.append(rows)
            yield [smiles for _, smiles, _ in rows]

    report(Progress(stage, done, total))
    with contextlib.closing(fingerprinter.computed(handed_out())) as computed:
        for made in computed:
            rows = waiting.popleft()
            with build.step() as connection:
                keep(connection, rows, made)
                build.mark(stage, rows[-1][0])
            done += len(rows)
            report(Progress(stage, done, total))
    with build.step():
        build.mark(stage)
