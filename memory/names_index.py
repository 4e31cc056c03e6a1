"""Names to identifiers: exact look-up by key, and the nearest names to a misspelt one.

The starter set has an index of its own (`bc_name`); over a full ChEMBL dump the names are read from its own tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from .chembl_rows import NameHit
from .starter.names import name_key
from .store_connection import Database

__all__ = ["NameIndex"]

_LEAST_RATIO = {4: 75.0, 6: 78.0}
"""Shortest length from which names are compared at all, and the ratio (0 to 100) that they must reach."""


class NameIndex:
    """Exact and near names of molecules, targets and diseases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def matching(self, name: str, kinds: Sequence[str] = ("molecule", "target", "disease")) -> list[NameHit]:
        """What bears exactly this name (by key), best rank first."""
        key = name_key(name)
        if not key:
            return []
        if self._database.has("bc_name"):
            marks = ",".join("?" * len(kinds))
            rows = self._database.rows(
                f"SELECT name_key, name, kind, id, rank FROM bc_name WHERE name_key = ? AND kind IN ({marks})"
                " ORDER BY rank, rowid",
                (key, *kinds),
            )
            return [NameHit(row["name_key"], row["name"], row["kind"], row["id"], row["rank"]) for row in rows]
        return [hit for kind in kinds for hit in self._official(kind, name, key)]

    def nearest(self, name: str, kind: str = "molecule", most: int = 5) -> list[tuple[str, float]]:
        """Names that resemble `name`, with their similarity from 0 to 100; for showing, never for taking as meant."""
        from rapidfuzz import fuzz, process

        key = name_key(name)
        if len(key) < 3:
            return []
        keys = self._keys.get(kind, {})
        least = _LEAST_RATIO[6] if len(key) >= 6 else _LEAST_RATIO[4]
        hits = process.extract(key, list(keys), scorer=fuzz.ratio, limit=most * 2, score_cutoff=least - 15)
        found: dict[str, float] = {}
        for matched, score, _ in hits:
            found.setdefault(keys[matched], round(score, 1))
        return list(found.items())[:most]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every name key, for finding names of several words in running text."""
        return frozenset(key for kind in self._keys.values() for key in kind)

    @cached_property
    def _keys(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {"molecule": {}, "target": {}, "disease": {}}
        if self._database.has("bc_name"):
            for row in self._database.rows("SELECT name_key, name, kind FROM bc_name ORDER BY rank DESC"):
                found.setdefault(row["kind"], {})[row["name_key"]] = row["name"]
            return found
        for kind, name in self._official_names():
            found[kind][name_key(name)] = name
        return found

    def _official_names(self) -> Iterable[tuple[str, str]]:
        """A full dump's own names; only molecules that have one, which are some ten thousand."""
        for row in self._database.rows("SELECT pref_name FROM molecule_dictionary WHERE pref_name IS NOT NULL"):
            yield "molecule", row["pref_name"]
        for row in self._database.rows(
            "SELECT DISTINCT component_synonym FROM component_synonyms WHERE syn_type = 'GENE_SYMBOL'"
        ):
            if row["component_synonym"]:
                yield "target", row["component_synonym"]

    def _official(self, kind: str, name: str, key: str) -> list[NameHit]:
        if kind == "molecule":
            rows = self._database.rows(
                "SELECT chembl_id AS id, pref_name AS name, 0 AS rank FROM molecule_dictionary WHERE pref_name = ? UNION"
                " SELECT m.chembl_id, s.synonyms, 1 FROM molecule_synonyms s JOIN molecule_dictionary m USING (molregno)"
                " WHERE s.synonyms = ? COLLATE NOCASE ORDER BY 3, 1",
                (name.upper(), name),
            )
        elif kind == "target":
            rows = self._database.rows(
                "SELECT c.accession AS id, s.component_synonym AS name,"
                " CASE WHEN c.tax_id = 9606 THEN 0 ELSE 1 END AS rank FROM component_synonyms s"
                " JOIN component_sequences c USING (component_id) WHERE s.component_synonym = ? COLLATE NOCASE"
                " AND c.accession IS NOT NULL ORDER BY 3, 1",
                (name,),
            )
        else:
            rows = self._database.rows(
                "SELECT DISTINCT efo_term AS id, efo_term AS name, 0 AS rank FROM drug_indication WHERE efo_term = ? COLLATE NOCASE",
                (name,),
            )
        return [NameHit(key, row["name"], kind, row["id"], row["rank"]) for row in rows]
