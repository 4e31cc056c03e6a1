"""Gene names as genenames.org answers now. Two hops: `HgncLive` → `Session.fetch`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from ....memory.errors import BadReply
from ....memory.hgnc_store import HgncField
from ....memory.text import shorten
from ..found import Found, source_of
from ..plain import text
from ..release import stated_release
from ..request import Reply, Request
from ..transport import Session
from .gene import CalledGene
from .lookups import GeneLookUps, Page, told_of

__all__ = ["HgncLive"]


class HgncLive(GeneLookUps[Reply]):
    """Look-ups of human genes within one session of the transport; raises as `GeneLookUps` and the transport do."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._release: str | None = None
        self._lock = asyncio.Lock()

    async def _fetch(self, field: HgncField, value: str) -> Page[Reply]:
        path = f"/fetch/{field}/{quote(value, safe='')}"
        reply = await self.session.fetch(Request("hgnc", path, check=_check, release=await self._released()))
        response = reply.value["response"]
        return Page.read(reply, response["docs"], response["numFound"], value)

    async def _released(self) -> str:
        async with self._lock:
            if self._release is None:
                self._release = await stated_release(
                    self.session, Request("hgnc", "/info", check=_check_info), _release
                )
        return self._release

    def _found(
        self, rows: Sequence[CalledGene], pages: Sequence[Page[Reply]], notices: Iterable[str]
    ) -> Found[CalledGene]:
        replies = [page.reply for page in pages]
        lacking = any(page.lacking for page in pages)
        return Found(
            rows=tuple(rows),
            source=source_of(self.session.transport.service("hgnc"), replies),
            backend="live" if any(reply.backend == "live" for reply in replies) else "cache",
            retrieved_at=min(reply.retrieved_at for reply in replies),
            total=None if lacking else len(rows),
            complete=not lacking,
            notices=told_of(rows, pages, notices),
        )


def _check(reply: Reply) -> None:
    value = reply.value
    status = value["responseHeader"].get("status", 0)
    if status != 0:
        said = text(value.get("error", {}).get("msg")) or f"status {status}"
        raise BadReply(f"HGNC refused the request: {shorten(said, 160)}.", "Check the symbol.")
    count, docs = value["response"]["numFound"], value["response"]["docs"]
    if isinstance(count, bool) or not isinstance(count, int) or not isinstance(docs, list):
        raise BadReply("HGNC: no list of genes came.", "Ask again later.")
    if not all(isinstance(row, dict) for row in docs):
        raise BadReply("HGNC: a list of something else than genes came.", "Ask again later.")


def _check_info(reply: Reply) -> None:
    _release(reply)


def _release(reply: Reply) -> str:
    """The day on which the data changed last. Raises BadReply."""
    changed = text(reply.value.get("lastModified")) if isinstance(reply.value, dict) else None
    if changed is None or re.match(r"\d{4}-\d{2}-\d{2}", changed) is None:
        raise BadReply("HGNC: it does not say when its data changed last.", "Ask again later.")
    return changed[:10]
