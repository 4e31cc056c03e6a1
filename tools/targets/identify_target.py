"""From what a person calls a drug target to one protein or ChEMBL target: the first step of every target tool."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ...memory.chembl_rows import TargetRow
from ...memory.errors import Ambiguous, InvalidIdentifier, NotFound
from ...memory.text import shorten
from ...memory.uniprot_store import HUMAN, ProteinEntry
from ..contract import ToolContext
from ..identifiers import is_chembl_id, is_inchikey, is_uniprot_accession, public_id

__all__ = ["Target", "candidates", "check_one_human", "from_entry", "identify_target"]


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
        return self.targets[0] if self.entry is None and len(self.targets) == 1 else None

    @property
    def is_human(self) -> bool:
        """Whether it is a human protein that UniProt describes."""
        return self.entry is not None and self.entry.tax_id == HUMAN

    @property
    def label(self) -> str:
        """What a digest calls it: the gene of an animal; of a virus's or bacterium's protein the target's name (`rep` says little)."""
        if self.gene and (self.gene.isupper() or self.organism == "Homo sapiens"):
            return self.gene
        return self.main.name if self.main else self.name

    def record(self) -> dict[str, Any]:
        """How a record names its target."""
        return {
            "query": self.query,
            "gene": self.gene,
            "name": self.name,
            "accession": self.accession,
            "organism": self.organism,
            "chembl_id": public_id(self.main.chembl_id) if self.main else None,
            "matched_by": self.matched_by,
            **({"other_targets_of_this_name": list(self.same_name)[:10]} if self.same_name else {}),
        }


def identify_target(text: str, context: ToolContext) -> Target:
    """The target meant by a gene symbol, name, UniProt accession or ChEMBL target id.

    The human one where several organisms have it; without a human one the first in the name index, the others named.

    Raises:
        NotFound: it is in no source; `nearest` holds similar names.
        Ambiguous: several human proteins bear the name.
        InvalidIdentifier: it is the InChIKey of a molecule.
    """
    found = candidates(text, context)
    check_one_human(text, found)
    human = [item for item in found if item.is_human]
    chosen = human[0] if human else found[0]
    others = [item.accession or item.name for item in found if item is not chosen]
    if chosen.matched_by == "name":
        others += [entry.accession for entry in context.bench.uniprot.also_named(text.strip())]
    return replace(chosen, same_name=tuple(dict.fromkeys(others)))


def check_one_human(text: str, found: list[Target]) -> None:
    """Raises Ambiguous where several human proteins bear the name equally."""
    human = [item for item in found if item.is_human]
    if len(human) > 1:
        raise Ambiguous(
            f"Several human targets are called {shorten(text.strip(), 60)}.",
            "Ask for one of them by gene symbol or UniProt accession.",
            tuple(f"{item.gene or item.name} ({item.accession or item.query})" for item in human[:10]),
        )


def candidates(text: str, context: ToolContext) -> list[Target]:
    """Every target of that name or identifier. Raises NotFound where there is none."""
    query, bench = text.strip(), context.bench
    if is_chembl_id(query):
        row = bench.chembl.target(query.upper())
        if row is None:
            raise _no_target_of_id(query.upper(), context)
        entry = bench.uniprot.entry(row.accessions[0]) if len(row.accessions) == 1 else None
        return [_from_target(query, row, entry, "ChEMBL id", context)]
    if is_inchikey(query):
        raise InvalidIdentifier(
            f"{query.upper()} is an InChIKey: it names a molecule, not a target.",
            "Ask a molecule tool about it, or give a gene symbol or UniProt accession.",
        )
    if is_uniprot_accession(query):
        entry = bench.uniprot.entry(query.upper().partition("-")[0])
        if entry is not None:
            return [from_entry(query, entry, "accession", context)]
        if known := _known_to_chembl(query, query.upper(), "accession", context):
            return [known]
    entries = bench.uniprot.named(query) if len(query) <= 200 else []
    if entries:
        return [from_entry(query, entry, "name", context) for entry in entries]
    hits = bench.uniprot.names.matching(query, ("target",)) if len(query) <= 200 else []
    # Proteins that only ChEMBL's side knows: other animals', targets of biologics.
    borne = [_known_to_chembl(query, accession, "name", context) for accession in dict.fromkeys(hit.id for hit in hits)]
    found = [item for item in borne if item is not None]
    if found:
        return [item for item in found if item.targets][:1] or found[:1]
    raise _no_target_called(query, context)


def _no_target_of_id(chembl_id: str, context: ToolContext) -> NotFound:
    chembl = context.bench.chembl
    molecule = chembl.molecule(chembl_id)
    if molecule is not None:
        return NotFound(
            f"{chembl_id} is a molecule ({molecule.name or 'unnamed'}), not a target.",
            "Ask a molecule or drug tool about it, or name a target.",
        )
    return NotFound(f"No target with the id {chembl_id} is in {chembl.source.release}.", "Give a gene or an accession.")


def _no_target_called(query: str, context: ToolContext) -> NotFound:
    uniprot, shown = context.bench.uniprot, shorten(query, 80)
    message = f"No target called {shown} is in {uniprot.source.name} {uniprot.source.release}."
    if len(query) <= 200 and context.bench.chembl.molecules_named(query):
        return NotFound(f"{message} {shown} is the name of a molecule.", "Ask a molecule or drug tool about it.")
    nearest = tuple(name for name, _ in uniprot.nearest_names(query))
    return NotFound(message, "Check the spelling, or give its UniProt accession.", nearest)


def from_entry(query: str, entry: ProteinEntry, matched_by: str, context: ToolContext) -> Target:
    """The target that this protein is, with its ChEMBL targets."""
    rows = context.bench.chembl.targets_for_accession(entry.accession)
    return Target(query, entry.gene, entry.name, entry.accession, entry.organism, matched_by, entry, tuple(rows))


def _from_target(
    query: str, row: TargetRow, entry: ProteinEntry | None, matched_by: str, context: ToolContext
) -> Target:
    single = len(row.accessions) == 1
    known = entry or (context.bench.uniprot.component(row.accessions[0]) if single else None)
    return Target(
        query=query,
        gene=row.genes[0] if single and row.genes else (known.gene if known else None),
        name=known.name if known else row.name,
        accession=row.accessions[0] if single else None,
        organism=row.organism,
        matched_by=matched_by,
        entry=entry,
        targets=(row,),
    )


def _known_to_chembl(query: str, accession: str, matched_by: str, context: ToolContext) -> Target | None:
    """A protein without a UniProt entry here: its first ChEMBL target, or just what it is called."""
    rows = context.bench.chembl.targets_for_accession(accession)
    if rows:
        return _from_target(query, rows[0], None, matched_by, context)
    known = context.bench.uniprot.component(accession)
    if known is None:
        return None
    return Target(query, known.gene, known.name, accession, known.organism or None, matched_by, None, ())
