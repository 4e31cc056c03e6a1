"""One substructure search over a file of patterns by all chemistry processes, piece by piece, best molecules first.

A piece is some thousand candidates of one block. One whose process dies or takes too long is halved, down to the candidate that is
the cause, which is then counted as not compared. Not what is asked and told: that is `substructure_search.py`.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ...memory.errors import DeadlineExceeded, InvalidStructure, LimitReached, WorkerDied
from .workers import ChemistryWorkers

__all__ = ["PatternMatches", "search_patterns"]

PIECE = 4_000
"""Candidates of a call: a tenth of a second."""
PIECE_S = 20.0


@dataclass(frozen=True)
class PatternMatches:
    """What a search came to. `candidates` = `compared` + `failed` + those that were not reached."""

    molregnos: tuple[int, ...]
    """What matched, in the order of the file."""
    candidates: int
    """How many the screen let through."""
    compared: int
    failed: int
    """Candidates that RDKit could not be made to compare."""
    in_time: bool
    """Whether the time allowed sufficed for what was to be compared."""


class _Piece(NamedTuple):
    block: int
    first: int
    size: int

    def arguments(self) -> dict[str, int]:
        """Those of the engine's function."""
        return {"block": self.block, "first": self.first, "count": self.size}


async def search_patterns(
    chemistry: ChemistryWorkers,
    path: Path,
    query: Mapping[str, Any],
    most: int,
    seconds: float,
    report: Callable[[int, int, int], None] = lambda _compared, _candidates, _matched: None,
) -> PatternMatches:
    """Compare the first `most` candidates, as far as `seconds` suffice.

    Args:
        chemistry: the processes.
        path: the file of patterns.
        query: arguments of the engine's `query_of`.
        most: how many candidates to compare.
        seconds: after which no further piece is begun, and what runs is given up.
        report: told how many of how many are compared, and how many of them matched.

    Raises:
        StorageError: the file is damaged, or of another RDKit.
        WorkerDied: no chemistry process can be had.
        DeadlineExceeded: the screen alone took too long.
    """
    search = _Search(chemistry, path, query, time.monotonic() + seconds)
    of_blocks: list[int] = await chemistry.call(
        "pattern_candidates", {"path": str(path), "query": dict(query)}, deadline_s=seconds
    )
    pieces = _pieces(of_blocks, most)
    to_compare = sum(piece.size for piece in pieces)
    await search.run(pieces, lambda compared, matched: report(compared, to_compare, matched))
    return PatternMatches(
        tuple(number for piece in sorted(search.found) for number in search.found[piece]),
        sum(of_blocks),
        search.compared,
        search.failed,
        search.compared + search.failed == to_compare,
    )


def _pieces(of_blocks: Sequence[int], most: int) -> list[_Piece]:
    pieces, left = list[_Piece](), most
    for block, candidates in enumerate(of_blocks):
        taken = min(candidates, left)
        left -= taken
        pieces += [_Piece(block, first, min(PIECE, taken - first)) for first in range(0, taken, PIECE)]
    return pieces


class _Search:
    """The state that the tasks of a search share."""

    def __init__(self, chemistry: ChemistryWorkers, path: Path, query: Mapping[str, Any], until: float) -> None:
        self._chemistry = chemistry
        self._wanted = {"path": str(path), "query": dict(query)}
        self._until = until
        self.found: dict[_Piece, list[int]] = {}
        self.compared = self.failed = 0

    async def run(self, pieces: Sequence[_Piece], report: Callable[[int, int], None]) -> None:
        """Do the pieces, as many side by side as there are processes."""
        waiting = deque(pieces)

        async def work() -> None:
            while waiting and time.monotonic() < self._until:
                await self._do(waiting.popleft())
                report(self.compared, sum(map(len, self.found.values())))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._chemistry.count, len(pieces))):
                    group.create_task(work())
        except BaseExceptionGroup as several:  # the others were stopped because of the first
            raise several.exceptions[0] from several

    async def _do(self, piece: _Piece) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            return
        try:
            matched = await self._chemistry.call(
                "pattern_matches", {**self._wanted, **piece.arguments()}, deadline_s=min(PIECE_S, left)
            )
        except (WorkerDied, DeadlineExceeded, LimitReached, InvalidStructure):
            await self._in_parts(piece)
            return
        self.found[piece] = matched
        self.compared += piece.size

    async def _in_parts(self, piece: _Piece) -> None:
        middle = piece.size // 2
        if middle:
            await self._do(_Piece(piece.block, piece.first, middle))
            await self._do(_Piece(piece.block, piece.first + middle, piece.size - middle))
        elif (left := self._until - time.monotonic()) > 0:
            await self._chemistry.call("version", {}, deadline_s=max(left, 1.0))  # fails where no process can be had
            self.failed += 1
