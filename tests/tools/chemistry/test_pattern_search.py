"""A search by several processes: the same whatever the pieces, whatever kills a process, and ended by its time or its caller."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rdkit")
from biocopilot.memory.errors import DeadlineExceeded, InvalidStructure, StorageError, WorkerDied
from biocopilot.memory.stores.pattern_file import Patterned, PatternHeader, write_patterns
from biocopilot.memory.stores.patterns import split
from biocopilot.tools.chemistry import pattern_search
from biocopilot.tools.chemistry.engine.parsing import molecule_from, rdkit_version
from biocopilot.tools.chemistry.engine.screen import record_of
from biocopilot.tools.chemistry.pattern_search import search_patterns
from biocopilot.tools.chemistry.workers import ChemistryWorkers

COUNT = 400
AMINES = {"text": "CCN", "kind": "contains", "stereo": False}
HELD = tuple(range(1, COUNT, 2))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four hundred structures, every other one an amine."""
    rows = []
    for number in range(COUNT):
        record = record_of(molecule_from(f"{'C' * (2 + number % 40)}{'N' if number % 2 else 'O'}"))
        rows.append(Patterned(number, False, *split(record)[1:]))
    made = tmp_path_factory.mktemp("patterns") / "a.patterns"
    write_patterns(made, rows, PatternHeader(rdkit_version(), "x", COUNT), lambda _done, _of: None)
    return made


@pytest.fixture
def chemistry() -> Iterator[ChemistryWorkers]:
    with closing(ChemistryWorkers(2)) as workers:
        yield workers


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern_search, "PIECE", 16)


@pytest.mark.parametrize("piece", [1, 7, 4_000])
async def test_pieces_of_any_size_find_the_same_in_the_files_order(
    path: Path, chemistry: ChemistryWorkers, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern_search, "PIECE", piece)
    seen: list[tuple[int, int, int]] = []
    found = await search_patterns(chemistry, path, AMINES, 10_000, 60, lambda *told: seen.append(told))
    assert found.molregnos == HELD
    assert (found.candidates, found.compared, found.failed, found.in_time) == (200, 200, 0, True)
    assert seen[-1] == (200, 200, 200)
    assert [told[0] for told in seen] == sorted(told[0] for told in seen)


@pytest.mark.parametrize("most", [0, 1, 16, 50, 199])
async def test_no_more_are_compared_than_asked_for_and_they_are_the_first(
    path: Path, chemistry: ChemistryWorkers, most: int
) -> None:
    found = await search_patterns(chemistry, path, AMINES, most, 60)
    assert found.molregnos == HELD[:most]
    assert (found.candidates, found.compared, found.in_time) == (200, most, True)


async def test_a_process_killed_midway_loses_nothing(path: Path, chemistry: ChemistryWorkers) -> None:
    killed: list[int] = []

    def kill(compared: int, _of: int, _matched: int) -> None:
        if compared >= 32 * (len(killed) + 1) and len(killed) < 3:
            killed.append(next(one for one in chemistry.process_ids() if one not in killed))
            os.kill(killed[-1], signal.SIGKILL)

    found = await search_patterns(chemistry, path, AMINES, 10_000, 60, kill)
    assert len(killed) == 3
    assert (found.molregnos, found.failed, found.in_time) == (HELD, 0, True)


class Deadly:
    """Processes that fail over the candidates of these places, as often as they are asked."""

    def __init__(self, kept: ChemistryWorkers, places: set[int], error: Exception, gone: bool = False) -> None:
        self._kept, self._places, self._error, self._gone = kept, places, error, gone
        self.count = 2

    async def call(self, function: str, arguments: dict[str, Any], *, deadline_s: float) -> Any:
        wanted = range(arguments.get("first", 0), arguments.get("first", 0) + arguments.get("count", 0))
        if (self._places & set(wanted)) or (self._gone and function == "version"):
            raise self._error
        return await self._kept.call(function, arguments, deadline_s=deadline_s)


