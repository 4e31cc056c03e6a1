"""What ChEMBL's service says, as typed records: numbers parsed, nulls kept, text cleaned, fields not known here left out.

Each record has `read`, which takes the service's JSON object and raises Unreadable. For the local store's rows, which
tools work with, see rows.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ....memory.chembl_rows import MoleculeRow
from .fields import Object, flag, identified, number, objects, part, required, text, texts, whole

__all__ = [
    "Activity",
    "Assay",
    "Component",
    "Document",
    "DrugWarning",
    "Indication",
    "Mechanism",
    "Molecule",
    "SimilarMolecule",
    "Status",
    "Target",
]


@dataclass(frozen=True)
class Status:
    """Which release the service gives, and how much is in it."""

    release: str
    """Such as ChEMBL_36."""
    release_date: str | None
    is_up: bool
    activities: int | None
    molecules: int | None
    targets: int | None
    documents: int | None

    @classmethod
    def read(cls, source: Object) -> Status:
        return cls(
            release=required(source, "chembl_db_version"),
            release_date=text(source, "chembl_release_date"),
            is_up=(text(source, "status") or "").upper() == "UP",
            activities=whole(source, "activities"),
            # The service misspells one of its own fields.
            molecules=whole(source, "disinct_compounds") or whole(source, "distinct_compounds"),
            targets=whole(source, "targets"),
            documents=whole(source, "publications"),
        )


@dataclass(frozen=True)
class Molecule:
    """A molecule. `max_phase` is −1 where the phase of a clinical candidate is not known."""

    chembl_id: str
    name: str | None
    molecule_type: str | None
    structure_type: str | None
    max_phase: float | None
    first_approval: int | None
    smiles: str | None
    inchi: str | None
    inchikey: str | None
    synonyms: tuple[str, ...]
    parent_chembl_id: str | None
    """The molecule's own id where it is its own parent."""
    atc_codes: tuple[str, ...]
    withdrawn: bool | None
    black_box_warning: bool | None
    oral: bool | None

    @classmethod
    def read(cls, source: Object) -> Molecule:
        structures = part(source, "molecule_structures")
        synonyms = (
            text(item, "molecule_synonym") or text(item, "synonyms") for item in objects(source, "molecule_synonyms")
        )
        return cls(
            chembl_id=required(source, "molecule_chembl_id"),
            name=text(source, "pref_name"),
            molecule_type=text(source, "molecule_type"),
            structure_type=text(source, "structure_type"),
            max_phase=number(source, "max_phase"),
            first_approval=whole(source, "first_approval"),
            smiles=text(structures, "canonical_smiles"),
            inchi=text(structures, "standard_inchi"),
            inchikey=text(structures, "standard_inchi_key"),
            synonyms=tuple(sorted({name for name in synonyms if name})),
            parent_chembl_id=text(part(source, "molecule_hierarchy"), "parent_chembl_id"),
            atc_codes=texts(source, "atc_classifications"),
            withdrawn=flag(source, "withdrawn_flag"),
            black_box_warning=flag(source, "black_box_warning"),
            oral=flag(source, "oral"),
        )


@dataclass(frozen=True)
class SimilarMolecule:
    """A molecule like the one asked for. `similarity_percent` is the Tanimoto coefficient of the service's fingerprints."""

    molecule: MoleculeRow
    similarity_percent: float


@dataclass(frozen=True)
class Component:
    """A protein or nucleic acid of a target. `gene` is its symbol; None where the service has none."""

    accession: str | None
    component_id: int | None
    description: str | None
    relationship: str | None
    gene: str | None
    synonyms: tuple[str, ...]

    @classmethod
    def read(cls, source: Object) -> Component:
        names = objects(source, "target_component_synonyms")
        symbols = (text(item, "component_synonym") for item in names if item.get("syn_type") == "GENE_SYMBOL")
        return cls(
            accession=text(source, "accession"),
            component_id=whole(source, "component_id"),
            description=text(source, "component_description"),
            relationship=text(source, "relationship"),
            gene=next(symbols, None),
            synonyms=tuple(dict.fromkeys(name for item in names if (name := text(item, "component_synonym")))),
        )


@dataclass(frozen=True)
class Target:
    """A target with its components, in the order of their accessions."""

    chembl_id: str
    name: str
    target_type: str | None
    organism: str | None
    tax_id: int | None
    components: tuple[Component, ...]

    @classmethod
    def read(cls, source: Object) -> Target:
        components = [Component.read(item) for item in objects(source, "target_components")]
        return cls(
            chembl_id=required(source, "target_chembl_id"),
            name=required(source, "pref_name"),
            target_type=text(source, "target_type"),
            organism=text(source, "organism"),
            tax_id=whole(source, "tax_id"),
            components=tuple(sorted(components, key=lambda item: item.accession or "")),
        )


