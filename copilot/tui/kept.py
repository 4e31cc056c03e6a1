"""The sessions and runs that are kept: read, told as stories, deleted, written to files. For the app; blocking, so from a thread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...memory.errors import RunNotFound, StorageError
from ...memory.events import Event
from ...memory.paths import run_log_path
from ...memory.session_titles import give_title, titles_beside
from ...memory.sessions import SessionRow, Sessions
from ..cli.recorded import run_log
from .story import Story, told
from .tables import TableData

__all__ = [
    "delete_session",
    "export",
    "methods_of",
    "rename_session",
    "save_table",
    "session_rows",
    "stories_of",
    "titles",
]


def session_rows() -> tuple[SessionRow, ...]:
    """All sessions, newest first; none where nothing is recorded."""
    try:
        with run_log() as log:
            return Sessions(log).rows()
    except RunNotFound:
        return ()


def stories_of(name: str) -> list[Story]:
    """The runs of a session, oldest first."""
    return [told(events) for events in _events_of(name)]


def titles() -> dict[str, str]:
    """Titles that the user gave to sessions, by name; none where they cannot be read, since names do as well."""
    try:
        return titles_beside(run_log_path())
    except StorageError:
        return {}


def rename_session(name: str, title: str) -> str:
    """Give a session a title beside its recorded name; the title as it is kept. Raises RunNotFound, InvalidInput, StorageError."""
    with run_log() as log:
        if not Sessions(log).run_ids(name):
            raise RunNotFound("Nothing of this session is recorded.", "Ask something first.")
        return give_title(log.path, name, title)


def delete_session(name: str) -> str:
    """Delete a session for good; what is to be said of it."""
    from ...memory.session_deletion import delete_session as delete

    with run_log() as log:
        path = log.path
    done = delete(path, name)
    return f"Deleted “{name}”: {done.runs} questions." + (
        "" if done.wiped else " The bytes are wiped at the next start."
    )


def export(to: Path, session: str, run_id: str) -> Path:
    """Write the session (.md, .json, .py) or the run on show (.html, .bib) to a file that is not there yet.

    Raises:
        InvalidInput: another kind of file.
        FileRefused: it is there already, or cannot be written.
        RunNotFound: nothing is recorded.
    """
    from ..export import export_run
    from ..export.session import export_session

    to = to.expanduser()
    if to.suffix.lower() in (".html", ".bib"):
        with run_log() as log:
            return export_run(log.events(run_id), to)
    return export_session(session, tuple(_events_of(session)), to)


def methods_of(name: str) -> str:
    """How the session's answers came about, as a paragraph. Raises RunNotFound where nothing of it is recorded."""
    from ..export.methods import methods_paragraph

    runs = _events_of(name)
    if not runs:
        raise RunNotFound("Nothing of this session is recorded.", "Ask something first.")
    return methods_paragraph(runs)


def save_table(table: TableData) -> str:
    """Write a table to a new file in the folder that the program runs in; what is to be said of it."""
    stem = "-".join("".join(char if char.isalnum() else " " for char in table.title).split()).lower()[:60] or "table"
    for number in range(1, 1_000):
        path = Path(f"{stem}{f'-{number}' if number > 1 else ''}.csv").absolute()
        try:
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(table.csv())
        except FileExistsError:
            continue
        except OSError as error:
            return f"{path} cannot be written: {error.strerror}."
        return f"Written: {path} ({len(table.rows):,} rows)."
    return f"There are too many files called {stem} here."


def _events_of(name: str) -> Sequence[tuple[Event, ...]]:
    with run_log() as log:
        return tuple(log.events(run_id) for run_id in Sessions(log).run_ids(name))
