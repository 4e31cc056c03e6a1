"""The index of a library beside its catalogue: which store answers, and how one process's writing stays apart from another's reading.

A folder of ChromaDB must not be opened while another process writes to it, nor when it is half-written: its compiled code then
returns too little, or crashes. So the catalogue holds a seal (names, sizes and times of the index's files), which is taken off before
the folder is written and put on again when it is closed. A folder that does not match its seal is never opened: whoever writes next
makes it anew from the catalogue, and until then readers compare vectors one by one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from ..errors import BiocopilotError, MissingExtra, StorageError
from ..stores.building import only_one
from .beginning import LIBRARY, MODEL
from .catalogue import Catalogue
from .chroma_store import ChromaStore
from .exact_store import ExactStore
from .outbox import TOLD, in_step, vectors_of
from .vector_store import VectorStore

__all__ = ["EXACT_UP_TO", "LOCK", "Index"]

EXACT_UP_TO = 50_000
"""So many vectors are compared in the time that ChromaDB takes (3 ms), in 77 MB, and none is missed; reading them from the catalogue
takes a tenth of the second that importing ChromaDB takes."""
LOCK = "library.lock"
_FOLDER = "chroma"
_SEAL = "index_seal"
_WAIT_S = 1.0

Report = Callable[[int, int], None]


def _quiet(_done: int, _total: int) -> None:
    """Report to nobody."""


class Index:
    """The vector store of one library. Threads may share it.

    Args:
        folder: the library's.
        chroma_url: of a Chroma server; empty for a folder in the library's.
        offline: ask no server.
    """

    def __init__(self, folder: Path, chroma_url: str = "", offline: bool = False) -> None:
        self._library_folder = folder
        self._folder = folder / _FOLDER
        self._chroma_url = chroma_url
        self._offline = offline
        self._lock = threading.Lock()
        self._exact: ExactStore | None = None
        self._exact_of: Catalogue | None = None
        self._chroma: ChromaStore | None = None
        self._seal = ""
        """Of the folder as the open store shows it, or as it could not be used."""

    # Reading -----------------------------------------------------------------------------------------------------

    def reading(self, catalogue: Catalogue) -> tuple[VectorStore, str]:
        """The store to ask now, and a note where that is not the one it should be.

        Small libraries, and all where ChromaDB is not installed, are compared exactly; so are those whose index cannot be asked.
        """
        with self._lock:
            try:
                found = self._on_server(catalogue) if self._chroma_url else self._in_folder(catalogue)
            except MissingExtra:
                found = None
            except BiocopilotError as error:
                found = _compared(error)
            if isinstance(found, ChromaStore):
                return found, ""
            return self._exactly(catalogue), found or ""

    def instead(self, catalogue: Catalogue, store: VectorStore, error: BiocopilotError) -> tuple[VectorStore, str]:
        """The store to ask after another one failed, until that has been written anew; and what is to be said of it."""
        with self._lock:
            if store is self._chroma:
                self._let_go()
            return self._exactly(catalogue), _compared(error)

    def close(self) -> None:
        """Let go of files and connections; a second call does nothing."""
        with self._lock:
            self._let_go()
            self._exact = None

    def _on_server(self, catalogue: Catalogue) -> ChromaStore | str:
        if self._offline:
            return f"Offline, the Chroma server {self._chroma_url} is not asked: vectors were compared here."
        if self._chroma is None:
            self._chroma = ChromaStore.on_server(self._chroma_url, catalogue.fact(LIBRARY), _model(catalogue))
        return self._chroma

    def _in_folder(self, catalogue: Catalogue) -> ChromaStore | str | None:
        """The open store, or one opened now; None where it need not be asked, or why it cannot."""
        if catalogue.path.parent != self._library_folder:  # the notes that ship have no index
            return None
        seal = catalogue.fact(_SEAL)
        if self._chroma is not None and seal in ("", self._seal):
            return self._chroma
        if self._chroma is None and seal and seal == self._seal:  # it failed, and has not been written since
            return "The index cannot be used, so vectors were compared one by one; biocopilot library reindex makes it anew."
        if not _has_more_than(catalogue, EXACT_UP_TO):
            return None
        self._let_go()
        if not seal and catalogue.fact(TOLD) == ExactStore.name:  # written where ChromaDB is not installed
            return None
        if not seal:
            return "The index is being written, or waits for the next add; until then vectors are compared one by one."
        with only_one(self._library_folder / LOCK, "the library", _WAIT_S):  # nobody writes to it while it is opened
            if catalogue.fact(_SEAL) != seal or _seal_of(self._folder) != seal:
                return "The index is damaged or was moved, so vectors were compared one by one; the next add makes it anew."
            self._seal = seal
            first_waiting = "(SELECT min(seq) FROM outbox WHERE action = 'add')"
            newest = catalogue.rows(f"SELECT max(seq) FROM vector WHERE seq < ifnull({first_waiting}, seq + 1)")[0][0]
            if newest is None:
                return None
            library, model = catalogue.fact(LIBRARY), _model(catalogue)
            store = ChromaStore.in_folder(self._folder, library, model, int(newest))
            with contextlib.ExitStack() as undo:
                undo.callback(store.close)
                _, (vector,) = vectors_of(catalogue, [int(newest)])
                store.nearest(vector, 1)  # reads the index, which is done with the first question only
                undo.pop_all()
            self._chroma = store
            return store

    def _exactly(self, catalogue: Catalogue) -> ExactStore:
        if self._exact is None or self._exact_of is not catalogue:
            self._exact, self._exact_of = ExactStore(catalogue), catalogue
        return self._exact

    def _let_go(self) -> None:
        if self._chroma is not None:
            self._chroma.close()
            self._chroma = None

    # Writing -----------------------------------------------------------------------------------------------------

    def update(self, catalogue: Catalogue, report: Report = _quiet, anew: bool = False) -> None:
        """Make the store hold exactly the catalogue's vectors. The catalogue is open for writing, its lock held.

        Args:
            catalogue: whose vectors they are; without a model it has none, and nothing is done.
            report: told how many of how many are there.
            anew: throw away what is there.

        Raises:
            StorageError: the folder cannot be written; what the store has yet to be told waits in the catalogue.
            SourceUnavailable: the server does not answer; so it does.
        """
        if not catalogue.fact(MODEL) or (self._chroma_url and self._offline):
            return
        if self._chroma_url:
            if catalogue.fact(_SEAL):  # the folder is left behind from now on
                _set_seal(catalogue, "")
            _tell(
                catalogue, ChromaStore.on_server(self._chroma_url, catalogue.fact(LIBRARY), _model(catalogue)), report
            )
            return
        seal = catalogue.fact(_SEAL)
        sound = bool(seal) and seal == _seal_of(self._folder) and not anew
        if sound and not catalogue.rows("SELECT 1 FROM outbox LIMIT 1"):
            return
        _set_seal(catalogue, "")
        try:
            self._write_folder(catalogue, report, anew=not sound)
        except MissingExtra:
            in_step(catalogue, ExactStore(catalogue), report)
            return
        except StorageError:
            if not sound:
                raise
            self._write_folder(
                catalogue, report, anew=True
            )  # its database, which the seal says little of, was not whole
        _set_seal(catalogue, _seal_of(self._folder))

    def _write_folder(self, catalogue: Catalogue, report: Report, anew: bool) -> None:
        if anew:
            _throw_away(self._folder)
        _tell(catalogue, ChromaStore.in_folder(self._folder, catalogue.fact(LIBRARY), _model(catalogue)), report)


def _tell(catalogue: Catalogue, store: VectorStore, report: Report) -> None:
    try:
        in_step(catalogue, store, report)
    finally:
        store.close()


def _has_more_than(catalogue: Catalogue, passages: int) -> bool:
    """Numbers are not given twice, so that in most libraries the largest one tells; else they are counted."""
    return bool(
        catalogue.rows("SELECT 1 FROM passage WHERE seq > ? LIMIT 1", (passages,))
        and catalogue.rows("SELECT 1 FROM passage LIMIT 1 OFFSET ?", (passages,))
    )


def _model(catalogue: Catalogue) -> str:
    return hashlib.sha256(catalogue.fact(MODEL).encode()).hexdigest()[:8]


def _set_seal(catalogue: Catalogue, seal: str) -> None:
    with catalogue.write() as connection:
        Catalogue.set_fact(connection, _SEAL, seal)


def _seal_of(folder: Path) -> str:
    """Names, sizes and times of the index's files; of the database, which opening touches, that it is there."""
    try:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        database = folder / "chroma.sqlite3"
        if database not in files or not database.stat().st_size:
            return ""
        held = [(path, path.stat()) for path in files if path.parent != folder]
    except OSError:
        return ""
    return json.dumps([[path.relative_to(folder).as_posix(), at.st_size, at.st_mtime_ns] for path, at in held])


def _throw_away(folder: Path) -> None:
    """Raises StorageError."""
    try:
        if folder.is_symlink() or not folder.is_dir():
            folder.unlink(missing_ok=True)
        else:
            shutil.rmtree(folder)
    except OSError as error:
        raise StorageError(
            f"The index {folder} cannot be made anew: {error.strerror}.", "Mend its permissions."
        ) from error


def _compared(error: BiocopilotError) -> str:
    return f"Vectors were compared one by one: {error.message} {error.hint}".strip()
