"""The service's records as rows of the local store, so that whoever works with rows need not know where they are from.

The database's own row numbers (`molregno`, `tid`) never leave it: they are UNNUMBERED here. ChEMBL ids identify.
"""

from __future__ import annotations

from collections.abc import Mapping

from ....memory.chembl_rows import ActivityRow, IndicationRow, MechanismRow, MoleculeRow, TargetRow, WarningRow
from .records import Activity, DrugWarning, Indication, Mechanism, Molecule, Target

__all__ = ["UNNUMBERED", "activity_row", "indication_row", "mechanism_row", "molecule_row", "target_row", "warning_row"]

UNNUMBERED = 0
"""Stands for a row number of the database, which the service does not give."""
_SOURCE = "chembl"


def molecule_row(molecule: Molecule) -> MoleculeRow:
    """A molecule as a row."""
    return MoleculeRow(
        molregno=UNNUMBERED,
        chembl_id=molecule.chembl_id,
        name=molecule.name,
        smiles=molecule.smiles,
        inchikey=molecule.inchikey,
        max_phase=_phase(molecule.max_phase),
        first_approval=molecule.first_approval,
        molecule_type=molecule.molecule_type,
    )


def target_row(target: Target) -> TargetRow:
    """A target as a row."""
    return TargetRow(
        tid=UNNUMBERED,
        chembl_id=target.chembl_id,
        name=target.name,
        target_type=target.target_type,
        organism=target.organism,
        tax_id=target.tax_id,
        accessions=tuple(part.accession for part in target.components if part.accession),
        genes=tuple(dict.fromkeys(part.gene for part in target.components if part.gene)),
    )


def activity_row(activity: Activity) -> ActivityRow:
    """An activity as a row. Value, unit and relation are those that ChEMBL standardised, unconverted."""
    return ActivityRow(
        activity_id=activity.activity_id,
        assay_chembl_id=activity.assay_chembl_id,
        document_chembl_id=activity.document_chembl_id,
        year=activity.year,
        confidence_score=activity.assay.confidence_score if activity.assay else None,
        assay_type=activity.assay_type,
        variant=activity.is_on_variant,
        molecule_chembl_id=activity.molecule_chembl_id,
        parent_chembl_id=activity.parent_chembl_id or activity.molecule_chembl_id,
        name=activity.name,
        smiles=activity.smiles,
        max_phase=_phase(activity.max_phase),
        target_chembl_id=activity.target_chembl_id or "",
        target_name=activity.target_name or "",
        target_organism=activity.target_organism,
        activity_type=activity.activity_type or "",
        relation=activity.relation,
        value=activity.value,
        unit=activity.unit,
        pchembl=activity.pchembl,
        validity_comment=activity.validity_comment,
        potential_duplicate=activity.potential_duplicate,
        value_is_back_computed=False,
    )


def mechanism_row(
    mechanism: Mechanism, molecules: Mapping[str, Molecule], targets: Mapping[str, Target]
) -> MechanismRow:
    """A mechanism as a row, with its molecule and target where they are known."""
    molecule = molecules.get(mechanism.molecule_chembl_id)
    known = targets.get(mechanism.target_chembl_id or "")
    target = target_row(known) if known else None
    return MechanismRow(
        molecule_chembl_id=mechanism.molecule_chembl_id,
        molecule_name=molecule.name if molecule else None,
        max_phase=_phase(molecule.max_phase) if molecule else None,
        first_approval=molecule.first_approval if molecule else None,
        mechanism=mechanism.mechanism,
        action=mechanism.action,
        target_chembl_id=mechanism.target_chembl_id,
        target_name=target.name if target else None,
        target_genes=target.genes if target else (),
        target_accessions=target.accessions if target else (),
        source=_SOURCE,
        references=mechanism.references,
    )


def indication_row(indication: Indication, molecules: Mapping[str, Molecule]) -> IndicationRow:
    """An indication as a row, with its molecule where it is known."""
    molecule = molecules.get(indication.molecule_chembl_id)
    return IndicationRow(
        molecule_chembl_id=indication.molecule_chembl_id,
        molecule_name=molecule.name if molecule else None,
        first_approval=molecule.first_approval if molecule else None,
        max_phase=_phase(molecule.max_phase) if molecule else None,
        term=indication.term or "",
        max_phase_for_indication=_phase(indication.max_phase),
        term_id=indication.term_id,
        source=_SOURCE,
    )


def warning_row(warning: DrugWarning, molecules: Mapping[str, Molecule]) -> WarningRow:
    """A warning as a row, with its molecule's name where it is known."""
    molecule = molecules.get(warning.molecule_chembl_id)
    return WarningRow(
        warning_id=warning.warning_id,
        molecule_chembl_id=warning.molecule_chembl_id,
        molecule_name=molecule.name if molecule else None,
        warning_type=warning.warning_type,
        warning_class=warning.warning_class,
        class_id=warning.class_id,
        description=warning.description,
        country=warning.country,
        year=warning.year,
        efo_term=warning.efo_term,
        efo_id=warning.efo_id,
        references=warning.references,
    )


def _phase(value: float | None) -> float | None:
    """ChEMBL writes −1 where the phase of a clinical candidate is not known."""
    return None if value is None or value < 0 else value
