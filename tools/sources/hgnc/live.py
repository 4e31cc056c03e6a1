"""Gene names as genenames.org answers now. Two hops: `HgncLive` → `Session.fetch`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ....memory.errors import Ambiguous, BadReply, InvalidIdentifier, NotFound
from ....memory.text import clean, shorten
from ..chembl import checked
from ..found import Found, source_of
from ..plain import text
from ..release import stated_release
from ..request import Reply, Request
from ..transport import Session
from .gene import CalledGene, Gene, NameKind

__all__ = ["HgncLive", "only_gene"]

_SYMBOL = re.compile(r"(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._@/' -]{0,38}[A-Za-z0-9+])?", re.ASCII)
_HGNC_ID = re.compile(r"(?:HGNC:)?(\d{1,7})", re.IGNORECASE | re.ASCII)
_ENSEMBL = re.compile(r"ENSG\d{11}(?:\.\d{1,3})?", re.IGNORECASE | re.ASCII)
_FIELDS: tuple[tuple[str, NameKind], ...] = (
    ("symbol", "approved symbol"),
    ("prev_symbol", "previous symbol"),
    ("alias_symbol", "alias symbol"),
)


@dataclass(frozen=True)
class _Page:
    """The genes of one reply; `lacking` where the service counts more of them than could be read."""

    reply: Reply
    genes: tuple[Gene, ...]
    notices: tuple[str, ...]
    lacking: bool


class HgncLive:
    """Look-ups of human genes within one session of the transport.

    Raises (every look-up):
        InvalidIdentifier: before anything is sent.
        NotFound: HGNC has no such gene.
        OfflineRefused, RateLimited, BadReply, SourceUnavailable: as the transport does.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._release: str | None = None
        self._lock = asyncio.Lock()

    async def called(self, symbol: str) -> Found[CalledGene]:
        """Every gene whose approved symbol, previous symbol or alias this is, in that order; withdrawn reports last.

        It is asked as it is written and, where nothing has that name, in capitals.
        """
        wanted = " ".join(clean(symbol).split())
        if _SYMBOL.fullmatch(wanted) is None:
            raise InvalidIdentifier(f"“{shorten(wanted, 40)}” is no gene symbol.", "A symbol looks like EGFR or c-Met.")
        rows, pages = await self._under_all_names(wanted)
        notices = []
        if not rows and wanted.upper() != wanted:
            rows, pages = await self._under_all_names(wanted.upper())
            if rows:
                notices.append(f"HGNC has {wanted.upper()}, not {wanted}.")
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

    async def _one_field(self, field: str, value: str, kind: NameKind, shown: str) -> Found[CalledGene]:
        page = await self._fetch(field, value)
        if not page.genes:
            raise NotFound(f"HGNC, which names human genes only, has no gene of {shown}.", "Check the identifier.")
        return self._found([CalledGene(gene, kind) for gene in page.genes], [page], ())

    async def _under_all_names(self, symbol: str) -> tuple[list[CalledGene], list[_Page]]:
        """Each gene once, under the firmest of its names."""
        pages = await asyncio.gather(*(self._fetch(field, symbol) for field, _ in _FIELDS))
        rows: dict[str, CalledGene] = {}
        for (_, kind), page in zip(_FIELDS, pages, strict=True):
            for gene in page.genes:
                rows.setdefault(gene.hgnc_id, CalledGene(gene, kind))
        return list(rows.values()), list(pages)

    async def _fetch(self, field: str, value: str) -> _Page:
        path = f"/fetch/{field}/{quote(value, safe='')}"
        reply = await self.session.fetch(Request("hgnc", path, check=_check, release=await self._released()))
        stated, docs = reply.value["response"]["numFound"], reply.value["response"]["docs"]
        genes, notices = [], []
        for row in docs:
            try:
                genes.append(Gene.read(row))
            except BadReply as error:
                notices.append(f"{error.message} It is left out.")
        if stated != len(docs):
            notices.append(f"HGNC has {stated:,} genes of {shorten(value, 40)}; {len(docs):,} came.")
        return _Page(reply, tuple(genes), tuple(notices), lacking=bool(notices))

    async def _released(self) -> str:
        async with self._lock:
            if self._release is None:
                self._release = await stated_release(
                    self.session, Request("hgnc", "/info", check=_check_info), _release
                )
        return self._release

    def _found(self, rows: Sequence[CalledGene], pages: Sequence[_Page], notices: Iterable[str]) -> Found[CalledGene]:
        replies = [page.reply for page in pages]
        lacking = any(page.lacking for page in pages)
        withdrawn = [row.gene.sentence for row in rows if row.gene.withdrawn]
        return Found(
            rows=tuple(rows),
            source=source_of(self.session.transport.service("hgnc"), replies),
            backend="live" if any(reply.backend == "live" for reply in replies) else "cache",
            retrieved_at=min(reply.retrieved_at for reply in replies),
            total=None if lacking else len(rows),
            complete=not lacking,
            notices=tuple(dict.fromkeys((*notices, *withdrawn, *(told for page in pages for told in page.notices)))),
        )


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
