"""The panel of a molecule in a long list: six descriptors, QED, SA score, PAINS and Brenk alerts; values and hits are RDKit's own.

What costs is looking for over seven hundred patterns, nearly all of them in vain. One look at the molecule's bonds tells which of
them can match at all (prescreen.py); only those are looked for, by RDKit, and what QED needs of the descriptors is taken from them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from rdkit import Chem
from rdkit.Chem import QED, FilterCatalog, rdMolDescriptors

from .alerts import alerts_listed, entries_of
from .prescreen import Prescreen
from .sa_score import raw_sa_score

__all__ = ["CATALOGUES", "Panel", "panel_of", "panels_of"]

CATALOGUES = ("PAINS", "BRENK")

_PACKED_QUERY = re.compile(rb" (\d+) (?=\xef\xbe\xad\xde)")
"""The length of a packed molecule and its first bytes, in a catalogue entry as RDKit writes it out."""

_AROMATIC = Chem.MolFromSmarts("a")


@dataclass(frozen=True, slots=True)
class Panel:
    """Values as `properties` gives them, and alerts as `alerts` does."""

    molecular_weight: float
    clogp: float
    tpsa: float
    hbd: int
    hba: int
    rotatable_bonds: int
    qed: float
    sa_score: float
    alerts: tuple[dict[str, Any], ...]
    """With catalogue, part, name, and atoms of the molecule given."""


def panel_of(molecule: Chem.Mol) -> Panel:
    """The panel of one molecule."""
    return panels_of((molecule,))[0]


def panels_of(molecules: Sequence[Chem.Mol]) -> list[Panel]:
    """The panels of molecules that `molecule_from` gave, some hundreds at a time.

    One thing is computed of all before the next: the code and the patterns of each stay in the processor's cache, which makes it
    faster by over a third than one molecule after the other.
    """
    entries, prescreen = _patterns()
    possible = [prescreen.possible(molecule) for molecule in molecules]
    weights = [rdMolDescriptors._CalcMolWt(molecule) for molecule in molecules]
    clogps = [rdMolDescriptors.CalcCrippenDescriptors(molecule)[0] for molecule in molecules]
    tpsas = [rdMolDescriptors.CalcTPSA(molecule) for molecule in molecules]
    hbds = [rdMolDescriptors.CalcNumHBD(molecule) for molecule in molecules]
    hbas = [rdMolDescriptors.CalcNumHBA(molecule) for molecule in molecules]
    rotatables = [rdMolDescriptors.CalcNumRotatableBonds(molecule) for molecule in molecules]
    sa_scores = [raw_sa_score(molecule) for molecule in molecules]
    aromatics = [_aromatic_rings(molecule) for molecule in molecules]
    counts = [_qed_counts(*pair, len(entries)) for pair in zip(molecules, possible, strict=True)]
    alerts = [
        alerts_listed(molecule, [entries[row] for row in rows if row < len(entries) and entries[row][2].HasFilterMatch(molecule)])
        for molecule, rows in zip(molecules, possible, strict=True)
    ]  # fmt: skip
    found = []
    for row, molecule in enumerate(molecules):
        acceptors, unwanted = counts[row]
        own = QED.QEDproperties(
            weights[row], clogps[row], acceptors, hbds[row], tpsas[row], rotatables[row], aromatics[row], unwanted
        )
        # QED counts without hydrogens that are atoms of their own, the descriptors with them
        plain = molecule.GetNumHeavyAtoms() == molecule.GetNumAtoms()
        found.append(
            Panel(
                molecular_weight=round(float(weights[row]), 3),
                clogp=round(float(clogps[row]), 4),
                tpsa=round(float(tpsas[row]), 2),
                hbd=int(hbds[row]),
                hba=int(hbas[row]),
                rotatable_bonds=int(rotatables[row]),
                qed=round(float(QED.qed(molecule, qedProperties=own if plain else None)), 4),
                sa_score=round(sa_scores[row], 2),
                alerts=tuple(alerts[row]),
            )
        )
    return found


@cache
def _patterns() -> tuple[list[tuple[str, str, FilterCatalog.FilterCatalogEntry]], Prescreen]:
    """The catalogues' entries, and what screens them and, behind them, QED's alerts and acceptors."""
    entries = [entry for name in CATALOGUES for entry in entries_of(name)]
    queries = [_query_of(entry) for _name, _part, entry in entries]
    return entries, Prescreen([*queries, *QED.StructuralAlerts, *QED.Acceptors])


def _query_of(entry: FilterCatalog.FilterCatalogEntry) -> Chem.Mol | None:
    """The one pattern that an entry consists of; None, which is never screened out, where it is not that simple."""
    written = bytes(entry.Serialize())
    packed = list(_PACKED_QUERY.finditer(written))
    if len(packed) != 1:
        return None
    start = packed[0].end()
    return Chem.Mol(written[start : start + int(packed[0][1])])


def _qed_counts(molecule: Chem.Mol, possible: Sequence[int], entries: int) -> tuple[int, int]:
    """How many acceptors QED counts, and how many of its alerts match; their patterns stand behind the catalogues' entries."""
    first = entries + len(QED.StructuralAlerts)
    acceptors = sum(len(molecule.GetSubstructMatches(QED.Acceptors[row - first])) for row in possible if row >= first)
    alerts = [QED.StructuralAlerts[row - entries] for row in possible if entries <= row < first]
    return acceptors, sum(molecule.HasSubstructMatch(alert) for alert in alerts)


def _aromatic_rings(molecule: Chem.Mol) -> int:
    """QED's own count: the rings left when atoms of aliphatic rings are deleted."""
    if not molecule.HasSubstructMatch(_AROMATIC):
        return 0
    return len(Chem.GetSSSR(Chem.DeleteSubstructs(Chem.Mol(molecule), QED.AliphaticRings)))
