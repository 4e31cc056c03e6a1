"""Typed rows of the ChEMBL tables, as the store gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = [
    "ActivityRow",
    "IndicationRow",
    "MechanismRow",
    "MoleculeRow",
    "NameHit",
    "TargetRow",
    "WarningRow",
    "known_phase",
]


@dataclass(frozen=True)
class MoleculeRow:
    """A molecule of molecule_dictionary with its structure; None where the source has none."""

    molregno: int
    chembl_id: str
    name: str | None
    smiles: str | None
    inchikey: str | None
    max_phase: float | None
    first_approval: int | None
    molecule_type: str | None


@dataclass(frozen=True)
class TargetRow:
    """A target of target_dictionary with its components."""

    tid: int
    chembl_id: str
    name: str
    target_type: str | None
    organism: str | None
    tax_id: int | None
    accessions: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()


class ActivityRow(NamedTuple):
    """A measured activity with its molecule, assay and target; a tuple, since a target has thousands.

    First what is the row's own, then its molecule, then what it shares with the others of its series: in this order a store
    puts it together.
    """

    activity_id: int
    value: float | None
    pchembl: float | None
    molecule_chembl_id: str
    parent_chembl_id: str
    name: str | None
    smiles: str | None
    max_phase: float | None
    assay_chembl_id: str
    document_chembl_id: str | None
    year: int | None
    confidence_score: int | None
    assay_type: str | None
    variant: bool
    target_chembl_id: str
    target_name: str
    target_organism: str | None
    activity_type: str
    relation: str | None
    unit: str | None
    validity_comment: str | None
    potential_duplicate: bool
    value_is_back_computed: bool


@dataclass(frozen=True)
class MechanismRow:
    """How a drug acts, with the source of the fact and its references."""

    molecule_chembl_id: str
    molecule_name: str | None
    max_phase: float | None
    first_approval: int | None
    mechanism: str | None
    action: str | None
    target_chembl_id: str | None
    target_name: str | None
    target_genes: tuple[str, ...]
    target_accessions: tuple[str, ...]
    source: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class IndicationRow:
    """What a drug is used for."""

    molecule_chembl_id: str
    molecule_name: str | None
    first_approval: int | None
    max_phase: float | None
    term: str
    max_phase_for_indication: float | None
    term_id: str | None
    source: str


@dataclass(frozen=True)
class WarningRow:
    """A withdrawal or a black-box warning of a drug, as recorded; None where the source has none."""

    warning_id: int
    molecule_chembl_id: str
    molecule_name: str | None
    warning_type: str | None
    """Such as "Withdrawn" or "Black Box Warning"."""
    warning_class: str | None
    """The kind of harm, such as "hepatotoxicity"; `class_id` is its EFO id."""
    class_id: str | None
    description: str | None
    country: str | None
    year: int | None
    efo_term: str | None
    efo_id: str | None
    references: tuple[str, ...]


@dataclass(frozen=True)
class NameHit:
    """A name in the name index: `kind` is `molecule`, `target` or `disease`, `id` what the name stands for."""

    key: str
    name: str
    kind: str
    id: str
    rank: int


def known_phase(value: float | None) -> float | None:
    """A phase as a row gives it: ChEMBL writes −1 where that of a clinical candidate is not known."""
    return None if value is None or value < 0 else float(value)
