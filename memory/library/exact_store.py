"""The store that needs nothing beside NumPy: all vectors in memory, every search exact.

Faster than ChromaDB up to some fifty thousand passages, and all there is where that is not installed. It is filled from the catalogue
when it is first asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .catalogue import Catalogue
from .vector_store import Vectors

__all__ = ["ExactStore", "best_of", "cosines_of", "nearest_of"]


_NOTHING: tuple[int, NDArray[np.int64], Vectors] = (-1, np.empty(0, np.int64), np.empty((0, 0), np.float32))


class ExactStore:
    """Vectors of a catalogue, read again when it has changed.

    Args:
        catalogue: whose vectors they are.
    """

    name = "exact"
    newest: int | None = None

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._read = _NOTHING

    def add(self, seqs: Sequence[int], vectors: Vectors) -> None:
        """Nothing to do: they are read from the catalogue."""

    def remove(self, seqs: Sequence[int]) -> None:
        """Nothing to do: they are read from the catalogue."""

    def clear(self) -> None:
        """Nothing to do: they are read from the catalogue."""

    def nearest(self, vector: Vectors, most: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Number and cosine of the nearest, best first; of those `among` only, where given."""
        _, seqs, matrix = self._now()
        cosines = cosines_of(matrix, vector)
        if among is not None:
            places = np.flatnonzero(np.isin(seqs, np.fromiter(among, np.int64, len(among))))
            seqs, cosines = seqs[places], cosines[places]
        return best_of(seqs, cosines, most)

    def vectors(self, seqs: Sequence[int]) -> tuple[list[int], Vectors]:
        """The vectors of these passages, of those that have one: their numbers in order, and the matrix."""
        _, held, matrix = self._now()
        places = np.flatnonzero(np.isin(held, np.fromiter(seqs, np.int64, len(seqs))))
        return held[places].tolist(), matrix[places]

    def count(self) -> int:
        """How many there are."""
        return len(self._now()[1])

    def seqs(self) -> Iterator[int]:
        """All numbers."""
        return iter(self._now()[1].tolist())

    def close(self) -> None:
        """Forget what was read."""
        self._read = _NOTHING

    def _now(self) -> tuple[int, NDArray[np.int64], Vectors]:
        """The vectors as they are now; one tuple, since threads share it."""
        generation = self._catalogue.generation
        if generation != self._read[0]:
            rows = self._catalogue.rows("SELECT seq, value FROM vector ORDER BY seq")
            seqs = np.fromiter((row[0] for row in rows), np.int64, len(rows))
            joined = np.frombuffer(b"".join(row[1] for row in rows), "<f4")
            self._read = (generation, seqs, joined.reshape(len(rows), -1) if rows else _NOTHING[2])
        return self._read


def nearest_of(vector: Vectors, seqs: NDArray[np.int64], matrix: Vectors, most: int) -> list[tuple[int, float]]:
    """The rows of a matrix nearest to a vector: number and cosine, best first, lower numbers first among equals."""
    return best_of(seqs, cosines_of(matrix, vector), most)


def cosines_of(matrix: Vectors, vector: Vectors) -> Vectors:
    """Of each row of a matrix with a vector, in this thread: BLAS would wait for its own, longer than this takes where cores are busy."""
    return np.vecdot(matrix, vector) if len(matrix) else np.empty(0, np.float32)


def best_of(seqs: NDArray[np.int64], scores: NDArray[np.floating], most: int) -> list[tuple[int, float]]:
    """The highest scores with their numbers, best first, lower numbers first among equals."""
    if not len(seqs):
        return []
    places = np.arange(len(seqs))
    if most < len(seqs):
        places = np.flatnonzero(scores >= np.partition(scores, -most)[-most])
    order = places[np.lexsort((seqs[places], -scores[places]))][:most]
    return list(zip(seqs[order].tolist(), scores[order].tolist(), strict=True))
