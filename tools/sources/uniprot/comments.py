"""What curators say of a protein: remarks in words, diseases, locations, reactions, interactions, alternative products.

A comment may hold for one `molecule` only: an isoform, or a chain.
"""

from __future__ import annotations

from pydantic import Field

from ._record import EvidenceCode, Identifier, Record, Text

__all__ = [
    "AlternativeProducts",
    "CatalyticActivity",
    "Direction",
    "Disease",
    "DiseaseComment",
    "Interactant",
    "Interaction",
    "IsoformEntry",
    "LocationComment",
    "Note",
    "Place",
    "Reaction",
    "Remark",
    "Term",
]  # fmt: skip


class Note(Record):
    """A remark beside something else."""

    texts: tuple[Text, ...] = ()


class Remark(Record):
    """A comment in words, such as FUNCTION, SIMILARITY or TISSUE SPECIFICITY."""

    type: str = Field(alias="commentType")
    texts: tuple[Text, ...]
    molecule: str | None = None


class Disease(Record):
    """A disease as UniProt names it."""

    name: str = Field(alias="diseaseId")
    accession: str | None = Field(default=None, alias="diseaseAccession")
    acronym: str | None = None
    description: str | None = None
    reference: Identifier | None = Field(default=None, alias="diseaseCrossReference")
    evidences: tuple[EvidenceCode, ...] = ()

    @property
    def mim(self) -> str:
        """The OMIM number; empty where there is none."""
        return self.reference.id if self.reference is not None and self.reference.database == "MIM" else ""


class DiseaseComment(Record):
    """Involvement in a disease; `disease` is None where there is a note in words only."""

    disease: Disease | None = None
    note: Note | None = None
    molecule: str | None = None


class Term(Record):
    """A term of UniProt's controlled vocabulary of locations."""

    value: str
    id: str | None = None
    evidences: tuple[EvidenceCode, ...] = ()


class Place(Record):
    """Where in the cell, how it sits in the membrane, and which side it faces."""

    location: Term
    topology: Term | None = None
    orientation: Term | None = None


class LocationComment(Record):
    """Subcellular locations, or a note in words only."""

    places: tuple[Place, ...] = Field(default=(), alias="subcellularLocations")
    note: Note | None = None
    molecule: str | None = None


class Reaction(Record):
    """A chemical equation, with its Rhea and ChEBI identifiers."""

    name: str
    ec_number: str | None = None
    references: tuple[Identifier, ...] = Field(default=(), alias="reactionCrossReferences")
    evidences: tuple[EvidenceCode, ...] = ()


class Direction(Record):
    """A direction in which a reaction is known to run in the organism."""

    direction: str = Field(alias="directionType")
    reference: Identifier | None = Field(default=None, alias="reactionCrossReference")
    evidences: tuple[EvidenceCode, ...] = ()


class CatalyticActivity(Record):
    """A reaction that the protein catalyses."""

    reaction: Reaction
    directions: tuple[Direction, ...] = Field(default=(), alias="physiologicalReactions")
    molecule: str | None = None


class Interactant(Record):
    """One side of an interaction; its accession may name an isoform."""

    accession: str | None = Field(default=None, alias="uniProtKBAccession")
    gene: str | None = Field(default=None, alias="geneName")
    chain_id: str | None = None
    intact_id: str | None = Field(default=None, alias="intActId")


class Interaction(Record):
    """A binary interaction, taken from IntAct by UniProt."""

    one: Interactant = Field(alias="interactantOne")
    two: Interactant = Field(alias="interactantTwo")
    experiments: int | None = Field(default=None, alias="numberOfExperiments")
    organisms_differ: bool | None = Field(default=None, alias="organismDiffer")


class IsoformEntry(Record):
    """An isoform as the entry lists it; its sequence is the entry's own with the changes of `sequence_ids` made."""

    ids: tuple[str, ...] = Field(default=(), alias="isoformIds")
    name: Text | None = None
    synonyms: tuple[Text, ...] = ()
    status: str | None = Field(default=None, alias="isoformSequenceStatus")
    """`Displayed`, `Described`, `Not described` or `External`."""
    sequence_ids: tuple[str, ...] = ()
    note: Note | None = None


class AlternativeProducts(Record):
    """Isoforms and what makes them."""

    events: tuple[str, ...] = ()
    isoforms: tuple[IsoformEntry, ...] = ()
    note: Note | None = None
