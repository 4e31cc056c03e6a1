"""Molecules of a file with ChEMBL's tables: by id and InChIKey, their other names, parents and salts, and all that have a structure.

Not for names, which `names_index.py` knows, nor for structures by their number in the file, as searches want them.
"""

from __future__ import annotations

from sqlite3 import Row

from .chembl_rows import MoleculeRow, known_phase
from .store_connection import Database

__all__ = ["all_structures", "family_of", "molecule", "molecule_by_inchikey", "parent", "synonyms"]

_MOLECULE = (
    "SELECT m.molregno, m.chembl_id, m.pref_name, m.max_phase, m.first_approval, m.molecule_type,"
    " s.canonical_smiles, s.standard_inchi_key FROM molecule_dictionary m LEFT JOIN compound_structures s USING (molregno)"
)


def molecule(database: Database, chembl_id: str) -> MoleculeRow | None:
    """The molecule of that ChEMBL id."""
    return _molecule(database.row(f"{_MOLECULE} WHERE m.chembl_id = ?", (chembl_id,)))


def molecule_by_inchikey(database: Database, inchikey: str) -> MoleculeRow | None:
    """The molecule of that InChIKey; the one with a name first."""
    query = f"{_MOLECULE} WHERE s.standard_inchi_key = ? ORDER BY m.pref_name IS NULL, m.molregno"
    return _molecule(database.row(query, (inchikey,)))


def synonyms(database: Database, chembl_id: str) -> list[str]:
    """Other names of a molecule."""
    query = (
        "SELECT DISTINCT s.synonyms FROM molecule_synonyms s JOIN molecule_dictionary m USING (molregno)"
        " WHERE m.chembl_id = ? ORDER BY s.synonyms"
    )
    return [row["synonyms"] for row in database.rows(query, (chembl_id,))]


def parent(database: Database, chembl_id: str) -> MoleculeRow | None:
    """The parent of a salt; None for what is its own parent."""
    query = (
        f"{_MOLECULE} JOIN molecule_hierarchy h ON h.parent_molregno = m.molregno"
        " JOIN molecule_dictionary c ON c.molregno = h.molregno WHERE c.chembl_id = ? AND h.molregno != h.parent_molregno"
    )
    return _molecule(database.row(query, (chembl_id,)))


def family_of(database: Database, chembl_id: str) -> list[str]:
    """ChEMBL ids of a molecule, its parent and the other salts of that parent."""
    query = (
        "SELECT c.chembl_id FROM molecule_dictionary m JOIN molecule_hierarchy h USING (molregno)"
        " JOIN molecule_hierarchy k ON k.parent_molregno = h.parent_molregno"
        " JOIN molecule_dictionary c ON c.molregno = k.molregno WHERE m.chembl_id = ? ORDER BY c.chembl_id"
    )
    return [row["chembl_id"] for row in database.rows(query, (chembl_id,))] or [chembl_id]


def all_structures(database: Database, approved_only: bool = False) -> list[tuple[str, str, str]]:
    """(ChEMBL id, name, SMILES) of every named molecule with a structure, in a fixed order; or of approved drugs alone.

    A salt or solvate is left to its parent where that is among them.
    """
    approved = " AND m.max_phase = 4" if approved_only else ""
    query = (
        "SELECT m.chembl_id, m.pref_name, s.canonical_smiles FROM molecule_dictionary m JOIN compound_structures s"
        " USING (molregno) LEFT JOIN molecule_hierarchy h ON h.molregno = m.molregno AND h.parent_molregno != m.molregno"
        " LEFT JOIN molecule_dictionary p ON p.molregno = h.parent_molregno AND p.pref_name IS NOT NULL"
        " LEFT JOIN compound_structures t ON t.molregno = p.molregno"
        " WHERE m.pref_name IS NOT NULL AND s.canonical_smiles IS NOT NULL AND t.canonical_smiles IS NULL"
        f"{approved} ORDER BY m.molregno"
    )
    return [(row[0], row[1], row[2]) for row in database.rows(query)]


def _molecule(row: Row | None) -> MoleculeRow | None:
    if row is None:
        return None
    return MoleculeRow(
        molregno=row["molregno"],
        chembl_id=row["chembl_id"],
        name=row["pref_name"],
        smiles=row["canonical_smiles"],
        inchikey=row["standard_inchi_key"],
        max_phase=known_phase(row["max_phase"]),
        first_approval=row["first_approval"],
        molecule_type=row["molecule_type"],
    )
