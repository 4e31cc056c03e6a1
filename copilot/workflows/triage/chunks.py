"""The chemistry of a long list in chunks, by all processes that the run has, each chunk kept in a file of its own.

A chunk's file is called by the hash of all that its content depends on: its rows, the patterns, the versions. It is written beside
and renamed, so it is whole or not there: a run that was killed finds what was done and does the rest, and comes to the same bytes.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....memory.errors import DeadlineExceeded, InvalidStructure, LimitReached, StorageError, WorkerDied
from ....memory.records import canonical_json
from ..engines import Chemistry
from .reading import InputRow

__all__ = ["ROWS", "Chunks", "assess_all", "assess_rows", "parts_of"]

ROWS = 500
"""How many make a chunk; fewer where they are long."""
_CHARACTERS = 8_000_000
_CHUNK_S = 300.0
_ONE_S = 20.0
_LOST = "The chemistry process was ended by this structure, or took too long over it."


def parts_of(rows: Iterator[InputRow]) -> Iterator[tuple[InputRow, ...]]:
    """The rows of each chunk, in order. A chunk is bounded in text too: some are in memory at once, in several forms."""
    part: list[InputRow] = []
    characters = 0
    for row in rows:
        part.append(row)
        characters += len(row.text)
        if len(part) == ROWS or characters >= _CHARACTERS:
            yield tuple(part)
            part, characters = [], 0
    if part:
        yield tuple(part)


@dataclass(frozen=True)
class Chunks:
    """The folder of chunk files.

    Args:
        folder: where they are; made where it is missing.
        given: what every chunk depends on beside its rows: patterns, versions.
    """

    folder: Path
    given: Mapping[str, Any]

    def path_of(self, rows: Sequence[InputRow]) -> Path:
        """The file of these rows, which may not be there yet."""
        told = canonical_json({**self.given, "rows": [[row.kind, row.text] for row in rows]})
        return self.folder / f"{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}.json.gz"

    def read(self, path: Path) -> list[dict[str, Any]] | None:
        """What is kept in a chunk's file; None where there is none, or it is damaged and has to be made again."""
        try:
            found: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))
        except (OSError, EOFError, ValueError):
            return None
        return found

    def keep(self, path: Path, found: Sequence[Mapping[str, Any]]) -> None:
        """Put a chunk's file in its place, whole. Raises StorageError."""
        beside = path.with_suffix(".new")
        packed = gzip.compress(json.dumps(found, ensure_ascii=False).encode(), compresslevel=3, mtime=0)
        try:
            self.folder.mkdir(exist_ok=True)
            with beside.open("wb") as file:
                file.write(packed)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written ({error.strerror}).", "Make room, and go on with --resume."
            ) from error


async def assess_all(
    rows: Iterator[InputRow],
    chunks: Chunks,
    patterns: Sequence[str],
    chemistry: Chemistry,
    progress: Callable[[int], None],
) -> None:
    """Have every chunk's file made that is not there yet.

    Args:
        rows: the rows of the list; read as they are needed.
        chunks: where results are kept.
        patterns: SMARTS to look for.
        chemistry: the processes that do it.
        progress: told how many rows are done.

    Raises:
        WorkerDied: no chemistry process can be started.
        StorageError: a file cannot be written.
    """
    under_way: deque[tuple[int, asyncio.Task[None]]] = deque()
    done = 0
    try:
        for part in parts_of(rows):
            path = chunks.path_of(part)
            if chunks.read(path) is None:
                under_way.append((len(part), asyncio.create_task(_make(part, path, chunks, patterns, chemistry))))
            else:
                done += len(part)
                await asyncio.sleep(0)  # where all is kept, this is where the run can be stopped
            while len(under_way) > 2 * chemistry.count:
                done += await _first(under_way)
            progress(done)
        while under_way:
            done += await _first(under_way)
            progress(done)
    finally:
        for _rows, task in under_way:
            task.cancel()
        await asyncio.gather(*(task for _rows, task in under_way), return_exceptions=True)


async def _first(under_way: deque[tuple[int, asyncio.Task[None]]]) -> int:
    count, task = under_way[0]
    await task
    under_way.popleft()
    return count


async def _make(
    rows: Sequence[InputRow], path: Path, chunks: Chunks, patterns: Sequence[str], chemistry: Chemistry
) -> None:
    chunks.keep(path, await assess_rows(rows, patterns, chemistry))


async def assess_rows(rows: Sequence[InputRow], patterns: Sequence[str], chemistry: Chemistry) -> list[dict[str, Any]]:
    """What the rows of a chunk are, in order; see `assessed` of the chemistry's engine."""
    return await _assessed(rows, patterns, chemistry, _CHUNK_S)


async def _assessed(
    rows: Sequence[InputRow], patterns: Sequence[str], chemistry: Chemistry, deadline_s: float
) -> list[dict[str, Any]]:
    """What the rows are; a process that dies over them is replaced and the rows halved, down to the one that ends it."""
    told = {"rows": [[row.kind, row.text] for row in rows], "patterns": list(patterns)}
    try:
        found: list[dict[str, Any]] = await chemistry.call("assess", told, deadline_s=deadline_s)
    except (WorkerDied, DeadlineExceeded, LimitReached, InvalidStructure):
        if len(rows) == 1:
            await chemistry.call("version", {}, deadline_s=60)  # fails where no process can be had at all
            return [{"error": _LOST}]
        middle = len(rows) // 2
        first = await _assessed(rows[:middle], patterns, chemistry, max(_ONE_S, deadline_s / 4))
        return [*first, *await _assessed(rows[middle:], patterns, chemistry, max(_ONE_S, deadline_s / 4))]
    return found
