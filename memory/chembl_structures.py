"""Structures of a file with ChEMBL's tables by their number there, named or not: what a search of all of them needs."""

from __future__ import annotations

from collections.abc import Sequence

from .store_connection import Database

__all__ = ["count_structures", "molregnos_of", "structures_after", "structures_of"]

_MOST_VALUES = 10_000


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
    query = f"SELECT molregno FROM molecule_dictionary WHERE chembl_id IN ({_marks(chembl_ids)}) ORDER BY molregno"
    return [row[0] for row in database.tuples(query, chembl_ids[:_MOST_VALUES])]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * min(len(values), _MOST_VALUES))
