"""Reads files into the catalogue: one after another, in batches that are there whole or not at all.

A file that was read to its end is not read again; one that was broken off is, and what it gave is then known. A file that cannot be
read is told with its reason, and the rest goes on.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from ..errors import BiocopilotError, Cancelled, FileRefused
from .catalogue import Catalogue
from .document import ReadDocument
from .files import FoundFile, Refused
from .reading.formats import format_of
from .reading.pdf_engine import PYPDF
from .writing import Embed, Origin, add_documents, forget_file

__all__ = ["Added", "Refused", "Step", "ingest", "ingest_documents"]

BATCH = 32
"""Documents a transaction: enough for the embedder to work well, few enough to lose little."""


@dataclass
class Added:
    """What came of adding files."""

    files: int = 0
    unchanged_files: int = 0
    added: int = 0
    updated: int = 0
    known: int = 0
    removed: int = 0
    """Documents of an earlier version of a file that its new one does not hold."""
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    """Ids of what was added or updated, in order."""


@dataclass(frozen=True)
class Step:
    """How far it is, for whoever shows it."""

    file: str
    files_done: int
    files_total: int
    documents: int


Report = Callable[[Step], None]


def ingest(
    catalogue: Catalogue,
    files: Iterable[FoundFile | Refused],
    collection: str,
    embed: Embed | None,
    report: Report = lambda _step: None,
    total: int = 0,
    pdf_engine: str = PYPDF,
) -> Added:
    """Read files and add what they hold. The catalogue is open for writing, its lock held.

    Args:
        catalogue: where to.
        files: as `files.find_files` gives them.
        collection: name under which new documents are put together.
        embed: texts to vectors; None where no model is at hand.
        report: told after every batch.
        total: how many files there are.
        pdf_engine: the program that takes PDFs apart.

    Raises:
        MissingExtra: there is a PDF, and that program is not installed. What was added stays.
        StorageError: the disk is full or cannot be written. What was added stays.
    """
    result = Added()
    for number, file in enumerate(files):
        if isinstance(file, Refused):
            result.refused.append(file)
            continue
        seen = partial(_tell, report, file.name, number, total)
        try:
            _one_file(catalogue, file, collection, embed, result, seen, pdf_engine)
        except FileRefused as error:
            result.refused.append(Refused(file.name, error.message, error.hint))
        report(Step(file.name, number + 1, total, result.added + result.updated + result.known))
    return result


def _tell(report: Report, name: str, done: int, total: int, documents: int) -> None:
    report(Step(name, done, total, documents))


def _one_file(
    catalogue: Catalogue,
    file: FoundFile,
    collection: str,
    embed: Embed | None,
    result: Added,
    report: Callable[[int], None],
    pdf_engine: str,
) -> None:
    data = file.load()
    if not data:
        raise FileRefused(f"{file.name} is empty.", "Nothing is in it that could be found.")
    digest = hashlib.sha256(data).hexdigest()
    kind = format_of(file.name, data).by(pdf_engine)
    query = "SELECT 1 FROM file WHERE sha256 = ? AND collection = ? AND reader = ? AND path = ? AND member = ?"
    if catalogue.rows(query, (digest, collection, kind.reader, file.path, file.member)):
        result.unchanged_files += 1
        return
    origin = Origin(file.path, digest, file.member)
    with catalogue.write() as connection:  # of its earlier version: from now on the library holds neither whole
        connection.execute(
            "DELETE FROM file WHERE path = ? AND member = ? AND sha256 != ?", (file.path, file.member, digest)
        )
    documents = _reading(kind.read(data, file.name), file.name)
    number = _batches(catalogue, documents, origin, collection, embed, result, report)
    if number == 0:
        raise FileRefused(f"{file.name} holds no document.", "Nothing is in it that could be found.")
    result.files += 1
    result.removed += len(forget_file(catalogue, origin))
    with catalogue.write() as connection:
        connection.execute(  # what another reader made of it is there no more
            "DELETE FROM file WHERE path = ? AND member = ? AND reader != ?", (file.path, file.member, kind.reader)
        )
        connection.execute(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)",
            (digest, collection, kind.reader, file.path, file.member, number),
        )


def ingest_documents(
    catalogue: Catalogue, documents: Iterable[ReadDocument], origin: Origin, collection: str, embed: Embed | None,
    report: Callable[[int], None] = lambda _done: None,
) -> Added:  # fmt: skip
    """Add documents that come from no file, as from a service. Raises as `ingest` does."""
    result = Added()
    _batches(catalogue, iter(documents), origin, collection, embed, result, report)
    return result


def _batches(
    catalogue: Catalogue, documents: Iterator[ReadDocument], origin: Origin, collection: str, embed: Embed | None,
    result: Added, report: Callable[[int], None],
) -> int:  # fmt: skip
    number = 0
    trouble: FileRefused | None = None
    while trouble is None:
        batch, trouble = _next_batch(documents)
        if not batch:
            break
        usable = []
        for read in batch:
            name = f"{origin.member or origin.path}, record {read.entry + 1}"
            if any(part.text.strip() for part in read.parts):
                usable.append(read)
                result.notes += [f"{read.about.title or name}: {note}" for note in read.notes]
            else:
                result.refused.append(Refused(name, " ".join(read.notes) or "it has neither a title nor text."))
        outcomes = add_documents(catalogue, usable, origin, collection, embed) if usable else []
        counted = Counter(outcome for _, outcome in outcomes)
        result.added += counted["added"]
        result.updated += counted["updated"]
        result.known += counted["known"]
        result.documents += [document for document, outcome in outcomes if outcome != "known"]
        number += len(usable)
        report(result.added + result.updated + result.known)
    if trouble is not None:
        raise trouble
    return number


def _next_batch(documents: Iterator[ReadDocument]) -> tuple[list[ReadDocument], FileRefused | None]:
    """The next documents, and what ended the file before its end: what stands before that is kept."""
    batch: list[ReadDocument] = []
    try:
        for read in islice(documents, BATCH):
            batch.append(read)
    except FileRefused as error:
        return batch, error
    return batch, None


def _reading(documents: Iterator[ReadDocument], name: str) -> Iterator[ReadDocument]:
    """A reader's documents; whatever it stumbles over is the file's fault, and said so."""
    while True:
        try:
            document = next(documents)
        except StopIteration:
            return
        except (Cancelled, FileRefused):
            raise
        except BiocopilotError as error:  # a reader's process that died, a package that is missing
            raise FileRefused(f"{name} cannot be read: {error.message}", error.hint) from error
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            ArithmeticError,
            RecursionError,
            MemoryError,
        ) as error:
            raise FileRefused(
                f"{name} cannot be read: {type(error).__name__}: {error}.", "Export it again, or report it."
            ) from error
        yield document
