"""Keeps a vector store in step with the catalogue, whatever ended the last process.

The catalogue's outbox holds what the store has yet to be told. It is emptied after the store has it, so that a process that dies in
between tells it once more, which changes nothing. A store that is not the one told last, or does not hold as many vectors as the
catalogue, is compared number by number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .catalogue import Catalogue
from .vector_store import Vectors, VectorStore

__all__ = ["TOLD", "deliver", "in_step", "vectors_of"]

_AT_ONCE = 2_000
TOLD = "vector_store"
"""The fact that names the store that was told last."""


def deliver(
    catalogue: Catalogue, store: VectorStore, report: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Tell the store what the outbox holds; how many vectors that were. Raises as the store's methods do; then all of it waits on."""
    total = int(catalogue.rows("SELECT count(*) FROM outbox")[0][0])
    done = 0
    while rows := catalogue.rows("SELECT seq, action FROM outbox ORDER BY seq LIMIT ?", (_AT_ONCE,)):
        gone = [seq for seq, action in rows if action == "remove"]
        if gone:
            store.remove(gone)
        seqs, vectors = vectors_of(catalogue, [seq for seq, action in rows if action == "add"])
        if seqs:
            store.add(seqs, vectors)
        with catalogue.write() as connection:
            connection.executemany("DELETE FROM outbox WHERE seq = ? AND action = ?", rows)
        done += len(rows)
        report(done, max(total, done))
    return done


def in_step(
    catalogue: Catalogue, store: VectorStore, report: Callable[[int, int], None] = lambda _done, _total: None
) -> None:
    """Make the store hold exactly the catalogue's vectors. The catalogue is open for writing, its lock held."""
    known = catalogue.fact(TOLD) == store.name
    deliver(catalogue, store, report)
    if known and store.count() == int(catalogue.rows("SELECT count(*) FROM vector")[0][0]):
        return
    there = set(store.seqs())
    wanted = {row[0] for row in catalogue.rows("SELECT seq FROM vector")}
    if not known:  # another library's or model's, or one moved here: numbers may mean other texts
        store.clear()
        there = set()
    store.remove(sorted(there - wanted))
    missing = sorted(wanted - there)
    for start in range(0, len(missing), _AT_ONCE):
        seqs, vectors = vectors_of(catalogue, missing[start : start + _AT_ONCE])
        store.add(seqs, vectors)
        report(min(start + _AT_ONCE, len(missing)), len(missing))
    with catalogue.write() as connection:
        Catalogue.set_fact(connection, TOLD, store.name)


def vectors_of(catalogue: Catalogue, seqs: Sequence[int]) -> tuple[list[int], Vectors]:
    """The vectors of these passages, of those that have one: their numbers in order, and the matrix."""
    rows = catalogue.rows_in("SELECT seq, value FROM vector WHERE seq IN ({}) ORDER BY seq", list(seqs))
    if not rows:
        return [], np.empty((0, 0), np.float32)
    matrix = np.frombuffer(b"".join(value for _, value in rows), "<f4").reshape(len(rows), -1)
    return [seq for seq, _ in rows], matrix
