"""Morgan fingerprints and Tanimoto similarity; neighbours within a set that is fingerprinted once a process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from ....memory.errors import InvalidStructure
from .descriptors import quantity
from .parsing import molecule_from

__all__ = ["CONVENTION", "Library", "fingerprint_of", "neighbours", "packed_of", "similarity_of", "tanimoto"]

RADIUS = 2
BITS = 2048
CONVENTION = f"Tanimoto on Morgan fingerprints, radius {RADIUS}, {BITS:,} bits"


@cache
def _generator() -> Any:
    return rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=BITS)


def tanimoto(first: Chem.Mol, second: Chem.Mol) -> dict[str, Any]:
    """Similarity from 0 to 1, as a quantity."""
    a, b = _generator().GetFingerprint(first), _generator().GetFingerprint(second)
    return similarity_of(DataStructs.TanimotoSimilarity(a, b))


def similarity_of(value: float) -> dict[str, Any]:
    """A computed similarity as a quantity."""
    return quantity(round(float(value), 4), "dimensionless", "tanimoto_similarity", CONVENTION)


def fingerprint_of(molecule: Chem.Mol) -> Any:
    """The fingerprint, as RDKit's bit vector."""
    return _generator().GetFingerprint(molecule)


def packed_of(molecule: Chem.Mol) -> bytes:
    """The fingerprint as 256 bytes."""
    return bytes(DataStructs.BitVectToBinaryText(fingerprint_of(molecule)))


class Library:
    """Fingerprints and canonical SMILES of many molecules; what cannot be parsed is counted, not kept."""

    def __init__(self, structures: Iterable[str]) -> None:
        self.fingerprints: list[Any] = []
        self.smiles: list[str] = []
        self.rows: list[int] = []
        self.unparsable: list[int] = []
        for row, smiles in enumerate(structures):
            try:
                molecule = molecule_from(smiles)
            except InvalidStructure:
                self.unparsable.append(row)
                continue
            self.fingerprints.append(_generator().GetFingerprint(molecule))
            self.smiles.append(Chem.MolToSmiles(molecule))
            self.rows.append(row)

    def packed(self) -> bytes:
        """The fingerprints end to end, 256 bytes each."""
        return b"".join(DataStructs.BitVectToBinaryText(one) for one in self.fingerprints)

    def rows_of(self, molecule: Chem.Mol) -> list[int]:
        """The rows that are this very structure."""
        wanted = Chem.MolToSmiles(molecule)
        return [row for row, smiles in zip(self.rows, self.smiles, strict=True) if smiles == wanted]


def neighbours(
    molecule: Chem.Mol, library: Library, most: int, skip: Sequence[int] = ()
) -> list[tuple[int, dict[str, Any]]]:
    """(row, similarity) of the most similar, best first; ties keep the library's order."""
    values = DataStructs.BulkTanimotoSimilarity(_generator().GetFingerprint(molecule), library.fingerprints)
    left = set(skip)
    ranked = sorted(
        ((value, row) for value, row in zip(values, library.rows, strict=True) if row not in left),
        key=lambda pair: (-pair[0], pair[1]),
    )
    return [(row, similarity_of(value)) for value, row in ranked[:most]]
