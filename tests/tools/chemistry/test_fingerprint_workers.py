"""Batches to fingerprints by processes: in order, whatever kills one of them, and nothing left running after a stop."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rdkit")
from biocopilot.memory.errors import DeadlineExceeded, InvalidStructure, WorkerDied
from biocopilot.tools.chemistry.engine.parsing import molecule_from, rdkit_version
from biocopilot.tools.chemistry.engine.similarity import packed_of
from biocopilot.tools.chemistry.fingerprint_workers import FingerprintWorkers
from biocopilot.tools.chemistry.workers import ChemistryWorkers

TEXTS = ["C" * size + tail for size in range(1, 30) for tail in ("O", "N", "c1ccccc1", "rubbish!")]
BATCHES = [TEXTS[at : at + 9] for at in range(0, len(TEXTS), 9)]


def expected(texts: list[str]) -> list[bytes]:
    return [b"" if "rubbish" in text else packed_of(molecule_from(text)) for text in texts]


@pytest.fixture
def made() -> Iterator[FingerprintWorkers]:
    opened = FingerprintWorkers(2)
    yield opened
    opened.close()


def test_each_batch_comes_back_in_order_with_nothing_for_what_is_no_structure(made: FingerprintWorkers) -> None:
    assert made.rdkit == rdkit_version()
    assert list(made.computed(BATCHES)) == [expected(batch) for batch in BATCHES]
    assert list(made.computed([])) == []


def test_few_batches_are_asked_for_ahead(made: FingerprintWorkers) -> None:
    taken: list[int] = []

    def batches() -> Iterator[list[str]]:
        for number in range(10):
            taken.append(number)
            yield ["CCO"]

    computed = made.computed(batches())
    next(computed)
    assert len(taken) == 3  # two under way, one given
    computed.close()


def test_a_process_killed_midway_loses_nothing() -> None:
    processes = ChemistryWorkers(2)
    made = FingerprintWorkers(2, processes)
    found = []
    for number, batch in enumerate(made.computed(BATCHES)):
        found.append(batch)
        if number in (1, 4):
            for process in processes.process_ids():
                os.kill(process, signal.SIGKILL)
    assert found == [expected(batch) for batch in BATCHES]
    made.close()


class Deadly:
    """Processes that die over some structures, as often as they are asked."""

    def __init__(self, error: Exception, dies: bool = True) -> None:
        self.error = error
        self.dies = dies
        self.kept = ChemistryWorkers(2)
        self.gone = False

    def call_blocking(self, function: str, arguments: dict[str, Any], *, deadline_s: float) -> Any:
        if self.gone or (function == "fingerprints" and any("Br" in text for text in arguments["structures"])):
            self.gone = self.gone or not self.dies
            raise self.error
        return self.kept.call_blocking(function, arguments, deadline_s=deadline_s)

    def close(self) -> None:
        self.kept.close()


@pytest.mark.parametrize(
    "error", [WorkerDied("gone"), DeadlineExceeded("slow"), InvalidStructure("RDKit could not do this")]
)
def test_a_structure_that_ends_the_process_is_left_out_alone(error: Exception) -> None:
    made = FingerprintWorkers(2, Deadly(error))  # type: ignore[arg-type]  # a stand-in
    texts = [*TEXTS[:7], "BrBr", *TEXTS[7:12]]
    assert list(made.computed([texts])) == [[*expected(TEXTS[:7]), b"", *expected(TEXTS[7:12])]]
    made.close()


def test_where_no_process_can_be_had_nothing_is_taken_for_unreadable() -> None:
    made = FingerprintWorkers(2, Deadly(WorkerDied("cannot be started"), dies=False))  # type: ignore[arg-type]
    with pytest.raises(WorkerDied, match="cannot be started"):
        list(made.computed([["CCO"], ["BrBr"]]))
    made.close()


def test_a_stop_ends_processes_and_threads_at_once() -> None:
    processes = ChemistryWorkers(2)
    made = FingerprintWorkers(2, processes)
    many = [[f"C1CC2CC1C1CCC2C1{'C' * size}" for size in range(1, 150)]] * 50
    computed = made.computed(many)
    next(computed)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        computed.throw(KeyboardInterrupt)
    assert time.monotonic() - started < 3
    assert processes.process_ids() == []
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("fingerprints")]


def test_a_file_that_is_none_is_not_sound(made: FingerprintWorkers, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"no fingerprints")
    assert made.is_sound(tmp_path / "a") is False
