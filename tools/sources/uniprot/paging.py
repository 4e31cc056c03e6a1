"""Walking through pages by the cursor that each page's Link header gives, and saying so where the pages do not add up.

A cursor is taken as it comes and put beside the question's own parameters; nothing else of the link is used, so that
no page can send the walk to another question or another host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

from ....memory.errors import BadReply, Unavailable
from ....memory.text import clean, shorten
from ..transport import Reply, Request, Session
from ._record import cleaned

__all__ = ["PAGE_SIZE", "CutPage", "Walk", "check_page", "check_whole", "walk_pages"]

PAGE_SIZE = 500
"""The most rows that the service gives in one page."""
_NEXT = re.compile(r'<([^>]*)>[^<]*?;\s*rel="?next"?', re.IGNORECASE)

T = TypeVar("T")


@dataclass
class Walk(Generic[T]):
    """What the pages gave. `problems` are reasons why rows may be missing; `notes` are not.

    `stopped` says that there are more rows than were asked for.
    """

    rows: list[T] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    total: int | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stopped: str = ""

    @property
    def complete(self) -> bool:
        """Whether every row came, as far as the service's own count tells."""
        return not self.problems and not self.stopped

    @property
    def notices(self) -> list[str]:
        """All that a reader should be told."""
        return [*self.problems, *([self.stopped] if self.stopped else []), *self.notes]


class CutPage(BadReply):
    """A page with fewer rows than it says there are."""


def check_page(reply: Reply) -> None:
    """Refuse what is no page, such as an error object with status 200. Raises BadReply."""
    value = reply.value
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        return
    said = value.get("messages") if isinstance(value, dict) else None
    words = "; ".join(str(item) for item in said) if isinstance(said, list) else "there are no results in it"
    raise BadReply(f"UniProt: not a page of results: {shorten(clean(words), 160)}.", "Ask again later.")


def check_whole(reply: Reply) -> None:
    """Refuse a page that does not hold all rows, where one page was to hold them. Raises BadReply and CutPage."""
    check_page(reply)
    header, came = reply.headers.get("x-total-results", "").strip(), len(reply.value["results"])
    if header.isdecimal() and came < int(header):
        raise CutPage(f"UniProt has {int(header):,} of these; {came:,} came.", "Ask again later.")


async def walk_pages(
    session: Session,
    path: str,
    parameters: Mapping[str, str | int],
    most: int,
    read_row: Callable[[Any], T],
    key: Callable[[T], Hashable],
    kept: bool = True,
) -> Walk[T]:
    """Gather the rows of all pages, each once, until there are `most` of them.

    Kept pages that do not add up, such as those of two releases, are asked for anew.

    Args:
        parameters: of every page; the size is added.
        read_row: makes a row of its JSON; a row for which it raises BadReply is left out and counted.
        key: what makes a row the same row.
        kept: whether kept pages may stand in.

    Raises:
        Unavailable: the first page did not come. A later one that does not come ends the walk, which then says so.
    """
    walk = await _walk(session, path, parameters, most, read_row, key, kept)
    if walk.problems and any(reply.backend == "cache" for reply in walk.replies):
        try:
            return await _walk(session, path, parameters, most, read_row, key, False)
        except Unavailable as error:
            walk.notes.append(f"These are kept replies: {error.message}")
    return walk


async def _walk(
    session: Session,
    path: str,
    parameters: Mapping[str, str | int],
    most: int,
    read_row: Callable[[Any], T],
    key: Callable[[T], Hashable],
    kept: bool,
) -> Walk[T]:
    walk: Walk[T] = Walk()
    keys: set[Hashable] = set()
    cursors: set[str] = set()
    repeated = unreadable = stated = 0
    cursor = ""
    while True:
        asked = {**parameters, "size": min(PAGE_SIZE, most), **({"cursor": cursor} if cursor else {})}
        try:
            reply = await session.fetch(Request("uniprot", path, asked, check=check_page, kept=kept))
        except Unavailable as error:
            if not walk.replies:
                raise
            walk.problems.append(f"Page {len(walk.replies) + 1} did not come: {error.message}")
            break
        _compare(walk, reply)
        walk.replies.append(reply)
        rows = reply.value["results"]
        stated += len(rows)
        for value in rows:
            try:
                row = read_row(value)
            except BadReply:
                unreadable += 1
                continue
            if key(row) in keys:
                repeated += 1
            elif len(walk.rows) < most:
                keys.add(key(row))
                walk.rows.append(row)
        try:
            cursor = _next_cursor(reply, path)
        except BadReply as error:
            walk.problems.append(error.message)
            break
        if not cursor:
            break
        if len(walk.rows) >= most:
            break
        if cursor in cursors:
            walk.problems.append("UniProt gave the same cursor twice, so asking was stopped.")
            break
        if not rows:
            walk.problems.append("UniProt gave an empty page before the last one, so asking was stopped.")
            break
        cursors.add(cursor)
    _reconcile(walk, most, unreadable, stated > most or bool(cursor))
    if repeated:
        walk.notes.append(f"{repeated:,} rows came more than once and are given once.")
    return walk


def _compare(walk: Walk[T], reply: Reply) -> None:
    """Note a total or a release that is another than on the page before."""
    header = reply.headers.get("x-total-results", "").strip()
    total = int(header) if header.isdecimal() else None
    if walk.replies:
        if total != walk.total:
            walk.problems.append(
                f"UniProt's count changed from {_count(walk.total)} to {_count(total)} while its pages were read."
            )
        before = walk.replies[-1].release
        if before != reply.release:
            walk.problems.append(
                f"UniProt went from release {before or 'unknown'} to {reply.release or 'unknown'} meanwhile."
            )
    walk.total = total if total is not None else walk.total


def _reconcile(walk: Walk[T], most: int, unreadable: int, more: bool) -> None:
    """Hold what came against what the service says there is."""
    came = len(walk.rows)
    if unreadable:
        walk.problems.append(f"{unreadable:,} rows could not be read and are left out.")
    if walk.total is None:
        walk.problems.append("UniProt did not say how many there are, so some may be missing.")
    elif came != walk.total:
        if came >= most and more:
            walk.stopped = f"UniProt has {walk.total:,} of these; asking was stopped at {most:,}."
        else:
            walk.problems.append(f"UniProt has {walk.total:,} of these; {came:,} came.")
    elif more:
        walk.problems.append(f"UniProt offers more pages than its count of {walk.total:,} accounts for.")


def _next_cursor(reply: Reply, path: str) -> str:
    """The cursor of the next page; empty on the last one. Raises BadReply for a link that cannot be meant."""
    hit = _NEXT.search(reply.headers.get("link", ""))
    if hit is None:
        return ""
    parts = urlsplit(hit[1])
    cursor = parse_qs(parts.query).get("cursor", [""])[0]
    if not parts.path.endswith(path) or not cursor or cleaned(cursor) != cursor:
        raise BadReply("UniProt's link to the next page leads somewhere else, so asking was stopped.")
    return cursor


def _count(total: int | None) -> str:
    return "none" if total is None else f"{total:,}"
