"""A dump is registered: equal rows with and without what lies beside it; refused, interrupted, killed, resumed."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.memory.errors import Cancelled, FileRefused, StorageError
from biocopilot.memory.store_connection import STARTER, Database
from biocopilot.memory.stores import building, chembl_blocks, chembl_dump
from biocopilot.memory.stores.building import Progress, only_one
from biocopilot.memory.stores.chembl_dump import build_chembl, probe_dump
from biocopilot.memory.stores.registry import registered, remove, stores_dir
from biocopilot.memory.uniprot_store import UniprotStore

Opened = Callable[[], ChemblStore]


@pytest.fixture(params=["dump", "official_dump", "many"])
def pair(
    request: pytest.FixtureRequest, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[ChemblStore, ChemblStore]]:
    """(over the bare dump, over the dump and what lies beside it)."""
    path: Path = request.getfixturevalue(request.param)
    monkeypatch.setattr(chembl_dump, "COPY_ROWS", 500)
    monkeypatch.setattr(chembl_dump, "BUCKET_ROWS", 400)
    monkeypatch.setattr(chembl_blocks, "BLOCK_ROWS", 30)
    before = path.read_bytes()
    build_chembl(path)
    assert path.read_bytes() == before
    bare = ChemblStore.open(path)
    yield bare, opened()
    bare.close()


Pair = tuple[ChemblStore, ChemblStore]


def tids(store: ChemblStore) -> list[int]:
    return [row["tid"] for row in store.database.rows("SELECT tid FROM target_dictionary ORDER BY tid")]


def test_activities_are_equal_row_for_row(pair: Pair) -> None:
    bare, full = pair
    for tid in tids(bare):
        mine, theirs = full.activities(tids=[tid]), bare.activities(tids=[tid])
        assert mine == theirs
        assert [type(value) for row in mine for value in row] == [type(value) for row in theirs for value in row]
    assert full.activities(tids=tids(bare)) == bare.activities(tids=tids(bare))
    for molecules in (["CHEMBL553"], ["CHEMBL25", "CHEMBL941"], ["CHEMBL0"]):
        assert full.activities(molecules=molecules) == bare.activities(molecules=molecules)
        assert full.activities(tids=[1, 100], molecules=molecules) == bare.activities(
            tids=[1, 100], molecules=molecules
        )


def test_the_best_of_a_target_are_equal(pair: Pair) -> None:
    bare, full = pair
    for tid in tids(bare):
        for kind in (None, "IC50", "Ki", "nothing"):
            for most in (1, 5, 20):
                assert full.best_activities(tid, kind, most) == bare.best_activities(tid, kind, most)
        ranked = [row.pchembl for row in full.best_activities(tid, most=1_000)]
        assert ranked == sorted((value for value in ranked if value is not None), reverse=True)


def test_molecules_targets_and_drugs_are_equal(pair: Pair) -> None:
    bare, full = pair
    ids = [row["chembl_id"] for row in bare.database.rows("SELECT chembl_id FROM molecule_dictionary")]
    for chembl_id in [*ids, "CHEMBL0"]:
        for look_up in ("molecule", "synonyms", "parent", "family_of"):
            assert getattr(full, look_up)(chembl_id) == getattr(bare, look_up)(chembl_id)
        assert full.mechanisms(molecules=[chembl_id]) == bare.mechanisms(molecules=[chembl_id])
        assert full.indications(molecules=[chembl_id]) == bare.indications(molecules=[chembl_id])
    for key in ("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "KTUFNOKKBVMGRW-UHFFFAOYSA-N", "X"):
        assert full.molecule_by_inchikey(key) == bare.molecule_by_inchikey(key)
    for accession in ("P00533", "Q01279", "P04626", "P99999"):
        assert full.targets_for_accession(accession) == bare.targets_for_accession(accession)
        assert UniprotStore(full.database).entry(accession) == UniprotStore(bare.database).entry(accession)
    for tid in tids(bare):
        assert full.mechanisms(tids=[tid]) == bare.mechanisms(tids=[tid])
    assert full.indications(term="ANEMIA, sickle cell") == bare.indications(term="ANEMIA, sickle cell")
    assert full.indication_terms() == bare.indication_terms()
    assert full.all_structures() == bare.all_structures()
    assert full.counts() == bare.counts()
    assert (full.source, full.backend) == (bare.source, bare.backend)


def test_every_name_of_the_dump_means_the_same(pair: Pair) -> None:
    bare, full = pair
    names = [row[0] for row in full.database.tuples("SELECT DISTINCT name FROM bc_name WHERE rank >= 0")]
    assert len(names) >= 14
    for name in names:
        assert full.names_matching(name) == bare.names_matching(name)
        assert full.molecules_named(name) == bare.molecules_named(name)


def test_names_are_found_by_key_and_by_their_words(dump: Path, opened: Opened) -> None:
    build_chembl(dump)
    store = opened()
    assert [hit.id for hit in store.names_matching("Sti 571")] == ["CHEMBL941"]  # by key, not to the letter
    assert [hit.id for hit in store.names.containing("growth epider")] == ["P00533", "Q01279"]
    assert store.names.containing('" OR *') == []
    assert store.names.containing("imatinib", ("molecule",))[0].id == "CHEMBL941"
    assert store.names_matching("HER2", ("target",))[0].id == "P04626"  # kept by hand, before any other
    assert store.nearest_names("imatinb")[0][0] == "IMATINIB"


def test_the_starter_set_has_best_activities_and_words_too() -> None:
    store = ChemblStore.open()
    best = store.best_activities(203, "IC50", 5)
    assert len(best) == 5
    assert [row.pchembl for row in best] == sorted((row.pchembl or 0 for row in best), reverse=True)
    assert {hit.name for hit in store.names.containing("imatinib mesyl")} == {"IMATINIB MESYLATE"}
    store.close()


def test_a_dump_without_some_tables_and_columns_is_registered(dump: Path, opened: Opened) -> None:
    with closing(sqlite3.connect(dump)) as database, database:
        for table in ("molecule_hierarchy", "drug_indication", "mechanism_refs", "docs", "compound_structures"):
            database.execute(f"DROP TABLE {table}")
        for column in ("variant_id", "assay_type", "doc_id"):
            database.execute(f"ALTER TABLE assays DROP COLUMN {column}")
        database.execute("ALTER TABLE activities DROP COLUMN potential_duplicate")
        database.execute("ALTER TABLE molecule_dictionary DROP COLUMN first_approval")
    build_chembl(dump)
    store = opened()
    rows = store.activities(tids=[1])
    assert len(rows) == 9
    assert {(row.year, row.smiles, row.variant, row.potential_duplicate, row.assay_type) for row in rows} == {
        (None, None, False, False, None)
    }
    aspirin = store.molecule("CHEMBL25")
    assert aspirin is not None
    assert (aspirin.first_approval, aspirin.smiles) == (None, None)
    assert store.indications(molecules=["CHEMBL553"]) == []
    assert store.mechanisms(tids=[1])[0].references == ()


# What is no dump -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"SELECT 1;\n" * 100, "no SQLite database"),
        (b"SQLite format 3\x00" + b"\x00" * 5_000, "cannot be read|no ChEMBL dump"),
        (gzip.compress(b"not a tar archive" * 100, mtime=0), "not whole, or no archive"),
    ],
)
def test_other_kinds_of_file_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "chembl_36.db"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=said) as caught:
        build_chembl(path)
    assert caught.value.hint
    assert registered() == {}


def test_a_folder_an_absent_file_and_our_own_files_are_refused(tmp_path: Path, dump: Path) -> None:
    with pytest.raises(FileRefused, match="is a folder"):
        build_chembl(tmp_path)
    with pytest.raises(FileRefused, match="cannot be read"):
        build_chembl(tmp_path / "none.db")
    with pytest.raises(FileRefused, match="Biocopilot made"):
        build_chembl(STARTER)
    with pytest.raises(FileRefused, match="Biocopilot made"):
        build_chembl(build_chembl(dump).store)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP TABLE activities", "lacks the table activities"),
        ("ALTER TABLE assays DROP COLUMN tid", r"lacks the column assays\.tid"),
        ("DELETE FROM version", "which ChEMBL release"),
        (
            "INSERT INTO molecule_dictionary (molregno, chembl_id) VALUES (1, 'CHEMBL77')",
            "has a row twice in molecule_dictionary",
        ),
    ],
)
def test_a_database_that_is_no_chembl_is_refused_by_what_it_lacks(dump: Path, change: str, said: str) -> None:
    with closing(sqlite3.connect(dump)) as database, database:
        database.execute(change)
    with pytest.raises(FileRefused, match=said):
        build_chembl(dump)
    assert list(stores_dir().glob("*.sqlite*")) == []


def test_a_dump_that_is_being_written_is_refused(dump: Path) -> None:
    dump.with_name(dump.name + "-wal").write_bytes(b"pages")
    with pytest.raises(FileRefused, match="being written"):
        build_chembl(dump)


def test_a_dump_cut_short_is_refused(many: Path) -> None:
    with many.open("r+b") as file:
        file.truncate(many.stat().st_size // 2)
    with pytest.raises((FileRefused, StorageError)):
        build_chembl(many)
    assert registered() == {}


# Archives ------------------------------------------------------------------------------------------------------------


def archive(path: Path, *members: tuple[str, bytes | str]) -> Path:
    """A .tar.gz; a str as content is where a link leads."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return path


