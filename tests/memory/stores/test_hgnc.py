"""The store of gene names out of HGNC's complete set: both forms of it, refused files, stopped builds, what it answers."""

from __future__ import annotations

import gzip
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import FileRefused, SourceUnavailable, StorageError
from biocopilot.memory.hgnc_store import HgncStore
from biocopilot.memory.stores.building import Progress, only_one
from biocopilot.memory.stores.hgnc import build_hgnc
from biocopilot.memory.stores.registry import open_store, registered, remove, stores_dir

SET: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("hgnc_set.py")))
GENES: list[dict[str, Any]] = SET["many"](30)
Opened = Callable[[], HgncStore]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hgnc_complete_set.txt"
    path.write_bytes(SET["table"](GENES))
    return path


@pytest.fixture
def opened() -> Iterator[Opened]:
    stores: list[HgncStore] = []

    def open_it() -> HgncStore:
        database = open_store("hgnc")
        assert database is not None
        stores.append(HgncStore(database))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


@pytest.mark.parametrize("form", ["table", "as_json"])
@pytest.mark.parametrize("packed", [False, True])
def test_both_forms_give_back_the_documents_of_the_service(
    tmp_path: Path, opened: Opened, form: str, packed: bool
) -> None:
    file = tmp_path / "set"
    data = SET[form](GENES)
    file.write_bytes(gzip.compress(data) if packed else data)
    record = build_hgnc(file)
    assert record.rows == {"genes": 30, "symbols old and new": 120}
    for row in GENES:
        assert opened().documents("hgnc_id", row["hgnc_id"]) == [row]


def test_the_registry_says_day_size_licence_and_age(file: Path) -> None:
    record = build_hgnc(file)
    assert record == registered()["hgnc"]
    assert (record.release, record.licence) == ("of 2025-06-28 (newest entry)", "CC0 1.0")
    assert (record.bytes, record.source_bytes) == (record.store.stat().st_size, file.stat().st_size)
    assert record.age_days == 0
    assert record.model_copy(update={"built_at": datetime.now(UTC) - timedelta(days=9.5)}).age_days == 9


def test_the_day_is_the_one_given_else_the_one_beside_or_in_the_files_name(file: Path, opened: Opened) -> None:
    archived = file.with_name("hgnc_complete_set_2025-07-01.txt")
    archived.write_bytes(file.read_bytes())
    assert build_hgnc(archived).release == "2025-07-01"
    archived.with_name(f"{archived.name}.release").write_text("2025-07-02\n")
    assert build_hgnc(archived).release == "2025-07-02"
    assert build_hgnc(archived, release="2025-07-03").release == "2025-07-03"
    assert opened().source.release == "2025-07-03"
    with pytest.raises(FileRefused, match="no day"):
        build_hgnc(archived, release="July")


@pytest.mark.parametrize(
    ("field", "value", "symbols"),
    [
        ("symbol", "GEN7", ["GEN7"]),
        ("symbol", "gen7", []),
        ("symbol", "OLD7", []),
        ("prev_symbol", "OLD7", ["GEN7"]),
        ("alias_symbol", "p7-alpha", ["GEN7"]),
        ("alias_symbol", "SHARED3", ["GEN3", "GEN13", "GEN23"]),
        ("uniprot_ids", "P00007", ["GEN7"]),
        ("uniprot_ids", "NM_000007", []),
        ("ensembl_gene_id", "ENSG00000000007", ["GEN7"]),
        ("hgnc_id", "HGNC:7", ["GEN7"]),
        ("hgnc_id", "7", []),
    ],
)
def test_genes_are_found_by_the_exact_value_of_a_field(
    file: Path, opened: Opened, field: Any, value: str, symbols: list[str]
) -> None:
    build_hgnc(file)
    assert [row["symbol"] for row in opened().documents(field, value)] == symbols


def test_other_spellings_of_a_symbol_are_known(file: Path, opened: Opened) -> None:
    build_hgnc(file)
    assert opened().spellings("P7 alpha") == ["p7-alpha"]
    assert opened().spellings("nosuch") == opened().spellings("--") == []


def test_names_with_quotation_marks_come_back_as_they_were_and_in_order(tmp_path: Path, opened: Opened) -> None:
    file = tmp_path / "set.txt"
    row = SET["gene"](5, "ABC1", name='5"-nucleotidase, "cytosolic"', alias_symbol=["B", 'A"', "C"])
    file.write_bytes(SET["table"]([row]))
    build_hgnc(file)
    (found,) = opened().documents("alias_symbol", 'A"')
    assert (found["name"], found["alias_symbol"]) == (row["name"], ["B", 'A"', "C"])


# Wrong files ---------------------------------------------------------------------------------------------------------

