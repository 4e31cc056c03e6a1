"""Gene names from the registered store of HGNC's complete set: the same look-ups as live, over the same documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from ....memory.hgnc_store import HgncField, HgncStore
from ..found import Found
from .gene import CalledGene
from .lookups import GeneLookUps, Page, told_of

__all__ = ["HgncLocal"]


class HgncLocal(GeneLookUps[None]):
    """Look-ups of human genes in a store; raises as `GeneLookUps` does."""

    def __init__(self, store: HgncStore) -> None:
        self._store = store

    async def _fetch(self, field: HgncField, value: str) -> Page[None]:
        documents = self._store.documents(field, f"HGNC:{value}" if field == "hgnc_id" else value)
        return Page.read(None, documents, len(documents), value)

    def _spellings(self, symbol: str) -> tuple[str, ...]:
        return tuple(self._store.spellings(symbol))

    def _found(
        self, rows: Sequence[CalledGene], pages: Sequence[Page[None]], notices: Iterable[str]
    ) -> Found[CalledGene]:
        lacking = any(page.lacking for page in pages)
        return Found(
            rows=tuple(rows),
            source=self._store.source,
            backend="local",
            retrieved_at=datetime.now(UTC),
            total=None if lacking else len(rows),
            complete=not lacking,
            notices=told_of(rows, pages, notices),
        )
