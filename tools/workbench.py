"""The long-lived things that tools share within a process: the chemistry workers, the local stores, the way to live services.

Everything is opened on first use and closed once, by `close`. A workbench is safe to share between runs and threads.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..memory.chembl_store import ChemblStore
    from ..memory.hgnc_store import HgncStore
    from ..memory.library.embedding import EmbeddingSettings
    from ..memory.library.library import Library
    from ..memory.library.reading.pdf_engine import PdfEngine
    from ..memory.store_connection import Database
    from ..memory.uniprot_store import UniprotStore
    from .chemistry.workers import ChemistryWorkers
    from .model.biomedgpt import BioMedGPTModel
    from .sources.as_store.gather import Origin
    from .sources.transport import Transport

__all__ = ["LibraryChoice", "Services", "WeightsChoice", "Workbench"]


@dataclass(frozen=True)
class Services:
    """How live services are asked.

    Args:
        contact: an e-mail address that they can write to; sent with every request.
        ncbi_key: a key of NCBI, with which PubMed may be asked ten times a second.
        structures_may_leave: whether a structure, or the InChIKey of one, may be sent to them.
        first: ask them before the local stores.
        bases: other base addresses by service name, for mirrors and tests.
    """

    contact: str = ""
    ncbi_key: str = field(default="", repr=False)
    structures_may_leave: bool = True
    first: bool = False
    bases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LibraryChoice:
    """Which library of documents, and what makes and keeps its vectors.

    Args:
        folder: where it is; the user's own where None.
        embedding: which model; the embedded one where None.
        chroma_url: a Chroma server that keeps the vectors; in the library's folder where empty.
        pdf_engine: the program that takes PDFs apart; `pdfium` comes with the extra of that name.
    """

    folder: Path | None = None
    embedding: EmbeddingSettings | None = None
    chroma_url: str = ""
    pdf_engine: PdfEngine = "pypdf"

    def open(self, offline: bool) -> Library:
        """The library; offline it asks no server. Raises StorageError where it cannot be read."""
        from ..memory.library.embedding import Embedder, EmbeddingSettings, open_embedder
        from ..memory.library.library import Library

        def embedder() -> Embedder:
            return open_embedder(self.embedding or EmbeddingSettings(), offline=offline)

        return Library.open(
            self.folder, embedder=embedder, chroma_url=self.chroma_url, offline=offline, pdf_engine=self.pdf_engine
        )


@dataclass(frozen=True)
class WeightsChoice:
    """Which weights of a model in this process, and where they go.

    Args:
        folder: where models are installed; in the user's data where None.
        form: original, safetensors, int8 or int4; the most exact one that is there for auto.
        device: auto, cpu, cuda or mps.
        dtype: auto, float32, bfloat16 or float16.
    """

    folder: Path | None = None
    form: str = "auto"
    device: str = "auto"
    dtype: str = "auto"


if TYPE_CHECKING:
    _once = cached_property
else:

    class _once(cached_property):
        """Made once, also where threads ask at the same time: since Python 3.12 `cached_property` holds no lock of its own."""

        def __get__(self, instance: Any, owner: Any = None) -> Any:
            if instance is None:
                return self
            with instance._lock:
                return super().__get__(instance, owner)


_OPENED = ("chemistry", "chembl", "uniprot", "hgnc", "library", "library_offline", "transport", "kept_replies",
           "biomedgpt")  # fmt: skip


class Workbench:
    """Chemistry workers and stores, opened when first asked for.

    Args:
        store: SQLite file with the ChEMBL and UniProt tables; where None, the stores that are registered (`data add`), and the
            starter set for what is not.
        workers: how many chemistry processes may run side by side.
        services: how live services are asked.
        library: which library of documents.
        weights: which weights of BioMedGPT-10B, where it is asked.
    """

    def __init__(
        self,
        store: Path | None = None,
        workers: int = 2,
        services: Services = Services(),
        library: LibraryChoice = LibraryChoice(),
        weights: WeightsChoice = WeightsChoice(),
    ) -> None:
        self._store = store
        self._worker_count = workers
        self.services = services
        self.library_choice = library
        self.weights_choice = weights
        self._lock = threading.RLock()

    @property
    def store(self) -> Path | None:
        """The SQLite file that was named instead of the registered stores and the starter set; None where none was."""
        return self._store

    @_once
    def chemistry(self) -> ChemistryWorkers:
        """RDKit in killable processes."""
        from .chemistry.workers import ChemistryWorkers

        return ChemistryWorkers(self._worker_count)

    @_once
    def chembl(self) -> ChemblStore:
        """Molecules, targets, activities, mechanisms and indications."""
        from ..memory.chembl_store import ChemblStore

        if not self._registered:
            return ChemblStore.open(self._store)
        from ..memory.names_index import NameIndex
        from ..memory.store_connection import Database

        proteins = self._registered.get("uniprot")
        further = None if proteins is None else NameIndex(proteins)
        return ChemblStore(self._registered.get("chembl") or Database.open(), further)

    @_once
    def uniprot(self) -> UniprotStore:
        """Protein entries."""
        from ..memory.uniprot_store import UniprotStore

        if not self._registered:
            return UniprotStore.open(self._store)
        from ..memory.store_connection import Database

        return UniprotStore(self._registered.get("uniprot") or Database.open(), self.chembl.database)

    @_once
    def hgnc(self) -> HgncStore | None:
        """Human gene names, where a store of them is registered; `Hgnc` in tools/sources/hgnc asks it first.

        Raises:
            SourceUnavailable, StorageError: it is registered and cannot be used.
        """
        from ..memory.errors import StorageError
        from ..memory.paths import registry_path

        try:
            if not registry_path().exists():
                return None
        except StorageError:  # no home folder is known, so nothing was ever registered
            return None
        from ..memory.hgnc_store import HgncStore
        from ..memory.stores.registry import open_store

        database = open_store("hgnc")
        return None if database is None else HgncStore(database)

    @_once
    def library(self) -> Library:
        """The user's documents; the project's own notes where there are none."""
        return self.library_choice.open(offline=False)

    @_once
    def library_offline(self) -> Library:
        """The same without a connection: neither a model's server nor Chroma's is asked."""
        return self.library_choice.open(offline=True)

    @_once
    def biomedgpt(self) -> BioMedGPTModel:
        """BioMedGPT-10B, whose weights are read when it is first asked."""
        from .model.biomedgpt import BioMedGPTModel

        return BioMedGPTModel(self.weights_choice)

    @_once
    def transport(self) -> Transport:
        """The way to live services, with the user's kept replies."""
        return self._transport(offline=False)

    @_once
    def kept_replies(self) -> Transport:
        """The same without a connection: only kept replies are given."""
        return self._transport(offline=True)

    def _transport(self, offline: bool) -> Transport:
        from ..memory.errors import StorageError
        from ..memory.paths import cache_dir
        from ..memory.response_cache import ResponseCache
        from .sources.literature.pubmed import allowed_pace
        from .sources.transport import Transport

        with self._lock:
            try:
                cache = ResponseCache(cache_dir() / "replies.sqlite")
            except StorageError:  # a home that cannot be written keeps no replies; asking is as good without
                cache = None
            pace = allowed_pace(self.services.ncbi_key)
            return Transport(offline, cache, self.services.contact, self.services.bases, per_second=pace)

    @contextmanager
    def over(self, store: Path, chembl: Origin, uniprot: Origin) -> Iterator[Workbench]:
        """A bench like this one over another store, whose rows are from these origins; it shares all the rest."""
        from ..memory.chembl_store import ChemblStore
        from ..memory.store_connection import Database
        from ..memory.uniprot_store import UniprotStore

        bench = Workbench(store, self._worker_count, self.services, self.library_choice)
        database = Database.open(store)
        bench.chembl, bench.uniprot = ChemblStore(database), UniprotStore(database)
        for opened, origin in ((bench.chembl, chembl), (bench.uniprot, uniprot)):
            if origin.source is not None:
                opened.source, opened.backend = origin.source, origin.backend
        bench.chemistry = self.chemistry
        try:
            yield bench
        finally:
            database.close()

    @_once
    def _registered(self) -> dict[str, Database]:
        """The registered stores, by name; none where another store was named. Most often there are none: then nothing is loaded."""
        from ..memory.errors import StorageError
        from ..memory.paths import registry_path

        try:
            if self._store is not None or not registry_path().exists():
                return {}
        except StorageError:  # no home folder is known, so nothing was ever registered
            return {}
        from ..memory.stores.registry import open_store

        found = {name: open_store(name) for name in ("chembl", "uniprot")}
        return {name: database for name, database in found.items() if database is not None}

    def warm_up(self) -> None:
        """Start the first chemistry process now, so that it loads while something else is done."""
        self.chemistry.warm_up()

    def close(self) -> None:
        """End the workers and close the stores; a second call does nothing."""
        with self._lock:
            for name in _OPENED:
                opened = self.__dict__.pop(name, None)
                if opened is not None:
                    opened.close()
            for database in self.__dict__.pop("_registered", {}).values():
                database.close()

    def __enter__(self) -> Workbench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
