"""Many patterns against many molecules: tells which patterns cannot match, without looking for them.

Every bond of a pattern must lie on some bond of the molecule. Which kinds of bond do is asked of RDKit once for each kind (atom,
bond, atom) that occurs, by its own matching of atoms and bonds, and kept; a molecule is then the union of its kinds of bond, and
a pattern with a bond that is in none of them cannot match. An atom must have as many bonds, and as many in rings, as the pattern's
has there. What a kind does not settle (a nested pattern) counts as possible.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from rdkit import Chem

__all__ = ["Prescreen"]

_SETTLED = frozenset(
    (
        "AtomNull", "AtomAnd", "AtomOr", "AtomXor", "AtomType", "AtomAtomicNum", "AtomIsAromatic", "AtomIsAliphatic",
        "AtomFormalCharge", "AtomIsotope", "AtomHCount", "AtomExplicitDegree", "AtomTotalDegree",
        "AtomTotalValence", "AtomInRing", "AtomInNRings", "BondNull", "BondAnd", "BondOr", "BondOrder",
        "BondInRing", "SingleOrAromaticBond", "val", "not", "in",
    )
)  # fmt: skip
"""The names in RDKit's description of a query that the kinds of atoms and bonds settle."""
_NAMES = re.compile(r"[A-Za-z]+")
_ELEMENTS = frozenset((6, 7, 8, 9, 14, 15, 16, 17, 34, 35, 53))
"""Of these an atom's hydrogens follow from its degrees, and no bond is dative; molecules with others are not screened."""
_MOST_KINDS = 100_000
"""Kinds of bond that are kept; far more than drug-like molecules have, and a bound for what is fed rubbish."""


