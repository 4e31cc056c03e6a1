"""Vectors in ChromaDB: in a folder of this machine, or on a Chroma server.

It is always given the vectors (its own embedder would download a model), its telemetry is off, and one collection belongs to one
library and one model. A folder's index is as it was when it was opened: `index.py` keeps processes apart and opens it again.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..errors import InvalidSetting, MissingExtra, SourceUnavailable, StorageError
from .vector_store import Vectors

__all__ = ["ChromaStore", "collection_prefix"]

_AT_ONCE = 2_000
_CONNECT_S = 5.0
_ANSWER_S = 120.0
_PAGE = 50_000
_HNSW = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 200,
    "ef_search": 400,
    "sync_threshold": 2,
    "batch_size": 2,
}
"""Of the 200 abstracts nearest to another one among 20,000, 0.997 are found; of the 200 passages nearest to a PubMedQA question among
18,000, 0.97. The last two make Chroma write its index with every call, so that nobody who opens the folder later has to."""

_opening = threading.Lock()
_opened: set[str] = set()


def collection_prefix(library: str) -> str:
    """What the names of all collections of one library begin with."""
    return f"biocopilot-{library}-"


class ChromaStore:
    """A collection of Chroma. Threads may share it.

    Args:
        client: of `chromadb`.
        where: the folder or address, for messages.
        library: the library's own id.
        model: the embedder's name and checksum.
        newest: the largest number that it surely holds, with all before it; None where it sees what others add.
        spelled: the name under which this process has the folder open.
    """

    def __init__(
        self, client: Any, where: str, library: str, model: str, newest: int | None = None, spelled: str = ""
    ) -> None:
        self._client = client
        self._where = where
        self._library = library
        self._collection_name = f"{collection_prefix(library)}{model}"
        self._spelled = spelled
        self._busy = 0
        self._free = threading.Condition()
        self.name = f"chroma:{where}:{self._collection_name}"
        self.newest = newest
        try:
            with self._told():
                self._collection = self._open()
        except BaseException:
            self.close()
            raise

    @classmethod
    def in_folder(cls, folder: Path, library: str, model: str, newest: int | None = None) -> ChromaStore:
        """The collection in a folder of this machine. Raises MissingExtra and StorageError."""
        chromadb, settings = _chromadb()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _opening:
                spelled = _spelled(folder)
                _opened.add(spelled)  # for good, where it fails: Chroma keeps the broken system under this name
                client = chromadb.PersistentClient(path=spelled, settings=settings)
        except BaseException as error:
            if not _is_chromas(error):
                raise
            raise StorageError(f"ChromaDB cannot open {folder}: {_said(error)}", _MEND) from error
        return cls(client, str(folder), library, model, newest, spelled)

    @classmethod
    def on_server(cls, url: str, library: str, model: str) -> ChromaStore:
        """The collection on a server, such as one started with `chroma run`.

        Raises:
            InvalidSetting: it is no address.
            MissingExtra: ChromaDB is not installed.
            SourceUnavailable: the server does not answer.
        """
        try:
            parts = urlsplit(url)
            scheme, host, port = parts.scheme, parts.hostname, parts.port
        except ValueError:
            scheme, host, port = "", None, None
        if scheme not in ("http", "https") or not host:
            raise InvalidSetting(f"{url!r} is no address of a Chroma server.", "It is like http://localhost:8000")
        chromadb, settings = _chromadb()
        secure = scheme == "https"
        try:
            client = chromadb.HttpClient(
                host=host, port=port or (443 if secure else 8000), ssl=secure, settings=settings
            )
        except BaseException as error:
            if not _is_chromas(error):
                raise
            raise SourceUnavailable(
                f"The Chroma server {url} does not answer: {_said(error)}", f"{_KEPT} Start it: chroma run"
            ) from error
        for session in _sessions(client):
            session.timeout = httpx.Timeout(_ANSWER_S, connect=_CONNECT_S)  # Chroma itself would wait for ever
        return cls(client, url, library, model)

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
        if most < 1 or (among is not None and not among):
            return []
        with self._told():
            found = self._collection.query(
                query_embeddings=[vector.tolist()], n_results=most, include=["distances"],
                **({} if among is None else {"ids": [str(seq) for seq in among]}),
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
        """Remove all, with what another model left for this library."""
        with self._told():
            for offset in itertools.count(0, 100):
                page = [item.name for item in self._client.list_collections(limit=100, offset=offset)]
                ours = [name for name in page if name.startswith(collection_prefix(self._library))]
                for name in ours:
                    self._client.delete_collection(name)
                if len(page) < 100:
                    break
            self._collection = self._open()

    def close(self) -> None:
        """Let go of the client when nobody is asking it; a second call does nothing."""
        with self._free:
            client, self._client = self._client, None
            self._free.wait_for(lambda: self._busy == 0)
        if client is None:
            return
        sessions = _sessions(client)
        with _opening, contextlib.suppress(Exception):
            _opened.discard(self._spelled)
            client.close()
        for session in sessions:
            session.close()

    def _open(self) -> Any:
        return self._client.get_or_create_collection(
            self._collection_name, embedding_function=None, configuration={"hnsw": _HNSW}
        )

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Chroma's errors as ours; it is not closed meanwhile."""
        with self._free:
            if self._client is None:
                raise StorageError(f"The index at {self._where} was closed.", "Search again.")
            self._busy += 1
        try:
            yield
        except BaseException as error:
            if not _is_chromas(error):
                raise
            said = f"ChromaDB at {self._where} failed: {_said(error)}"
            if self._where.startswith("http"):
                raise SourceUnavailable(said, f"{_KEPT} Start it: chroma run") from error
            raise StorageError(said, _MEND) from error
        finally:
            with self._free:
                self._busy -= 1
                self._free.notify_all()


_MEND = "biocopilot library reindex makes the index anew; nothing that was added is lost."
_KEPT = "Nothing that was added is lost: the next add tells the server."


def _spelled(folder: Path) -> str:
    """A way to write the folder's name that no open client of this process has.

    Chroma keeps one system for each spelling, shared by all clients: closing one of two would free nothing, and opening would show
    what the other saw.
    """
    return next(name for turn in itertools.count() if (name := os.path.join(folder, *["."] * turn)) not in _opened)


def _sessions(client: Any) -> list[httpx.Client]:
    """A client's connections to a server, which its `close` (release 1.5) leaves open; none of a folder's."""
    servers = (getattr(item, "_server", None) for item in (client, getattr(client, "_admin_client", None)))
    found = (getattr(server, "_session", None) for server in servers)
    return list({id(session): session for session in found if isinstance(session, httpx.Client)}.values())


def _is_chromas(error: BaseException) -> bool:
    """Whether it is an error, and no Ctrl-C; a panic of its Rust code is no `Exception`."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _said(error: BaseException) -> str:
    return f"{' '.join(str(error).split())[:300] or type(error).__name__}."


def _chromadb() -> tuple[Any, Any]:
    try:
        import chromadb
        from chromadb.config import Settings
    except ImportError as error:
        raise MissingExtra("ChromaDB is not installed.", 'Install it: pip install "biocopilot[rag]"') from error
    return chromadb, Settings(anonymized_telemetry=False, allow_reset=False)
