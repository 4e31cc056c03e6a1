"""What a library holds and how large it is, in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .beginning import MODEL

if TYPE_CHECKING:
    from .library import Library

__all__ = ["State", "state_of"]


@dataclass(frozen=True)
class State:
    """A library in numbers. `store` says where vectors are searched; `waiting` passages have none yet."""

    folder: str
    is_starter: bool
    """Whether nothing was added yet, so that only the project's own notes are there."""
    documents: int
    passages: int
    formats: dict[str, int]
    collections: dict[str, int]
    retracted: int
    first_year: int | None
    last_year: int | None
    model: str
    """Name of the model that the vectors are of; empty where there are none."""
    waiting: int
    undelivered: int
    """Changes that the vector index has yet to be told; searches see them all the same."""
    store: str
    bytes: int
    why_no_model: str


def state_of(library: Library) -> State:
    """Count. Raises StorageError where the library cannot be read."""
    catalogue = library.catalogue
    counts = catalogue.counts()
    years = catalogue.rows("SELECT min(year), max(year) FROM document")[0]
    return State(
        folder=str(library.folder),
        is_starter=library.is_starter,
        documents=counts["documents"],
        passages=counts["passages"],
        formats=_counted(library, "format"),
        collections=_counted(library, "collection"),
        retracted=int(catalogue.rows("SELECT count(*) FROM document WHERE retraction = 'retracted'")[0][0]),
        first_year=years[0],
        last_year=years[1],
        model=catalogue.fact(MODEL),
        waiting=counts["without_vector"],
        undelivered=int(catalogue.rows("SELECT count(*) FROM outbox")[0][0]),
        store=library.store_name,
        bytes=sum(_sizes(library.folder if not library.is_starter else library.catalogue.path)),
        why_no_model=library.why_no_model,
    )


def _counted(library: Library, column: str) -> dict[str, int]:
    query = f"SELECT {column}, count(*) FROM document GROUP BY 1 ORDER BY 2 DESC, 1"
    return {str(name): int(count) for name, count in library.catalogue.rows(query)}


def _sizes(place: Path) -> Iterator[int]:
    paths = [place] if place.is_file() else place.rglob("*")
    for path in paths:
        try:
            if path.is_file():
                yield path.stat().st_size
        except OSError:  # a journal that went meanwhile
            continue
