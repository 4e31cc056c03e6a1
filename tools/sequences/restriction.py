"""Restriction sites by Biopython's copy of REBASE: where named enzymes, or a common set, cut."""

from __future__ import annotations

from collections.abc import Sequence as Names
from typing import Any

from ...memory.errors import InvalidSequence
from .reading import Sequence, counted

__all__ = ["COMMON_ENZYMES", "restriction_sites"]

COMMON_ENZYMES = (
    "AgeI", "ApaI", "AscI", "AvrII", "BamHI", "BglII", "BsaI", "BsmBI", "BspEI", "ClaI", "DpnI", "EagI",
    "EcoRI", "EcoRV", "HaeIII", "HindIII", "HpaI", "KpnI", "MfeI", "MluI", "NcoI", "NdeI", "NheI", "NotI",
    "NruI", "NsiI", "PacI", "PmeI", "PstI", "PvuI", "PvuII", "SacI", "SacII", "SalI", "SbfI", "ScaI", "SmaI",
    "SpeI", "SphI", "StuI", "SwaI", "XbaI", "XhoI", "XmaI",
)  # fmt: skip
"""Enzymes of everyday cloning, looked at when none is named."""


def restriction_sites(sequence: Sequence, names: Names[str], circular: bool) -> dict[str, Any]:
    """Cut positions of each enzyme.

    Raises:
        InvalidSequence: RNA, or an enzyme that REBASE does not have.
    """
    from Bio.Seq import Seq

    if sequence.alphabet != "dna":
        raise InvalidSequence("Restriction enzymes cut double-stranded DNA.", "Give the DNA.")
    letters = Seq(sequence.letters)
    cutters, silent = [], []
    for enzyme in _enzymes(names or COMMON_ENZYMES):
        cuts = enzyme.search(letters, linear=not circular)
        if cuts:
            cutters.append(_cutter(enzyme, sorted(cuts)))
        else:
            silent.append(str(enzyme))
    cutters.sort(key=lambda row: (row["cuts"], row["enzyme"]))
    return {
        "type": "restriction_map",
        "cutters": cutters,
        "cutter_count": counted(len(cutters), "count", "cutting_enzymes", "of the enzymes looked at"),
        "not_cutting": silent,
        "enzyme_set": "named" if names else "common",
        "circular": circular,
        "coordinates": "1-based; a position is the first base after the cut on the strand given",
        "notes": [] if cutters else ["None of the enzymes cuts."],
    }


def _enzymes(names: Names[str]) -> list[Any]:
    from Bio.Restriction import AllEnzymes

    by_name = {str(enzyme).casefold(): enzyme for enzyme in AllEnzymes}
    unknown = [name for name in names if name.strip().casefold() not in by_name]
    if unknown:
        from rapidfuzz import process

        close = [hit[0] for hit in process.extract(unknown[0].casefold(), list(by_name), limit=3)]
        nearest = ", ".join(str(by_name[key]) for key in close)
        raise InvalidSequence(f"No restriction enzyme is called {unknown[0]!r}.", f"Nearest: {nearest}.")
    return [by_name[name.strip().casefold()] for name in dict.fromkeys(names)]


def _cutter(enzyme: Any, cuts: list[int]) -> dict[str, Any]:
    ends = (
        "blunt"
        if enzyme.is_blunt()
        else "5' overhang"
        if enzyme.is_5overhang()
        else "3' overhang"
        if enzyme.is_3overhang()
        else "unknown"
    )
    return {
        "enzyme": str(enzyme),
        "site": enzyme.site,
        "cut": enzyme.elucidate(),
        "ends": ends,
        "cuts": len(cuts),
        "positions": cuts,
    }
