"""Human genes and their symbols, old and new, from a registered store of HGNC (`stores/hgnc.py` builds it).

It gives the documents that HGNC's service gives, so that the same code reads both. There is none in the starter set.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from .records import Source
from .starter.names import name_key
from .store_connection import Database

__all__ = ["HgncField", "HgncStore"]

HgncField = Literal["symbol", "prev_symbol", "alias_symbol", "hgnc_id", "uniprot_ids", "ensembl_gene_id"]
_LISTS = ("prev_symbol", "alias_symbol", "uniprot_ids", "refseq_accession")
_WHERE: dict[str, str] = {
    "hgnc_id": "hgnc_id = ?",
    "ensembl_gene_id": "ensembl_gene_id = ?",
    "uniprot_ids": "place IN (SELECT gene FROM hgnc_list WHERE field = 'uniprot_ids' AND value = ?)",
}


class HgncStore:
    """Look-ups of genes over one file. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    @cached_property
    def source(self) -> Source:
        """HGNC, with its release."""
        row = self.database.row("SELECT name FROM version WHERE name LIKE 'HGNC%'")
        release = row["name"].removeprefix("HGNC_") if row else "not stated"
        return Source(
            name="HGNC",
            release=release,
            licence="CC0 1.0",
            attribution=f"HUGO Gene Nomenclature Committee, release {release}",
            url="https://www.genenames.org/",
        )

    def counts(self) -> dict[str, int]:
        """How many genes there are."""
        return {"genes": int(self.database.rows("SELECT count(*) AS n FROM hgnc_gene")[0]["n"])}

    def documents(self, field: HgncField, value: str) -> list[dict[str, Any]]:
        """The genes with exactly this value in one of HGNC's fields, in the file's order."""
        if field in _WHERE:
            where, values = _WHERE[field], (value,)
        else:
            where = "place IN (SELECT gene FROM hgnc_symbol WHERE name_key = ? AND symbol = ? AND field = ?)"
            values = (name_key(value), value, field)  # type: ignore[assignment]  # as many as there are marks
        rows = self.database.rows(f"SELECT * FROM hgnc_gene WHERE {where} ORDER BY place", values)
        return [self._document(dict(row)) for row in rows]

    def spellings(self, symbol: str) -> list[str]:
        """Symbols of the store that differ from this one in capitals, spaces and punctuation at most."""
        query = "SELECT DISTINCT symbol FROM hgnc_symbol WHERE name_key = ? ORDER BY symbol"
        key = name_key(symbol)
        return [row["symbol"] for row in self.database.rows(query, (key,))] if key else []

    def _document(self, row: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, list[str]] = {name: [] for name in _LISTS}
        query = "SELECT field, value FROM hgnc_list WHERE gene = ? ORDER BY field, place"
        for item in self.database.rows(query, (row.pop("place"),)):
            found[item["field"]].append(item["value"])
        return {**row, **found}
