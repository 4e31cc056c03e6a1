"""A substructure query: what it matches, and the bits that every structure that holds it must have.

A SMARTS leaves most bonds open between single and aromatic, about which RDKit's pattern fingerprint then says nothing, so that seven
in ten structures pass. What an open bond must be often follows from its ends, and in a ring of aromatic atoms it is aromatic in all
structures but the few with a single bond there, which are told by a flag of their own (`is_loose`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from rdkit import Chem, rdBase
from rdkit.Chem.Scaffolds import MurckoScaffold

from ....memory.errors import InvalidArguments
from ....memory.stores.pattern_file import BITS
from .parsing import molecule_from, pattern_from

__all__ = ["Query", "QueryKind", "flat_scaffold", "is_loose", "pattern_of", "query_of", "record_of"]

QueryKind = Literal["smarts", "contains", "scaffold"]
"""A pattern; a molecule to be contained; a molecule whose Bemis–Murcko scaffold is to be had exactly."""

_PLAIN = re.compile(r"\[?(?:(Cl|Br|[BCNOFPSI](?![a-z]))|([bcnopsa](?![a-z])))")
"""What an atom's SMARTS begins with where it must be of one element (or aromatic); more may follow, which narrows it."""


@dataclass(frozen=True)
class Query:
    """What is looked for."""

    smiles: str
    """The SMARTS, or the SMILES of the molecule or scaffold."""
    molecule: Any
    bits: tuple[int, ...]
    """Set in the pattern of whatever holds it and is not `loose`."""
    loose_bits: tuple[int, ...]
    """Set in the pattern of whatever holds it."""
    scaffold: str
    parameters: Any

    def matches(self, molecule: Chem.Mol) -> bool:
        """Whether the molecule holds it; or has just this scaffold."""
        if not molecule.HasSubstructMatch(self.molecule, self.parameters):
            return False
        return not self.scaffold or flat_scaffold(molecule) == self.scaffold


@lru_cache(maxsize=16)
def query_of(text: str, kind: QueryKind, stereo: bool = False) -> Query:
    """The query that a SMARTS or a molecule makes.

    Raises:
        InvalidStructure: it cannot be read.
        InvalidArguments: a scaffold is asked for of a molecule that has no ring.
    """
    parameters = Chem.SubstructMatchParameters()
    parameters.maxMatches = 1
    parameters.useChirality = stereo
    if kind == "smarts":
        pattern = pattern_from(text)
        loose = _bits(_plainer(pattern, rings=False))
        return Query(text, pattern, _bits(_plainer(pattern, rings=True)), loose, "", parameters)
    scaffold = ""
    if kind == "scaffold":
        scaffold = flat_scaffold(molecule_from(text))
        if not scaffold:
            raise InvalidArguments(
                "This molecule has no ring, and so no scaffold.", "Ask for what contains it instead."
            )
        text = scaffold
    molecule = molecule_from(text)
    bits = _bits(molecule)
    return Query(Chem.MolToSmiles(molecule), molecule, bits, bits, scaffold, parameters)


def pattern_of(molecule: Chem.Mol) -> Any:
    """The pattern fingerprint of a molecule or query."""
    return Chem.PatternFingerprint(molecule, fpSize=BITS)


def record_of(molecule: Chem.Mol) -> bytes:
    """What is kept of a structure for searches; see `memory.stores.patterns.joined`."""
    from rdkit import DataStructs

    from ....memory.stores.patterns import joined

    pattern = bytes(DataStructs.BitVectToBinaryText(pattern_of(molecule)))
    packed = molecule.ToBinary(int(Chem.PropertyPickleOptions.NoProps))
    return joined(molecule.GetNumHeavyAtoms(), is_loose(molecule), pattern, packed)


def is_loose(molecule: Chem.Mol) -> bool:
    """Whether a ring bond between aromatic atoms is not aromatic itself, as in fluorene or biphenylene."""
    return any(
        not bond.GetIsAromatic() and bond.GetBeginAtom().GetIsAromatic() and bond.GetEndAtom().GetIsAromatic()
        and bond.IsInRing()
        for bond in molecule.GetBonds()
    )  # fmt: skip


def flat_scaffold(molecule: Chem.Mol) -> str:
    """The Bemis–Murcko scaffold without stereochemistry; empty where there is no ring."""
    with rdBase.BlockLogs():
        core = MurckoScaffold.GetScaffoldForMol(molecule)
        Chem.RemoveStereochemistry(core)
        return str(Chem.MolToSmiles(core))


def _bits(query: Chem.Mol) -> tuple[int, ...]:
    return tuple(pattern_of(query).GetOnBits())


def _plainer(pattern: Chem.Mol, *, rings: bool) -> Chem.Mol:
    """A weaker query of which the pattern fingerprint sees more: plain atoms, and open bonds settled where they can be."""
    query = Chem.RWMol(pattern)
    Chem.FastFindRings(query)
    aromatic: dict[int, bool] = {}
    for atom in pattern.GetAtoms():
        text = atom.GetSmarts()
        found = _PLAIN.match(text)
        if found is None or "," in text:
            continue
        aromatic[atom.GetIdx()] = found[2] is not None
        query.ReplaceAtom(atom.GetIdx(), Chem.AtomFromSmarts(found[1] or found[2]))
    for bond in list(query.GetBonds()):
        if bond.GetSmarts() or not bond.HasQuery():  # an open bond is written as nothing
            continue
        ends = {aromatic.get(bond.GetBeginAtomIdx()), aromatic.get(bond.GetEndAtomIdx())}
        if False in ends:
            query.ReplaceBond(bond.GetIdx(), Chem.BondFromSmarts("-"))
        elif rings and ends == {True} and bond.IsInRing():
            query.ReplaceBond(bond.GetIdx(), Chem.BondFromSmarts(":"))
    return query.GetMol()