def test_an_archive_is_unpacked_once_and_its_database_registered(dump: Path, tmp_path: Path, opened: Opened) -> None:
    data = dump.read_bytes()
    packed = archive(
        tmp_path / "chembl_36_sqlite.tar.gz", ("chembl_36/INSTALL", b"read me"), ("chembl_36/chembl_36.db", data)
    )
    seen: list[str] = []
    record = build_chembl(packed, lambda progress: seen.append(progress.stage))
    assert record.source.parent == stores_dir()
    assert record.source.read_bytes() == data
    assert "unpacking" in seen
    assert len(opened().activities(tids=[1])) == 9
    seen.clear()
    assert build_chembl(packed, lambda progress: seen.append(progress.stage)) == record
    assert "unpacking" not in seen
    remove("chembl")
    assert not record.source.exists()  # what was unpacked was ours
    assert packed.exists()


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("../chembl_36.db", b"x" * 100)], "leads out"),
        ([("/etc/chembl_36.db", b"x" * 100)], "leads out"),
        ([("a/link.db", "/etc/passwd")], "leads out"),
        ([("a/readme.txt", b"x")], "no SQLite database in it"),
        ([("a/chembl.db", b"x"), ("b/chembl.db", b"y")], "more than one database"),
        ([(f"a/{number}.txt", b"x") for number in range(300)], "more than 200 files"),
        ([("a/chembl.db", bytes(300_000_000))], "too much"),
    ],
    ids=["traversal", "absolute", "link", "no database", "two databases", "many files", "bomb"],
)  # fmt: skip
def test_a_hostile_or_wrong_archive_is_refused_and_leaves_nothing(tmp_path: Path, members: Any, said: str) -> None:
    path = archive(tmp_path / "a.tar.gz", *members)
    with pytest.raises(FileRefused, match=said):
        build_chembl(path)
    assert [item.name for item in stores_dir().iterdir()] == ["chembl.lock"]
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.tar.gz"]


