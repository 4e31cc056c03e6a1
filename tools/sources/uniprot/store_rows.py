"""What the local store would hold of a live entry, so that a question answered live gives the records that it gives locally.

The store keeps less than an entry has: names, identifiers, controlled terms. What it keeps is settled here in the
store's own terms and order; what differs by design is named in DIFFERS_BY_DESIGN.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ....memory.uniprot_store import ProteinEntry
from .entry import UniprotEntry
from .names import ProteinName

__all__ = ["DIFFERS_BY_DESIGN", "UNKEPT_KEYWORDS", "StoreRows", "protein_entry"]

DIFFERS_BY_DESIGN: Mapping[str, str] = {
    "description": "this project's own wording, which only the starter set has",
    "source": "its release, its address and how it was reached",
    "named": "gene symbols and names are looked up by the service's search, which ranks by itself",
}
"""Look-ups of UniprotStore that a live entry does not answer alike, and why."""

UNKEPT_KEYWORDS = frozenset(("Technical term", "Coding sequence diversity"))
"""Categories of keywords that the store leaves out."""
_OTHER_NAMES = frozenset(("gene_synonym", "short", "alternative"))
_FAMILY = re.compile(r"(?:In the .{1,60}? section; )?[Bb]elongs to the (.+)")


def protein_entry(entry: UniprotEntry) -> ProteinEntry:
    """The entry as the local store's look-ups give it."""
    return ProteinEntry(
        accession=entry.accession,
        entry_name=entry.entry_name,
        reviewed=entry.reviewed,
        gene=next((gene.name.value for gene in entry.genes if gene.name is not None), None),
        name=next(iter(_protein_names(entry)), ("", entry.entry_name))[1],
        organism=entry.organism.scientific_name,
        tax_id=entry.organism.tax_id,
        family=_family(entry),
        length=entry.sequence.length,
        mass_da=entry.sequence.mass_da,
        sequence=entry.sequence.value,
    )


@dataclass(frozen=True)
class StoreRows:
    """The look-ups of UniprotStore for one live entry, by the same names and in the same order."""

    live: UniprotEntry

    @cached_property
    def entry(self) -> ProteinEntry:
        """As UniprotStore.entry."""
        return protein_entry(self.live)

    def description(self) -> str:
        """Always empty: these are this project's own words, which no service has."""
        return ""

    def names(self) -> list[tuple[str, str]]:
        """(kind, name), each once, as the table uniprot_name holds them."""
        return sorted(set(_names(self.live)))

    def other_names(self) -> list[str]:
        """As UniprotStore.other_names."""
        return [name for kind, name in self.names() if kind in _OTHER_NAMES]

    def ec_numbers(self) -> list[str]:
        """As UniprotStore.ec_numbers."""
        return [name for kind, name in self.names() if kind == "ec"]

    def locations(self) -> list[str]:
        """As UniprotStore.locations."""
        return sorted({place.location.value for comment in self.live.locations for place in comment.places})

    def keywords(self, category: str) -> list[str]:
        """As UniprotStore.keywords: without technical terms and what gives rise to isoforms, which the store leaves out."""
        if category in UNKEPT_KEYWORDS:
            return []
        return sorted({keyword.name for keyword in self.live.keywords if keyword.category == category})

    def diseases(self) -> list[tuple[str, str]]:
        """As UniprotStore.diseases: (disease, MIM number or empty), without those that are a note only."""
        named = (comment.disease for comment in self.live.diseases if comment.disease is not None)
        rows = {(disease.name, disease.acronym or "", disease.mim) for disease in named}
        return [(name, mim) for name, _, mim in sorted(rows)]

    def cross_references(self) -> dict[str, list[str]]:
        """As UniprotStore.cross_references: ChEMBL, HGNC and Ensembl genes without their version."""
        found: dict[str, list[str]] = {}
        for database, identifier in sorted(set(_cross_references(self.live))):
            found.setdefault(database, []).append(identifier)
        return found


def _names(entry: UniprotEntry) -> Iterator[tuple[str, str]]:
    yield from _protein_names(entry)
    for gene in entry.genes:
        if gene.name is not None:
            yield "gene", gene.name.value
        for synonym in gene.synonyms:
            yield "gene_synonym", synonym.value
    yield "entry_name", entry.entry_name
    for accession in entry.secondary_accessions:
        yield "secondary_accession", accession


def _protein_names(entry: UniprotEntry) -> Iterator[tuple[str, str]]:
    """The name that stands for the protein first; EC numbers of the chains it is cut into are not its own."""
    names = entry.names
    if names.recommended_name is not None:
        yield from _of_name(names.recommended_name, "recommended")
    for name in (*names.submission_names, *names.alternative_names):
        yield from _of_name(name, "alternative")
    for text in (*names.cd_antigen_names, *names.inn_names):
        yield "alternative", text.value
    for part in names.contains:
        own = () if part.recommended_name is None else (part.recommended_name,)
        yield from _without_ec(
            pair for name in (*own, *part.alternative_names) for pair in _of_name(name, "alternative")
        )


def _of_name(name: ProteinName, kind: str) -> Iterator[tuple[str, str]]:
    if name.full_name is not None:
        yield kind, name.full_name.value
    for short in name.short_names:
        yield "short", short.value
    for number in name.ec_numbers:
        yield "ec", number.value


def _without_ec(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return (pair for pair in pairs if pair[0] != "ec")


def _family(entry: UniprotEntry) -> str | None:
    """The family that the first sentence on similarity names which names one."""
    for remark in entry.remarks:
        if remark.type == "SIMILARITY" and remark.texts:
            hit = _FAMILY.match(remark.texts[0].value)
            if hit is not None:
                return "; ".join(part.strip() for part in hit[1].rstrip(".").split(". ")) or None
    return None


def _cross_references(entry: UniprotEntry) -> Iterator[tuple[str, str]]:
    for reference in entry.cross_references:
        if reference.database in ("ChEMBL", "HGNC"):
            yield reference.database, reference.id
        elif reference.database == "Ensembl":
            gene = reference.property_named("GeneId")
            if gene:
                yield "Ensembl", gene.partition(".")[0]
