"""What every embedder offers, whatever computes the vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Embedder"]


class Embedder(Protocol):
    """Texts to vectors of unit length. Threads may share it."""

    name: str
    """The model's, for people."""
    checksum: str
    """Hexadecimal; vectors of two checksums never mix."""
    dimension: int

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row a text, in the order given."""
        ...

    def query(self, text: str) -> NDArray[np.float32]:
        """The vector of a question, to be compared with those of documents."""
        ...

    def close(self) -> None:
        """Let go of the model; nothing can be asked afterwards."""
        ...
