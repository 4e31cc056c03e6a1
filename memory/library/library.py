"""The library: add documents, search them, open a passage in its source, check a quotation. Everything else of this folder serves it.

    with Library.open(embedder=embedder) as library:
        library.add([Path("papers")])
        for hit in library.search(Query("gatekeeper mutation in EGFR")).hits: ...

One process writes at a time; readers need not wait for it. Without an embedder it goes by words alone, and says so.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ..errors import Ambiguous, BiocopilotError, InvalidInput, NotFound, OfflineRefused, SourceUnavailable, StorageError
from ..paths import data_dir
from ..stores.building import check_space, only_one
from ..text import clean, shorten
from .beginning import FILE, MODEL, NOTES_COLLECTION, STARTER_LIBRARY, begin, make_folder, refresh_notes
from .catalogue import Catalogue, DocumentRow, PassageRow, SourceRow
from .document import ReadDocument
from .exact_store import ExactStore
from .files import find_files
from .index import EXACT_UP_TO, LOCK, Index
from .ingest import Added, Step, ingest, ingest_documents
from .reading.pdf_engine import PYPDF, PdfEngine, engine
from .reindexing import reindex
from .retrieval import Hits, Query, search
from .sentence_scores import SentenceScore, score_passages
from .vector_store import VectorStore
from .words import query_terms
from .writing import RECIPE, WAITING, Embed, Origin, remove_documents

if TYPE_CHECKING:
    from .embedding.protocol import Embedder

__all__ = ["Library", "library_dir", "model_name"]

_LEAST_SPACE = 50_000_000
_WAIT_S = 5.0
_OWN_VECTORS = "SELECT 1 FROM vector JOIN passage p USING (seq) JOIN document d ON d.id = p.document WHERE d.collection != ? LIMIT 1"

Report = Callable[[Step], None]


def library_dir() -> Path:
    """The folder of the user's library; it may not be there. Raises StorageError where there can be no data folder."""
    return data_dir() / "library"


def model_name(embedder: Embedder) -> str:
    """What a library's vectors are of, exactly."""
    return f"{embedder.name} {embedder.checksum} {embedder.dimension} recipe {RECIPE}"


def _other(model: str, embedder: Embedder) -> str:
    """The model of the library's vectors, which is not the embedder's, as a user tells the two apart."""
    name = model.partition(" ")[0]
    return f"another version of {name}" if name == embedder.name else name


