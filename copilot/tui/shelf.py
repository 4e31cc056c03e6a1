"""The library as its screen shows it: counts, documents, hits, texts, and files added. Blocking, so asked from a thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...memory.errors import Cancelled, FileRefused, InvalidInput
from ...memory.library.catalogue import DocumentRow
from ...memory.library.ingest import Step
from ...memory.library.library import Library
from ...memory.library.retrieval import Hit, Query
from ...memory.text import clean, shorten
from ..cli.library_adding import added_lines
from ..cli.library_looking import text_of_one
from ..cli.opened_library import step_line
from ..step_text import one_line

__all__ = ["Shelf", "ShelfRow", "paths_beginning"]

_MOST_HITS = 30
_MOST_DOCUMENTS = 2_000
_TITLE_CHARACTERS = 90
_SNIPPET_CHARACTERS = 160


@dataclass(frozen=True)
class ShelfRow:
    """A document or a passage in a list.

    Args:
        name: what opens it.
        title: what it is.
        about: whose, from when, and where in it.
        said: how a passage begins.
        retracted: whether it was withdrawn.
    """

    name: str
    title: str
    about: str
    said: str = ""
    retracted: bool = False


class Shelf:
    """Looks at a library and adds to it.

    Args:
        library: gives it; it may raise StorageError.
    """

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library

    def overview(self) -> tuple[str, list[ShelfRow]]:
        """What is indexed, in a sentence, and the documents, the newest first."""
        library = self._library()
        counts, rows = library.catalogue.counts(), library.documents()
        said = f"{counts['documents']:,} documents, {counts['passages']:,} passages"
        if counts["without_vector"]:
            said += f"; {counts['without_vector']:,} of them without vector (biocopilot library reindex)"
        if library.is_starter:
            said += "; these are the project's own notes, a adds files of yours"
        if len(rows) > _MOST_DOCUMENTS:
            said += f"; the newest {_MOST_DOCUMENTS:,} are listed"
        return said, [_document(row) for row in reversed(rows[-_MOST_DOCUMENTS:])]

    def search(self, words: str) -> tuple[str, list[ShelfRow]]:
        """How it was searched, and the passages that answer best. Raises InvalidInput where there is no word to look for."""
        found = self._library().search(Query(words, most=_MOST_HITS))
        how = "meaning and words" if found.by_meaning else "words alone"
        said = f"{found.matched:,} passages match by {how}, {len(found.hits)} shown"
        return " · ".join([said, *(one_line(note) for note in found.notes)]), [_passage(hit) for hit in found.hits]

    def text(self, name: str) -> str:
        """A document, or a passage with what stands around it. Raises NotFound."""
        return text_of_one(self._library(), name)

    def add(self, given: str, report: Callable[[str], None], stopped: Callable[[], bool]) -> list[str]:
        """Add a file, a folder or an archive; what came of it, a line each.

        Args:
            given: the path, as typed.
            report: gets each step in words.
            stopped: whether to stop before the next file.

        Raises:
            FileRefused: there is nothing at that path.
            InvalidInput: nothing there is of a kind that is read.
            Cancelled: it was stopped; what was added stays.
            StorageError: the library cannot be written.
        """
        path = Path(given.strip()).expanduser()
        if not given.strip() or not path.exists():
            raise FileRefused(
                f"There is nothing at {shorten(clean(given.strip()), 120)!r}.", "Give a file or a folder."
            )

        def told(step: Step) -> None:
            if stopped():
                raise Cancelled("Stopped: what was added stays.", "Add the same again to go on from there.")
            report(step_line(step))

        added = self._library().add([path.absolute()], report=told)
        if not (added.files or added.unchanged_files or added.refused):
            raise InvalidInput(
                "Nothing there is of a kind that is read here.", "`biocopilot library add --help` names the kinds."
            )
        return added_lines(added)


def _document(row: DocumentRow) -> ShelfRow:
    about = [str(row.about.year)] if row.about.year else []
    about += [one_line(row.collection)] if row.collection else []
    return ShelfRow(row.id, _title(row), " · ".join([*about, row.id]), retracted=row.about.retracted)


def _passage(hit: Hit) -> ShelfRow:
    passage, row = hit.passage, hit.document
    about = [str(row.about.year)] if row.about.year else []
    about += [f"page {passage.page}"] if passage.page else []
    about += [one_line(passage.section)] if passage.section else []
    said = shorten(one_line(passage.text), _SNIPPET_CHARACTERS)
    return ShelfRow(passage.id, _title(row), " · ".join([*about, passage.id]), said, row.about.retracted)


def _title(row: DocumentRow) -> str:
    return shorten(one_line(row.about.title) or one_line(row.about.label) or row.id, _TITLE_CHARACTERS)


def paths_beginning(typed: str, folder: Path) -> Sequence[str]:
    """Files and folders whose path begins so, folders with a slash behind them; none where that cannot be looked at."""
    given = Path(typed).expanduser()
    within = given if typed.endswith("/") else given.parent
    beginning = "" if typed.endswith("/") else given.name
    try:
        entries = sorted(entry for entry in (folder / within).iterdir() if entry.name.startswith(beginning))
    except OSError:
        return []
    head = typed[: len(typed) - len(beginning)]
    shown = [entry for entry in entries if beginning.startswith(".") or not entry.name.startswith(".")]
    return [f"{head}{entry.name}{'/' if entry.is_dir() else ''}" for entry in shown]
