"""From what a person calls a target to Open Targets' gene: the local stores say which symbol, the service which Ensembl id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ...memory.errors import Ambiguous, NotFound
from ...memory.text import shorten
from ..contract import ToolContext
from ..identifiers import is_chembl_id, is_uniprot_accession
from ..sources.found import Found
from ..sources.opentargets import OpenTargets, TargetHit
from ..targets.identify_target import Target, identify_target

__all__ = ["Gene", "Symbol", "gene_of", "symbol_of"]

_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}", re.ASCII)
_HUMAN = "Homo sapiens"


@dataclass(frozen=True)
class Symbol:
    """A gene symbol, and the target that it was taken from; `target` is None where no local store knows it."""

    query: str
    symbol: str
    target: Target | None


@dataclass(frozen=True)
class Gene:
    """A gene as Open Targets has it, and how it was asked for."""

    query: str
    hit: TargetHit
    accession: str | None
    notes: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """How a record names it."""
        return {
            "query": self.query,
            "gene": self.hit.symbol,
            "name": self.hit.name,
            "accession": self.accession or (self.hit.accessions[0] if self.hit.accessions else None),
            "ensembl_id": self.hit.ensembl_id,
        }


def symbol_of(text: str, context: ToolContext) -> Symbol:
    """The human gene that a symbol, name, accession or ChEMBL id means.

    What the local stores do not know is taken for a symbol where it looks like one; the service has the last word.

    Raises:
        NotFound: it is neither known here nor like a symbol, or the target is not one human gene.
        Ambiguous: several human proteins bear the name.
    """
    query = text.strip()
    try:
        target = identify_target(query, context)
    except Ambiguous:
        raise
    except NotFound:
        if not _SYMBOL.fullmatch(query) or is_chembl_id(query) or context.bench.chembl.molecules_named(query):
            raise
        return Symbol(query, query, None)
    if target.gene is None:
        raise NotFound(f"{target.label} is not one gene.", "Name one of its proteins by gene symbol or accession.")
    if target.organism != _HUMAN:
        raise NotFound(
            f"{target.label} is of {target.organism or 'an unknown organism'}; Open Targets describes human targets only.",
            "Name the human target.",
        )
    return Symbol(query, target.gene, target)


async def gene_of(symbol: Symbol, client: OpenTargets) -> tuple[Gene, Found[TargetHit]]:
    """The gene of exactly that symbol, or of the known accession. Raises NotFound, with the nearest, where there is none."""
    unknown = symbol.target is None
    accession = symbol.target.accession if symbol.target else None
    by_accession = unknown and is_uniprot_accession(symbol.symbol)
    try:
        found = await (client.by_accession if by_accession else client.by_symbol)(symbol.symbol)
    except NotFound as absence:
        found = await _renamed(accession, client, absence)
    hit = found.rows[0]
    notes = list(found.notices)
    if not by_accession and hit.symbol.casefold() != symbol.symbol.casefold():
        notes.append(f"Open Targets calls {symbol.symbol} {hit.symbol}; both are UniProt {accession}.")
    if accession and hit.accessions and accession not in hit.accessions:
        linked = ", ".join(hit.accessions[:3])
        notes.append(f"Open Targets links {hit.symbol} to UniProt {linked}, not to {accession}.")
    if unknown:
        kind = "a UniProt accession" if by_accession else "a human gene symbol"
        notes.append(f"{shorten(symbol.query, 40)} is in no local store; it was taken for {kind}.")
    return Gene(symbol.query, hit, accession, tuple(notes)), found


async def _renamed(accession: str | None, client: OpenTargets, absence: NotFound) -> Found[TargetHit]:
    """The gene of that accession, whose symbol has changed. Raises the absence of the symbol where there is none."""
    if accession is None:
        raise absence
    try:
        return await client.by_accession(accession)
    except NotFound:
        raise absence from None