@pytest.mark.parametrize(
    "error", [WorkerDied("gone"), DeadlineExceeded("slow"), InvalidStructure("RDKit could not do this")]
)
async def test_candidates_that_end_the_process_are_left_out_alone_and_counted(
    path: Path, chemistry: ChemistryWorkers, error: Exception
) -> None:
    deadly: Any = Deadly(chemistry, {0, 40, 41, 199}, error)
    found = await search_patterns(deadly, path, AMINES, 10_000, 60)
    assert found.molregnos == tuple(number for place, number in enumerate(HELD) if place not in (0, 40, 41, 199))
    assert (found.candidates, found.compared, found.failed, found.in_time) == (200, 196, 4, True)


async def test_where_no_process_can_be_had_the_search_fails(path: Path, chemistry: ChemistryWorkers) -> None:
    deadly: Any = Deadly(chemistry, {40}, WorkerDied("cannot be started"), gone=True)
    with pytest.raises(WorkerDied, match="cannot be started"):
        await search_patterns(deadly, path, AMINES, 10_000, 60)


class Slow:
    """Processes that take a while over each piece."""

    def __init__(self, kept: ChemistryWorkers, seconds: float) -> None:
        self._kept, self._seconds = kept, seconds
        self.count = 2
        self.under_way = 0
        self.busy = asyncio.Event()

    async def call(self, function: str, arguments: dict[str, Any], *, deadline_s: float) -> Any:
        if function == "pattern_matches":
            self.under_way += 1
            if self.under_way == 2:
                self.busy.set()
            try:
                async with asyncio.timeout(deadline_s):
                    await asyncio.sleep(self._seconds)
            except TimeoutError:
                raise DeadlineExceeded("slow") from None
            finally:
                self.under_way -= 1
        return await self._kept.call(function, arguments, deadline_s=60)


async def test_at_the_end_of_its_time_it_gives_what_it_has_and_says_so(path: Path, chemistry: ChemistryWorkers) -> None:
    await chemistry.call("pattern_candidates", {"path": str(path), "query": AMINES}, deadline_s=60)
    slow: Any = Slow(chemistry, 0.3)
    started = time.monotonic()
    found = await search_patterns(slow, path, AMINES, 10_000, 1.0)
    assert time.monotonic() - started < 5
    assert not found.in_time
    assert 0 < found.compared < 200
    assert (found.candidates, found.failed, len(found.molregnos)) == (200, 0, found.compared)
    assert found.molregnos == HELD[: found.compared]  # the best come first
    assert slow.under_way == 0


async def test_a_cancelled_search_ends_its_processes_at_once(path: Path, chemistry: ChemistryWorkers) -> None:
    await chemistry.call("version", {})
    before = set(chemistry.process_ids())
    slow: Any = Slow(chemistry, 30)
    task = asyncio.create_task(search_patterns(slow, path, AMINES, 10_000, 60))
    await slow.busy.wait()
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 0.5
    assert slow.under_way == 0
    assert before <= set(chemistry.process_ids())


async def test_a_cancelled_call_kills_its_process(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern_search, "PIECE", 4_000)
    with closing(ChemistryWorkers(1)) as chemistry:
        await chemistry.call("pattern_candidates", {"path": str(path), "query": AMINES})
        (process,) = chemistry.process_ids()
        os.kill(process, signal.SIGSTOP)  # busy for ever
        task = asyncio.create_task(search_patterns(chemistry, path, AMINES, 10_000, 60))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.2)
        assert process not in chemistry.process_ids()


async def test_a_damaged_file_is_told_and_not_searched_in_parts(tmp_path: Path, chemistry: ChemistryWorkers) -> None:
    (tmp_path / "a").write_bytes(b"no patterns")
    with pytest.raises(StorageError, match="damaged"):
        await search_patterns(chemistry, tmp_path / "a", AMINES, 10, 60)
