"""Fingerprints beside a registered ChEMBL: built, gone on with after a stop at each point, given up with the store."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from biocopilot.memory.errors import Cancelled, NotFound, StorageError
from biocopilot.memory.store_connection import Database
from biocopilot.memory.stores import building, fingerprint_file, fingerprints
from biocopilot.memory.stores.building import Progress, only_one
from biocopilot.memory.stores.chembl_dump import build_chembl
from biocopilot.memory.stores.fingerprint_file import FingerprintHeader, read_header
from biocopilot.memory.stores.fingerprints import build_fingerprints, drop_stale, fingerprints_beside
from biocopilot.memory.stores.registry import registered, remove, stores_dir


class Fake:
    """Bits that follow from the text; `rubbish…` is no structure."""

    def __init__(self, stop_at: int = -1, rdkit: str = "2026.09.1", sound: bool = True) -> None:
        self.rdkit = rdkit
        self.sound = sound
        self.asked: list[str] = []
        self._stop_at = stop_at

    def is_sound(self, path: Path) -> bool:
        return self.sound

    def computed(self, batches: Iterable[Sequence[str]]) -> Generator[list[bytes], None, None]:
        for number, batch in enumerate(batches):
            if number == self._stop_at:
                raise KeyboardInterrupt
            self.asked += batch
            yield [b"" if one.startswith("rubbish") else hashlib.shake_256(one.encode()).digest(256) for one in batch]


STRUCTURES = 95


@pytest.fixture
def added(dump: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registered dump of 95 structures, of which 9 are rubbish and one is a salt; ten are computed at a time."""
    monkeypatch.setattr(fingerprints, "BATCH_ROWS", 10)
    with closing(sqlite3.connect(dump)) as database, database:
        for number in range(10, 100):
            database.execute(
                "INSERT INTO molecule_dictionary (molregno, chembl_id) VALUES (?, ?)",
                (number, f"CHEMBL{80_000 + number}"),
            )
            smiles = f"rubbish{number}" if number % 10 == 7 else f"structure {number}"
            database.execute(
                "INSERT INTO compound_structures (molregno, canonical_smiles, standard_inchi_key) VALUES (?, ?, ?)",
                (number, smiles, f"KEY{number}"),
            )
    build_chembl(dump)
    return dump


def target() -> Path:
    return stores_dir() / "chembl.fingerprints"


def names() -> list[str]:
    return sorted(path.name for path in stores_dir().iterdir())


def test_every_structure_of_the_dump_is_in_it(added: Path) -> None:
    seen: list[Progress] = []
    header = build_fingerprints(Fake(), seen.append)
    assert (header.count, header.unreadable, header.salts) == (STRUCTURES - 9, 9, 1)
    assert header.source == registered()["chembl"].fingerprint
    assert read_header(target()) == header
    assert [(p.done, p.total) for p in seen if p.stage == "fingerprints"][-1] == (STRUCTURES, STRUCTURES)
    assert seen[-1] == Progress("fingerprint file", STRUCTURES - 9, STRUCTURES - 9)
    assert names() == ["chembl.fingerprints", "chembl.lock", "chembl.sqlite"]


def test_the_same_call_again_computes_nothing(added: Path) -> None:
    first, again = build_fingerprints(Fake()), Fake()
    assert build_fingerprints(again) == first
    assert again.asked == []


@pytest.mark.parametrize("again", [Fake(rdkit="2027.03.1"), Fake(sound=False)], ids=["another RDKit", "damaged"])
def test_what_cannot_be_used_is_made_anew(added: Path, again: Fake) -> None:
    build_fingerprints(Fake())
    again.asked.clear()
    assert build_fingerprints(again).rdkit == again.rdkit
    assert len(again.asked) == STRUCTURES


def test_a_damaged_header_or_another_dump_is_made_anew(added: Path) -> None:
    whole = build_fingerprints(Fake())
    target().write_bytes(b"no fingerprints")
    assert build_fingerprints(Fake()) == whole
    with closing(sqlite3.connect(added)) as database, database:
        database.execute("DELETE FROM compound_structures WHERE molregno = 99")
    build_chembl(added)
    assert build_fingerprints(Fake()).count == whole.count - 1


@pytest.mark.parametrize("stop_at", range(10))
def test_a_stop_before_any_batch_keeps_what_was_computed(added: Path, tmp_path: Path, stop_at: int) -> None:
    whole = build_fingerprints(Fake()), target().read_bytes()
    target().unlink()
    stopped, rest = Fake(stop_at), Fake()
    with pytest.raises(Cancelled) as caught:
        build_fingerprints(stopped)
    assert "same command" in caught.value.hint
    assert not target().exists()
    assert build_fingerprints(rest) == whole[0]
    assert target().read_bytes() == whole[1]
    assert len(stopped.asked) == stop_at * 10
    assert len(rest.asked) == STRUCTURES - 10 * stop_at  # nothing twice, nothing left out
    assert names() == ["chembl.fingerprints", "chembl.lock", "chembl.sqlite"]