class Prescreen:
    """Patterns of which the impossible are sorted out.

    Args:
        patterns: queries in order; None where one is not known, which then always counts as possible.
    """

    def __init__(self, patterns: Sequence[Chem.Mol | None]) -> None:
        self._atoms: dict[tuple[str, int, int], int] = {}
        self._atom_queries: list[tuple[Any, int, int]] = []
        self._bonds: dict[tuple[str, bool], int] = {}
        self._bond_queries: list[tuple[Any, bool]] = []
        classes: dict[tuple[int, int, int], int] = {}
        needed = [sorted({classes.setdefault(one, len(classes)) for one in self._parts(query)}) for query in patterns]
        self._begin, self._bond, self._end = np.array(list(classes) or [(0, 0, 0)], dtype=np.intp).T
        self._lone = self._bond < 0
        wanted = np.zeros((len(patterns), max(1, len(classes))), dtype=bool)
        for row, columns in enumerate(needed):
            wanted[row, columns] = True
        self._packed = np.ascontiguousarray(_words(wanted).T)
        self._atom_kinds: dict[tuple[Any, ...], int] = {}
        self._matched: list[Any] = []
        self._bond_matched: dict[tuple[Any, ...], Any] = {}
        self._kinds: dict[tuple[Any, ...], Any] = {}

    def possible(self, molecule: Chem.Mol) -> list[int]:
        """Positions of the patterns that may match, in order."""
        have = self._have(molecule)
        if have is None:
            return list(range(self._packed.shape[1]))
        missing: Any = ~np.bitwise_or.reduce(have)
        impossible = np.bitwise_or.reduce(self._packed & missing[:, np.newaxis])
        found: list[int] = np.flatnonzero(impossible == 0).tolist()
        return found

    def _have(self, molecule: Chem.Mol) -> list[Any] | None:
        """What each kind of bond of the molecule may hold; None where its bonds are not of the settled sorts."""
        if len(self._kinds) > _MOST_KINDS:
            self._atom_kinds, self._matched, self._bond_matched, self._kinds = {}, [], {}, {}
        rings = molecule.GetRingInfo().AtomRings()
        in_rings = Counter(atom for ring in rings for atom in ring)
        ring_bonds = {
            (one, other) if one < other else (other, one)
            for ring in rings
            for one, other in zip(ring, (*ring[1:], ring[0]), strict=True)
        }
        on_ring = Counter(atom for bond in ring_bonds for atom in bond)
        elements, kinds = set(), []
        for index in range(molecule.GetNumAtoms()):
            atom = molecule.GetAtomWithIdx(index)  # quicker than RDKit's own sequence of atoms
            element = atom.GetAtomicNum()
            elements.add(element)
            kind = (
                element, atom.GetIsAromatic(), atom.GetFormalCharge(), atom.GetDegree(), atom.GetTotalDegree(),
                atom.GetTotalValence(), atom.GetIsotope(), in_rings[index], on_ring[index],
            )  # fmt: skip
            number = self._atom_kinds.get(kind)
            kinds.append(self._new_atom(kind, atom) if number is None else number)
        orders = Chem.GetAdjacencyMatrix(molecule, useBO=True)
        begins, ends = (side.tolist() for side in np.nonzero(np.triu(orders)))
        if not elements <= _ELEMENTS or len(begins) != molecule.GetNumBonds():
            return None
        found: dict[tuple[Any, ...], tuple[int, ...]] = {(kind,): () for kind in kinds}
        for begin, end, order in zip(begins, ends, orders[begins, ends].tolist(), strict=True):
            found[kinds[begin], order, (begin, end) in ring_bonds, kinds[end]] = (begin, end)
        return [
            self._kinds[kind] if kind in self._kinds else self._new(kind, ends, molecule)
            for kind, ends in found.items()
        ]

    def _new_atom(self, kind: tuple[Any, ...], atom: Chem.Atom) -> int:
        number = self._atom_kinds[kind] = len(self._matched)
        degree, on_ring = atom.GetDegree(), kind[-1]
        self._matched.append(
            np.array(
                [
                    degree >= least and on_ring >= least_on_ring and (query is None or query.Match(atom))
                    for query, least, least_on_ring in self._atom_queries
                ]
            )
        )
        return number

    def _new(self, kind: tuple[Any, ...], ends: tuple[int, ...], molecule: Chem.Mol) -> Any:
        if not ends:
            held = self._lone & self._matched[kind[0]][self._begin]
        else:
            first, order, in_ring, second = kind
            between = (order, in_ring)
            if between not in self._bond_matched:
                bond = molecule.GetBondBetweenAtoms(*ends)
                matched = [
                    in_ring >= cyclic and (query is None or query.Match(bond)) for query, cyclic in self._bond_queries
                ]
                self._bond_matched[between] = np.array([*matched, False])  # the last is for atoms without a bond
            one, other = self._matched[first], self._matched[second]
            ways = (one[self._begin] & other[self._end]) | (other[self._begin] & one[self._end])
            held = self._bond_matched[between][self._bond] & ways
        packed = self._kinds[kind] = _words(held[np.newaxis, :])[0]
        return packed

    def _parts(self, query: Chem.Mol | None) -> list[tuple[int, int, int]]:
        """The bonds of a pattern, and its atoms that have none, as numbers of their queries."""
        if query is None:
            return []
        Chem.FastFindRings(query)
        numbers = []
        for atom in query.GetAtoms():
            on_ring = sum(bond.IsInRing() for bond in atom.GetBonds())
            told = (_description(atom), atom.GetDegree(), on_ring)
            if told not in self._atoms:
                self._atoms[told] = len(self._atom_queries)
                self._atom_queries.append((_settled(atom), *told[1:]))
            numbers.append(self._atoms[told])
        parts = [(numbers[atom.GetIdx()], -1, 0) for atom in query.GetAtoms() if not atom.GetDegree()]
        for bond in query.GetBonds():
            known = (_description(bond), bond.IsInRing())
            if known not in self._bonds:
                self._bonds[known] = len(self._bond_queries)
                self._bond_queries.append((_settled(bond), known[1]))
            parts.append((numbers[bond.GetBeginAtomIdx()], self._bonds[known], numbers[bond.GetEndAtomIdx()]))
        return parts


def _description(part: Any) -> str:
    return str(part.DescribeQuery() if part.HasQuery() else part.GetSmarts())


def _settled(part: Any) -> Any:
    """An atom or bond of a pattern where its kind settles whether it matches; None where it may match anything."""
    return part if part.HasQuery() and _SETTLED.issuperset(_NAMES.findall(_description(part))) else None


def _words(rows: Any) -> Any:
    """Rows of truth values as rows of 64-bit words."""
    columns = -(-rows.shape[1] // 64) * 64
    wide = np.zeros((rows.shape[0], columns), dtype=bool)
    wide[:, : rows.shape[1]] = rows
    return np.packbits(wide, axis=1).view(np.uint64)
