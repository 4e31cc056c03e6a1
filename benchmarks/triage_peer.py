"""What the triage does with a row, as a plain script does it: RDKit's calls one after the other, and nothing else."""

from __future__ import annotations

from typing import Any

from .panel import catalogues, scorer

__all__ = ["row_by_row"]


def row_by_row(smiles: str) -> tuple[str, str, float, float, float] | None:
    """SMILES and InChIKey of the parent, its weight, QED and SA score, the rest computed too; None where it cannot be read."""
    from rdkit import Chem, rdBase
    from rdkit.Chem import QED, Crippen, Descriptors, rdMolDescriptors
    from rdkit.Chem.MolStandardize import rdMolStandardize

    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
        if molecule is None or not molecule.GetNumAtoms():
            return None
        try:
            molecule = rdMolStandardize.Uncharger().uncharge(rdMolStandardize.FragmentParent(molecule))
            written, key = Chem.MolToSmiles(molecule), Chem.MolToInchiKey(molecule)
        except Chem.MolSanitizeException:  # clean-up makes of a few structures what it cannot write
            return None
        parent: Any = Chem.MolFromSmiles(written)
        if parent is None:
            return None
        Crippen.MolLogP(parent)
        rdMolDescriptors.CalcTPSA(parent)
        rdMolDescriptors.CalcNumHBD(parent)
        rdMolDescriptors.CalcNumHBA(parent)
        rdMolDescriptors.CalcNumRotatableBonds(parent)
        for _name, catalogue in catalogues():
            catalogue.GetMatches(parent)
        weight, qed, hard = Descriptors.MolWt(parent), QED.qed(parent), scorer().calculateScore(parent)
    return written, key, round(weight, 3), round(qed, 4), round(hard, 2)
