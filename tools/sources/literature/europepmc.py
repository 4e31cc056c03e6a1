"""Europe PMC: search, article and open-access full text, with no key.

Search pages by cursor until it comes back unchanged; the rows are then counted against the service's own number. It
reports errors with status 200, as an object that says `errCode` or a document called `errorBean`: both are seen here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ....memory.articles.article import Article
from ....memory.articles.full_text import FullText
from ....memory.articles.identifiers import ArticleId, valid_pmcid
from ....memory.articles.jats import parse_full_text
from ....memory.articles.plain_text import one_line
from ....memory.errors import BadReply, InvalidIdentifier, NotFound, OfflineRefused, SourceUnavailable
from ..found import Found, source_of
from ..request import Backend, Reply, Request
from ..transport import Session
from .europepmc_rows import article_of
from .queries import Query

__all__ = ["EuropePmc"]

PAGE_ROWS = 100
"""Rows a request: a row with abstract, authors and headings is about ten thousand bytes."""

_TITLE = "Europe PMC"


class EuropePmc:
    """The client. Requests go through `session`, which paces, retries and keeps them."""

    def __init__(self, session: Session, page_rows: int = PAGE_ROWS) -> None:
        self._session = session
        self._page_rows = page_rows

    async def search(self, query: Query, most: int = 25) -> Found[Article]:
        """Articles by relevance, at most so many.

        Raises:
            InvalidArguments: the query holds no words.
            SourceUnavailable: the first page could not be had; later failures make the result incomplete instead.
        """
        return await self._search(query.europepmc(), most)

    async def article(self, article_id: ArticleId) -> Found[Article]:
        """The one article of that id.

        Raises:
            NotFound: Europe PMC has none.
        """
        asked = {
            "pmid": "EXT_ID:{} AND SRC:MED",
            "pmcid": "PMCID:{}",
            "preprint": "EXT_ID:{} AND SRC:PPR",
            "doi": 'DOI:"{}"',
        }[article_id.kind].format(article_id.value)
        found = await self._search(asked, 10)
        rows = sorted((row for row in found.rows if _is(row, article_id)), key=lambda row: row.database != "MED")
        if not rows:
            raise NotFound(f"{_TITLE} has no article {article_id}.", "Check the id.")
        return Found((rows[0],), found.source, found.backend, found.retrieved_at, 1, True, found.notices)

    async def full_text(self, pmcid: str) -> Found[FullText]:
        """The full text of an open-access article.

        Raises:
            InvalidIdentifier: no PMCID.
            NotFound: it is not there, or not open access.
        """
        if not pmcid[:3].upper() == "PMC" or not valid_pmcid(pmcid):
            raise InvalidIdentifier(f"{pmcid[:40]!r} is no PMCID.", "A PMCID looks like PMC3040717.")
        kept: list[FullText] = []

        def check(reply: Reply) -> None:
            kept[:] = [parse_full_text(reply.body, _TITLE)]

        path = f"/{valid_pmcid(pmcid)}/fullTextXML"
        try:
            reply = await self._session.fetch(Request("europepmc", path, kind="xml", check=check))
        except NotFound as error:
            if "open access" in error.message:
                raise
            raise NotFound(
                f"{_TITLE} gives no full text of {valid_pmcid(pmcid)}: it is not open access, or there is no such article.",
                "Its abstract can be fetched; the text is at the publisher's.",
            ) from error
        source = source_of(self._session.transport.service("europepmc"), [reply])
        return Found(tuple(kept), source, reply.backend, reply.retrieved_at, 1)

    async def _search(self, asked: str, most: int) -> Found[Article]:
        walk = _Walk(most)
        size = max(1, min(most, self._page_rows))
        while walk.goes_on:
            try:
                reply = await self._session.fetch(_search_request(asked, walk.cursor, size))
            except (SourceUnavailable, OfflineRefused) as error:
                if not walk.replies:
                    raise
                walk.stop(f"The search stopped after {len(walk.rows)} articles. {error.message}")
                break
            walk.take(reply)
        return walk.found(source_of(self._session.transport.service("europepmc"), walk.replies))


def _search_request(asked: str, cursor: str, size: int) -> Request:
    parameters: dict[str, str | int | float] = {
        "query": asked,
        "format": "json",
        "resultType": "core",
        "pageSize": size,
        "cursorMark": cursor,
    }
    return Request("europepmc", "/search", parameters, check=_check)


def _check(reply: Reply) -> None:
    """Refuse an error that came with status 200, and whatever else is no page of results."""
    value = reply.value
    if isinstance(value, dict) and ("errCode" in value or "errMsg" in value):
        said = one_line(str(value.get("errMsg", "")))[:160]
        raise BadReply(f"{_TITLE} refused the search: {said or 'no reason given'}", "Ask in other words.")
    if not isinstance(value, dict) or _hits(value) is None or not isinstance(_rows(value), list):
        raise BadReply(f"{_TITLE}: no page of results came.", "Ask again later.")


def _hits(value: dict[str, Any]) -> int | None:
    count = value.get("hitCount")
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None


def _rows(value: dict[str, Any]) -> Any:
    listed = value.get("resultList")
    return listed.get("result") if isinstance(listed, dict) else None


@dataclass
class _Walk:
    """The way through the pages of one search: which rows came, and why it ended."""

    most: int
    cursor: str = "*"
    goes_on: bool = True
    rows: dict[tuple[str, str], Article] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    twice: int = 0
    unread: int = 0
    _cursors: set[str] = field(default_factory=lambda: {"*"})

    def take(self, reply: Reply) -> None:
        """Add a page, and see whether there is another worth asking for."""
        self.replies.append(reply)
        self.totals.append(_hits(reply.value) or 0)
        fresh = 0
        for row in _rows(reply.value):
            fresh += self._add(row)
        cursor = reply.value.get("nextCursorMark")
        if not fresh or not isinstance(cursor, str) or not cursor or cursor in self._cursors or self._enough:
            self.goes_on = False
            return
        self.cursor = cursor
        self._cursors.add(cursor)

    def _add(self, row: Any) -> int:
        try:
            article = article_of(row)
        except BadReply:
            self.unread += 1
            return 0
        key = (article.database, article.id)
        if key in self.rows:
            self.twice += 1
            return 0
        self.rows[key] = article
        return 1

    @property
    def _enough(self) -> bool:
        return len(self.rows) >= min(self.most, self.totals[-1])

    def stop(self, why: str) -> None:
        """End the walk before its time."""
        self.goes_on = False
        self.notices.append(why)

    def found(self, source: Any) -> Found[Article]:
        """What came of it, reconciled with the service's own count."""
        total = self.totals[-1]
        rows = tuple(self.rows.values())[: self.most]
        if len(set(self.totals)) > 1:
            self.notices.append(f"{_TITLE}'s count changed while it was read, from {self.totals[0]} to {total}.")
        if self.unread:
            self.notices.append(f"{self.unread} rows of {_TITLE} could not be read and are left out.")
        if self.twice:
            self.notices.append(f"{_TITLE} sent {self.twice} rows twice; each is given once.")
        if len(rows) < min(self.most, total):
            self.notices.append(f"{_TITLE} counts {total} articles, but only {len(rows)} came.")
        backend: Backend = "live" if any(reply.backend == "live" for reply in self.replies) else "cache"
        oldest = min(reply.retrieved_at for reply in self.replies)
        return Found(rows, source, backend, oldest, max(total, len(rows)), len(rows) >= total, tuple(self.notices))


def _is(row: Article, asked: ArticleId) -> bool:
    value = {"pmid": row.pmid, "pmcid": row.pmcid, "preprint": row.id, "doi": row.doi}[asked.kind]
    return value.lower() == asked.value.lower()
