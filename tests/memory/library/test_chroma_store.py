"""ChromaDB in a folder: the same answers as exact search, no network, folders that are let go of, and typed errors."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from biocopilot.memory.errors import MissingExtra, StorageError
from biocopilot.memory.library.chroma_store import ChromaStore
from biocopilot.memory.library.exact_store import nearest_of

pytest.importorskip("chromadb")


def vectors(number: int, dimension: int = 32, seed: int = 1) -> Any:
    made = np.random.default_rng(seed).normal(size=(number, dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChromaStore]:
    opened = ChromaStore.in_folder(tmp_path / "chroma", "lib", "model")
    yield opened
    opened.close()


def test_it_finds_what_exact_search_finds(store: ChromaStore) -> None:
    matrix = vectors(300)
    seqs = list(range(10, 310))
    store.add(seqs, matrix)
    assert store.count() == 300
    assert sorted(store.seqs()) == seqs
    wanted = nearest_of(matrix[7], np.array(seqs), matrix, 20)
    found = store.nearest(matrix[7], 20)
    assert [seq for seq, _ in found] == [seq for seq, _ in wanted]
    assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in wanted], abs=1e-5)
    assert {seq for seq, _ in store.nearest(matrix[7], 5, among=[20, 30])} == {20, 30}
    assert store.nearest(matrix[7], 5, among=[]) == []
    assert store.nearest(matrix[7], 0) == []
    assert len(store.nearest(matrix[7], 999)) == 300


def test_adding_again_replaces_and_removing_what_is_not_there_is_no_error(store: ChromaStore) -> None:
    matrix = vectors(3)
    store.add([1, 2], matrix[:2])
    store.add([2], matrix[2:])
    assert store.nearest(matrix[2], 1)[0] == (2, pytest.approx(1, abs=1e-5))
    store.remove([2, 99])
    assert list(store.seqs()) == [1]
    store.clear()
    assert (store.count(), store.nearest(matrix[0], 5)) == (0, [])


def test_more_than_one_call_takes_are_added_and_removed(store: ChromaStore) -> None:
    store.add(range(4_500), vectors(4_500, 8))
    assert store.count() == 4_500
    store.remove(range(4_400))
    assert sorted(store.seqs()) == list(range(4_400, 4_500))


def test_clearing_leaves_other_libraries_alone_and_drops_other_models(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    ours, old, other = (
        ChromaStore.in_folder(folder, name, model) for name, model in (("a", "new"), ("a", "old"), ("b", "new"))
    )
    for opened in (ours, old, other):
        opened.add([1], vectors(1))
        opened.close()
    ours = ChromaStore.in_folder(folder, "a", "new")
    ours.clear()
    names = {item.name for item in ours._client.list_collections()}
    ours.close()
    assert names == {"biocopilot-a-new", "biocopilot-b-new"}


def test_nothing_asks_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def refuse(_self: object, address: object) -> None:
        asked.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: asked.append(address))
    store = ChromaStore.in_folder(tmp_path / "chroma", "lib", "model")
    store.add([1, 2], vectors(2))
    assert store.nearest(vectors(1)[0], 1)
    store.close()
    assert asked == []
    assert "posthog" not in sys.modules


def test_closing_frees_the_folder_though_another_has_it_open(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    kept = ChromaStore.in_folder(folder, "lib", "model")
    kept.add([1], vectors(1))
    kept.nearest(vectors(1)[0], 1)
    held = open_files(folder)
    for _ in range(3):
        second = ChromaStore.in_folder(folder, "lib", "model")
        assert second.nearest(vectors(1)[0], 1)[0][0] == 1
        second.close()
        second.close()
    gc.collect()
    assert open_files(folder) <= held
    kept.close()
    gc.collect()
    assert open_files(folder) == 0


ADDS = """
import sys
from pathlib import Path
import numpy as np
from biocopilot.memory.library.chroma_store import ChromaStore
store = ChromaStore.in_folder(Path(sys.argv[1]), "lib", "model")
store.add([2], np.eye(32, dtype=np.float32)[:1])
store.close()
"""


def test_opening_shows_what_another_process_added_though_an_older_view_is_open(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    older = ChromaStore.in_folder(folder, "lib", "model")
    older.add([1], vectors(1))
    older.nearest(vectors(1)[0], 1)
    subprocess.run([sys.executable, "-c", ADDS, str(folder)], check=True)
    newer = ChromaStore.in_folder(folder, "lib", "model")
    found = newer.nearest(np.eye(32, dtype=np.float32)[0], 1)
    newer.close()
    older.close()
    assert found[0] == (2, pytest.approx(1, abs=1e-5))


def open_files(folder: Path) -> int:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files are counted on Linux only")
    found = 0
    for name in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{name}").startswith(str(folder))
        except OSError:
            continue
    return found


def test_a_folder_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "chroma"
    first = ChromaStore.in_folder(folder, "lib", "model")
    first.add([1, 2], vectors(2))
    first.close()
    shutil.rmtree(folder)
    second = ChromaStore.in_folder(folder, "lib", "model")
    assert second.count() == 0
    second.add([3], vectors(1))
    second.close()
    third = ChromaStore.in_folder(folder, "lib", "model")
    assert list(third.seqs()) == [3]
    third.close()


@pytest.mark.parametrize("put", ["a file", "garbage", "cut short"])
def test_what_is_no_folder_of_chroma_is_a_typed_error(tmp_path: Path, put: str) -> None:
    folder = tmp_path / "chroma"
    if put == "a file":
        folder.write_text("x")
    else:
        ChromaStore.in_folder(folder, "lib", "model").close()
        database = folder / "chroma.sqlite3"
        database.write_bytes(b"no database" * 9_000 if put == "garbage" else database.read_bytes()[:5_000])
    with pytest.raises(StorageError) as caught:
        ChromaStore.in_folder(folder, "lib", "model")
    assert "reindex" in str(caught.value.hint)


def test_a_closed_store_says_so_and_is_not_closed_under_a_question(store: ChromaStore) -> None:
    store.add(range(500), vectors(500))
    wrong: list[BaseException] = []
    said: list[str] = []
    asked = threading.Event()

    def ask() -> None:
        try:
            while True:
                store.nearest(vectors(1)[0], 50)
                asked.set()
        except StorageError as error:
            said.append(error.message)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    asked.wait(10)
    store.close()
    for thread in threads:
        thread.join(10)
    assert wrong == []
    assert len(said) == 6
    assert all("closed" in message for message in said)


def test_without_chromadb_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chromadb", None)
    with pytest.raises(MissingExtra) as caught:
        ChromaStore.in_folder(tmp_path, "lib", "model")
    assert "biocopilot[rag]" in str(caught.value.hint)
