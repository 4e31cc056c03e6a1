"""UniProtKB entries as the service gives them: whole, inactive, or in short as a search finds them."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from ....memory.errors import Ambiguous, BadReply, NotFound
from ...identifiers import is_uniprot_accession
from ..found import Found
from ._record import EvidenceCode, Record, read
from .comments import AlternativeProducts, CatalyticActivity, DiseaseComment, Interaction, LocationComment, Remark
from .features import Feature
from .names import Gene, Organism, ProteinNames

__all__ = [
    "AnyEntry",
    "Audit",
    "CrossReference",
    "InactiveEntry",
    "Keyword",
    "Property",
    "Sequence",
    "UniprotEntry",
    "UniprotHit",
    "read_entry",
    "single_entry",
]


def _shaped(accession: str) -> str:
    if not is_uniprot_accession(accession):
        raise ValueError("no accession by its shape")
    return accession


Accession = Annotated[str, AfterValidator(_shaped)]
"""An accession of UniProtKB; it may be used in an address."""


class Audit(Record):
    """Versions and dates of an entry."""

    entry_version: int
    sequence_version: int | None = None
    first_public: date | None = Field(default=None, alias="firstPublicDate")
    annotation_updated: date | None = Field(default=None, alias="lastAnnotationUpdateDate")
    sequence_updated: date | None = Field(default=None, alias="lastSequenceUpdateDate")


class Keyword(Record):
    """A term of UniProt's controlled vocabulary."""

    id: str
    name: str
    category: str
    evidences: tuple[EvidenceCode, ...] = ()


class Property(Record):
    """What a cross reference says besides its identifier; `value` is None where it says nothing."""

    key: str
    value: str | None = None


class CrossReference(Record):
    """The protein in another database."""

    database: str
    id: str
    properties: tuple[Property, ...] = ()
    isoform_id: str | None = None
    evidences: tuple[EvidenceCode, ...] = ()

    def property_named(self, key: str) -> str | None:
        """A property's value; None where it has none of that name."""
        return next((item.value for item in self.properties if item.key == key), None)


class Sequence(Record):
    """The canonical chain, unprocessed. One that does not fit its own length or checksum is refused."""

    value: str
    length: int
    mass_da: int = Field(alias="molWeight")
    crc64: str | None = None
    md5: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Sequence:
        if len(self.value) != self.length:
            raise ValueError(f"the sequence has {len(self.value)} residues, not {self.length} as it says")
        if self.md5 and hashlib.md5(self.value.encode(), usedforsecurity=False).hexdigest() != self.md5.lower():
            raise ValueError("the sequence does not fit its checksum")
        return self


