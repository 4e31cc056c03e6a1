"""An embedder that remembers: vectors by the hash of model and text, in one file that may be deleted at any time.

Embedding some fifty thousand texts takes half an hour on two cores, and the vectors are the same each time. Never used where the time of
embedding is what is measured.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from biocopilot.memory.library.embedding import Embedder

__all__ = ["CACHE", "CachedEmbedder"]

CACHE = Path(__file__).with_name("cache") / "vectors.sqlite"
_AT_ONCE = 256


class CachedEmbedder:
    """Vectors of documents from the cache, made where they are missing. A question is always embedded anew.

    Args:
        embedder: whose vectors they are; closed by whoever opened it.
        path: of the cache; None for none.
    """

    def __init__(self, embedder: Embedder, path: Path | None = CACHE) -> None:
        self.name, self.checksum, self.dimension = embedder.name, embedder.checksum, embedder.dimension
        self.embedder = embedder
        if path is not None:
            path.parent.mkdir(exist_ok=True)
        self._cache = sqlite3.connect(":memory:" if path is None else path, isolation_level=None, timeout=60)
        self._cache.execute(
            "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
        )

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row a text, in the order given."""
        for start in range(0, len(texts), _AT_ONCE):
            missing = list(dict.fromkeys(text for text in texts[start : start + _AT_ONCE] if self._kept(text) is None))
            if missing:
                rows = zip(map(self._key, missing), self.embedder.documents(missing), strict=True)
                self._cache.execute("BEGIN")
                self._cache.executemany(
                    "INSERT OR REPLACE INTO vector VALUES (?, ?)",
                    [(key, row.astype("<f4").tobytes()) for key, row in rows],
                )
                self._cache.execute("COMMIT")
        joined = b"".join(self._kept(text) or b"" for text in texts)
        return np.frombuffer(joined, "<f4").reshape(len(texts), self.dimension)

    def query(self, text: str) -> NDArray[np.float32]:
        """A question's vector."""
        return self.embedder.query(text)

    def close(self) -> None:
        """Let go of the cache."""
        self._cache.close()

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.checksum}\0{text}".encode("utf-8", "replace")).digest()

    def _kept(self, text: str) -> bytes | None:
        row = self._cache.execute("SELECT value FROM vector WHERE key = ?", (self._key(text),)).fetchone()
        return None if row is None else bytes(row[0])
