"""The index of a library: made anew where it is not whole, never opened half-written, and readers find everything meanwhile."""

from __future__ import annotations

import os
import runpy
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import StorageError
from biocopilot.memory.library import index
from biocopilot.memory.library.chroma_store import ChromaStore
from biocopilot.memory.library.exact_store import ExactStore
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.retrieval import Query
from biocopilot.memory.stores.building import only_one

pytest.importorskip("chromadb")
MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("making.py")))
QUESTION = Query("stable enzyme7")


@pytest.fixture(autouse=True)
def no_library_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "EXACT_UP_TO", 0)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    MADE["write_notes"](tmp_path / "files", 30)
    return tmp_path / "files"


@pytest.fixture
def folder(tmp_path: Path, files: Path) -> Path:
    """Of a library with an index."""
    with opened(tmp_path / "lib") as library:
        library.add([files])
    return tmp_path / "lib"


def opened(folder: Path) -> Library:
    return Library.open(folder, embedder=MADE["WordHash"])


def ids(library: Library) -> list[str]:
    return [hit.passage.id for hit in library.search(QUESTION).hits]


def in_step(library: Library) -> bool:
    store = library.store
    seqs = [row[0] for row in library.catalogue.rows("SELECT seq FROM vector ORDER BY seq")]
    return isinstance(store, ChromaStore) and sorted(store.seqs()) == seqs


def segment(folder: Path) -> Path:
    return next(path for path in (folder / "chroma").iterdir() if path.is_dir())


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no folder": lambda folder: shutil.rmtree(folder / "chroma"),
    "no segment": lambda folder: shutil.rmtree(segment(folder)),
    "a file in its place": lambda folder: (shutil.rmtree(folder / "chroma"), (folder / "chroma").write_text("x")),
    "vectors cut short": lambda folder: cut(segment(folder) / "data_level0.bin"),
    "header overwritten": lambda folder: (segment(folder) / "header.bin").write_bytes(b"\xff" * 100),
    "no database": lambda folder: (folder / "chroma" / "chroma.sqlite3").unlink(),
    "an empty database": lambda folder: os.truncate(folder / "chroma" / "chroma.sqlite3", 0),
    "a database cut short": lambda folder: os.truncate(folder / "chroma" / "chroma.sqlite3", 5_000),
    "another program's database": lambda folder: (folder / "chroma" / "chroma.sqlite3").write_bytes(b"?" * 9_000),
    "another version's database": lambda folder: alter(folder, "ALTER TABLE collections RENAME TO collections9"),
}


def alter(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "chroma" / "chroma.sqlite3")) as database:
        database.execute(statement)
        database.commit()


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("mend", ["add", "reindex"])
def test_a_damaged_index_is_not_missed_by_readers_and_made_anew(
    folder: Path, files: Path, damage: Callable[[Path], object], mend: str
) -> None:
    with opened(folder) as library:
        wanted = ids(library)
        assert in_step(library)
    damage(folder)
    with opened(folder) as library:
        found = library.search(QUESTION)
        assert [hit.passage.id for hit in found.hits] == wanted
        assert "one by one" in " ".join(found.notes)
        if mend == "reindex":
            library.reindex()
        else:
            (files / "new.md").write_text("# New\n\nAnother enzyme.\n", "utf-8")
            library.add([files])
        assert in_step(library)
        assert ids(library) == wanted
        assert library.search(QUESTION).notes == ()


def test_an_add_of_nothing_new_does_not_write_the_index(folder: Path, files: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (folder / "chroma").rglob("*")}
    with opened(folder) as library:
        library.add([files])
    assert {path: path.stat().st_mtime_ns for path in (folder / "chroma").rglob("*")} == before


def test_a_moved_library_finds_everything_and_is_in_step_after_the_next_add(folder: Path, files: Path) -> None:
    moved = folder.rename(folder.with_name("elsewhere"))
    (files / "new.md").write_text("# New\n\nAnother enzyme.\n", "utf-8")
    with opened(moved) as library:
        assert ids(library)
        library.add([files])
        assert in_step(library)


def test_while_it_is_written_readers_compare_one_by_one(folder: Path) -> None:
    with opened(folder) as library, only_one(folder / index.LOCK, "a test"):
        found = library.search(QUESTION)
        assert "enzyme7" in found.hits[0].passage.text
        assert "one by one" in found.notes[0]
    with opened(folder) as library:
        assert library.search(QUESTION).notes == ()