HEAD = "\t".join(SET["HEADER"]).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"SQLite format 3\x00", "a SQLite database"),
        (b"<!doctype html><title>404</title>", "a web page"),
        (b"ID   001R_FRG3G\n", "something else"),
        (b"HGNC ID\tApproved symbol\n", "custom download"),
        (b"hgnc_id\tsymbol\nHGNC:5\tA1BG\n", "lacks columns of HGNC's complete set: name, status"),
        (HEAD + b"\n", "has no genes"),
        (HEAD + b"\nHGNC:5\tA1BG\n", "cut short: line 2 has 2 of 54 columns"),
        (SET["table"](GENES)[:-20], "damaged or cut short"),
        (SET["table"](GENES).replace(b"HGNC:7\t", b"HGNC:8\t"), "has HGNC:8 twice"),
        (SET["table"](GENES).replace(b"HGNC:7\t", b"7\t"), "without an id or a symbol, number 7"),
        (SET["table"](GENES).replace(b"the gene GEN7", b"\xff\xfe"), "not text in UTF-8"),
        (SET["as_json"](GENES)[:-9], "damaged or cut short"),
        (SET["as_json"](GENES).replace(b'"numFound": 30', b'"numFound": 44000'), "says 44000 genes and has 30"),
        (b'{"response": {"docs": 7}}', "without HGNC's list"),
        (b'{"molecules": []}', "without HGNC's list"),
        (gzip.compress(SET["table"](GENES), mtime=0)[:-6], "damaged or cut short"),
        (gzip.compress(b"SQLite format 3\x00", mtime=0), "a SQLite database"),
        (b"\x1f\x8b rubbish", "damaged or cut short"),
    ],
)
def test_a_wrong_file_is_refused_with_what_mends_it_and_changes_nothing(
    file: Path, tmp_path: Path, opened: Opened, data: bytes, words: str
) -> None:
    before = build_hgnc(file)
    wrong = tmp_path / "wrong"
    wrong.write_bytes(data)
    with pytest.raises(FileRefused, match=words) as caught:
        build_hgnc(wrong)
    assert "biocopilot data pull hgnc" in caught.value.hint or "as HGNC offers it" in caught.value.hint
    assert registered()["hgnc"] == before
    assert opened().counts() == {"genes": 30}
    assert not list(stores_dir().glob("*.building*"))


def test_a_folder_and_an_absent_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="is a folder"):
        build_hgnc(tmp_path)
    with pytest.raises(FileRefused, match="cannot be read: No such file"):
        build_hgnc(tmp_path / "absent")


# Replaced, stopped, removed ------------------------------------------------------------------------------------------


def test_a_newer_set_takes_the_old_ones_place(file: Path, opened: Opened) -> None:
    build_hgnc(file)
    file.write_bytes(SET["table"](GENES[:5]))
    build_hgnc(file)
    assert opened().counts() == {"genes": 5}


def test_a_build_that_is_stopped_leaves_the_old_store_and_the_next_is_whole(file: Path, opened: Opened) -> None:
    build_hgnc(file)
    file.write_bytes(SET["table"](SET["many"](5_000)))

    def stop(progress: Progress) -> None:
        if progress.stage == "genes" and progress.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_hgnc(file, stop)
    assert opened().counts() == {"genes": 30}
    stages: list[str] = []
    assert build_hgnc(file, lambda progress: stages.append(progress.stage)).rows["genes"] == 5_000
    assert stages[0] == "genes"
    assert opened().counts() == {"genes": 5_000}


def test_a_killed_build_leaves_the_old_store_and_the_next_is_whole(file: Path, home: Path, opened: Opened) -> None:
    build_hgnc(file)
    file.write_bytes(SET["table"](SET["many"](5_000)))
    code = (
        "import os, signal, sys; from pathlib import Path; from biocopilot.memory.stores.hgnc import build_hgnc\n"
        "build_hgnc(Path(sys.argv[1]), lambda p: os.kill(os.getpid(), signal.SIGKILL) if p.stage == 'indexes' else None)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert opened().counts() == {"genes": 30}
    stages: list[str] = []
    build_hgnc(file, lambda progress: stages.append(progress.stage))
    assert "genes" not in stages  # they were all there
    assert opened().documents("symbol", "GEN5000")


def test_only_one_process_builds_it(file: Path) -> None:
    with only_one(stores_dir() / "hgnc.lock", "the HGNC store"), pytest.raises(StorageError, match="is working on"):
        build_hgnc(file)


def test_it_is_removed_and_the_file_stays(file: Path) -> None:
    record = build_hgnc(file)
    assert remove("hgnc") == record
    assert (open_store("hgnc"), record.store.exists(), file.exists()) == (None, False, True)


def test_a_store_that_is_gone_or_damaged_says_what_mends_it(file: Path) -> None:
    record = build_hgnc(file)
    record.store.write_bytes(b"rubbish" * 1_000)
    with pytest.raises(StorageError, match="cannot be read"):
        open_store("hgnc")
    record.store.unlink()
    with pytest.raises(SourceUnavailable, match=r"The hgnc store .* is gone") as caught:
        open_store("hgnc")
    assert "goes back to the service" in caught.value.hint
