"""From what a person calls a target to one human protein by its accession: what services about proteins are asked with.

The local store is asked first; HGNC (its registered store, then its service) where that does not know the name, which then is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...memory.errors import Ambiguous, InvalidIdentifier, NotFound, OfflineRefused, SourceUnavailable, Unavailable
from ...memory.text import shorten
from ..contract import ToolContext
from ..identifiers import is_chembl_id, is_uniprot_accession
from .identify_target import Target, identify_target

if TYPE_CHECKING:
    from ..sources.hgnc import Gene
    from ..sources.transport import Session

__all__ = ["HumanProtein", "accession_of", "human_protein"]

_HUMAN = "Homo sapiens"


@dataclass(frozen=True)
class HumanProtein:
    """A protein to ask services about. `gene` and `name` are None where only its accession is known."""

    query: str
    accession: str
    gene: str | None
    name: str | None
    matched_by: str
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What a digest calls it."""
        return self.gene or self.name or self.accession

    def record(self) -> dict[str, Any]:
        """How a record names it."""
        return {
            "query": self.query,
            "gene": self.gene,
            "name": self.name,
            "accession": self.accession,
            "organism": _HUMAN,
            "matched_by": self.matched_by,
        }


async def human_protein(text: str, context: ToolContext, session: Session) -> HumanProtein:
    """The human protein meant by a gene symbol, name, UniProt accession or ChEMBL target id.

    Raises:
        NotFound: neither the local store nor HGNC knows it, or it is no human protein.
        Ambiguous: several human proteins bear the name, or the target has several.
        InvalidIdentifier: it is the InChIKey of a molecule.
        OfflineRefused, SourceUnavailable: only HGNC could know it, and it cannot be asked.
    """
    query = " ".join(text.split())
    try:
        target = identify_target(query, context)
    except Ambiguous:
        raise
    except NotFound as absence:
        if is_chembl_id(query):
            raise
        if not is_uniprot_accession(query):
            return await _from_hgnc(query, context, session, absence)
        accession = query.upper().partition("-")[0]
        note = f"{accession} is not in the local store, so it was asked for as it is."
        return HumanProtein(query, accession, None, None, "accession", (note,))
    return _of_target(query, target)


def accession_of(target: Target) -> str:
    """The accession of a target that is one protein. Raises Ambiguous where it has several, NotFound where it has none."""
    if target.accession is not None:
        return target.accession
    parts = tuple(dict.fromkeys(name for row in target.targets for name in row.accessions))
    if parts:
        raise Ambiguous(f"{target.name} has several proteins.", "Ask for one of them.", parts[:20])
    raise NotFound(f"{target.name} is no single protein.", "Ask for a protein by gene symbol or accession.")


def _of_target(query: str, target: Target) -> HumanProtein:
    accession = accession_of(target)
    if target.organism not in (_HUMAN, None):
        raise NotFound(
            f"{shorten(query, 60)} is a protein of {target.organism} here; only human proteins are asked for.",
            "Ask for the human protein by its UniProt accession.",
        )
    others = f"The same name is borne by {', '.join(target.same_name[:5])}."
    notes = (others,) if target.same_name else ()
    return HumanProtein(query, accession, target.gene, target.name, target.matched_by, notes)


async def _from_hgnc(query: str, context: ToolContext, session: Session, absence: NotFound) -> HumanProtein:
    from ..sources.hgnc import Hgnc, only_gene

    try:
        found = await Hgnc.of(context.bench, session).called(query)
        chosen = only_gene(query, found)
    except (Ambiguous, OfflineRefused):
        raise
    except (NotFound, InvalidIdentifier) as error:
        raise NotFound(f"{absence.message} {error.message}", absence.hint, absence.nearest) from error
    except Unavailable as error:
        raise SourceUnavailable(
            f"{absence.message} HGNC, which may know it, did not answer: {error.message}", error.hint
        ) from error
    accession = _only_accession(chosen.gene)
    here = f" {found.source.release} (local store)" if found.backend == "local" else ""
    note = f"HGNC{here} has {query} as {chosen.called_by} of {chosen.gene.symbol} ({chosen.gene.hgnc_id})."
    return HumanProtein(
        query, accession, chosen.gene.symbol, chosen.gene.name, f"HGNC {chosen.called_by}", (note, *found.notices)
    )


def _only_accession(gene: Gene) -> str:
    if len(gene.uniprot_accessions) == 1:
        return gene.uniprot_accessions[0]
    if gene.uniprot_accessions:
        raise Ambiguous(
            f"{gene.symbol} makes several proteins.", "Ask for one of them by accession.", gene.uniprot_accessions[:20]
        )
    raise NotFound(
        f"HGNC names no protein of {gene.symbol} ({gene.locus_type or 'of unknown type'}).", "Give a UniProt accession."
    )
