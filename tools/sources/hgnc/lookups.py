"""Look-ups of human genes by any of their names and ids: what the live service and a local store have in common."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ....memory.errors import Ambiguous, BadReply, InvalidIdentifier, NotFound
from ....memory.hgnc_store import HgncField
from ....memory.text import clean, shorten
from ..chembl import checked
from ..found import Found
from .gene import CalledGene, Gene, NameKind

__all__ = ["GeneLookUps", "Page", "only_gene", "told_of"]

_SYMBOL = re.compile(r"(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._@/' -]{0,38}[A-Za-z0-9+])?", re.ASCII)
_HGNC_ID = re.compile(r"(?:HGNC:)?(\d{1,7})", re.IGNORECASE | re.ASCII)
_ENSEMBL = re.compile(r"ENSG\d{11}(?:\.\d{1,3})?", re.IGNORECASE | re.ASCII)
_FIELDS: tuple[tuple[HgncField, NameKind], ...] = (
    ("symbol", "approved symbol"),
    ("prev_symbol", "previous symbol"),
    ("alias_symbol", "alias symbol"),
)

R = TypeVar("R")


@dataclass(frozen=True)
class Page(Generic[R]):
    """The genes of one field's value, and the reply they came in; `lacking` where it counts more than could be read."""

    reply: R
    genes: tuple[Gene, ...]
    notices: tuple[str, ...] = ()
    lacking: bool = False

    @classmethod
    def read(cls, reply: R, documents: Sequence[Mapping[str, Any]], stated: int, value: str) -> Page[R]:
        """From documents as the service gives them, and how many it says there are."""
        genes, notices = [], []
        for row in documents:
            try:
                genes.append(Gene.read(row))
            except BadReply as error:
                notices.append(f"{error.message} It is left out.")
        if stated != len(documents):
            notices.append(f"HGNC has {stated:,} genes of {shorten(value, 40)}; {len(documents):,} came.")
        return cls(reply, tuple(genes), tuple(notices), lacking=bool(notices))


