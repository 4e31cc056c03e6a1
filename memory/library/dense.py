"""The nearest passages by meaning, from the vector store and from what the store does not hold yet or cannot see.

A store may be behind the catalogue: the outbox waits after a killed process, and an open Chroma folder does not see what another
process added. What is newer than the store is compared here, one by one, so that a search never misses a document.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .catalogue import Catalogue
from .exact_store import ExactStore, nearest_of
from .outbox import vectors_of
from .vector_store import Vectors, VectorStore

__all__ = ["nearest", "vectors_from"]

_FEW = 4_000
"""Up to so many passages that a filter leaves, comparing each is faster than asking the store for many more."""
_MORE = 1.5
"""So many times as many are asked for as would do if the allowed ones lay evenly among all."""


def nearest(
    catalogue: Catalogue, store: VectorStore, vector: Vectors, most: int, allowed: set[int] | None = None
) -> list[tuple[int, float]]:
    """Number and cosine of the nearest passages, best first; of those allowed only, where given."""
    if allowed is not None and isinstance(store, ExactStore):
        return store.nearest(vector, most, list(allowed))
    if allowed is not None and len(allowed) <= _FEW:
        return _compared(catalogue, vector, sorted(allowed), most)
    wanted = most if allowed is None else _wanted(catalogue, most, len(allowed))
    found = {seq: cosine for seq, cosine in store.nearest(vector, wanted) if allowed is None or seq in allowed}
    newer = _newer(catalogue, store)
    if newer:
        found |= _compared(catalogue, vector, [seq for seq in newer if allowed is None or seq in allowed], most)
    if allowed is not None and len(found) < min(most, len(allowed)):  # what is nearest is not allowed
        return _compared(catalogue, vector, sorted(allowed), most)
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]


def vectors_from(catalogue: Catalogue, store: VectorStore, seqs: Sequence[int]) -> tuple[list[int], Vectors]:
    """The vectors of these passages, from memory where they are there: the numbers of those that have one, and the matrix."""
    return store.vectors(seqs) if isinstance(store, ExactStore) else vectors_of(catalogue, seqs)


def _wanted(catalogue: Catalogue, most: int, allowed: int) -> int:
    passages = int(catalogue.rows("SELECT max(seq) FROM passage")[0][0] or 0)
    return min(passages, int(_MORE * most * passages / allowed) + 1)


def _newer(catalogue: Catalogue, store: VectorStore) -> list[int]:
    """Passages that the store may not know: those of the outbox, and those added since it was opened."""
    waiting = [row[0] for row in catalogue.rows("SELECT seq FROM outbox WHERE action = 'add'")]
    if store.newest is None:
        return waiting
    return waiting + [row[0] for row in catalogue.rows("SELECT seq FROM vector WHERE seq > ?", (store.newest,))]


def _compared(catalogue: Catalogue, vector: Vectors, seqs: Sequence[int], most: int) -> list[tuple[int, float]]:
    found, matrix = vectors_of(catalogue, seqs)
    return nearest_of(vector, np.array(found, np.int64), matrix, most) if found else []
