"""The process that reads beside the one that writes: the same rows, its errors and its death told, and none left behind."""

from __future__ import annotations

import gzip
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import FileRefused, WorkerDied
from biocopilot.memory.stores import swissprot
from biocopilot.memory.stores.building import Progress
from biocopilot.memory.stores.registry import registered
from biocopilot.memory.stores.swissprot import build_uniprot
from biocopilot.memory.stores.swissprot_rows import read_batches
from biocopilot.memory.stores.swissprot_worker import read_beside

flat_entry: Callable[..., str] = runpy.run_path(str(Path(__file__).with_name("conftest.py")))["flat_entry"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[Any]]:
    """The processes that were started, for a file of any size."""
    monkeypatch.setattr(swissprot, "BESIDE_BYTES", 0)
    monkeypatch.setattr(swissprot, "BATCH", 30)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    found: list[subprocess.Popen[Any]] = []

    class Noted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            found.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    return found


Started = list[subprocess.Popen[Any]]


@pytest.mark.parametrize("start", [0, 14_000])
def test_both_ways_give_the_same_batches(flat_file: Path, start: int) -> None:
    text = gzip.decompress(flat_file.read_bytes())
    start = text.index(b"ID   ", start)
    beside = list(read_beside(flat_file, start, 30))
    assert beside == list(read_batches(flat_file, start, 30))
    assert beside[-1].end == len(text)
    assert list(read_batches(flat_file, beside[1].end, 30)) == beside[2:]
    assert beside[-1].newest == "2022-10-12"


def test_the_store_is_the_same_and_the_process_has_ended(flat_file: Path, started: Started) -> None:
    assert build_uniprot(flat_file).rows == {"proteins": 400, "human proteins": 400}
    assert [process.returncode is None for process in started] == [False]


def test_one_core_or_a_small_file_needs_no_process(
    flat_file: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 1)
        build_uniprot(flat_file)
    monkeypatch.setattr(swissprot, "BESIDE_BYTES", flat_file.stat().st_size + 1)
    build_uniprot(flat_file)
    assert started == []


def test_what_it_refuses_is_refused_here(tmp_path: Path, started: Started) -> None:
    path = tmp_path / "x.dat"
    path.write_text(flat_entry(1) + flat_entry(2).replace("NCBI_TaxID=9606", "NCBI_TaxID=man"), "utf-8")
    with pytest.raises(FileRefused, match="cannot be read") as caught:
        build_uniprot(path)
    assert "uniprot_sprot" in caught.value.hint
    assert started[0].returncode is not None


def test_its_death_is_told_and_the_same_call_goes_on(flat_file: Path, started: Started) -> None:
    seen: list[Progress] = []

    def report(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 2:
            started[0].send_signal(signal.SIGKILL)

    # Batches that the pipe already holds come through: a file that is all in it would be built.
    flat_file.write_bytes(gzip.compress("".join(flat_entry(number) for number in range(4_000)).encode()))
    with pytest.raises(WorkerDied, match="ended early") as caught:
        build_uniprot(flat_file, report)
    assert "same command" in caught.value.hint
    assert registered() == {}
    done = len(seen)
    assert build_uniprot(flat_file, seen.append).rows["proteins"] == 4_000
    assert sum(progress.stage == "entries" for progress in seen[done:]) < 134 - 1  # of 134 batches


def test_a_process_that_cannot_be_started_is_told(
    flat_file: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(flat_file.with_name("none")))
    with pytest.raises(WorkerDied, match="cannot be started"):
        build_uniprot(flat_file)


BUILD = """
import os, subprocess, sys, time
from pathlib import Path
from biocopilot.memory.stores import swissprot
swissprot.BATCH, swissprot.BESIDE_BYTES = 20, 0
os.cpu_count = lambda: 2
plain = subprocess.Popen
class Noted(plain):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        print(self.pid, flush=True)
subprocess.Popen = Noted
def report(progress):
    print(progress.stage, flush=True)
    time.sleep(0.02)
swissprot.build_uniprot(Path(sys.argv[1]), report)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_stays_behind_however_the_build_ends(flat_file: Path, how: signal.Signals) -> None:
    flat_file.write_bytes(gzip.compress("".join(flat_entry(number) for number in range(4_000)).encode()))
    command = [sys.executable, "-c", BUILD, str(flat_file)]
    build = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert build.stdout is not None
    worker = int(build.stdout.readline())
    for _ in range(3):
        assert build.stdout.readline() == "entries\n"
    assert is_running(worker)
    build.send_signal(how)
    assert build.wait(10) != 0
    build.stdout.close()
    deadline = time.monotonic() + 10
    while is_running(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(worker)


def is_running(pid: int) -> bool:
    """Also false for one that has ended and that nobody has collected."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")
