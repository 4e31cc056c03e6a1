"""Structures of a file with ChEMBL's tables by their number there, named or not: what a search of all of them needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from .chembl_rows import MoleculeRow
from .store_connection import Database

__all__ = [
    "count_structures",
    "molecules_of",
    "molregnos_of",
    "rank_of",
    "ranks_between",
    "sharing_connectivity",
    "structures_after",
    "structures_of",
]

_MOST_VALUES = 10_000
T = TypeVar("T")


def count_structures(database: Database, after: int = -1) -> int:
    """How many molecules from beyond a molregno have a structure."""
    query = "SELECT count(*) FROM compound_structures WHERE canonical_smiles IS NOT NULL AND molregno > ?"
    return int(database.tuples(query, (after,))[0][0])


def structures_after(database: Database, molregno: int, most: int) -> list[tuple[int, str, bool]]:
    """(molregno, SMILES, whether it is a salt whose parent has a structure) of the next molecules by molregno."""
    query = (
        "SELECT s.molregno, s.canonical_smiles, t.canonical_smiles IS NOT NULL FROM compound_structures s"
        " LEFT JOIN molecule_hierarchy h ON h.molregno = s.molregno AND h.parent_molregno != s.molregno"
        " LEFT JOIN compound_structures t ON t.molregno = h.parent_molregno"
        " WHERE s.molregno > ? AND s.canonical_smiles IS NOT NULL ORDER BY s.molregno LIMIT ?"
    )
    return [(row[0], str(row[1]), bool(row[2])) for row in database.tuples(query, (molregno, most))]


def structures_of(database: Database, molregnos: Sequence[int]) -> dict[int, tuple[str, str | None, str]]:
    """(ChEMBL id, name, SMILES) of these molecules, by molregno."""
    query = (
        "SELECT m.molregno, m.chembl_id, m.pref_name, s.canonical_smiles FROM molecule_dictionary m"
        f" JOIN compound_structures s USING (molregno) WHERE m.molregno IN ({_marks(molregnos)})"
    )
    return {row[0]: (row[1], row[2], row[3]) for row in database.tuples(query, molregnos[:_MOST_VALUES])}


def molregnos_of(database: Database, chembl_ids: Sequence[str]) -> list[int]:
    """Their numbers in this file."""
    found = list[int]()
    for part in _parts(chembl_ids):
        query = f"SELECT molregno FROM molecule_dictionary WHERE chembl_id IN ({_marks(part)})"
        found += (row[0] for row in database.tuples(query, part))
    return sorted(found)


def molecules_of(database: Database, molregnos: Sequence[int]) -> list[MoleculeRow]:
    """These molecules, in this order."""
    found = dict[int, MoleculeRow]()
    for part in _parts(molregnos):
        rows = database.tuples(f"{_MOLECULE} WHERE m.molregno IN ({_marks(part)})", part)
        found |= {row[0]: _molecule(row) for row in rows}
    return [found[number] for number in molregnos if number in found]


def sharing_connectivity(database: Database, inchikey: str) -> list[MoleculeRow]:
    """Molecules whose InChIKey has the same first block: they differ in stereochemistry, isotopes or protonation, if at all.

    The furthest in the clinic first, then by name or none, then by molregno.
    """
    first = inchikey[:14].upper()
    query = f"{_MOLECULE} WHERE s.standard_inchi_key >= ? AND s.standard_inchi_key < ?"
    rows = [_molecule(row) for row in database.tuples(query, (f"{first}-", f"{first}."))]  # a stop follows the hyphen
    return sorted(rows, key=lambda row: (rank_of(row.max_phase, row.name is not None), row.molregno))


def rank_of(max_phase: float | None, named: bool) -> int:
    """Where a molecule stands in a list: 0 for an approved drug, by falling phase to 4, 5 for a named one, 6 for any other."""
    if max_phase is not None and max_phase >= 0:
        return max(0, 4 - int(max_phase))
    return 5 if named else 6


def ranks_between(database: Database, first: int, last: int) -> dict[int, int]:
    """`rank_of` the molecules of this range that are named or were in the clinic, by molregno."""
    query = (
        "SELECT molregno, max_phase, pref_name IS NOT NULL FROM molecule_dictionary"
        " WHERE molregno BETWEEN ? AND ? AND (pref_name IS NOT NULL OR max_phase >= 0)"
    )
    return {row[0]: rank_of(row[1], bool(row[2])) for row in database.tuples(query, (first, last))}


_MOLECULE = (
    "SELECT m.molregno, m.chembl_id, m.pref_name, s.canonical_smiles, s.standard_inchi_key, m.max_phase, m.first_approval,"
    " m.molecule_type FROM molecule_dictionary m JOIN compound_structures s USING (molregno)"
)


def _molecule(row: tuple[Any, ...]) -> MoleculeRow:
    phase = None if row[5] is None or row[5] < 0 else float(row[5])  # -1 is an unknown phase
    return MoleculeRow(row[0], row[1], row[2], row[3], row[4], phase, row[6], row[7])


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many at a time as SQLite binds."""
    return (values[at : at + _MOST_VALUES] for at in range(0, len(values), _MOST_VALUES))


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * min(len(values), _MOST_VALUES))
