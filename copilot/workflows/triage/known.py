"""What the local ChEMBL knows of a molecule: which one it is, how much was measured of it, and the most potent value, with their places."""

from __future__ import annotations

from dataclasses import dataclass

from ....memory.activity_statistics import CONCENTRATION_TYPES
from ....memory.chembl_store import ChemblStore

__all__ = ["COLUMNS", "Known", "look_up"]

COLUMNS = {
    "known_as": str,
    "known_name": str,
    "max_phase": float,
    "activities": int,
    "best_pchembl": float,
    "best_type": str,
    "best_target": str,
    "known.evidence": str,
}
"""The columns that it fills, each with the type of its cells."""


@dataclass(frozen=True)
class Known:
    """A molecule of the store; `best_type` is empty where nothing comparable was measured."""

    chembl_id: str
    name: str
    max_phase: float | None
    activities: int
    best_pchembl: float | None
    best_type: str
    best_target: str
    evidence: str
    """The release, the molecule's id there, and that of the activity which is the most potent."""

    def cells(self) -> tuple[str | float | int | None, ...]:
        """In the order of `COLUMNS`."""
        return (
            self.chembl_id,
            self.name,
            self.max_phase,
            self.activities,
            self.best_pchembl,
            self.best_type,
            self.best_target,
            self.evidence,
        )


def look_up(chembl: ChemblStore, inchikey: str) -> Known | None:
    """The molecule of that InChIKey; None where there is none.

    The most potent value is one of IC50, Ki, Kd and EC50 without a remark on its validity and not on a variant, as
    `compound_activities` has it.
    """
    molecule = chembl.molecule_by_inchikey(inchikey) if inchikey else None
    if molecule is None:
        return None
    activities = chembl.activities(molecules=(molecule.chembl_id,))
    ranked = [
        (-one.pchembl, one.activity_id, one)
        for one in activities
        if one.pchembl is not None
        and one.activity_type in CONCENTRATION_TYPES
        and not one.validity_comment
        and not one.variant
    ]
    best = min(ranked)[2] if ranked else None
    place = f"{chembl.source.release}: {molecule.chembl_id}"
    return Known(
        chembl_id=molecule.chembl_id,
        name=molecule.name or "",
        max_phase=molecule.max_phase,
        activities=len(activities),
        best_pchembl=best.pchembl if best else None,
        best_type=best.activity_type if best else "",
        best_target=best.target_name if best else "",
        evidence=f"{place}, activity {best.activity_id}" if best else place,
    )
