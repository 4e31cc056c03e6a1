"""Finds a quotation at its place: in the document's kept text, and in the file that the text was read from.

    where = locate(library, "Dea5da3a8c.1f2e3d4c", "no benefit was seen")
    where.section, where.start, where.end

Marks, dashes and white space may be set otherwise than in the text; letters and digits may not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FileRefused, InvalidSetting, MissingExtra, NotFound
from ..text import clean, shorten
from ..typography import folded, folded_with_places
from .catalogue import DocumentRow, SourceRow
from .document import Part, PartKind
from .files import FoundFile, find_files
from .reading.formats import Format, format_of

if TYPE_CHECKING:
    from .library import Library

__all__ = ["InSource", "Where", "in_source", "locate", "locate_in", "sha256_of"]

_KEPT_READINGS = 8


@dataclass(frozen=True)
class Where:
    """Where a quotation stands. `start` and `end` count characters of the text of part `part`."""

    part: int
    start: int
    end: int
    text: str
    """What stands there, as the document has it."""
    page: int | None
    section: str
    exact: bool
    """Whether it stands there character by character, as it was quoted."""
    kind: PartKind
    """Of the part: what stands in `references` is another's title."""


@dataclass(frozen=True)
class InSource:
    """A document as the file has it that its text was read from; `trouble` says why it could not be looked at."""

    parts: tuple[Part, ...] = ()
    trouble: str = ""
    read_otherwise: bool = False
    """Whether it is only that another version of the reader, or of its engine, read it."""


def locate(library: Library, passage_id: str, quote: str) -> Where:
    """The place of a quotation: in the passage, else where its part goes on beyond it, else anywhere in the document.

    Raises:
        NotFound: there is no such passage, or its document does not say this.
    """
    passage = library.passage(passage_id)
    parts = library.catalogue.parts(passage.document)
    return locate_in(parts, quote, (passage.part, passage.start))


def locate_in(parts: Sequence[Part], quote: str, near: tuple[int, int] = (0, 0)) -> Where:
    """The place of a quotation in a document's parts; of several, the first at or behind `near`, a part and an offset in it.

    Raises:
        NotFound: it does not stand there.
    """
    wanted = folded(quote)
    if not any(character.isalnum() for character in wanted):
        raise NotFound("There is no word in the quotation.", "Quote what the document says.")
    first, offset = near
    order = [first, *(number for number in range(len(parts)) if number != first)]
    for number in order:
        if number >= len(parts):
            continue
        found = _in_part(number, parts[number], quote, wanted, offset if number == first else 0)
        if found is not None:
            return found
    raise NotFound(
        f"The document does not say {shorten(clean(quote), 80)!r}.", "A quotation is found letter for letter only."
    )


def _in_part(number: int, part: Part, quote: str, wanted: str, offset: int) -> Where | None:
    text = part.text
    start = text.find(quote, offset)
    start = text.find(quote) if start < 0 else start
    if start >= 0:
        end = start + len(quote)
    else:
        plain, places = folded_with_places(text)
        behind = next((index for index, place in enumerate(places) if place >= offset), len(places))
        found = plain.find(wanted, behind)
        found = plain.find(wanted) if found < 0 else found
        if found < 0:
            return None
        start, end = places[found], places[found + len(wanted) - 1] + 1
    said = text[start:end]
    return Where(number, start, end, said, part.page, part.section, said == quote, part.kind)


def in_source(library: Library, document: DocumentRow) -> InSource:
    """The document as it stands in the file that its text was read from, read again by the reader of then.

    What cannot be compared has a `trouble`: the file is gone or is another now, another version of the reader read it, or it
    came from no file.
    """
    source = next((item for item in library.sources(document.id) if item.is_text), None)
    if source is None or not Path(source.path).is_absolute():
        return InSource(trouble="it was read from no file")
    query = "SELECT reader FROM file WHERE path = ? AND member = ? AND sha256 = ?"
    readers = [row[0] for row in library.catalogue.rows(query, (source.path, source.member, source.sha256))]
    try:
        state = Path(source.path).stat()
    except OSError:
        return InSource(trouble=f"{_named(source)} is gone")
    return _read_again(source, tuple(sorted(readers)), (state.st_mtime_ns, state.st_size))


def _named(source: SourceRow) -> str:
    return Path(source.path).name + (f"!{source.member}" if source.member else "")


@lru_cache(maxsize=_KEPT_READINGS)
def _read_again(source: SourceRow, readers: tuple[str, ...], _state: tuple[int, int]) -> InSource:
    """Read it; `_state` is the file's time and size, so that a changed one is read anew."""
    name = _named(source)
    files = (item for item in find_files([Path(source.path)]) if isinstance(item, FoundFile))
    file = next((item for item in files if item.member == source.member), None)
    if file is None:
        return InSource(trouble=f"{name} is gone")
    try:
        data = file.load()
        if hashlib.sha256(data).hexdigest() != source.sha256:
            return InSource(trouble=f"{name} has changed since")
        kind = _as_then(format_of(file.name, data), readers)
        try:
            reader = kind.reader
        except (MissingExtra, InvalidSetting) as error:
            return InSource(
                trouble=f"{name} was read by another engine: {error.message} {error.hint}", read_otherwise=True
            )
        if reader not in readers:
            return InSource(trouble=f"{name} was read by {_other(kind, readers)}", read_otherwise=True)
        for read in kind.read(data, file.name):
            if read.entry == source.entry:
                return InSource(read.parts)
    except FileRefused as error:
        return InSource(trouble=f"{name}: {error.message}")
    return InSource(trouble=f"{name} has no record {source.entry + 1} any more")


def _as_then(kind: Format, readers: Sequence[str]) -> Format:
    """The format, taken apart by the program that took the file apart, whichever reads new files."""
    engines = [reader.split()[2] for reader in readers if reader.startswith(f"{kind.name} ") and reader.count(" ") > 1]
    return kind.by(engines[0]) if engines else kind


def _other(kind: Format, readers: Sequence[str]) -> str:
    """What read the file, where it was not what would read it now; an engine's version may change without ours."""
    ours = f"{kind.name} {kind.version} "
    engines = [reader.removeprefix(ours) for reader in readers if reader.startswith(ours)]
    if engines and kind.reader.startswith(ours):
        return f"another engine: {engines[0]}, and here is {kind.reader.removeprefix(ours)}"
    return "another version of its reader"


def sha256_of(parts: Sequence[Part]) -> str:
    """Of a document's text, as `ReadDocument.text_sha256` has it."""
    from .document import About, ReadDocument

    return ReadDocument(About(), tuple(parts), "", 0).text_sha256
