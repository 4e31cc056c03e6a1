"""Gathering rows page by page, for services that give a page and what leads to the next one; their sum is checked.

Every row comes once, or the result says why it is not whole. Not for UniProt and the literature, which have walks of
their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ...memory.errors import Unavailable
from .found import Found, source_of
from .hosts import Service
from .request import Reply

__all__ = ["Page", "Place", "found_in", "stop_notice", "walk_pages"]

T = TypeVar("T")
Place = str | int
"""What leads to a page: a token or a number."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page. `total` is the service's own count of all rows, None where this page does not say it."""

    rows: tuple[T, ...]
    reply: Reply
    total: int | None = None
    following: Place | None = None
    release: str = ""
    unreadable: int = 0


@dataclass
class Walk(Generic[T]):
    """What the pages gave. `problems` are reasons why rows may be missing; `stopped` says that more were not wanted."""

    rows: list[T] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    total: int | None = None
    release: str = ""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stopped: str = ""


async def walk_pages(
    service: Service,
    fetch: Callable[[Place | None, bool], Awaitable[Page[T]]],
    key: Callable[[T], Hashable],
    most: int,
) -> Found[T]:
    """The rows of all pages, each once, until there are `most` of them.

    Kept pages that do not add up, such as those of two releases, are asked for anew.

    Args:
        service: whom notices and the source name.
        fetch: gives the page of a place (None: the first), anew where the second argument says so.
        key: what makes a row the same row.
        most: how many rows to gather.

    Raises:
        Unavailable: the first page did not come. A later one that does not come ends the walk, which then says so.
    """
    walk = await _walk(service.title, fetch, key, most, anew=False)
    if walk.problems and any(reply.backend == "cache" for reply in walk.replies):
        try:
            walk = await _walk(service.title, fetch, key, most, anew=True)
        except Unavailable as error:
            walk.notes.append(f"These are kept replies: {error.message}")
    return found_in(
        service,
        walk.rows,
        walk.replies,
        walk.total,
        not walk.problems and not walk.stopped,
        [*walk.problems, *([walk.stopped] if walk.stopped else []), *walk.notes],
        walk.release,
    )


def found_in(
    service: Service,
    rows: Sequence[T],
    replies: Sequence[Reply],
    total: int | None,
    complete: bool = True,
    notices: Sequence[str] = (),
    release: str = "",
) -> Found[T]:
    """Rows with where and when they are from: as old as the oldest reply, and from the cache where any of them is."""
    return Found(
        rows=tuple(rows),
        source=source_of(service, replies, release),
        backend="cache" if any(reply.backend == "cache" for reply in replies) else "live",
        retrieved_at=min(reply.retrieved_at for reply in replies),
        total=total,
        complete=complete,
        notices=tuple(notices),
    )


def stop_notice(title: str, total: int | None, count: int) -> str:
    """What a result says of a walk that ended because no more rows were wanted."""
    if total is None:
        return f"Asking {title} was stopped at {count:,}."
    return f"{title} has {total:,} of these; asking was stopped at {count:,}."


async def _walk(
    title: str,
    fetch: Callable[[Place | None, bool], Awaitable[Page[T]]],
    key: Callable[[T], Hashable],
    most: int,
    anew: bool,
) -> Walk[T]:
    walk: Walk[T] = Walk()
    keys: set[Hashable] = set()
    places: set[Place] = set()
    place: Place | None = None
    repeated = unreadable = beyond = 0
    while True:
        try:
            page = await fetch(place, anew)
        except Unavailable as error:
            if not walk.replies:
                raise
            walk.problems.append(f"Page {len(walk.replies) + 1} did not come: {error.message}")
            break
        _compare(walk, page, title)
        walk.replies.append(page.reply)
        unreadable += page.unreadable
        for row in page.rows:
            if key(row) in keys:
                repeated += 1
            elif len(walk.rows) < most:
                keys.add(key(row))
                walk.rows.append(row)
            else:
                beyond += 1
        if page.following is None:
            break
        if len(walk.rows) >= most:
            walk.stopped = "more"
            break
        if page.following in places:
            walk.problems.append(f"{title} led to the same page twice.")
            break
        if not page.rows and not page.unreadable:
            walk.problems.append(f"{title} gave an empty page before the last one.")
            break
        places.add(page.following)
        place = page.following
    _add_up(walk, title, repeated, unreadable, beyond)
    return walk


def _compare(walk: Walk[T], page: Page[T], title: str) -> None:
    """Note where a page is of another release or counts otherwise than those before it."""
    if page.total is not None:
        if walk.total is not None and page.total != walk.total:
            walk.problems.append(f"{title}'s count changed from {walk.total:,} to {page.total:,} meanwhile.")
        walk.total = page.total
    release = page.release or page.reply.release
    if walk.replies and release != walk.release:
        walk.problems.append(f"{title} went from release {walk.release or '?'} to {release or '?'} meanwhile.")
        release = " and ".join(dict.fromkeys((*walk.release.split(" and "), release)))
    walk.release = release


def _add_up(walk: Walk[T], title: str, repeated: int, unreadable: int, beyond: int) -> None:
    """Compare what came with what the service counts."""
    if unreadable:
        walk.problems.append(f"{unreadable} rows of {title} could not be read and are left out.")
    if repeated:
        walk.problems.append(f"{repeated} rows of {title} came more than once; others may be missing.")
    came = len(walk.rows) + beyond
    if walk.total is None:
        walk.problems.append(f"{title} did not say how many there are.")
    elif came > walk.total:
        walk.problems.append(f"{title} counts {walk.total:,} of these, but {came:,} came.")
    if walk.stopped or beyond:
        walk.stopped = stop_notice(title, walk.total, len(walk.rows))
    elif walk.total is not None and came + repeated + unreadable < walk.total and not walk.problems:
        walk.problems.append(f"{title} has {walk.total:,} of these; {came:,} came.")
