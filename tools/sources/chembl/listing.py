"""Reading a list page by page until every row has come once, counted against the service's own count.

A page too few, a row twice, a count that changes on the way: each makes the listing incomplete and says so. Never
silent, and never for ever: no page is asked for that could not bring a new row.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..request import Reply, Request
from .questions import PAGE, Filter, Question, page_request

__all__ = ["Fetch", "Listed", "Tally", "read_pages"]

Fetch = Callable[[Request], Awaitable[Reply]]


@dataclass(frozen=True)
class Listed:
    """A list as it came. `total` is the service's count, where its last page said so."""

    rows: tuple[Mapping[str, Any], ...]
    total: int
    complete: bool
    notices: tuple[str, ...]
    replies: tuple[Reply, ...]


@dataclass
class Tally:
    """Rows so far, and what was wrong with them."""

    question: Question
    rows: dict[str | int, Mapping[str, Any]] = field(default_factory=dict)
    total: int | None = None
    complete: bool = True
    notices: list[str] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def take(self, page: Sequence[Mapping[str, Any]], total: int) -> bool:
        """Take a page and the service's count of the whole list; whether there is more to ask for."""
        if self.total is not None and total != self.total:
            self.doubt(f"The count changed from {self.total:,} to {total:,} while the pages were read.")
        self.total = total
        before = len(self.rows)
        for row in page:
            self.rows.setdefault(row[self.question.resource.key], row)
        fresh = len(self.rows) - before
        if fresh < len(page):
            self.doubt("Rows came twice while the pages were read.")
        if len(self.rows) > self.question.most or (len(self.rows) == self.question.most and total > len(self.rows)):
            self.doubt(f"Reading stopped at {self.question.most:,} of {total:,}, the most that is asked for.")
            self.rows = dict(list(self.rows.items())[: self.question.most])
            return False
        return fresh > 0 and len(self.rows) < total

    def doubt(self, why: str) -> None:
        """Mark the list as incomplete, and why."""
        self.complete = False
        notice = f"ChEMBL, {self.question.resource.collection}: {why}"
        if notice not in self.notices:
            self.notices.append(notice)

    def listed(self) -> Listed:
        """The list, once no more is asked for."""
        total = self.total or 0
        if self.complete and len(self.rows) != total:
            self.doubt(f"{len(self.rows):,} rows came of {total:,} that the service counts.")
        return Listed(tuple(self.rows.values()), total, self.complete, tuple(self.notices), tuple(self.replies))


async def read_pages(question: Question, fetch: Fetch, release: str, page: int = PAGE) -> Listed:
    """All rows of a question, through the project's own transport.

    Lists with a numeric key are read by it: each page starts behind the last row of the one before, so that rows that
    appear or go meanwhile move no other. Other lists are read by position, each page with the last row of the one
    before it again at its head: where that is another row, the list has moved.

    Raises:
        SourceUnavailable, NotFound: as the transport does.
    """
    tally = Tally(question)
    more = True
    while more:
        step = _behind(tally, page) if question.resource.keyset else _from(tally, page)
        reply = await fetch(page_request(question, step, release))
        tally.replies.append(reply)
        rows, count = reply.value[question.resource.collection], reply.value["page_meta"]["total_count"]
        more = _take_behind(tally, rows, count) if question.resource.keyset else _take_from(tally, rows, count)
    return tally.listed()


def _behind(tally: Tally, page: int) -> dict[str, Filter]:
    key = tally.question.resource.key
    start: dict[str, Filter] = {f"{key}__gt": next(reversed(tally.rows))} if tally.rows else {}
    return {**start, "order_by": key, "limit": min(page, tally.question.most)}


def _take_behind(tally: Tally, rows: Sequence[Mapping[str, Any]], count: int) -> bool:
    """`count` is of the rows that are left, this page included."""
    keys = [int(row[tally.question.resource.key]) for row in rows]
    last = int(next(reversed(tally.rows), 0))
    if keys != sorted(keys) or (tally.rows and keys and keys[0] <= last):
        tally.doubt("The rows did not come in order.")
        tally.take(rows, tally.total or count)
        return False  # where a page would start is not known
    return tally.take(rows, len(tally.rows) + count)


def _from(tally: Tally, page: int) -> dict[str, Filter]:
    resource = tally.question.resource
    order: dict[str, Filter] = {"order_by": resource.key} if resource.ordered else {}
    return {**order, "limit": min(page, tally.question.most), "offset": max(0, len(tally.rows) - 1)}


def _take_from(tally: Tally, rows: Sequence[Mapping[str, Any]], count: int) -> bool:
    if tally.rows:
        key = tally.question.resource.key
        if not rows or rows[0][key] != next(reversed(tally.rows)):
            tally.doubt("The list moved while its pages were read.")
        else:
            rows = rows[1:]
    return tally.take(rows, count)