class UniprotEntry(Record):
    """An entry that is in use."""

    accession: Accession = Field(alias="primaryAccession")
    entry_name: str = Field(alias="uniProtkbId")
    reviewed: bool
    existence: str | None = None
    """Such as `Evidence at protein level`."""
    existence_level: int | None = None
    """From 1, seen as a protein, to 5, doubtful."""
    annotation_score: float | None = None
    """From 1 to 5."""
    names: ProteinNames = Field(alias="proteinDescription")
    genes: tuple[Gene, ...] = ()
    organism: Organism
    hosts: tuple[Organism, ...] = Field(default=(), alias="organismHosts")
    secondary_accessions: tuple[str, ...] = ()
    audit: Audit = Field(alias="entryAudit")
    sequence: Sequence
    functions: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()
    """All other comments in words, such as SIMILARITY, SUBUNIT and TISSUE SPECIFICITY."""
    diseases: tuple[DiseaseComment, ...] = ()
    locations: tuple[LocationComment, ...] = ()
    activities: tuple[CatalyticActivity, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    products: AlternativeProducts | None = None
    features: tuple[Feature, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    cross_references: tuple[CrossReference, ...] = Field(default=(), alias="uniProtKBCrossReferences")
    uniparc_id: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _sorted_comments(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "reviewed" in value:  # a record of ours, not UniProt's JSON
            return value
        level, _, words = str(value.get("proteinExistence") or "").partition(": ")
        return {
            **value,
            **_comments(value.get("comments") or ()),
            "reviewed": "Swiss-Prot" in str(value.get("entryType")),
            "existence": words or None,
            "existence_level": level if words else None,
            "uniparc_id": (value.get("extraAttributes") or {}).get("uniParcId"),
        }

    def texts(self, kind: str) -> tuple[str, ...]:
        """What is said in words under a comment type, such as `FUNCTION` or `SUBUNIT`."""
        said = self.functions if kind == "FUNCTION" else self.remarks
        return tuple(text.value for remark in said if remark.type == kind for text in remark.texts)

    def references(self, database: str) -> tuple[CrossReference, ...]:
        """Cross references to one database; there may be several."""
        return tuple(reference for reference in self.cross_references if reference.database == database)

    def features_of(self, *types: str) -> tuple[Feature, ...]:
        """Features of these types, such as `Natural variant`."""
        return tuple(feature for feature in self.features if feature.type in types)

    @property
    def keywords_by_category(self) -> dict[str, tuple[str, ...]]:
        """Names of keywords by category, such as `Molecular function`."""
        found: dict[str, tuple[str, ...]] = {}
        for keyword in self.keywords:
            found[keyword.category] = (*found.get(keyword.category, ()), keyword.name)
        return found

    @property
    def note_only_diseases(self) -> tuple[str, ...]:
        """What is said of diseases that have no name of their own here."""
        return tuple(
            text.value
            for comment in self.diseases
            if comment.disease is None and comment.note is not None
            for text in comment.note.texts
        )


_KINDS = {
    "DISEASE": "diseases",
    "SUBCELLULAR LOCATION": "locations",
    "CATALYTIC ACTIVITY": "activities",
    "FUNCTION": "functions",
}


def _comments(comments: Any) -> dict[str, Any]:
    """UniProt's one list of comments as one field a kind; kinds without words that are not known here are left out."""
    found: dict[str, Any] = {}
    for comment in comments:
        kind = comment.get("commentType")
        if kind == "INTERACTION":
            found.setdefault("interactions", []).extend(comment.get("interactions") or ())
        elif kind == "ALTERNATIVE PRODUCTS":
            found["products"] = comment
        elif kind in _KINDS:
            found.setdefault(_KINDS[kind], []).append(comment)
        elif comment.get("texts"):
            found.setdefault("remarks", []).append(comment)
    return found


class InactiveEntry(Record):
    """An accession that is no longer in use, and what took its place."""

    accession: Accession = Field(alias="primaryAccession")
    reason: str
    """`DELETED`, `MERGED` or `DEMERGED`."""
    successors: tuple[Accession, ...] = ()
    entry_name: str | None = Field(default=None, alias="uniProtkbId")
    deleted_because: str | None = None
    uniparc_id: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "inactiveReason" not in value:
            return value
        why = value["inactiveReason"] or {}
        return {
            **value,
            "reason": why.get("inactiveReasonType"),
            "successors": why.get("mergeDemergeTo"),
            "deleted_because": why.get("deletedReason"),
            "uniparc_id": (value.get("extraAttributes") or {}).get("uniParcId"),
        }

    @property
    def sentence(self) -> str:
        """What became of it, in words."""
        others = ", ".join(self.successors)
        if self.reason == "MERGED" and others:
            return f"{self.accession} was merged into {others}."
        if self.reason == "DEMERGED" and others:
            return f"{self.accession} was split up into {others}."
        because = f" ({self.deleted_because})" if self.deleted_because else ""
        kept = f" Its sequence is kept in UniParc as {self.uniparc_id}." if self.uniparc_id else ""
        what = "deleted from UniProtKB" if self.reason == "DELETED" else f"made inactive ({self.reason.lower()})"
        return f"{self.accession} was {what}{because}.{kept}"


AnyEntry = UniprotEntry | InactiveEntry


class UniprotHit(Record):
    """An entry as a search finds it, in short."""

    accession: Accession = Field(alias="primaryAccession")
    entry_name: str | None = Field(default=None, alias="uniProtkbId")
    reviewed: bool
    active: bool = True
    name: str = ""
    gene: str | None = None
    gene_synonyms: tuple[str, ...] = ()
    organism: str | None = None
    tax_id: int | None = None
    length: int | None = None
    annotation_score: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "entryType" not in value:
            return value
        genes = [Gene.model_validate(gene) for gene in value.get("genes") or ()]
        organism = value.get("organism") or {}
        return {
            **value,
            "reviewed": "Swiss-Prot" in str(value["entryType"]),
            "active": value["entryType"] != "Inactive",
            "name": ProteinNames.model_validate(value.get("proteinDescription") or {}).best,
            "gene": next((gene.name.value for gene in genes if gene.name is not None), None),
            "gene_synonyms": [synonym.value for gene in genes for synonym in gene.synonyms],
            "organism": organism.get("scientificName"),
            "tax_id": organism.get("taxonId"),
            "length": (value.get("sequence") or {}).get("length"),
        }


HIT_FIELDS = "accession,id,protein_name,gene_names,organism_name,organism_id,length,annotation_score"
"""What a search has to ask for to fill a UniprotHit; whole entries would exceed the bound on a reply's bytes."""


def read_entry(value: Any) -> AnyEntry:
    """An entry, in use or not, from its JSON. Raises BadReply."""
    if not isinstance(value, dict) or "primaryAccession" not in value:
        raise BadReply("UniProt: what came is no entry.", "Ask again later.")
    return read(InactiveEntry, value) if value.get("entryType") == "Inactive" else read(UniprotEntry, value)


def single_entry(found: Found[AnyEntry]) -> UniprotEntry:
    """The one entry in use that was found. Raises NotFound where it was deleted, Ambiguous where it was split up."""
    for row in found.rows:
        if isinstance(row, UniprotEntry):
            return row
        if row.successors:
            raise Ambiguous(row.sentence, "Ask for one of these accessions.", row.successors)
        raise NotFound(row.sentence, "Search by gene or name for the entry that is in use now.")
    raise NotFound("UniProt has no such entry.", "Check the accession.")
