"""Names to identifiers: exact look-up by key, and the nearest names to a misspelt one.

The starter set and every store that was built have an index (`bc_name`); over a bare ChEMBL dump the names are read from its
own tables, which takes as long as reading them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from .chembl_names import NAME_QUERIES
from .chembl_rows import NameHit
from .starter.names import name_key
from .store_connection import Database

__all__ = ["FOREIGN", "TARGET_RANKS", "NameIndex"]

_LEAST_RATIO = {4: 75.0, 6: 78.0}
"""Shortest length from which names are compared at all, and the ratio (0 to 100) that they must reach."""

TARGET_RANKS = {"gene": 0, "recommended": 0, "gene_synonym": 1, "short": 1, "alternative": 1, "entry_name": 2}
"""How firmly each kind of name of a UniProt entry names it."""

FOREIGN = 3
"""From this rank on, names are those of proteins that are not human: found when asked for, never offered as a correction."""


_SIGN = re.compile(r"^\s*\(([+−–-]|\+/[−–-]|±)\)", re.ASCII)


def _sign(name: str) -> str:
    """The sign of rotation that a name begins with, in one spelling; empty where it has none."""
    found = _SIGN.match(name)
    return "" if found is None else {"+": "+", "±": "±"}.get(found[1], "±" if "/" in found[1] else "-")


class NameIndex:
    """Exact and near names of molecules, targets and diseases.

    Args:
        database: where to look.
        further: the index to ask where this one knows nothing of that name.
    """

    def __init__(self, database: Database, further: NameIndex | None = None) -> None:
        self._database = database
        self._further = further

    def matching(self, name: str, kinds: Sequence[str] = ("molecule", "target", "disease")) -> list[NameHit]:
        """What bears exactly this name (by key), best rank first; of stereoisomers, only the one that is named."""
        key = name_key(name)
        if not key:
            return []
        found = self._indexed(key, kinds) if self._database.has("bc_name") else self._official(name, key, kinds)
        sign = _sign(name)
        if sign:  # keys know letters and digits only
            found = [hit for hit in found if _sign(hit.name) in ("", sign)]
        if self._further is not None and not found:
            return self._further.matching(name, kinds)
        return found

    def containing(
        self, words: str, kinds: Sequence[str] = ("molecule", "target", "disease"), most: int = 20
    ) -> list[NameHit]:
        """Names with all of these words, or with words that begin so; best rank first, shorter names before longer ones."""
        wanted = re.findall(r"\w+", words)[:8]
        if not wanted:
            return []
        if not self._database.has("bc_name_words"):
            pattern = re.compile("".join(rf"(?=.*\b{re.escape(word)})" for word in wanted), re.IGNORECASE | re.DOTALL)
            hits = [
                NameHit(key, name, kind, "", 0)
                for kind in kinds
                for key, name in self._keys[kind].items()
                if pattern.match(name)
            ]
            hits = sorted(hits, key=lambda hit: (len(hit.name), hit.name))[:most]
            return [full for hit in hits for full in self.matching(hit.name, (hit.kind,))][:most]
        marks = ",".join("?" * len(kinds))
        rows = self._database.rows(
            "SELECT n.name_key, n.name, n.kind, n.id, n.rank FROM bc_name_words w JOIN bc_name n ON n.rowid = w.rowid"
            f" WHERE bc_name_words MATCH ? AND n.kind IN ({marks}) ORDER BY n.rank, length(n.name), n.rowid LIMIT ?",
            (" ".join(f'"{word}"*' for word in wanted), *kinds, most),
        )
        return [NameHit(*row) for row in rows]

    def beginning(self, start: str, most: int = 8) -> list[str]:
        """Names that begin so, for completing what is typed: shorter before longer, each once."""
        key = name_key(start)
        if not key:
            return []
        if self._database.has("bc_name"):
            rows = self._database.tuples(
                "SELECT name FROM bc_name WHERE name_key >= ? AND name_key < ? AND rank < ?"
                " GROUP BY name_key ORDER BY length(name_key), min(rank), name_key LIMIT ?",
                (key, key + chr(0x10FFFF), FOREIGN, most),
            )
            found = [str(name) for (name,) in rows]
        else:
            named = {other: name for names in self._keys.values() for other, name in names.items()}
            found = [
                named[other] for other in sorted(named, key=lambda other: (len(other), other)) if other.startswith(key)
            ]
        if self._further is not None and len(found) < most:
            known = {name_key(name) for name in found}
            found += [name for name in self._further.beginning(start, most) if name_key(name) not in known]
        return found[:most]

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
            query = "SELECT name_key, name, kind FROM bc_name WHERE rank < ? ORDER BY rank DESC"
            for key, name, kind in self._database.tuples(query, (FOREIGN,)):
                found.setdefault(kind, {})[key] = name
        else:
            for kind, name in self._official_names():
                found[kind][name_key(name)] = name
        if self._further is not None:
            for kind, names in self._further._keys.items():
                found[kind] = {**names, **found.get(kind, {})}
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

    def _indexed(self, key: str, kinds: Sequence[str]) -> list[NameHit]:
        marks = ",".join("?" * len(kinds))
        rows = self._database.tuples(
            f"SELECT name_key, name, kind, id, rank FROM bc_name WHERE name_key = ? AND kind IN ({marks}) ORDER BY rank, rowid",
            (key, *kinds),
        )
        return [NameHit(*row) for row in rows]

    def _official(self, name: str, key: str, kinds: Sequence[str]) -> list[NameHit]:
        best: dict[tuple[str, str], NameHit] = {}
        for kind in kinds:
            rows = self._database.rows(
                f"SELECT name, id, rank FROM ({NAME_QUERIES[kind]}) WHERE name = ? COLLATE NOCASE"
                " ORDER BY rank, place, length(id), id",
                (name.strip(),),
            )
            for row in rows:
                best.setdefault((kind, row["id"]), NameHit(key, row["name"], kind, row["id"], row["rank"]))
        return sorted(best.values(), key=lambda hit: hit.rank)
