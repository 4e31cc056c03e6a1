"""A molecule as the encoder takes it: two whole numbers an atom, two a directed bond, in RDKit's order.

What differs from the usual featurisers: hydrogens are not added, aromatic rings not written as alternating bonds, salts not
stripped. Charges, isotopes, radicals and hydrogen counts are not seen. What has no number is an error here; the reference
stops with a ValueError, or reads past its tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UnparsableMolecule, UnsupportedChemistry

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MAX_ATOMS", "MAX_CHARACTERS", "MoleculeGraph", "graph_of", "join"]

MAX_CHARACTERS = 2_000  # the program's limits on what RDKit is given
MAX_ATOMS = 1_000

OTHER_ELEMENT = 118  # elements 1 to 118 are rows 0 to 117; a dummy atom is this row
CHIRALITY = {"CHI_UNSPECIFIED": 0, "CHI_TETRAHEDRAL_CW": 1, "CHI_TETRAHEDRAL_CCW": 2}
BOND_TYPE = {"SINGLE": 0, "DOUBLE": 1, "TRIPLE": 2, "AROMATIC": 3}
BOND_DIRECTION = {"NONE": 0, "ENDUPRIGHT": 1, "ENDDOWNRIGHT": 2}


@dataclass(frozen=True, eq=False)
class MoleculeGraph:
    """One molecule, or several that do not touch.

    Args:
        x: (N, 2) int64, each atom's element and chirality.
        edge_index: (2, E) int64, from and to; each bond twice in a row, there and back.
        edge_attr: (E, 2) int64, each directed bond's type and direction, alike both ways.
    """

    x: NDArray[np.int64]
    edge_index: NDArray[np.int64]
    edge_attr: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.x)

    def content(self) -> bytes:
        """Everything the encoder sees, to be known again by."""
        return b"|".join((self.x.tobytes(), self.edge_index.tobytes(), self.edge_attr.tobytes()))


def graph_of(smiles: str) -> MoleculeGraph:
    """Read a SMILES with RDKit's default sanitisation; the order of atoms is that of the string.

    Raises:
        UnparsableMolecule: it is no SMILES, holds no atom, or is past the limits.
        UnsupportedChemistry: a bond or a stereo centre of a kind that the encoder was not trained on.
    """
    molecule = _parse(smiles.strip())
    atoms = [(_element(atom), _chirality(atom)) for atom in molecule.GetAtoms()]
    ends, features = [], []
    for bond in molecule.GetBonds():
        begin, end = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        ends += [(begin, end), (end, begin)]
        features += [(_bond_type(bond), _bond_direction(bond))] * 2
    return MoleculeGraph(
        x=np.array(atoms, dtype=np.int64).reshape(-1, 2),
        edge_index=np.ascontiguousarray(np.array(ends, dtype=np.int64).reshape(-1, 2).T),
        edge_attr=np.array(features, dtype=np.int64).reshape(-1, 2),
    )


def join(graphs: Sequence[MoleculeGraph]) -> MoleculeGraph:
    """Make one graph of several, their atoms one after the other."""
    offsets = np.cumsum([0, *map(len, graphs)])
    return MoleculeGraph(
        x=np.concatenate([graph.x for graph in graphs]),
        edge_index=np.concatenate([graph.edge_index + offsets[i] for i, graph in enumerate(graphs)], axis=1),
        edge_attr=np.concatenate([graph.edge_attr for graph in graphs]),
    )


def _parse(smiles: str) -> Any:
    from rdkit import Chem, rdBase

    if len(smiles) > MAX_CHARACTERS:
        raise UnparsableMolecule(f"The SMILES has {len(smiles):,} characters; {MAX_CHARACTERS:,} are the limit.")
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        raise UnparsableMolecule(f"RDKit cannot read {smiles[:80]!r} as a SMILES.", "Check it letter by letter.")
    if not 0 < molecule.GetNumAtoms() <= MAX_ATOMS:
        raise UnparsableMolecule(f"The molecule has {molecule.GetNumAtoms():,} atoms; 1 to {MAX_ATOMS:,} can be read.")
    return molecule


def _element(atom: Any) -> int:
    number = int(atom.GetAtomicNum())
    return number - 1 if number else OTHER_ELEMENT


def _chirality(atom: Any) -> int:
    tag = atom.GetChiralTag().name
    if tag not in CHIRALITY:
        raise UnsupportedChemistry(
            f"Atom {atom.GetIdx() + 1} ({atom.GetSymbol()}) has the chirality {tag}; the encoder knows tetrahedral centres only.",
            "Leave that stereochemistry out of the SMILES.",
        )
    return CHIRALITY[tag]


def _bond_type(bond: Any) -> int:
    return BOND_TYPE[_known(bond, bond.GetBondType().name, BOND_TYPE, "single, double, triple and aromatic bonds")]


def _bond_direction(bond: Any) -> int:
    return BOND_DIRECTION[_known(bond, bond.GetBondDir().name, BOND_DIRECTION, "the marks / and \\ of double bonds")]


def _known(bond: Any, name: str, table: dict[str, int], kinds: str) -> str:
    if name not in table:
        begin, end = bond.GetBeginAtom(), bond.GetEndAtom()
        raise UnsupportedChemistry(
            f"The bond between atoms {begin.GetIdx() + 1} ({begin.GetSymbol()}) and {end.GetIdx() + 1} ({end.GetSymbol()})"
            f" is of kind {name.lower()}; the encoder knows {kinds} only.",
            "Write it with charges and single bonds, or ask about the ligand alone.",
        )
    return name
