"""Gene names in the order in which every look-up is asked: the registered store, kept replies, the live service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from ....memory.errors import NotFound, OfflineRefused, StorageError, Unavailable
from ....memory.hgnc_store import HgncStore
from ..found import Found
from ..transport import Session
from .gene import CalledGene
from .live import HgncLive
from .local import HgncLocal
from .lookups import GeneLookUps

if TYPE_CHECKING:
    from ...workbench import Workbench

__all__ = ["Hgnc"]

Ask = Callable[[GeneLookUps[Any]], Awaitable[Found[CalledGene]]]


class Hgnc:
    """The look-ups of `GeneLookUps`, asked of the first that knows the gene.

    What cannot be asked costs nothing where the other answers: then a notice of the session says why, unless only the network
    is forbidden.

    Args:
        session: to ask the service in.
        store: the registered store; None where there is none, and then the service is all there is.
        live_first: ask the service before the store.
    """

    def __init__(self, session: Session, store: HgncStore | None, live_first: bool = False) -> None:
        self._session = session
        several: list[GeneLookUps[Any]] = [HgncLive(session)]
        if store is not None:
            several.insert(len(several) if live_first else 0, HgncLocal(store))
        self._sources = tuple(several)

    @classmethod
    def of(cls, bench: Workbench, session: Session) -> Hgnc:
        """With the bench's store, in the order that its settings say. Raises SourceUnavailable and StorageError."""
        return cls(session, bench.hgnc, bench.services.first)

    async def called(self, symbol: str) -> Found[CalledGene]:
        """Every gene of that symbol; see `GeneLookUps.called`."""
        return await self._first(lambda source: source.called(symbol))

    async def by_id(self, hgnc_id: str) -> Found[CalledGene]:
        """The gene of that HGNC id."""
        return await self._first(lambda source: source.by_id(hgnc_id))

    async def by_accession(self, accession: str) -> Found[CalledGene]:
        """The genes of a UniProt accession."""
        return await self._first(lambda source: source.by_accession(accession))

    async def by_ensembl_gene(self, ensembl_gene: str) -> Found[CalledGene]:
        """The gene of an Ensembl gene id."""
        return await self._first(lambda source: source.by_ensembl_gene(ensembl_gene))

    async def _first(self, ask: Ask) -> Found[CalledGene]:
        absence: NotFound | None = None
        refusal: Unavailable | StorageError | None = None
        for source in self._sources:
            try:
                return await ask(source)
            except NotFound as error:
                absence = error
            except (Unavailable, StorageError) as error:
                refusal = error
                if len(self._sources) > 1 and not isinstance(error, OfflineRefused):
                    self._session.notices.append(f"HGNC: {error.message.removeprefix('HGNC: ')}")
        if absence is not None:
            raise absence
        assert refusal is not None  # there is a source, and it did not answer
        raise refusal