class GeneLookUps(ABC, Generic[R]):
    """Look-ups of human genes.

    Raises (every look-up):
        InvalidIdentifier: before anything is asked.
        NotFound: HGNC has no such gene.
        OfflineRefused, RateLimited, BadReply, SourceUnavailable, StorageError: where it cannot be asked.
    """

    async def called(self, symbol: str) -> Found[CalledGene]:
        """Every gene whose approved symbol, previous symbol or alias this is, in that order; withdrawn reports last.

        It is asked as it is written and, where nothing has that name, in capitals; a local store also in other spellings.
        """
        wanted = " ".join(clean(symbol).split())
        if _SYMBOL.fullmatch(wanted) is None:
            raise InvalidIdentifier(f"“{shorten(wanted, 40)}” is no gene symbol.", "A symbol looks like EGFR or c-Met.")
        rows, pages = await self._under_all_names(wanted)
        notices = []
        for others in ((wanted.upper(),), self._spellings(wanted)):
            if not rows and others and others != (wanted,):
                rows, pages = await self._under_all_names(*others)
                if rows:
                    notices.append(f"HGNC has {' and '.join(others[:5])}, not {wanted}.")
        if not rows:
            raise NotFound(
                f"No human gene is called {wanted} in HGNC, nor was before.",
                "Check the spelling, or give a UniProt accession.",
            )
        return self._found(sorted(rows, key=lambda row: row.gene.withdrawn), pages, notices)

    async def by_id(self, hgnc_id: str) -> Found[CalledGene]:
        """The gene of that HGNC id, such as `HGNC:3236`."""
        hit = _HGNC_ID.fullmatch(hgnc_id.strip())
        if hit is None:
            raise InvalidIdentifier(f"“{shorten(clean(hgnc_id), 40)}” is no HGNC id.", "An id looks like HGNC:3236.")
        return await self._one_field("hgnc_id", hit[1], "HGNC id", f"HGNC:{hit[1]}")

    async def by_accession(self, accession: str) -> Found[CalledGene]:
        """The genes of a UniProt accession; an isoform's counts as its entry's."""
        wanted = checked.accession(accession).partition("-")[0]
        return await self._one_field("uniprot_ids", wanted, "UniProt accession", wanted)

    async def by_ensembl_gene(self, ensembl_gene: str) -> Found[CalledGene]:
        """The gene of an Ensembl gene id; a version behind it is left out."""
        wanted = ensembl_gene.strip().upper()
        if _ENSEMBL.fullmatch(wanted) is None:
            raise InvalidIdentifier(
                f"“{shorten(clean(ensembl_gene), 40)}” is no Ensembl id of a human gene.",
                "It looks like ENSG00000146648.",
            )
        wanted = wanted.partition(".")[0]
        return await self._one_field("ensembl_gene_id", wanted, "Ensembl gene", wanted)

    @abstractmethod
    async def _fetch(self, field: HgncField, value: str) -> Page[R]:
        """The genes that have this value in one of HGNC's fields; an HGNC id comes as its number."""

    @abstractmethod
    def _found(self, rows: Sequence[CalledGene], pages: Sequence[Page[R]], notices: Iterable[str]) -> Found[CalledGene]:
        """The rows with where and when they are from."""

    def _spellings(self, symbol: str) -> tuple[str, ...]:
        """Other spellings to ask for, where the source can tell them."""
        return ()

    async def _one_field(self, field: HgncField, value: str, kind: NameKind, shown: str) -> Found[CalledGene]:
        page = await self._fetch(field, value)
        if not page.genes:
            raise NotFound(f"HGNC, which names human genes only, has no gene of {shown}.", "Check the identifier.")
        return self._found([CalledGene(gene, kind) for gene in page.genes], [page], ())

    async def _under_all_names(self, *symbols: str) -> tuple[list[CalledGene], list[Page[R]]]:
        """Each gene once, under the firmest of its names."""
        asked = [(field, kind, symbol) for field, kind in _FIELDS for symbol in symbols]
        # All are waited for, so that none goes on in a session that an error of another has ended.
        ended = await asyncio.gather(
            *(self._fetch(field, symbol) for field, _, symbol in asked), return_exceptions=True
        )
        pages: list[Page[R]] = []
        for page in ended:
            if isinstance(page, BaseException):
                raise page
            pages.append(page)
        rows: dict[str, CalledGene] = {}
        for (_, kind, _), page in zip(asked, pages, strict=True):
            for gene in page.genes:
                rows.setdefault(gene.hgnc_id, CalledGene(gene, kind))
        return list(rows.values()), pages


def told_of(rows: Sequence[CalledGene], pages: Sequence[Page[Any]], notices: Iterable[str]) -> tuple[str, ...]:
    """What has to be said of what was found, each once."""
    withdrawn = [row.gene.sentence for row in rows if row.gene.withdrawn]
    return tuple(dict.fromkeys((*notices, *withdrawn, *(told for page in pages for told in page.notices))))


def only_gene(symbol: str, found: Found[CalledGene]) -> CalledGene:
    """The one gene that a name means: the one that has it as approved symbol, else the only one that has it at all.

    Raises:
        Ambiguous: several genes have it as previous symbol or alias; `nearest` holds them.
        NotFound: only withdrawn reports have it.
    """
    standing = [row for row in found.rows if not row.gene.withdrawn]
    approved = [row for row in standing if row.called_by == "approved symbol"]
    if len(approved) == 1 or len(standing) == 1:
        return (approved or standing)[0]
    if not standing:
        raise NotFound(" ".join(row.gene.sentence for row in found.rows), "Ask for what stands in its place.")
    raise Ambiguous(
        f"{shorten(clean(symbol), 40)} is a former or other name of several human genes.",
        "Ask for one of them by its approved symbol.",
        tuple(f"{row.gene.symbol} ({row.gene.hgnc_id}, {row.called_by})" for row in standing[:20]),
    )