class Library:
    """A folder with the catalogue and, where ChromaDB is installed, its index. Threads may share it.

    Args:
        folder: the library's.
        embedder: opens the model when it is first needed; None to go by words alone.
        chroma_url: of a Chroma server; empty for the folder itself.
        offline: ask no server: vectors are compared here, and what is added waits in the catalogue until it may be told.
        pdf_engine: the program that takes PDFs apart that are added; those of the library stay as they were read.
    """

    def __init__(
        self,
        folder: Path,
        embedder: Callable[[], Embedder] | None = None,
        chroma_url: str = "",
        offline: bool = False,
        pdf_engine: PdfEngine = PYPDF,
    ) -> None:
        self.folder = folder
        self.is_starter = not os.path.lexists(folder / FILE)
        self.catalogue = Catalogue.open(STARTER_LIBRARY if self.is_starter else folder / FILE)
        self._lock = threading.RLock()
        self._open_embedder = embedder
        self._embedder: Embedder | None = None
        self._why_no_model = "" if embedder else "no model is set."
        self._chroma_url = chroma_url
        self._pdf_engine = pdf_engine
        self._server_waits = bool(chroma_url) and offline
        self._index = Index(folder, chroma_url, offline)
        self._left: list[Catalogue] = []
        """What a thread may still be reading: the starter library, when the user's own took its place."""

    @classmethod
    def open(
        cls,
        folder: Path | None = None,
        *,
        embedder: Callable[[], Embedder] | None = None,
        chroma_url: str = "",
        offline: bool = False,
        pdf_engine: PdfEngine = PYPDF,
    ) -> Library:
        """The library in a folder, or the user's own; where nothing was added yet, the project's own notes.

        Raises:
            StorageError: it is damaged, of another version, or cannot be read.
        """
        return cls(library_dir() if folder is None else folder, embedder, chroma_url, offline, pdf_engine)

    # Adding and removing -----------------------------------------------------------------------------------------

    def add(self, paths: Iterable[Path], collection: str = "", report: Report = lambda _step: None) -> Added:
        """Add files, folders and archives; what is there already is not read again, and what cannot be read is told.

        Raises:
            InvalidInput: the library's vectors are of another model.
            MissingExtra: there are PDFs, and the program that is to take them apart is not installed.
            StorageError: another process is writing, or the disk is full. What was added stays.
        """
        files = list(find_files(paths))
        if any(file.name.lower().endswith(".pdf") for file in files):
            engine(self._pdf_engine)  # said before anything is done
        with self._writing(report) as (catalogue, embed):
            return ingest(catalogue, files, collection, embed, report, len(files), self._pdf_engine)

    def add_documents(
        self,
        documents: Iterable[ReadDocument],
        origin: Origin,
        collection: str = "",
        report: Report = lambda _step: None,
    ) -> Added:
        """Add documents that come from no file, as from a service. Raises as `add` does."""
        with self._writing(report) as (catalogue, embed):
            return ingest_documents(
                catalogue, documents, origin, collection, embed, lambda done: report(Step(origin.path, 0, 0, done))
            )

    def remove(self, ids: Sequence[str]) -> list[DocumentRow]:
        """Remove documents, by their ids or as `find` takes them; what was removed. Raises NotFound, and as `add` does."""
        rows = [self.find(name) for name in ids]
        with self._locked() as catalogue:
            gone = [row.id for row in rows]
            here = {row.id for row in catalogue.documents(gone)}  # another process may have been faster
            remove_documents(catalogue, [document for document in gone if document in here])
            self._index.update(catalogue)
        return rows

    def reindex(self, report: Report = lambda _step: None) -> int:
        """Make vectors of what has none, or of everything where the model is another one, and the index anew; how many were made.

        Raises:
            InvalidInput: no model is at hand.
            OfflineRefused: the index is on a server, and the network is not to be used.
            StorageError: another process is writing, or the disk is full. What was made stays; the same call goes on.
        """
        if self._server_waits:
            raise OfflineRefused(f"The index is on the Chroma server {self._chroma_url}.")
        embedder = self.embedder
        if embedder is None:
            raise InvalidInput(self._why_no_model or "No model is at hand.", "See: biocopilot library stats")
        with self._locked() as catalogue:
            made = reindex(catalogue, embedder, model_name(embedder), report)
            self._index.update(catalogue, lambda done, total: report(Step("index", done, total, 0)), anew=True)
            return made

    # Searching ---------------------------------------------------------------------------------------------------

    def search(self, query: Query) -> Hits:
        """The passages that answer best, best first. Raises StorageError, and InvalidInput for a question without a word."""
        if not query_terms(query.text):
            raise InvalidInput("There is no word to look for.", "Say what the passages should be about.")
        self._refresh()
        notes: list[str] = []
        vector = None
        embedder = self.embedder
        model = self.catalogue.fact(MODEL)
        if embedder is None:
            notes.append(f"Searched by words alone: {self._why_no_model}")
        elif model and model != model_name(embedder):
            notes.append(
                f"Searched by words alone: the library's vectors are of {_other(model, embedder)}, and the model is"
                f" {embedder.name} (biocopilot library reindex moves over)."
            )
        elif model:
            try:
                vector = embedder.query(query.text)
            except BiocopilotError as error:
                notes.append(f"Searched by words alone: {error.message} {error.hint}".strip())
        catalogue = self.catalogue
        if vector is None:
            found = search(catalogue, query, None, None)
        else:
            store, note = self._index.reading(catalogue)
            try:
                found = search(catalogue, query, vector, store)
            except (StorageError, SourceUnavailable) as error:
                if isinstance(store, ExactStore):
                    raise
                store, note = self._index.instead(catalogue, store, error)
                found = search(catalogue, query, vector, store)
            notes += [note] if note else []
        return replace(found, notes=(*notes, *found.notes))

    def score_sentences(self, question: str, passages: Sequence[tuple[str, str]]) -> list[list[SentenceScore]]:
        """How near each sentence of these passages, given as title and text, is to the question; none where no model is at hand.

        Raises ModelUnavailable, or as the embedder does, where its server does not answer.
        """
        embedder = self.embedder
        if embedder is None or not passages:
            return [[] for _ in passages]
        return score_passages(self.catalogue, embedder, question, passages)

    # Reading -----------------------------------------------------------------------------------------------------

    @property
    def holds_own(self) -> bool:
        """Whether anything is in it beside the project's own notes."""
        self._refresh()
        return bool(self.catalogue.rows("SELECT 1 FROM document WHERE collection != ? LIMIT 1", (NOTES_COLLECTION,)))

    def documents(self) -> list[DocumentRow]:
        """All documents, in the order in which they were added."""
        return self.catalogue.documents()

    def find(self, name: str) -> DocumentRow:
        """The document of that id, of a passage's id, PMID, PMCID, DOI or title. Raises NotFound, Ambiguous for a title of several."""
        self._refresh()
        wanted = name.strip()
        bare = wanted.lower().removeprefix("https://doi.org/").removeprefix("doi:")
        keys = [f"pmid:{bare.removeprefix('pmid').strip(' :')}", f"pmcid:{wanted.upper()}", f"doi:{bare}"]
        row = self.catalogue.document(wanted.partition(".")[0])
        if row is None:
            known = self.catalogue.rows_in("SELECT document FROM document_key WHERE key IN ({})", keys)
            known = known or self.catalogue.rows("SELECT id FROM document WHERE lower(title) = lower(?)", (wanted,))
            ids = tuple(dict.fromkeys(item[0] for item in known))
            if len(ids) > 1:
                raise Ambiguous(f"{len(ids)} documents are {shorten(clean(wanted), 60)!r}.", "Give an id.", ids)
            row = self.catalogue.document(ids[0]) if ids else None
        if row is None:
            raise NotFound(
                f"The library has no document {shorten(clean(wanted), 60)!r}.", "biocopilot library list names them."
            )
        return row

    def passage(self, passage_id: str) -> PassageRow:
        """The passage of that id. Raises NotFound."""
        self._refresh()
        row = self.catalogue.passage(passage_id.strip())
        if row is None:
            raise NotFound(
                f"The library has no passage {shorten(clean(passage_id), 60)!r}.",
                "Find it again: biocopilot library search",
            )
        return row

    def sources(self, document_id: str) -> list[SourceRow]:
        """The files that hold a document, the one whose text is kept first."""
        return self.catalogue.sources(document_id)

    # The model and the index -------------------------------------------------------------------------------------

    @property
    def embedder(self) -> Embedder | None:
        """The model, opened when first asked for; None where there is none, and `_why_no_model` then says why."""
        with self._lock:
            if self._embedder is None and self._open_embedder is not None and not self._why_no_model:
                try:
                    self._embedder = self._open_embedder()
                except BiocopilotError as error:
                    self._why_no_model = f"{error.message} {error.hint}".strip()
            return self._embedder

    @property
    def why_no_model(self) -> str:
        """Why it goes by words alone; empty where there is a model."""
        return "" if self.embedder is not None else self._why_no_model

    @property
    def store(self) -> VectorStore:
        """The vector index that a search would ask now."""
        return self._index.reading(self.catalogue)[0]

    @property
    def store_name(self) -> str:
        """Where vectors are searched, in words; nothing is opened for it."""
        if self._chroma_url:
            return f"the Chroma server {self._chroma_url}"
        if importlib.util.find_spec("chromadb") is None:
            return "in memory, one by one (ChromaDB is not installed)"
        return f"ChromaDB in the library's folder (up to {EXACT_UP_TO:,} vectors are compared one by one)"

    def close(self) -> None:
        """Close files, model and index; a second call does nothing."""
        with self._lock:
            self._index.close()
            if self._embedder is not None:
                self._embedder.close()
                self._embedder = None
            self._why_no_model = "the library was closed."
            for catalogue in (self.catalogue, *self._left):
                catalogue.close()
            self._left.clear()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _locked(self) -> Iterator[Catalogue]:
        """The catalogue for writing, the library's lock held."""
        make_folder(self.folder)
        with only_one(self.folder / LOCK, "the library", _WAIT_S):
            check_space(self.folder, _LEAST_SPACE)
            if not os.path.lexists(self.folder / FILE):
                begin(self.folder / FILE)
            catalogue = Catalogue.open(self.folder / FILE, writing=True)
            try:
                yield catalogue
            finally:
                catalogue.close()
                self._refresh()

    @contextmanager
    def _writing(self, report: Report = lambda _step: None) -> Iterator[tuple[Catalogue, Embed | None]]:
        """The catalogue for adding, and the model; the index is told afterwards."""
        embedder = self.embedder
        with self._locked() as catalogue:
            model = catalogue.fact(MODEL)
            if (
                embedder
                and model not in ("", model_name(embedder))
                and catalogue.rows(_OWN_VECTORS, (NOTES_COLLECTION,))
            ):
                raise InvalidInput(
                    f"The library's vectors are of {_other(model, embedder)}, and the model is {embedder.name}: they do not mix.",
                    "Move over: biocopilot library reindex",
                )
            if embedder is not None and (model != model_name(embedder) or catalogue.fact(WAITING)):
                reindex(catalogue, embedder, model_name(embedder), report)
            embed = None if embedder is None else embedder.documents
            refresh_notes(catalogue, embed)
            yield catalogue, embed
            report(Step("index", 0, 0, 0))
            self._index.update(catalogue, lambda done, total: report(Step("index", done, total, 0)))

    def _refresh(self) -> None:
        """Go over to the library that lies in the folder now: another process made one, or put another in its place."""
        with self._lock:
            is_starter = not os.path.lexists(self.folder / FILE)
            if is_starter == self.is_starter and self.catalogue.is_current:
                return
            catalogue = Catalogue.open(STARTER_LIBRARY if is_starter else self.folder / FILE)
            self.is_starter = is_starter
            self._left.append(self.catalogue)
            self.catalogue = catalogue
