"""Properties of a protein from its sequence alone, each with the scale it rests on."""

from __future__ import annotations

from typing import Any

from ...memory.errors import InvalidSequence
from .reading import Sequence, counted

__all__ = ["protein_properties"]

_OPEN = frozenset("BJXZ")
_UNSTABLE_ABOVE = 40


def protein_properties(sequence: Sequence) -> dict[str, Any]:
    """Masses, pI, GRAVY, instability, aromaticity and extinction coefficients.

    Raises:
        InvalidSequence: an ambiguity code stands in it, so that its mass is open.
    """
    from Bio.SeqUtils import molecular_weight
    from Bio.SeqUtils.ProtParam import ProteinAnalysis

    letters = sequence.letters
    for position, letter in enumerate(letters, 1):
        if letter in _OPEN:
            raise InvalidSequence(
                f"{letter} at position {position} stands for more than one amino acid, so mass and charge are open.",
                "Give the part without B, J, X and Z.",
            )
    analysis = ProteinAnalysis(letters)
    record: dict[str, Any] = {
        "type": "protein_properties",
        "molecular_weight": counted(
            round(molecular_weight(letters, "protein"), 3),
            "g/mol", "molecular_weight_average", "average residue masses plus water, unmodified, Biopython",
        ),
        "monoisotopic_mass": counted(
            round(molecular_weight(letters, "protein", monoisotopic=True), 4),
            "Da", "molecular_mass_monoisotopic", "monoisotopic residue masses plus water, unmodified, Biopython",
        ),
        "composition": {letter: letters.count(letter) for letter in sorted(set(letters))},
        **_charge(analysis),
        **_scales(analysis, letters),
        **_extinction(letters),
        "notes": ["Masses are of the bare chain: no signal peptide removed, no disulfides, no modifications."],
    }  # fmt: skip
    if set(letters) & set("UO"):
        record["notes"].append("U and O have no value on the GRAVY and instability scales, so these were not computed.")
    elif len(letters) < 10:
        record["notes"].append("For a peptide this short, instability and pI are rough.")
    return record


def _charge(analysis: Any) -> dict[str, Any]:
    return {
        "isoelectric_point": counted(
            round(analysis.isoelectric_point(), 2), "pH", "isoelectric_point", "Bjellqvist pK values, Biopython"
        ),
        "charge_at_ph_7_4": counted(
            round(analysis.charge_at_pH(7.4), 2),
            "elementary charges",
            "net_charge",
            "Henderson–Hasselbalch at pH 7.4, Bjellqvist pK values",
        ),
    }


def _scales(analysis: Any, letters: str) -> dict[str, Any]:
    aromatic = round(sum(letters.count(letter) for letter in "FWY") / len(letters), 4)
    found: dict[str, Any] = {
        "aromaticity": counted(aromatic, "dimensionless", "aromaticity", "share of F, W and Y (Lobry 1994)"),
        "gravy": None,
        "instability_index": None,
        "predicted_stable": None,
    }
    if set(letters) & set("UO"):
        return found
    found["gravy"] = counted(
        round(analysis.gravy(), 4), "dimensionless", "gravy", "mean Kyte–Doolittle hydropathy; above 0 is hydrophobic"
    )
    if len(letters) > 1:
        index = round(analysis.instability_index(), 2)
        found["instability_index"] = counted(
            index,
            "dimensionless",
            "instability_index",
            f"Guruprasad 1990; above {_UNSTABLE_ABOVE} predicts an unstable protein",
        )
        found["predicted_stable"] = index <= _UNSTABLE_ABOVE
    return found


def _extinction(letters: str) -> dict[str, Any]:
    reduced = 5_500 * letters.count("W") + 1_490 * letters.count("Y")  # Pace 1995, M⁻¹ cm⁻¹ at 280 nm in water
    cystines = reduced + 125 * (letters.count("C") // 2)
    return {
        "extinction_reduced": counted(
            reduced, "M⁻¹ cm⁻¹", "extinction_280nm", "Pace 1995: 5,500 W + 1,490 Y, cysteines reduced"
        ),
        "extinction_cystines": counted(
            cystines, "M⁻¹ cm⁻¹", "extinction_280nm", "Pace 1995: 5,500 W + 1,490 Y + 125 for each pair of cysteines"
        ),
    }