@pytest.mark.parametrize("cut", [0.3, 0.999])
def test_an_archive_cut_short_or_damaged_is_refused(many: Path, tmp_path: Path, cut: float) -> None:
    path = archive(tmp_path / "a.tar.gz", ("a/chembl_36.db", many.read_bytes()))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(FileRefused, match="not whole"):
        build_chembl(path)
    path.write_bytes(data[:-6] + bytes([data[-6] ^ 1]) + data[-5:])  # the checksum
    with pytest.raises(FileRefused, match="not whole"):
        build_chembl(path)
    assert [item.name for item in stores_dir().iterdir()] == ["chembl.lock"]


# Interrupted, killed, full, twice at once ----------------------------------------------------------------------------


def stopping_at(stage: str, error: BaseException) -> Callable[[Progress], None]:
    def report(progress: Progress) -> None:
        if progress.stage == stage:
            raise error

    return report


STAGES = ("molecule dictionary", "activities", "activities by target", "names", "indexes")


@pytest.mark.parametrize("stage", STAGES)
def test_a_stop_at_any_stage_leaves_the_old_store_and_the_same_call_goes_on(
    many: Path, dump: Path, tmp_path: Path, stage: str, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chembl_dump, "COPY_ROWS", 700)
    monkeypatch.setattr(chembl_dump, "BUCKET_ROWS", 400)
    old = build_chembl(many)
    newer = shutil.copy(many, tmp_path / "chembl_37.db")
    with closing(sqlite3.connect(newer)) as database, database:
        database.execute("UPDATE version SET name = 'ChEMBL_37' WHERE name = 'ChEMBL_36'")
    with pytest.raises(KeyboardInterrupt):
        build_chembl(newer, stopping_at(stage, KeyboardInterrupt()))
    assert registered() == {"chembl": old}
    assert len(opened().activities(tids=[100])) > 50  # the old one answers meanwhile
    seen: list[Progress] = []
    record = build_chembl(newer, seen.append)
    assert record.release == "ChEMBL_37"
    done_before = STAGES[: STAGES.index(stage)]
    assert not {progress.stage for progress in seen} & set(done_before)
    bare, full = ChemblStore.open(newer), opened()
    for tid in tids(bare):
        assert full.activities(tids=[tid]) == bare.activities(tids=[tid])
    bare.close()
    assert sorted(path.name for path in stores_dir().iterdir()) == ["chembl.lock", "chembl.sqlite"]


