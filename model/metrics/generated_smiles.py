"""Structures generated from text beside the right ones: BLEU over characters, edit distance, validity, identity, similarity.

Similarities are means over the pairs that parse, as the reference has it: quote them with `valid`. Its Morgan similarity is of
radius-2 counts without folding. Identity is that of the standard InChI, so that tautomers may count as the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .bleu import BleuCounts

__all__ = ["SmilesScores", "smiles_scores"]


@dataclass(frozen=True)
class SmilesScores:
    """Means over all pairs; of `maccs`, `rdkit` and `morgan` over the pairs that parse, 0 where none does."""

    bleu: float
    levenshtein: float
    valid: float
    exact: float
    maccs: float
    rdkit: float
    morgan: float


def smiles_scores(generated: Sequence[str], gold: Sequence[str]) -> SmilesScores:
    """Score each generated SMILES against the right one."""
    from rapidfuzz.distance import Levenshtein
    from rdkit import RDLogger

    silenced = RDLogger.logger()
    silenced.setLevel(RDLogger.CRITICAL)  # what does not parse is counted, not printed
    pairs = [(_molecule(one), _molecule(other)) for one, other in zip(generated, gold, strict=True)]
    both = [(one, other) for one, other in pairs if one is not None and other is not None]
    similar = np.array([_similarities(one, other) for one, other in both] or [[0.0, 0.0, 0.0]])
    count = len(gold)
    return SmilesScores(
        BleuCounts([list(text) for text in gold], [list(text) for text in generated]).bleu(4),
        sum(Levenshtein.distance(one, other) for one, other in zip(generated, gold, strict=True)) / count,
        len(both) / count,
        sum(_same(one, other) for one, other in both) / count,
        *(float(value) for value in similar.mean(axis=0)),
    )


def _molecule(smiles: str) -> Any:
    from rdkit import Chem

    return Chem.MolFromSmiles(smiles)


def _same(one: Any, other: Any) -> bool:
    from rdkit.Chem.inchi import MolToInchi

    return bool(MolToInchi(one) == MolToInchi(other))


def _similarities(one: Any, other: Any) -> list[float]:
    from rdkit import Chem
    from rdkit.Chem import MACCSkeys
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator
    from rdkit.DataStructs import FingerprintSimilarity, TanimotoSimilarity

    morgan = GetMorganGenerator(radius=2)
    counts = [morgan.GetSparseCountFingerprint(molecule) for molecule in (one, other)]
    return [
        FingerprintSimilarity(MACCSkeys.GenMACCSKeys(one), MACCSkeys.GenMACCSKeys(other)),
        FingerprintSimilarity(Chem.RDKFingerprint(one), Chem.RDKFingerprint(other)),
        TanimotoSimilarity(*counts),
    ]
