"""What a source gives back: rows with the service's own count beside them, and where and when they are from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from ...memory.records import Backend, Source
from .hosts import Service
from .request import Reply

__all__ = ["Found", "source_of"]

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Found(Generic[T]):
    """Rows of a source.

    `total` is how many the service says there are; None where it does not say. `complete` is false where fewer rows
    came than it says, or where asking was stopped at a bound: never silently. `retrieved_at` is when it was had from the
    service, or read from a local store.
    """

    rows: tuple[T, ...]
    source: Source
    backend: Backend
    retrieved_at: datetime
    total: int | None = None
    complete: bool = True
    notices: tuple[str, ...] = ()

    def of(self, change: Callable[[T], U]) -> Found[U]:
        """The same with every row changed."""
        rows = tuple(change(row) for row in self.rows)
        return Found(rows, self.source, self.backend, self.retrieved_at, self.total, self.complete, self.notices)

    def noting(self, *notices: str) -> Found[T]:
        """The same with more notices."""
        return replace(self, notices=(*self.notices, *notices))


def source_of(service: Service, replies: Sequence[Reply], release: str = "") -> Source:
    """The source that evidence names: the service with its release, or releases where replies come from several."""
    known = release or " and ".join(dict.fromkeys(reply.release for reply in replies if reply.release))
    return Source(
        name=service.title,
        release=known or "not stated",
        licence=service.licence,
        attribution=f"{service.attribution}{f', release {known}' if known else ''}",
        url=replies[0].url if replies else service.base,
    )