def test_a_stop_while_the_file_is_written_computes_nothing_anew(added: Path) -> None:
    whole = build_fingerprints(Fake())
    before = target().read_bytes()
    newer, rest = Fake(rdkit="2027.03.1"), Fake(rdkit="2027.03.1")

    def stop(progress: Progress) -> None:
        if progress.stage == "fingerprint file" and progress.done > 40:
            raise KeyboardInterrupt

    with pytest.raises(Cancelled):
        build_fingerprints(newer, stop)
    assert target().read_bytes() == before  # the old one stays until then
    assert build_fingerprints(rest).count == whole.count
    assert rest.asked == []


SLOW = """
import runpy, sys, time
from biocopilot.memory.stores import fingerprints
fingerprints.BATCH_ROWS = 10
fake = runpy.run_path(sys.argv[1])["Fake"]()
def report(progress):
    print(progress.stage, progress.done, flush=True)
    time.sleep(0.03)
fingerprints.build_fingerprints(fake, report)
print("asked", len(fake.asked))
"""


@pytest.mark.parametrize(("at", "left"), [("fingerprints 0", 95), ("fingerprints 50", 45), ("fingerprint file 48", 0)])
def test_kill_9_in_the_middle_and_the_same_call_goes_on(added: Path, at: str, left: int) -> None:
    command = [sys.executable, "-c", SLOW, __file__]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line.strip())
        if line.strip() == at or (at.startswith("fingerprint file") and line.startswith("fingerprint file")):
            break
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    assert not target().exists(), seen
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert abs(int(done.stdout.split("asked ")[1]) - left) <= 10  # the batch that it was at
    assert read_header(target()).count == STRUCTURES - 9
    assert names() == ["chembl.fingerprints", "chembl.lock", "chembl.sqlite"]


@pytest.mark.parametrize("pages", [6, 8])
def test_a_full_disk_while_computing_leaves_the_old_file_and_can_be_gone_on_from(
    added: Path, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_fingerprints(Fake())
    before = target().read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(building, "PRAGMAS", (*building.PRAGMAS, f"max_page_count={pages}"))
        with pytest.raises(StorageError, match="disk is full"):
            build_fingerprints(Fake(rdkit="2027.03.1"))
    assert target().read_bytes() == before
    assert build_fingerprints(Fake(rdkit="2027.03.1")).rdkit == "2027.03.1"


def test_a_full_disk_while_writing_leaves_the_old_file(added: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_fingerprints(Fake())
    before = target().read_bytes()

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(fingerprint_file, "_put", full)
        with pytest.raises(StorageError, match="disk is full"):
            build_fingerprints(Fake(rdkit="2027.03.1"))
    assert target().read_bytes() == before
    rest = Fake(rdkit="2027.03.1")
    assert build_fingerprints(rest).rdkit == "2027.03.1"
    assert rest.asked == []


def test_a_disk_without_room_is_told_before_anything_is_computed(added: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "_BYTES_EACH", 10**15)
    fake = Fake()
    with pytest.raises(StorageError, match="free, and about"):
        build_fingerprints(fake)
    assert fake.asked == []


def test_two_processes_do_not_build_at_once_and_without_a_store_there_is_nothing_to_build(dump: Path) -> None:
    with pytest.raises(NotFound):
        build_fingerprints(Fake())
    with (
        only_one(stores_dir() / "chembl.lock", "x"),
        pytest.raises(StorageError, match=rf"\({os.getpid()}\) is working on the ChEMBL store"),
    ):
        build_fingerprints(Fake())


@pytest.mark.parametrize("stop_at", [-1, 3])
def test_with_the_store_its_fingerprints_go(added: Path, stop_at: int) -> None:
    if stop_at < 0:
        build_fingerprints(Fake())
    else:
        with pytest.raises(Cancelled):
            build_fingerprints(Fake(stop_at))
    remove("chembl")
    assert names() == ["chembl.lock"]


def test_only_those_of_another_dump_are_dropped(added: Path) -> None:
    header: FingerprintHeader = build_fingerprints(Fake())
    drop_stale(header.source)
    assert target().exists()
    drop_stale("another dump")
    assert not target().exists()
    drop_stale("another dump")


def test_only_a_registered_store_has_fingerprints_beside_it(added: Path) -> None:
    assert fingerprints_beside(Database(added)) is None
    record = registered()["chembl"]
    assert fingerprints_beside(Database(record.source, beside=record.store)) == target()