def test_a_reader_finds_what_another_process_added_and_goes_over_to_its_index(folder: Path, files: Path) -> None:
    MADE["write_notes"](files, 60)
    with opened(folder) as library:
        ids(library)
        before = library.store
        subprocess.run([*MADE["steps"](str(folder), str(files))], check=True, stdout=subprocess.DEVNULL)
        found = library.search(Query("stable enzyme55"))
        assert "enzyme55" in found.hits[0].passage.text
        assert library.store is not before
        assert in_step(library)


def test_what_is_newer_than_an_open_index_is_compared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(folder) as reader:
        ids(reader)
        store = reader.store
        with opened(folder) as writer, monkeypatch.context() as patched:
            patched.setattr(
                index.Index, "update", lambda *_, **__: None
            )  # a writer that is killed before it tells Chroma
            writer.add_documents([MADE["made_document"](7)], MADE["Origin"]("made:7", "1"))
        found = reader.search(Query("compound 7 bound receptor49 in assay3"))
        assert found.hits[0].cosine is not None
        assert "receptor49" in found.hits[0].passage.text
        assert reader.store is store


def test_two_libraries_in_one_process_may_have_one_folder_open(folder: Path, files: Path) -> None:
    MADE["write_notes"](files, 60)
    with opened(folder) as one, opened(folder) as two:
        assert ids(one) == ids(two)
        two.add([files])
        assert "enzyme55" in one.search(Query("stable enzyme55")).hits[0].passage.text
        assert in_step(one)
        assert in_step(two)


def test_a_store_that_fails_while_it_is_asked_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise StorageError("ChromaDB failed.", "")

    with opened(folder) as library:
        wanted = ids(library)
        monkeypatch.setattr(ChromaStore, "nearest", fails)
        found = library.search(QUESTION)
        assert [hit.passage.id for hit in found.hits] == wanted
        assert "ChromaDB failed." in found.notes[0]
        assert isinstance(library.store, ExactStore)


def test_what_chroma_cannot_write_waits(folder: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StorageError("ChromaDB failed: database or disk is full.", "")

    MADE["write_notes"](files, 40)
    with opened(folder) as library:
        with monkeypatch.context() as patched:
            patched.setattr(ChromaStore, "add", full)
            with pytest.raises(StorageError):
                library.add([files])
        assert library.catalogue.rows("SELECT count(*) FROM outbox")[0][0] > 0
        assert "enzyme35" in library.search(Query("stable enzyme35")).hits[0].passage.text
        library.add([files])
        assert in_step(library)


def test_another_model_gets_an_index_of_its_own(folder: Path) -> None:
    with Library.open(folder, embedder=lambda: MADE["WordHash"]("another")) as library:
        assert library.search(QUESTION).notes[0].startswith("Searched by words alone")
        library.reindex()
        assert in_step(library)
        assert "enzyme7" in library.search(QUESTION).hits[0].passage.text


def test_a_small_library_is_compared_without_chromadb(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "EXACT_UP_TO", 4_000)
    with opened(folder) as library:
        assert library.search(QUESTION).notes == ()
        assert isinstance(library.store, ExactStore)


def test_what_was_removed_does_not_make_a_library_large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(folder) as library:
        passages = library.catalogue.counts()["passages"]
        last = library.documents()[-1].id
        monkeypatch.setattr(index, "EXACT_UP_TO", passages - 1)
        assert isinstance(library.store, ChromaStore)
    with opened(folder) as library:
        library.remove([library.documents()[0].id])
        assert library.catalogue.passages_of(last)[-1].seq > passages - 1
        assert isinstance(library.store, ExactStore)


def test_without_chromadb_the_answers_are_the_same(
    folder: Path, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(folder) as library:
        wanted = ids(library)
    monkeypatch.setitem(__import__("sys").modules, "chromadb", None)
    with opened(tmp_path / "without") as library:
        library.add([files])
        found = library.search(QUESTION)
        assert ([hit.passage.id for hit in found.hits], found.notes) == (wanted, ())
        assert isinstance(library.store, ExactStore)
        assert library.catalogue.rows("SELECT count(*) FROM outbox") == [(0,)]
    monkeypatch.undo()
    monkeypatch.setattr(index, "EXACT_UP_TO", 0)
    with opened(tmp_path / "without") as library:  # it was installed since
        library.remove([library.search(QUESTION).hits[0].document.id])
        assert in_step(library)
