from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from biocopilot.memory.library import dense
from biocopilot.memory.library.catalogue import Catalogue
from biocopilot.memory.library.dense import nearest, vectors_from
from biocopilot.memory.library.exact_store import ExactStore, nearest_of
from biocopilot.memory.library.vector_store import Vectors, VectorStore
from biocopilot.memory.library.writing import Origin, add_documents

from .making import WordHash, made_document


class Behind:
    """A store that knows the first numbers only, as one that another process has added to since."""

    name = "behind"

    def __init__(self, catalogue: Catalogue, newest: int | None, known: int) -> None:
        self.newest = newest
        self._exact = ExactStore(catalogue)
        self._known = known
        self.asked: list[int] = []

    def nearest(self, vector: Vectors, most: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        self.asked.append(most)
        found = self._exact.nearest(vector, 10_000, among)
        return [pair for pair in found if pair[0] <= self._known][:most]


def as_store(behind: Behind) -> VectorStore:
    return behind  # type: ignore[return-value]  # reading only


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = Catalogue.open(tmp_path / "library.sqlite", writing=True)
    add_documents(made, [made_document(n) for n in range(30)], Origin("made:all", "1"), "", WordHash().documents)
    yield made
    made.close()


@pytest.fixture
def vector() -> Vectors:
    return WordHash().query("receptor21 and receptor35 in assay3")


def exact(catalogue: Catalogue, vector: Vectors, most: int, allowed: set[int] | None = None) -> list[tuple[int, float]]:
    rows = [
        (seq, np.frombuffer(value, "<f4") @ vector)
        for seq, value in catalogue.rows("SELECT seq, value FROM vector")
        if allowed is None or seq in allowed
    ]
    return sorted(((seq, float(cosine)) for seq, cosine in rows), key=lambda pair: (-pair[1], pair[0]))[:most]


def alike(one: list[tuple[int, float]], two: list[tuple[int, float]]) -> bool:
    return [seq for seq, _ in one] == [seq for seq, _ in two] and np.allclose(
        [c for _, c in one], [c for _, c in two], atol=1e-6
    )


def test_all_is_compared_where_the_store_knows_all(catalogue: Catalogue, vector: Vectors) -> None:
    assert alike(nearest(catalogue, ExactStore(catalogue), vector, 7), exact(catalogue, vector, 7))


@pytest.mark.parametrize("known", [0, 1, 20, 40])
def test_what_is_newer_than_the_store_is_not_missed(catalogue: Catalogue, vector: Vectors, known: int) -> None:
    with catalogue.write() as connection:
        connection.execute("DELETE FROM outbox")
    store = as_store(Behind(catalogue, known, known))
    assert alike(nearest(catalogue, store, vector, 10), exact(catalogue, vector, 10))


@pytest.mark.parametrize("newest", [None, 10_000])
def test_what_waits_in_the_outbox_is_not_missed(catalogue: Catalogue, vector: Vectors, newest: int | None) -> None:
    with catalogue.write() as connection:
        connection.execute("DELETE FROM outbox WHERE seq <= 25")
    store = as_store(Behind(catalogue, newest, 25))
    assert alike(nearest(catalogue, store, vector, 10), exact(catalogue, vector, 10))


@pytest.mark.parametrize("few", [0, 4_000])
@pytest.mark.parametrize(
    "allowed", [set(), {3}, set(range(1, 40, 3)), set(range(30, 61))], ids=["none", "one", "some", "last"]
)
def test_only_what_is_allowed_is_found_and_all_of_it(
    catalogue: Catalogue, vector: Vectors, allowed: set[int], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "_FEW", few)
    monkeypatch.setattr(dense, "_MORE", 1)
    with catalogue.write() as connection:
        connection.execute("DELETE FROM outbox")
    for store in (ExactStore(catalogue), as_store(Behind(catalogue, 10_000, 10_000))):
        found = nearest(catalogue, store, vector, 5, allowed)
        assert alike(found, exact(catalogue, vector, 5, allowed))


def test_few_allowed_are_compared_without_asking_the_store(catalogue: Catalogue, vector: Vectors) -> None:
    store = Behind(catalogue, 10_000, 10_000)
    nearest(catalogue, as_store(store), vector, 5, {1, 2, 3})
    assert not store.asked


def test_of_equal_vectors_the_lower_number_is_first() -> None:
    matrix = np.tile(np.float32([[0.6, 0.8]]), (9, 1))
    found = nearest_of(np.float32([1, 0]), np.arange(9)[::-1].astype(np.int64), matrix, 9)
    assert [seq for seq, _ in found] == list(range(9))


def test_vectors_in_memory_are_those_of_the_catalogue(catalogue: Catalogue) -> None:
    wanted = [9, 3, 100_000, 3]
    for store in (ExactStore(catalogue), as_store(Behind(catalogue, None, 0))):
        seqs, matrix = vectors_from(catalogue, store, wanted)
        assert seqs == [3, 9]
        for seq, row in zip(seqs, matrix, strict=True):
            ((value,),) = catalogue.rows("SELECT value FROM vector WHERE seq = ?", (seq,))
            assert row.tobytes() == value


def test_vectors_in_memory_are_read_again_when_the_catalogue_has_changed(catalogue: Catalogue) -> None:
    store = ExactStore(catalogue)
    (last,) = vectors_from(catalogue, store, [30])[0]
    add_documents(
        catalogue, [made_document(n) for n in range(30, 40)], Origin("made:more", "1"), "", WordHash().documents
    )
    ((newest,),) = catalogue.rows("SELECT max(seq) FROM vector")
    assert newest > last
    assert vectors_from(catalogue, store, [newest])[0] == [newest]
