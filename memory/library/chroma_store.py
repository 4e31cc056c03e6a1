"""Vectors in ChromaDB: in a folder of this machine, or on a Chroma server.

It is always given the vectors (its own embedder would download a model), its telemetry is off, and one collection belongs to one
library and one model. On one folder Chroma is not safe for two processes: the library's lock keeps writers apart, and what another
process wrote is not seen by an open client (`sees_others`), for which `dense.py` makes up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import MissingExtra, SourceUnavailable, StorageError
from .vector_store import Vectors

__all__ = ["ChromaStore"]

_AT_ONCE = 2_000
_PAGE = 50_000


class ChromaStore:
    """A collection of Chroma.

    Args:
        client: of `chromadb`.
        where: the folder or address, for messages.
        library: the library's own id.
        model: the embedder's name and checksum.
        sees_others: whether other processes' writes are seen.
    """

    def __init__(self, client: Any, where: str, library: str, model: str, sees_others: bool) -> None:
        self._client = client
        self._where = where
        self._collection_name = f"biocopilot-{library}-{model}"
        self.name = f"chroma:{where}:{self._collection_name}"
        self.sees_others = sees_others
        with self._told():
            self._collection = self._open()

    @classmethod
    def in_folder(cls, folder: Path, library: str, model: str) -> ChromaStore:
        """The collection in a folder of this machine. Raises MissingExtra and StorageError."""
        chromadb, settings = _chromadb()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            client = chromadb.PersistentClient(path=str(folder), settings=settings)
        except Exception as error:
            raise StorageError(
                f"ChromaDB cannot open {folder}: {error}.", "biocopilot library reindex makes it anew."
            ) from error
        return cls(client, str(folder), library, model, sees_others=False)

    @classmethod
    def on_server(cls, url: str, library: str, model: str) -> ChromaStore:
        """The collection on a server, such as one started with `chroma run`. Raises MissingExtra and SourceUnavailable."""
        chromadb, settings = _chromadb()
        parts = urlsplit(url)
        try:
            client = chromadb.HttpClient(
                host=parts.hostname or "localhost", port=parts.port or (443 if parts.scheme == "https" else 8000),
                ssl=parts.scheme == "https", settings=settings,
            )  # fmt: skip
        except Exception as error:
            raise SourceUnavailable(
                f"The Chroma server {url} does not answer: {error}.", "Start it: chroma run"
            ) from error
        return cls(client, url, library, model, sees_others=True)

    def add(self, seqs: Sequence[int], vectors: Vectors) -> None:
        """Add vectors, or replace those of the same numbers."""
        with self._told():
            for start in range(0, len(seqs), _AT_ONCE):
                ids = [str(seq) for seq in seqs[start : start + _AT_ONCE]]
                self._collection.upsert(ids=ids, embeddings=vectors[start : start + _AT_ONCE])

    def remove(self, seqs: Sequence[int]) -> None:
        """Remove these; numbers that are not there are no error."""
        with self._told():
            for start in range(0, len(seqs), _AT_ONCE):
                self._collection.delete(ids=[str(seq) for seq in seqs[start : start + _AT_ONCE]])

    def nearest(self, vector: Vectors, most: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Number and cosine of the nearest, best first."""
        if among is not None and not among:
            return []
        with self._told():
            found = self._collection.query(
                query_embeddings=[vector.tolist()], n_results=max(1, min(most, self._collection.count())),
                include=["distances"], **({} if among is None else {"ids": [str(seq) for seq in among]}),
            )  # fmt: skip
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(int(number), 1.0 - float(distance)) for number, distance in pairs]

    def count(self) -> int:
        """How many there are."""
        with self._told():
            return int(self._collection.count())

    def seqs(self) -> Iterator[int]:
        """All numbers."""
        offset = 0
        while True:
            with self._told():
                page = self._collection.get(include=[], limit=_PAGE, offset=offset)["ids"]
            yield from (int(number) for number in page)
            if len(page) < _PAGE:
                return
            offset += len(page)

    def clear(self) -> None:
        """Remove all."""
        with self._told():
            self._client.delete_collection(self._collection_name)
            self._collection = self._open()

    def close(self) -> None:
        """Let go of the client."""
        with contextlib.suppress(Exception):
            self._client.close()

    def _open(self) -> Any:
        return self._client.get_or_create_collection(
            self._collection_name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            kind = SourceUnavailable if self.sees_others else StorageError
            raise kind(
                f"ChromaDB at {self._where} failed: {error}.", "biocopilot library reindex makes it anew."
            ) from error


def _chromadb() -> tuple[Any, Any]:
    try:
        import chromadb
        from chromadb.config import Settings
    except ImportError as error:
        raise MissingExtra("ChromaDB is not installed.", 'Install it: pip install "biocopilot[rag]"') from error
    return chromadb, Settings(anonymized_telemetry=False, allow_reset=False)
