"""Checks a library against itself and its sources: is every passage where the catalogue says, and are the files still what they were?

found = check(library, read=False)
found.astray      # passages whose text is not at their place: the catalogue was altered, or is damaged
found.sources     # files that changed or are gone: the library keeps their text
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FileRefused
from ..text import shorten
from .files import FoundFile, find_files
from .passages import Passage
from .quoting import in_source, sha256_of

if TYPE_CHECKING:
    from .library import Library

__all__ = ["Checked", "Trouble", "check"]


@dataclass(frozen=True)
class Trouble:
    """Something that is not as it should be. `name` is a passage's or document's id, or a file."""

    name: str
    what: str


@dataclass
class Checked:
    """What a check came to."""

    documents: int = 0
    passages: int = 0
    files: int = 0
    read_again: int = 0
    """Documents whose file was read again and says the same."""
    astray: list[Trouble] = field(default_factory=list)
    sources: list[Trouble] = field(default_factory=list)
    read_otherwise: list[Trouble] = field(default_factory=list)
    """Documents whose file is unchanged, and which another version of its reader or engine read: nothing can be compared."""


def check(
    library: Library, read: bool = False, report: Callable[[int, int], None] = lambda _done, _total: None
) -> Checked:
    """Look at every document, passage and source.

    Args:
        library: which one.
        read: read each file that is unchanged again, and compare its text.
        report: told how many documents are done, and how many there are.

    Raises:
        StorageError: the library cannot be read.
    """
    found = Checked()
    catalogue = library.catalogue
    rows = catalogue.documents()
    files: dict[str, list[str]] = {}
    for number, row in enumerate(rows, 1):
        parts = catalogue.parts(row.id)
        if sha256_of(parts) != row.text_sha256:
            found.astray.append(Trouble(row.id, "its text is not the one whose checksum was kept"))
        passages = catalogue.passages_of(row.id)
        for passage in passages:
            text = parts[passage.part].text[passage.start : passage.end]
            if Passage(passage.part, passage.start, passage.end, text).id_in(row.id) != passage.id:
                found.astray.append(
                    Trouble(passage.id, f"another text stands there now: {shorten(' '.join(text.split()), 60)!r}")
                )
        found.passages += len(passages)
        for source in library.sources(row.id):
            if Path(source.path).is_absolute() and not source.member:
                files.setdefault(source.path, []).append(source.sha256)
            elif Path(source.path).is_absolute():
                files.setdefault(source.path, [])
        if read:
            _read(library, row.id, found)
        report(number, len(rows))
    found.documents, found.files = len(rows), len(files)
    for path, digests in sorted(files.items()):
        said = _state(Path(path), set(digests))
        if said:
            found.sources.append(Trouble(path, said))
    return found


def _read(library: Library, document: str, found: Checked) -> None:
    (row,) = library.catalogue.documents([document])
    source = in_source(library, row)
    if source.read_otherwise:
        found.read_otherwise.append(Trouble(row.id, source.trouble))
    if source.trouble:
        return
    if sha256_of(source.parts) == row.text_sha256:
        found.read_again += 1
    else:
        found.astray.append(Trouble(row.id, "its file is unchanged, and its text is read otherwise now"))


def _state(path: Path, digests: set[str]) -> str:
    """What is the matter with a file; empty where it is as it was read. Of an archive only that it is there."""
    try:
        if not digests:
            return "" if path.is_file() else "gone"
        file = next((item for item in find_files([path]) if isinstance(item, FoundFile)), None)
        if file is None:
            return "gone"
        digest = hashlib.sha256(file.load()).hexdigest()
    except FileRefused as error:
        return error.message
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if digests == {digest} else "changed since it was read"
