"""A vector store is told once more where that is not known, and brought in step whatever it holds."""

from __future__ import annotations

import runpy
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from biocopilot.memory.errors import StorageError
from biocopilot.memory.library.catalogue import Catalogue
from biocopilot.memory.library.dense import nearest
from biocopilot.memory.library.exact_store import ExactStore, nearest_of
from biocopilot.memory.library.outbox import deliver, in_step, vectors_of
from biocopilot.memory.library.vector_store import Vectors
from biocopilot.memory.library.writing import Origin, add_documents, remove_documents

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("making.py")))


class Held:
    """A store in memory that can be made to fail after so many calls."""

    def __init__(self, name: str = "held") -> None:
        self.name = name
        self.newest: int | None = None
        self.rows: dict[int, Vectors] = {}
        self.calls_left = 1_000

    def add(self, seqs: Sequence[int], vectors: Vectors) -> None:
        self._count()
        self.rows |= dict(zip(seqs, vectors, strict=True))

    def remove(self, seqs: Sequence[int]) -> None:
        self._count()
        for seq in seqs:
            self.rows.pop(seq, None)

    def nearest(self, vector: Vectors, most: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        seqs = sorted(self.rows if among is None else set(among) & set(self.rows))
        if not seqs:
            return []
        return nearest_of(vector, np.array(seqs), np.stack([self.rows[seq] for seq in seqs]), most)

    def count(self) -> int:
        return len(self.rows)

    def seqs(self) -> Iterator[int]:
        return iter(list(self.rows))

    def clear(self) -> None:
        self.rows.clear()

    def close(self) -> None: ...

    def _count(self) -> None:
        self.calls_left -= 1
        if self.calls_left < 0:
            raise StorageError("It failed.", "")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path / "library.sqlite", writing=True)
    add(opened, range(20))
    yield opened
    opened.close()


def add(catalogue: Catalogue, numbers: Sequence[int]) -> None:
    documents = [MADE["made_document"](n) for n in numbers]
    add_documents(catalogue, documents, Origin("made:all", "1"), "", MADE["WordHash"]().documents)


def wanted(catalogue: Catalogue) -> set[int]:
    return {row[0] for row in catalogue.rows("SELECT seq FROM vector")}


def test_what_waits_is_told_and_no_longer_waits(catalogue: Catalogue) -> None:
    store = Held()
    assert deliver(catalogue, store) == len(wanted(catalogue))
    assert set(store.rows) == wanted(catalogue)
    seqs, matrix = vectors_of(catalogue, list(store.rows))
    assert all(np.array_equal(store.rows[seq], row) for seq, row in zip(seqs, matrix, strict=True))
    assert deliver(catalogue, store) == 0


def test_what_a_store_could_not_take_waits_on(catalogue: Catalogue) -> None:
    store = Held()
    store.calls_left = 0
    with pytest.raises(StorageError):
        in_step(catalogue, store)
    assert catalogue.rows("SELECT count(*) FROM outbox")[0][0] == len(wanted(catalogue))
    store.calls_left = 10
    in_step(catalogue, store)
    assert set(store.rows) == wanted(catalogue)


def test_removed_and_changed_documents_reach_the_store(catalogue: Catalogue) -> None:
    store = Held()
    in_step(catalogue, store)
    remove_documents(catalogue, [row.id for row in catalogue.documents()[:5]])
    add(catalogue, range(20, 25))
    in_step(catalogue, store)
    assert set(store.rows) == wanted(catalogue)


@pytest.mark.parametrize("harm", ["lost some", "has others", "another store"])
def test_a_store_that_is_not_what_it_was_is_compared_number_by_number(catalogue: Catalogue, harm: str) -> None:
    store = Held()
    in_step(catalogue, store)
    if harm == "lost some":
        for seq in sorted(store.rows)[:7]:
            del store.rows[seq]
    elif harm == "has others":
        store.rows[99_999] = store.rows[min(store.rows)]
    else:
        store = Held("another")
        store.rows = dict.fromkeys((min(wanted(catalogue)), 99_999), np.zeros(256, np.float32))
    in_step(catalogue, store)
    assert set(store.rows) == wanted(catalogue)
    assert all(np.linalg.norm(row) == pytest.approx(1, abs=1e-5) for row in store.rows.values())


def test_a_search_finds_what_waits_and_what_is_newer_than_the_store(catalogue: Catalogue) -> None:
    store, model = Held(), MADE["WordHash"]()
    in_step(catalogue, store)
    store.newest = max(store.rows)
    add(catalogue, [30])
    vector = model.query("Series 30 was made and measured. Binding of series 30 to its receptors in cells")
    best = nearest(catalogue, store, vector, 5)
    assert best == nearest(catalogue, ExactStore(catalogue), vector, 5)
    with catalogue.write() as connection:  # another process told its own view of the store
        connection.execute("DELETE FROM outbox")
    assert nearest(catalogue, store, vector, 5) == best
    assert best[0][0] > store.newest


def test_exact_search_follows_the_catalogue(catalogue: Catalogue) -> None:
    store = ExactStore(catalogue)
    assert store.count() == len(wanted(catalogue))
    remove_documents(catalogue, [row.id for row in catalogue.documents()])
    assert (store.count(), list(store.seqs()), store.nearest(np.ones(256, np.float32), 3)) == (0, [], [])


@pytest.mark.parametrize("most", [1, 2, 3, 4, 9])
def test_the_nearest_come_best_first_and_equals_in_order(most: int) -> None:
    matrix = np.array([[1, 0], [0, 1], [1, 0], [0.6, 0.8]], np.float32)
    found = nearest_of(np.array([1, 0], np.float32), np.array([4, 3, 2, 1]), matrix, most)
    assert found == [(2, 1.0), (4, 1.0), (1, pytest.approx(0.6)), (3, 0.0)][:most]
