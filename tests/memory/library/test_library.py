"""One library, many threads and processes, and whatever can be wrong with its folder: typed errors, and nothing lost."""

from __future__ import annotations

import os
import runpy
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import BiocopilotError, InvalidInput, StorageError
from biocopilot.memory.library import beginning, catalogue, index
from biocopilot.memory.library import library as library_module
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.retrieval import Query
from biocopilot.memory.stores.building import only_one

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("making.py")))
QUESTION = Query("stable enzyme7")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    MADE["write_notes"](tmp_path / "files", 30)
    return tmp_path / "files"


@pytest.fixture
def folder(tmp_path: Path, files: Path) -> Path:
    """Of a library without an index."""
    with opened(tmp_path / "lib") as library:
        library.add([files])
    return tmp_path / "lib"


@pytest.fixture(autouse=True)
def without_chroma(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors are compared one by one here; `test_index` has the index."""
    monkeypatch.setitem(sys.modules, "chromadb", None)


def opened(folder: Path) -> Library:
    return Library.open(folder, embedder=MADE["WordHash"])


def ids(library: Library) -> list[str]:
    return [hit.passage.id for hit in library.search(QUESTION).hits]


# The folder ----------------------------------------------------------------------------------------------------------


def fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def other_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE recipe (name TEXT)")


def layout(path: Path, said: str) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE library SET value = ? WHERE name = 'layout'", (said,))
        file.commit()


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "a FIFO": (fifo, "is no file"),
    "a folder": (a_folder, "is no file"),
    "an empty file": (lambda path: os.truncate(path, 0), "no library of this program"),
    "cut short": (lambda path: os.truncate(path, 5_000), "damaged"),
    "no database": (lambda path: path.write_bytes(b"no database" * 900), "damaged"),
    "another program's": (other_program, "no library of this program"),
    "a newer layout": (lambda path: layout(path, "99"), "a newer version"),
    "an older layout": (lambda path: layout(path, "0"), "another version"),
}


@pytest.mark.parametrize(("harm", "said"), WRONG.values(), ids=WRONG)
def test_what_is_no_library_is_told_and_left_as_it_is(
    folder: Path, files: Path, harm: Callable[[Path], object], said: str
) -> None:
    path = folder / beginning.FILE
    harm(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StorageError) as caught:
        opened(folder)
    assert said in caught.value.message
    assert caught.value.hint
    with closing_of_starter(folder) as library, pytest.raises(StorageError) as caught:
        library.add([files])
    assert said in caught.value.message
    assert (path.read_bytes() if path.is_file() else None) == before


def closing_of_starter(folder: Path) -> Library:
    """A library that was opened before its file was harmed."""
    empty = folder.with_name("empty")
    library = opened(empty)
    library.folder = folder
    return library


def test_a_page_that_is_damaged_in_the_middle_is_a_typed_error(folder: Path) -> None:
    path = folder / beginning.FILE
    with path.open("r+b") as file:
        for place in range(4_096 * 3, path.stat().st_size, 4_096):
            file.seek(place)
            file.write(b"\xff" * 64)
    with pytest.raises(StorageError), opened(folder) as library:
        library.search(QUESTION)


def test_a_missing_starter_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    monkeypatch.setattr(beginning, "STARTER_LIBRARY", tmp_path / "gone.sqlite")
    with opened(tmp_path / "lib") as library, pytest.raises(StorageError, match="not whole"):
        library.add([files])
    monkeypatch.setattr(library_module, "STARTER_LIBRARY", tmp_path / "gone.sqlite")
    with pytest.raises(BiocopilotError) as caught:
        opened(tmp_path / "lib")
    assert caught.value.hint


READ_ONLY = """
import os, runpy, sys
from pathlib import Path
made = runpy.run_path(sys.argv[1])
folder = Path(sys.argv[2])
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
if os.access(folder, os.W_OK):
    sys.exit(77)
from biocopilot.memory.errors import StorageError
from biocopilot.memory.library import index
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.retrieval import Query
index.EXACT_UP_TO = 0
with Library.open(folder, embedder=made["WordHash"]) as library:
    found = library.search(Query("stable enzyme7"))
    assert "enzyme7" in found.hits[0].passage.text, found
    assert "one by one" in found.notes[0], found.notes
    for do in (lambda: library.add([Path(sys.argv[3])]), library.reindex, lambda: library.remove([found.hits[0].document.id])):
        try:
            do()
        except StorageError as error:
            assert error.hint and "lib" in error.message
        else:
            raise AssertionError("it was written")
"""


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs users as POSIX has them")
def test_a_read_only_folder_is_searched_and_not_written(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    place = tmp_path_factory.mktemp("shared")
    MADE["write_notes"](place / "files", 10)
    with opened(place / "lib") as library:
        library.add([place / "files"])
    before = (place / "lib" / beginning.FILE).read_bytes()
    for path in (place, *place.parents):
        if path.stat().st_uid == os.geteuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    for path in [place / "lib", *(place / "lib").rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        command = [
            sys.executable,
            "-c",
            READ_ONLY,
            str(Path(__file__).with_name("making.py")),
            str(place / "lib"),
            str(place / "files"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "HOME": str(place)})
        if done.returncode == 77:
            pytest.skip("this user may write everywhere")
        assert done.returncode == 0, done.stderr
    finally:
        for path in [place / "lib", *(place / "lib").rglob("*")]:
            path.chmod(0o755)
    assert (place / "lib" / beginning.FILE).read_bytes() == before


def test_a_full_disk_is_told_and_what_was_added_stays(
    folder: Path, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MADE["write_notes"](files, 60)
    connect = catalogue.Catalogue._connect

    def bounded(self: catalogue.Catalogue) -> sqlite3.Connection:
        connection = connect(self)
        if self.writing:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages + 12}")
        return connection

    with opened(folder) as library:
        with monkeypatch.context() as patched:
            patched.setattr(catalogue.Catalogue, "_connect", bounded)
            with pytest.raises(StorageError) as caught:
                library.add([files])
        assert "full" in caught.value.message
        assert "nothing that was added is lost" in str(caught.value.hint)
        assert MADE["disagreements"](folder / beginning.FILE) == []
        between = library.catalogue.counts()["documents"]
        result = library.add([files])
        assert result.added + between == library.catalogue.counts()["documents"]
        assert "enzyme55" in library.search(Query("stable enzyme55")).hits[0].passage.text


def test_too_little_space_is_told_before_anything_is_written(
    tmp_path: Path, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000))
    with opened(tmp_path / "lib") as library, pytest.raises(StorageError, match="free"):
        library.add([files])
    assert not (tmp_path / "lib" / beginning.FILE).exists()


def test_reading_makes_no_folder(tmp_path: Path) -> None:
    with opened(tmp_path / "lib") as library:
        assert library.is_starter
        library.search(QUESTION)
    assert not (tmp_path / "lib").exists()


# Models --------------------------------------------------------------------------------------------------------------


def test_vectors_of_two_models_do_not_mix(folder: Path, files: Path) -> None:
    with Library.open(folder, embedder=lambda: MADE["WordHash"]("another")) as library:
        found = library.search(QUESTION)
        assert (found.by_meaning, "enzyme7" in found.hits[0].passage.text) == (False, True)
        assert "reindex" in found.notes[0]
        with pytest.raises(InvalidInput, match="do not mix"):
            library.add([files])
        library.remove([found.hits[0].document.id])  # needs no model
        assert library.reindex() == library.catalogue.counts()["passages"]
        assert library.search(QUESTION).by_meaning
    assert MADE["disagreements"](folder / beginning.FILE) == []


def test_what_was_added_without_a_model_gets_vectors_with_the_next_add(tmp_path: Path, files: Path) -> None:
    with Library.open(tmp_path / "lib") as library:
        library.add([files])
        found = library.search(QUESTION)
        assert (found.by_meaning, "enzyme7" in found.hits[0].passage.text) == (False, True)
        assert "no model" in found.notes[0]
    with opened(tmp_path / "lib") as library:
        library.add([files])
        assert library.catalogue.counts()["without_vector"] == 0
        assert library.search(QUESTION).by_meaning
    assert MADE["disagreements"](tmp_path / "lib" / beginning.FILE) == []


# Processes -----------------------------------------------------------------------------------------------------------


def test_a_second_writer_is_refused_with_the_first_ones_number(
    folder: Path, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "_WAIT_S", 0.2)
    with opened(folder) as library:
        with only_one(folder / index.LOCK, "the library"), pytest.raises(StorageError) as caught:
            library.add([files])
        assert str(os.getpid()) in caught.value.message
        assert caught.value.hint
        library.add([files])


def test_two_processes_add_one_after_the_other_and_nothing_is_lost(tmp_path: Path) -> None:
    for name in ("one", "two"):
        MADE["write_notes"](tmp_path / name, 40)
    for path in (tmp_path / "two").iterdir():
        path.write_text(path.read_text("utf-8").replace("enzyme", "phage"), "utf-8")
    running = [
        subprocess.Popen(
            [*MADE["steps"](str(tmp_path / "lib"), str(tmp_path / name))],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in running:
        _, said = process.communicate(timeout=120)
        if process.returncode:
            assert "working on the library" in said
    with opened(tmp_path / "lib") as library:
        for name in ("one", "two"):
            library.add([tmp_path / name])
        texts = {library.search(Query(f"stable {word}9")).hits[0].passage.text[:12] for word in ("enzyme", "phage")}
        assert texts == {"The enzyme9 ", "The phage9 w"}
    assert MADE["disagreements"](tmp_path / "lib" / beginning.FILE) == []


def test_a_reader_sees_whole_documents_while_another_process_adds(tmp_path: Path, files: Path) -> None:
    with opened(tmp_path / "lib") as library:
        assert library.is_starter
        child = subprocess.Popen([*MADE["steps"](str(tmp_path / "lib"), str(files))], stdout=subprocess.DEVNULL)
        seen: set[int] = set()
        while child.poll() is None:
            hits = library.search(Query("compound 7 bound receptor49 in assay3")).hits
            query = "SELECT (SELECT count(*) FROM passage), (SELECT count(*) FROM words), (SELECT count(*) FROM vector)"
            passages, words, vectors = library.catalogue.rows(query)[0]
            waits = library.catalogue.fact("vectors_wait")
            assert passages == words
            assert waits or passages == vectors
            seen.add(len(hits) and passages)
            time.sleep(0.02)
        assert child.returncode == 0
        assert len(seen) > 2
        assert not library.is_starter
        assert "receptor49" in library.search(Query("compound 7 bound receptor49 in assay3")).hits[0].passage.text


def test_a_library_that_another_process_put_in_its_place_is_read(folder: Path, tmp_path: Path) -> None:
    MADE["write_notes"](tmp_path / "others", 50)
    with opened(tmp_path / "new") as library:
        library.add([tmp_path / "others"])
    with opened(folder) as library:
        ids(library)
        shutil.rmtree(folder)
        assert library.search(Query("kinase")).hits[0].document.collection == beginning.NOTES_COLLECTION
        shutil.copytree(tmp_path / "new", folder)
        assert "enzyme45" in library.search(Query("stable enzyme45")).hits[0].passage.text


# Threads -------------------------------------------------------------------------------------------------------------


def test_twelve_threads_search_one_library(folder: Path, files: Path) -> None:
    with opened(folder) as library:
        wanted = {n: [hit.passage.id for hit in library.search(Query(f"stable enzyme{n}")).hits] for n in range(12)}

        def search(n: int) -> bool:
            return [hit.passage.id for hit in library.search(Query(f"stable enzyme{n}")).hits] == wanted[n]

        with ThreadPoolExecutor(12) as pool:
            assert all(pool.map(search, [n % 12 for n in range(240)]))


def test_threads_search_while_another_adds(folder: Path, files: Path) -> None:
    MADE["write_notes"](files, 90)
    with opened(folder) as library, ThreadPoolExecutor(6) as pool:
        adding = pool.submit(library.add, [files])
        found = [pool.submit(library.search, QUESTION) for _ in range(60)]
        assert adding.result().added == 60
        assert all("enzyme7" in item.result().hits[0].passage.text for item in found)


def test_closing_while_threads_search_is_clean(folder: Path) -> None:
    for _ in range(5):
        library = opened(folder)
        wrong: list[BaseException] = []
        begun = threading.Barrier(9)

        def search(
            library: Library = library, wrong: list[BaseException] = wrong, begun: threading.Barrier = begun
        ) -> None:
            begun.wait()
            try:
                while library.search(QUESTION).hits:
                    pass
            except StorageError as error:
                if "closed" not in error.message:
                    wrong.append(error)
            except BaseException as error:
                wrong.append(error)

        threads = [threading.Thread(target=search) for _ in range(8)]
        for thread in threads:
            thread.start()
        begun.wait()
        time.sleep(0.05)
        library.close()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()
        assert wrong == []
        library.close()