@dataclass(frozen=True)
class Assay:
    """An assay: what was measured, on what, and how sure the mapping to the target is (`confidence_score`, 0 to 9)."""

    chembl_id: str
    description: str | None
    assay_type: str | None
    confidence_score: int | None
    confidence: str | None
    relationship_type: str | None
    bao_format: str | None
    format: str | None
    """What `bao_format` means, such as "cell-based format"."""
    organism: str | None
    tax_id: int | None
    cell_type: str | None
    tissue: str | None
    target_chembl_id: str | None
    document_chembl_id: str | None
    is_on_variant: bool
    mutation: str | None
    variant_accession: str | None
    strain: str | None = None
    subcellular_fraction: str | None = None

    @classmethod
    def read(cls, source: Object) -> Assay:
        variant = part(source, "variant_sequence")
        return cls(
            chembl_id=required(source, "assay_chembl_id"),
            description=text(source, "description"),
            assay_type=text(source, "assay_type"),
            confidence_score=whole(source, "confidence_score"),
            confidence=text(source, "confidence_description"),
            relationship_type=text(source, "relationship_type"),
            bao_format=text(source, "bao_format"),
            format=text(source, "bao_label"),
            organism=text(source, "assay_organism"),
            tax_id=whole(source, "assay_tax_id"),
            cell_type=text(source, "assay_cell_type"),
            tissue=text(source, "assay_tissue"),
            target_chembl_id=text(source, "target_chembl_id"),
            document_chembl_id=text(source, "document_chembl_id"),
            is_on_variant=bool(variant),
            mutation=text(variant, "mutation"),
            variant_accession=text(variant, "accession"),
            strain=text(source, "assay_strain"),
            subcellular_fraction=text(source, "assay_subcellular_fraction"),
        )


@dataclass(frozen=True)
class Document:
    """A publication, patent or deposited data set."""

    chembl_id: str
    title: str | None
    authors: str | None
    journal: str | None
    year: int | None
    volume: str | None
    issue: str | None
    first_page: str | None
    last_page: str | None
    doi: str | None
    pubmed_id: int | None
    patent_id: str | None
    doc_type: str | None
    abstract: str | None

    @classmethod
    def read(cls, source: Object) -> Document:
        return cls(
            chembl_id=required(source, "document_chembl_id"),
            title=text(source, "title"),
            authors=text(source, "authors"),
            journal=text(source, "journal"),
            year=whole(source, "year"),
            volume=text(source, "volume"),
            issue=text(source, "issue"),
            first_page=text(source, "first_page"),
            last_page=text(source, "last_page"),
            doi=text(source, "doi"),
            pubmed_id=whole(source, "pubmed_id"),
            patent_id=text(source, "patent_id"),
            doc_type=text(source, "doc_type"),
            abstract=text(source, "abstract"),
        )


@dataclass(frozen=True)
class Activity:
    """A measured activity, as ChEMBL standardised it and as it was published; nothing is converted here.

    `assay` and `max_phase` are asked for apart, since the service does not give them with an activity: None where
    they did not come, which the result says.
    """

    activity_id: int
    assay_chembl_id: str
    document_chembl_id: str | None
    year: int | None
    journal: str | None
    assay_type: str | None
    assay_description: str | None
    bao_format: str | None
    format: str | None
    """What `bao_format` means, such as "cell-based format"."""
    mutation: str | None
    variant_accession: str | None
    molecule_chembl_id: str
    parent_chembl_id: str | None
    name: str | None
    smiles: str | None
    target_chembl_id: str | None
    target_name: str | None
    target_organism: str | None
    activity_type: str | None
    relation: str | None
    value: float | None
    upper_value: float | None
    unit: str | None
    pchembl: float | None
    published_type: str | None
    published_relation: str | None
    published_value: float | None
    published_unit: str | None
    comment: str | None
    validity_comment: str | None
    potential_duplicate: bool
    assay: Assay | None = None
    max_phase: float | None = None

    @classmethod
    def read(cls, source: Object) -> Activity:
        return cls(
            activity_id=identified(source, "activity_id"),
            assay_chembl_id=required(source, "assay_chembl_id"),
            document_chembl_id=text(source, "document_chembl_id"),
            year=whole(source, "document_year"),
            journal=text(source, "document_journal"),
            assay_type=text(source, "assay_type"),
            assay_description=text(source, "assay_description"),
            bao_format=text(source, "bao_format"),
            format=text(source, "bao_label"),
            mutation=text(source, "assay_variant_mutation"),
            variant_accession=text(source, "assay_variant_accession"),
            molecule_chembl_id=required(source, "molecule_chembl_id"),
            parent_chembl_id=text(source, "parent_molecule_chembl_id"),
            name=text(source, "molecule_pref_name"),
            smiles=text(source, "canonical_smiles"),
            target_chembl_id=text(source, "target_chembl_id"),
            target_name=text(source, "target_pref_name"),
            target_organism=text(source, "target_organism"),
            activity_type=text(source, "standard_type"),
            relation=text(source, "standard_relation"),
            value=number(source, "standard_value"),
            upper_value=number(source, "standard_upper_value"),
            unit=text(source, "standard_units"),
            pchembl=number(source, "pchembl_value"),
            published_type=text(source, "type"),
            published_relation=text(source, "relation"),
            published_value=number(source, "value"),
            published_unit=text(source, "units"),
            comment=text(source, "activity_comment"),
            validity_comment=text(source, "data_validity_comment"),
            potential_duplicate=bool(flag(source, "potential_duplicate")),
        )

    @property
    def is_on_variant(self) -> bool:
        """Whether a mutant was measured, as the activity or its assay says."""
        return bool(self.mutation or self.variant_accession or (self.assay and self.assay.is_on_variant))