def test_ctrl_c_during_a_long_statement_stops_it(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    monkeypatch.setattr(chembl_dump, "INDEXES", (endless,))

    def alarm(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    started = time.monotonic()
    try:
        with pytest.raises((Cancelled, KeyboardInterrupt)):
            build_chembl(many)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - started < 10
    monkeypatch.undo()


SLOW = """
import sys, time
from pathlib import Path
from biocopilot.memory.stores import chembl_dump
chembl_dump.COPY_ROWS, chembl_dump.BUCKET_ROWS = 100, 300
def report(progress):
    print(progress.stage, progress.done, flush=True)
    time.sleep(0.02)
chembl_dump.build_chembl(Path(sys.argv[1]), report)
"""


@pytest.mark.parametrize("at", ["activities 1500", "activities by target 4", "names 0"])
def test_kill_9_in_the_middle_and_the_same_command_goes_on(many: Path, at: str, opened: Opened) -> None:
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(many)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == at:
            break
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    assert registered() == {}
    done = subprocess.run(
        [sys.executable, "-c", SLOW, str(many)], capture_output=True, text=True, timeout=60, check=True
    )
    assert "molecule dictionary" not in done.stdout  # that was done
    bare, full = ChemblStore.open(many), opened()
    assert full.counts() == bare.counts()
    for tid in tids(bare):
        assert full.activities(tids=[tid]) == bare.activities(tids=[tid])
    bare.close()


def test_two_processes_do_not_build_at_once(dump: Path) -> None:
    with (
        only_one(stores_dir() / "chembl.lock", "x"),
        pytest.raises(StorageError, match=rf"\({os.getpid()}\) is working on the ChEMBL store"),
    ):
        build_chembl(dump)


@pytest.mark.parametrize("pages", [40, 70, 100])
def test_a_full_disk_leaves_the_old_store_and_can_be_gone_on_from(
    many: Path, tmp_path: Path, pages: int, monkeypatch: pytest.MonkeyPatch, opened: Opened
) -> None:
    small = CHEMBL_SMALL(tmp_path)
    old = build_chembl(small)
    with monkeypatch.context() as patch:
        patch.setattr(building, "PRAGMAS", (*building.PRAGMAS, f"max_page_count={pages}"))
        with pytest.raises(StorageError, match="disk is full") as caught:
            build_chembl(many)
        assert "same command" in caught.value.hint
    assert registered() == {"chembl": old}
    assert len(opened().activities(tids=[1])) == 9
    build_chembl(many)
    assert opened().counts()["measured activities"] == 3_010


def CHEMBL_SMALL(folder: Path) -> Path:
    import runpy

    made = runpy.run_path(str(Path(__file__).parents[1] / "conftest.py"))
    path: Path = made["build"](folder / "small.db", made["own_columns"]())
    return path


def test_a_disk_without_room_is_told_before_anything_is_written(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chembl_dump, "_BYTES_AN_ACTIVITY", 10**16)
    with pytest.raises(StorageError, match="free, and about"):
        build_chembl(dump)
    assert [item.name for item in stores_dir().iterdir()] == ["chembl.lock"]


def test_registering_again_or_after_a_move_builds_nothing_anew(dump: Path) -> None:
    first = build_chembl(dump)
    seen: list[Progress] = []
    assert build_chembl(dump, seen.append) == first
    moved = dump.rename(dump.with_name("elsewhere.db"))
    again = build_chembl(moved, seen.append)
    assert seen == []
    assert (again.source, again.built_at) == (moved, first.built_at)


def test_a_path_with_signs_of_an_address_is_taken_as_it_is(dump: Path, opened: Opened) -> None:
    odd = dump.rename(dump.with_name("what? 100%20 #1.db"))
    build_chembl(odd)
    assert len(opened().activities(tids=[1])) == 9


def test_what_lies_beside_stands_before_the_dump_and_neither_is_written(dump: Path) -> None:
    record = build_chembl(dump)
    database = Database(record.source, beside=record.store)
    assert database.has("bc_name")
    assert database.has("activities", "activity_id")
    for statement in ("DELETE FROM bc_name", "DELETE FROM dump.activities", "INSERT INTO version VALUES (1, 2, 3)"):
        with pytest.raises(StorageError):
            database.rows(statement)
    database.close()


def test_probing_says_release_and_size(dump: Path) -> None:
    found = probe_dump(dump)
    assert (found.release, found.activities, found.molecules) == ("ChEMBL_36", 10, 8)
