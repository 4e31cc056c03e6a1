"""PubMed's E-utilities: search (ESearch), articles (EFetch), full text of PubMed Central (EFetch).

Ids found are fetched by POST, two hundred at a time, and each is looked for in what comes back. The history server is
not used: its keys lapse within hours, so that a kept search would point at nothing, and a batch read from it cannot be
held against the ids that were asked for. It would not reach further either: ESearch names the first 9,999 ids only.

The key and the e-mail address travel in the body of each request, never in a URL. A key allows 10 requests a second
for 3; whoever makes the transport tells it so: `Transport(per_second=allowed_pace(api_key))`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from ....memory.articles.article import Article
from ....memory.articles.full_text import FullText
from ....memory.articles.identifiers import ArticleId, valid_pmcid, valid_pmid
from ....memory.articles.jats import parse_full_text
from ....memory.articles.pubmed_xml import parse_articles
from ....memory.errors import InvalidIdentifier, NotFound, OfflineRefused, SourceUnavailable
from ....memory.records import Source
from ..found import Found, source_of
from ..request import Reply, Request
from ..transport import Session
from .esearch import Hits, parse_hits
from .queries import FIRST_YEAR, LAST_YEAR, Query

__all__ = ["Pubmed", "allowed_pace"]

BATCH = 200
MOST_IDS = 9_999
"""ESearch names no id beyond, whatever is asked."""
PER_SECOND_WITH_KEY = 10.0

_TITLE = "PubMed"

T = TypeVar("T")


def allowed_pace(api_key: str) -> dict[str, float]:
    """Requests a second that PubMed allows with this key, as `Transport` takes them; nothing to say without one."""
    return {"eutils": PER_SECOND_WITH_KEY} if api_key else {}


class Pubmed:
    """The client.

    Args:
        session: where requests go through.
        contact: an e-mail address, as NCBI asks of programs; empty where there is none.
        api_key: a key of NCBI; empty where there is none. The pace that it allows is the transport's matter.
    """

    def __init__(self, session: Session, contact: str = "", api_key: str = "", batch: int = BATCH) -> None:
        self._session = session
        self._contact = contact
        self._api_key = api_key
        self._batch = batch

    async def search(self, query: Query, most: int = 25) -> Found[Article]:
        """Articles by relevance, at most so many, with their abstracts.

        Raises:
            InvalidArguments: the query holds no words.
            SourceUnavailable: the ids, or the first batch of articles, could not be had.
        """
        asked = {"term": query.pubmed(), "retmax": min(most, MOST_IDS), "sort": "relevance"}
        if query.from_year is not None or query.to_year is not None:
            asked |= {
                "datetype": "pdat",
                "mindate": query.from_year or FIRST_YEAR,
                "maxdate": query.to_year or LAST_YEAR,
            }
        hits, reply = await self._ids(asked)
        found = await self._articles(hits.pmids[:most], [reply], hits.count)
        notices = [*hits.notices, *found.notices]
        if hits.count > MOST_IDS and most > MOST_IDS:
            notices.append(f"{_TITLE} names only the first {MOST_IDS:,} of {hits.count:,} articles; narrow the years.")
        if len(hits.pmids) < min(most, hits.count, MOST_IDS):
            notices.append(f"{_TITLE} counts {hits.count} articles, but named only {len(hits.pmids)}.")
        return replace(found, notices=tuple(notices), complete=len(found.rows) >= hits.count)

    async def articles(self, pmids: Sequence[str]) -> Found[Article]:
        """The articles of these PMIDs, in their order; those that PubMed does not have are named in a notice.

        Raises:
            InvalidIdentifier: one of them has not the shape of a PMID.
        """
        wrong = [pmid for pmid in pmids if not valid_pmid(pmid)]
        if wrong:
            raise InvalidIdentifier(f"{wrong[0][:40]!r} is no PMID.", "A PMID is a number of up to eight digits.")
        return await self._articles(tuple(dict.fromkeys(pmids)), [], None)

    async def article(self, article_id: ArticleId) -> Found[Article]:
        """The one article of that id.

        Raises:
            NotFound: PubMed has none, or does not know ids of this kind.
        """
        if article_id.kind == "preprint":
            raise NotFound(f"{_TITLE} does not know the preprint numbers of Europe PMC.", "Give its DOI.")
        pmids: tuple[str, ...] = (article_id.value,)
        if article_id.kind != "pmid":
            fields = {"doi": "doi", "pmcid": "pmcid"}
            hits, _ = await self._ids({"term": f'"{article_id.value}"[{fields[article_id.kind]}]', "retmax": 5})
            pmids = hits.pmids
        found = await self._articles(pmids, [], None) if pmids else None
        rows = [row for row in found.rows if _is(row, article_id)] if found is not None else []
        if found is None or not rows:
            raise NotFound(f"{_TITLE} has no article {article_id}.", "Check the id.")
        return replace(found, rows=tuple(rows[:1]), total=1, complete=True)

    async def full_text(self, pmcid: str) -> Found[FullText]:
        """The full text that PubMed Central gives to programs; the licence in it says what may be done with it.

        Raises:
            InvalidIdentifier: no PMCID.
            NotFound: there is no such article, or PMC gives its front matter only.
        """
        if not pmcid[:3].upper() == "PMC" or not valid_pmcid(pmcid):
            raise InvalidIdentifier(f"{pmcid[:40]!r} is no PMCID.", "A PMCID looks like PMC3040717.")
        number = valid_pmcid(pmcid).removeprefix("PMC")
        text, reply = await self._fetch(
            "/efetch.fcgi",
            {"db": "pmc", "id": number, "retmode": "xml"},
            lambda body: parse_full_text(body, "PubMed Central"),
        )
        source = self._source([reply]).model_copy(update={"name": "PubMed Central"})
        return Found((text,), source, reply.backend, reply.retrieved_at, 1)

    async def _ids(self, asked: dict[str, Any]) -> tuple[Hits, Reply]:
        return await self._fetch("/esearch.fcgi", {"db": "pubmed", "retmode": "xml", **asked}, parse_hits)

    async def _articles(self, pmids: tuple[str, ...], replies: list[Reply], total: int | None) -> Found[Article]:
        """Fetch in batches. A batch that fails after the first makes the result incomplete, with a notice."""
        rows: dict[str, Article] = {}
        notices: list[str] = []
        for start in range(0, len(pmids), self._batch):
            batch = pmids[start : start + self._batch]
            try:
                articles, reply = await self._fetch(
                    "/efetch.fcgi", {"db": "pubmed", "id": ",".join(batch), "retmode": "xml"}, parse_articles
                )
            except (SourceUnavailable, OfflineRefused) as error:
                if not rows:
                    raise
                notices.append(f"{_TITLE} stopped after {len(rows)} of {len(pmids)} articles. {error.message}")
                break
            replies.append(reply)
            rows |= {article.pmid: article for article in articles if article.pmid in batch}
        missing = [pmid for pmid in pmids if pmid not in rows]
        if missing and not notices:
            named = ", ".join(missing[:10]) + (" and more" if len(missing) > 10 else "")
            notices.append(f"{_TITLE} gave no record of {len(missing)} of {len(pmids)} PMIDs: {named}.")
        ordered = tuple(rows[pmid] for pmid in pmids if pmid in rows)
        if not replies:  # nothing was asked for
            raise NotFound(f"{_TITLE} was given no PMIDs.", "Name at least one.")
        return Found(
            ordered,
            self._source(replies),
            "live" if any(reply.backend == "live" for reply in replies) else "cache",
            min(reply.retrieved_at for reply in replies),
            len(pmids) if total is None else total,
            not missing,
            tuple(notices),
        )

    def _source(self, replies: Sequence[Reply]) -> Source:
        return source_of(self._session.transport.service("eutils"), replies)

    async def _fetch(self, path: str, body: dict[str, Any], parse: Callable[[bytes], T]) -> tuple[T, Reply]:
        """One POST; its reply is kept only where it can be parsed."""
        parsed: list[T] = []

        def check(reply: Reply) -> None:
            with suppress(SourceUnavailable):
                parsed[:] = [parse(reply.body)]
                return
            # It complains, and may quote the key in doing so: what is raised is read from a text without it.
            parsed[:] = [parse(self._without_secrets(reply.body))]

        secrets = {"email": self._contact, "api_key": self._api_key}
        full = {"tool": "biocopilot", **body, **{name: value for name, value in secrets.items() if value}}
        request = Request("eutils", path, body=full, form=True, kind="xml", check=check)
        reply = await self._session.fetch(request)
        return parsed[0], reply

    def _without_secrets(self, body: bytes) -> bytes:
        for secret in filter(None, (self._api_key, self._contact)):
            body = body.replace(secret.encode(), b"")
        return body


def _is(row: Article, asked: ArticleId) -> bool:
    value = {"pmid": row.pmid, "pmcid": row.pmcid, "doi": row.doi}.get(asked.kind, "")
    return value.lower() == asked.value.lower()
