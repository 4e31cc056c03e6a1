"""From what a person calls a drug target to one protein or ChEMBL target: the first step of every target tool."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ...memory.chembl_rows import TargetRow
from ...memory.errors import Ambiguous, NotFound
from ...memory.text import shorten
from ...memory.uniprot_store import HUMAN, ProteinEntry
from ..contract import ToolContext
from ..identifiers import is_chembl_id, is_uniprot_accession

__all__ = ["Target", "candidates", "identify_target"]


@dataclass(frozen=True)
class Target:
    """A target as asked for; `targets` are its ChEMBL targets, single proteins first."""

    query: str
    gene: str | None
    name: str
    accession: str | None
    organism: str | None
    matched_by: str
    entry: ProteinEntry | None
    targets: tuple[TargetRow, ...]
    same_name: tuple[str, ...] = ()
    """Accessions of other organisms' proteins of this name."""

    @property
    def main(self) -> TargetRow | None:
        """The ChEMBL target that stands for it alone, where there is one."""
        single = [
            row for row in self.targets if row.target_type == "SINGLE PROTEIN" and not row.chembl_id.startswith("BCT")
        ]
        if single:
            return single[0]
        return self.targets[0] if self.matched_by == "ChEMBL id" and self.targets else None

    @property
    def label(self) -> str:
        """Its gene or name, for a digest."""
        return self.gene or self.name

    def record(self) -> dict[str, Any]:
        """How a record names its target."""
        return {
            "query": self.query,
            "gene": self.gene,
            "name": self.name,
            "accession": self.accession,
            "organism": self.organism,
            "chembl_id": self.main.chembl_id if self.main else None,
            "matched_by": self.matched_by,
            **({"other_targets_of_this_name": list(self.same_name)[:10]} if self.same_name else {}),
        }


def identify_target(text: str, context: ToolContext) -> Target:
    """The target meant by a gene symbol, name, UniProt accession or ChEMBL target id.

    The human one where several organisms have it; without a human one the first in the name index, the others named.

    Raises:
        NotFound: it is in no source; `nearest` holds similar names.
        Ambiguous: several human proteins bear the name.
    """
    found = candidates(text, context)
    human = [item for item in found if item.entry is not None and item.entry.tax_id == HUMAN]
    if len(human) > 1:
        raise Ambiguous(
            f"Several human targets are called {shorten(text.strip(), 60)}.",
            "Ask by UniProt accession.",
            tuple(f"{item.name} ({item.accession or item.query})" for item in human[:10]),
        )
    chosen = human[0] if human else found[0]
    others = tuple(item.accession or item.name for item in found if item is not chosen)
    return replace(chosen, same_name=others)


def candidates(text: str, context: ToolContext) -> list[Target]:
    """Every target of that name or identifier. Raises NotFound where there is none."""
    query, bench = text.strip(), context.bench
    if is_chembl_id(query):
        row = bench.chembl.target(query.upper())
        if row is None:
            raise NotFound(
                f"No target with the id {query.upper()} is in {bench.chembl.source.release}.",
                "Give a gene or an accession.",
            )
        entry = bench.uniprot.entry(row.accessions[0]) if len(row.accessions) == 1 else None
        return [_from_target(query, row, entry)]
    if is_uniprot_accession(query):
        entry = bench.uniprot.entry(query.upper().partition("-")[0])
        if entry is not None:
            return [_from_entry(query, entry, "accession", context)]
        rows = bench.chembl.targets_for_accession(query.upper())
        if rows:
            return [_from_target(query, rows[0], None)]
    entries = bench.uniprot.named(query) if len(query) <= 200 else []
    if entries:
        return [_from_entry(query, entry, "name", context) for entry in entries]
    other = [hit for hit in bench.uniprot.names.matching(query, ("target",)) if not bench.uniprot.entry(hit.id)]
    for hit in other:  # proteins that only ChEMBL's side knows: other animals, biologics' targets
        rows = bench.chembl.targets_for_accession(hit.id)
        if rows:
            return [_from_target(query, rows[0], None)]
    nearest = tuple(name for name, _ in bench.uniprot.nearest_names(query))
    where = f"{bench.uniprot.source.name} {bench.uniprot.source.release}"
    raise NotFound(
        f"No target called {shorten(query, 80)} is in {where}.",
        "Check the spelling, or give its UniProt accession.",
        nearest,
    )


def _from_entry(query: str, entry: ProteinEntry, matched_by: str, context: ToolContext) -> Target:
    rows = context.bench.chembl.targets_for_accession(entry.accession)
    return Target(query, entry.gene, entry.name, entry.accession, entry.organism, matched_by, entry, tuple(rows))


def _from_target(query: str, row: TargetRow, entry: ProteinEntry | None) -> Target:
    single = len(row.accessions) == 1
    return Target(
        query=query,
        gene=row.genes[0] if single and row.genes else (entry.gene if entry else None),
        name=entry.name if entry else row.name,
        accession=row.accessions[0] if single else None,
        organism=row.organism,
        matched_by="ChEMBL id",
        entry=entry,
        targets=(row,),
    )
