"""A human gene as HGNC names it, and by which of its names it was found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ....memory.errors import BadReply
from ...identifiers import is_uniprot_accession
from ..plain import text, texts

__all__ = ["CalledGene", "Gene", "NameKind"]

NameKind = Literal["approved symbol", "previous symbol", "alias symbol", "HGNC id", "UniProt accession", "Ensembl gene"]
_HGNC_ID = re.compile(r"HGNC:\d{1,7}", re.ASCII)
_ENSEMBL = re.compile(r"ENSG\d{11}", re.ASCII)
_ENTREZ = re.compile(r"\d{1,9}", re.ASCII)
_REFSEQ = re.compile(r"[A-Z]{2}_\d{6,12}(?:\.\d{1,3})?", re.ASCII)
_WITHDRAWN_NAME = re.compile(r"(?:symbol|entry) withdrawn", re.IGNORECASE)
_SUCCESSOR = re.compile(r"HGNC:\d{1,7}|(?<=see )\[?(?!HGNC:)([A-Za-z0-9-]{1,20})", re.ASCII)


@dataclass(frozen=True)
class Gene:
    """A symbol report. None and empty where HGNC says nothing."""

    hgnc_id: str
    symbol: str
    name: str | None = None
    status: str | None = None
    """`Approved`, or `Entry Withdrawn`."""
    locus_type: str | None = None
    previous_symbols: tuple[str, ...] = ()
    alias_symbols: tuple[str, ...] = ()
    ensembl_gene: str | None = None
    uniprot_accessions: tuple[str, ...] = ()
    entrez_gene: str | None = None
    refseq: tuple[str, ...] = ()
    location: str | None = None
    """On the chromosome, such as 7p11.2."""

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Gene:
        """From a document of the service. Raises BadReply where it has no id or no symbol."""
        hgnc_id, symbol = text(row.get("hgnc_id")), text(row.get("symbol"))
        if hgnc_id is None or _HGNC_ID.fullmatch(hgnc_id) is None or symbol is None:
            raise BadReply("HGNC: a gene without an id or a symbol.", "Ask again later.")
        ensembl, entrez = text(row.get("ensembl_gene_id")), text(row.get("entrez_id"))
        return cls(
            hgnc_id=hgnc_id,
            symbol=symbol,
            name=text(row.get("name")),
            status=text(row.get("status")),
            locus_type=text(row.get("locus_type")),
            previous_symbols=texts(row.get("prev_symbol")),
            alias_symbols=texts(row.get("alias_symbol")),
            ensembl_gene=ensembl if ensembl is not None and _ENSEMBL.fullmatch(ensembl) else None,
            uniprot_accessions=tuple(name for name in texts(row.get("uniprot_ids")) if is_uniprot_accession(name)),
            entrez_gene=entrez if entrez is not None and _ENTREZ.fullmatch(entrez) else None,
            refseq=tuple(name for name in texts(row.get("refseq_accession")) if _REFSEQ.fullmatch(name)),
            location=text(row.get("location")),
        )

    @property
    def withdrawn(self) -> bool:
        """Whether HGNC no longer uses the symbol for a gene."""
        return (
            (self.status is not None and self.status.casefold() != "approved")
            or self.symbol.endswith("~withdrawn")
            or (self.name is not None and _WITHDRAWN_NAME.match(self.name) is not None)
        )

    @property
    def successors(self) -> tuple[str, ...]:
        """What a withdrawn report sends its readers to, as far as its name says so."""
        if not self.withdrawn:
            return ()
        return tuple(dict.fromkeys(hit[1] or hit[0] for hit in _SUCCESSOR.finditer(self.name or "")))

    @property
    def sentence(self) -> str:
        """That it was withdrawn, and what stands in its place."""
        symbol = self.symbol.removesuffix("~withdrawn")
        instead = f"; see {' and '.join(self.successors)}" if self.successors else ""
        return f"HGNC has withdrawn {symbol} ({self.hgnc_id}){instead}."


@dataclass(frozen=True)
class CalledGene:
    """A gene, and which of its names was asked for."""

    gene: Gene
    called_by: NameKind
