"""What a vector store is to the library: an index that can be thrown away and made again from the catalogue.

Whoever outgrows one machine gives the library another store; nothing else changes. A store knows passages by their numbers
(`seq`) and never sees text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["VectorStore", "Vectors"]

Vectors: TypeAlias = NDArray[np.float32]
"""(n, dimension), or (dimension,) for one; each of unit length, so that a dot product is the cosine."""


class VectorStore(Protocol):
    """Vectors by number. Every method raises StorageError or SourceUnavailable where the store cannot do it."""

    name: str
    """Which store this is, for the catalogue to know whether it is the one that it told last: `chroma:PATH`, `exact`, …"""

    newest: int | None
    """The largest number that it surely holds, with all before it; None where it also sees what others add."""

    def add(self, seqs: Sequence[int], vectors: Vectors) -> None:
        """Add vectors, or replace those of the same numbers."""
        ...

    def remove(self, seqs: Sequence[int]) -> None:
        """Remove these; numbers that are not there are no error."""
        ...

    def nearest(self, vector: Vectors, most: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Number and cosine of the nearest, best first; of those `among` only, where given."""
        ...

    def count(self) -> int:
        """How many there are."""
        ...

    def seqs(self) -> Iterator[int]:
        """All numbers, in any order."""
        ...

    def clear(self) -> None:
        """Remove all."""
        ...

    def close(self) -> None:
        """Let go of files and connections; a second call does nothing."""
        ...