@dataclass(frozen=True)
class Mechanism:
    """How a drug acts."""

    mechanism_id: int
    molecule_chembl_id: str
    target_chembl_id: str | None
    mechanism: str | None
    action: str | None
    direct: bool | None
    comment: str | None
    references: tuple[str, ...]

    @classmethod
    def read(cls, source: Object) -> Mechanism:
        return cls(
            mechanism_id=identified(source, "mec_id"),
            molecule_chembl_id=required(source, "molecule_chembl_id"),
            target_chembl_id=text(source, "target_chembl_id"),
            mechanism=text(source, "mechanism_of_action"),
            action=text(source, "action_type"),
            direct=flag(source, "direct_interaction"),
            comment=text(source, "mechanism_comment"),
            references=_references(objects(source, "mechanism_refs")),
        )


@dataclass(frozen=True)
class Indication:
    """What a drug is used or tried for. `max_phase` is −1 where the phase is not known."""

    indication_id: int
    molecule_chembl_id: str
    efo_term: str | None
    efo_id: str | None
    mesh_heading: str | None
    mesh_id: str | None
    max_phase: float | None
    references: tuple[str, ...]

    @classmethod
    def read(cls, source: Object) -> Indication:
        return cls(
            indication_id=identified(source, "drugind_id"),
            molecule_chembl_id=required(source, "molecule_chembl_id"),
            efo_term=text(source, "efo_term"),
            efo_id=text(source, "efo_id"),
            mesh_heading=text(source, "mesh_heading"),
            mesh_id=text(source, "mesh_id"),
            max_phase=number(source, "max_phase_for_ind"),
            references=_references(objects(source, "indication_refs")),
        )

    @property
    def term(self) -> str | None:
        """The name of the disease: EFO's where there is one, else MeSH's."""
        return self.efo_term if self.efo_term is not None else self.mesh_heading

    @property
    def term_id(self) -> str | None:
        """The disease's id: EFO's where there is one, else MeSH's."""
        return self.efo_id if self.efo_id is not None else self.mesh_id


@dataclass(frozen=True)
class DrugWarning:
    """A withdrawal or a black-box warning of a drug. `class_id` is the EFO id of `warning_class`, the kind of harm."""

    warning_id: int
    molecule_chembl_id: str
    warning_type: str | None
    warning_class: str | None
    class_id: str | None
    description: str | None
    country: str | None
    year: int | None
    efo_term: str | None
    efo_id: str | None
    references: tuple[str, ...]

    @classmethod
    def read(cls, source: Object) -> DrugWarning:
        return cls(
            warning_id=identified(source, "warning_id"),
            molecule_chembl_id=required(source, "molecule_chembl_id"),
            warning_type=text(source, "warning_type"),
            warning_class=text(source, "warning_class"),
            class_id=text(source, "efo_id_for_warning_class"),
            description=text(source, "warning_description"),
            country=text(source, "warning_country"),
            year=whole(source, "warning_year"),
            efo_term=text(source, "efo_term"),
            efo_id=text(source, "efo_id"),
            references=_references(objects(source, "warning_refs")),
        )


def _references(sources: Sequence[Object]) -> tuple[str, ...]:
    """Each as its kind, its id and its address."""
    found = []
    for source in sources:
        parts = (text(source, name) for name in ("ref_type", "ref_id", "ref_url"))
        found.append(" ".join(told for told in parts if told))
    return tuple(found)
