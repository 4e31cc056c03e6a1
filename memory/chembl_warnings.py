"""Withdrawals and black-box warnings from the tables that a ChEMBL dump has for them, and the starter set has not."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Row

from .chembl_rows import WarningRow
from .store_connection import Database
from .text import clean

__all__ = ["holds_warnings", "warnings_of"]

_COLUMNS = ("warning_id", "warning_type", "warning_class", "warning_description", "warning_country", "warning_year")
_LATER_COLUMNS = ("efo_term", "efo_id", "efo_id_for_warning_class")
"""Read as unknown where a dump of an older release lacks them."""


def holds_warnings(database: Database) -> bool:
    """Whether there is a table of warnings, be it empty."""
    return database.has("drug_warning", "molregno", *_COLUMNS)


def warnings_of(database: Database, molecules: Sequence[str]) -> list[WarningRow]:
    """The warnings of the molecules with these ChEMBL ids, in the order of their own ids."""
    if not molecules or not holds_warnings(database):
        return []
    wanted = [f"w.{name}" for name in _COLUMNS]
    wanted += [f"w.{name}" if database.has("drug_warning", name) else f"NULL AS {name}" for name in _LATER_COLUMNS]
    rows = database.rows(
        f"SELECT {', '.join(wanted)}, m.chembl_id, m.pref_name FROM drug_warning w JOIN molecule_dictionary m USING (molregno)"
        f" WHERE m.chembl_id IN ({','.join('?' * len(molecules))}) ORDER BY w.warning_id",
        list(molecules),
    )
    return [
        WarningRow(
            warning_id=row["warning_id"],
            molecule_chembl_id=row["chembl_id"],
            molecule_name=row["pref_name"],
            warning_type=_cleaned(row["warning_type"]),
            warning_class=_cleaned(row["warning_class"]),
            class_id=_cleaned(row["efo_id_for_warning_class"]),
            description=_cleaned(row["warning_description"]),
            country=_cleaned(row["warning_country"]),
            year=row["warning_year"],
            efo_term=_cleaned(row["efo_term"]),
            efo_id=_cleaned(row["efo_id"]),
            references=_references(database, row["warning_id"]),
        )
        for row in rows
    ]


def _references(database: Database, warning_id: int) -> tuple[str, ...]:
    """Each as its kind, its id and its address."""
    if not database.has("warning_refs"):
        return ()
    query = "SELECT ref_type, ref_id, ref_url FROM warning_refs WHERE warning_id = ? ORDER BY warnref_id"
    return tuple(_told(row) for row in database.rows(query, (warning_id,)))


def _told(row: Row) -> str:
    return " ".join(clean(str(part)) for part in row if part)


def _cleaned(text: str | None) -> str | None:
    return None if text is None else clean(text)
