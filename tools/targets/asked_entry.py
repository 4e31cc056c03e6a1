"""From what a person calls a protein to its whole UniProt entry, features and isoforms included: from UniProt itself.

The local stores say which protein is meant; they keep no features. A name that they do not know is asked of UniProt as a gene.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...memory.errors import Ambiguous, InvalidArguments, NotFound
from ...memory.text import shorten
from ...memory.uniprot_store import HUMAN
from ..contract import ToolContext
from ..identifiers import is_chembl_id, is_uniprot_accession
from .human_protein import accession_of
from .identify_target import identify_target

if TYPE_CHECKING:
    from ..sources.found import Found
    from ..sources.transport import Session
    from ..sources.uniprot import AnyEntry, UniprotEntry, UniprotHit, UniprotLive

__all__ = ["AskedEntry", "asked_entry"]

_SHOWN = 10


@dataclass(frozen=True)
class AskedEntry:
    """An entry that is in use, how it was asked for, and where it is from."""

    query: str
    entry: UniprotEntry
    found: Found[AnyEntry]
    notes: tuple[str, ...]

    @property
    def gene(self) -> str | None:
        """The first gene symbol."""
        return next((gene.name.value for gene in self.entry.genes if gene.name is not None), None)

    @property
    def label(self) -> str:
        """What a digest calls it."""
        return self.gene or self.entry.names.best or self.entry.accession

    def record(self) -> dict[str, Any]:
        """How a record names it."""
        return {
            "query": self.query,
            "gene": self.gene,
            "name": self.entry.names.best,
            "accession": self.entry.accession,
            "organism": self.entry.organism.scientific_name,
        }

    def rows(self, rows: tuple[Any, ...]) -> Found[Any]:
        """These rows of the entry, with its source at the entry's page."""
        source = self.found.source.model_copy(
            update={"url": f"https://www.uniprot.org/uniprotkb/{self.entry.accession}/entry"}
        )
        return replace(self.found, rows=rows, total=len(rows), source=source)


async def asked_entry(text: str, context: ToolContext, session: Session) -> AskedEntry:
    """The entry of the protein meant by a gene symbol, name, UniProt accession or ChEMBL target id; any organism.

    Raises:
        NotFound: neither the local store nor UniProt knows it, or its entry was deleted.
        Ambiguous: several proteins bear the name, the target has several, or its entry was split up.
        OfflineRefused, SourceUnavailable: the entry is not kept here, and UniProt cannot be asked.
    """
    from ..sources.uniprot import UniprotLive, single_entry

    query = " ".join(text.split())
    live = UniprotLive(session)
    notes: list[str] = []
    searched: Found[UniprotHit] | None = None
    try:
        target = identify_target(query, context)
        accession = accession_of(target).partition("-")[0]
        if target.same_name:
            notes.append(f"The same name is borne by {', '.join(target.same_name[:5])}.")
    except Ambiguous:
        raise
    except NotFound as absence:
        if is_chembl_id(query):
            raise
        if is_uniprot_accession(query):
            accession = query.upper()
        else:
            searched = await _called(query, live, absence)
            accession = searched.rows[0].accession
            notes.append(f"{shorten(query, 40)} is in no local store; UniProt has it as a gene of {accession}.")
    found = await live.entry(accession)
    if searched is not None:
        found = replace(found, retrieved_at=min(found.retrieved_at, searched.retrieved_at))
    return AskedEntry(query, single_entry(found), found, (*notes, *found.notices))


async def _called(query: str, live: UniprotLive, absence: NotFound) -> Found[UniprotHit]:
    """The reviewed entry of that gene, the human one where there is one. Raises the absence where UniProt has none either."""
    try:
        found = await live.search({"gene_exact": query, "organism": str(HUMAN), "reviewed": True}, _SHOWN)
        if not found.rows:
            found = await live.search({"gene_exact": query, "reviewed": True}, _SHOWN)
    except InvalidArguments:  # nothing that could be a gene
        raise absence from None
    if not found.rows:
        raise NotFound(f"{absence.message} UniProt has no such gene either.", absence.hint, absence.nearest)
    if len(found.rows) > 1:
        raise Ambiguous(
            f"UniProt has {found.total or len(found.rows):,} reviewed proteins of a gene {shorten(query, 40)}.",
            "Ask for one of them by accession.",
            tuple(f"{hit.accession} ({hit.organism})" for hit in found.rows),
        )
    return found
