"""Proteins of a store by words of their names, gene, organism, keyword and disease, with how many there are.

It reads the `uniprot_*` tables; a store that has none, such as a bare ChEMBL dump, cannot be searched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .starter.names import name_key
from .store_connection import Database
from .uniprot_store import HUMAN

__all__ = ["FoundProtein", "ProteinQuery", "can_be_searched", "common_tax_id", "search_proteins", "tax_ids_of"]

_COMMON = {
    "human": HUMAN, "man": HUMAN, "mouse": 10090, "rat": 10116, "cow": 9913, "bovine": 9913, "pig": 9823, "dog": 9615,
    "rabbit": 9986, "chicken": 9031, "zebrafish": 7955, "fruit fly": 7227, "guinea pig": 10141,
}  # fmt: skip
"""Everyday names, which the tables do not hold."""


@dataclass(frozen=True)
class ProteinQuery:
    """What must hold, all of it; what is None does not matter.

    Args:
        words: each begins a word of one of the protein's names.
        gene: its gene symbol or a synonym of it, whole.
        organism: scientific name without the strain, everyday name, or NCBI taxon number.
        keyword: a keyword of UniProt, whole, such as Kinase or ATP-binding.
        disease: words of the name of a disease that it is involved in.
        reviewed: whether it is of Swiss-Prot.
    """

    words: str | None = None
    gene: str | None = None
    organism: str | None = None
    keyword: str | None = None
    disease: str | None = None
    reviewed: bool | None = None


@dataclass(frozen=True)
class FoundProtein:
    """A protein in short."""

    accession: str
    entry_name: str
    reviewed: bool
    gene: str | None
    name: str
    organism: str
    tax_id: int
    length: int | None


def can_be_searched(database: Database) -> bool:
    """Whether there are entries of UniProt in it."""
    return database.has("uniprot_entry")


def search_proteins(
    database: Database, query: ProteinQuery, most: int, skip: int = 0
) -> tuple[int, list[FoundProtein]]:
    """How many proteins there are, and those behind the first `skip`: human ones first, then by entry name."""
    wanted: list[str] = []
    values: list[Any] = []

    def also(condition: str, *given: Any) -> None:
        wanted.append(condition)
        values.extend(given)

    if query.words is not None:
        also(*_named(database, query.words))
    if query.gene is not None:
        also(
            "e.accession IN (SELECT n.id FROM bc_name n WHERE n.name_key = ? AND n.kind = 'target') AND EXISTS"
            " (SELECT 1 FROM uniprot_name u WHERE u.accession = e.accession AND u.kind IN ('gene', 'gene_synonym')"
            " AND u.name = ? COLLATE NOCASE)",
            name_key(query.gene),
            query.gene.strip(),
        )
    if query.organism is not None:
        species = tax_ids_of(database, query.organism)
        also(f"e.tax_id IN ({','.join('?' * len(species))})", *species)
    if query.keyword is not None:
        word = query.keyword.strip()
        also(
            "e.accession IN (SELECT k.accession FROM uniprot_keyword k WHERE k.keyword IN (?, ?))",
            word,
            word[:1].upper() + word[1:],
        )
    if query.disease is not None:
        pattern = "%" + "%".join(_escaped(word) for word in query.disease.split()) + "%"
        also(
            "e.accession IN (SELECT d.accession FROM uniprot_disease d WHERE d.disease LIKE ? ESCAPE '\\')",
            pattern,
        )
    if query.reviewed is not None:
        also("e.reviewed = ?", int(query.reviewed))
    where = f" WHERE {' AND '.join(f'({condition})' for condition in wanted)}" if wanted else ""
    total = int(database.rows(f"SELECT count(*) AS n FROM uniprot_entry e{where}", values)[0]["n"])
    rows = database.rows(
        "SELECT e.accession, e.entry_name, e.reviewed, e.gene, e.protein_name, e.organism, e.tax_id, e.length"
        f" FROM uniprot_entry e{where} ORDER BY e.tax_id != {HUMAN}, e.entry_name LIMIT ? OFFSET ?",
        [*values, most, skip],
    )
    return total, [
        FoundProtein(
            accession=row["accession"],
            entry_name=row["entry_name"],
            reviewed=bool(row["reviewed"]),
            gene=row["gene"],
            name=row["protein_name"],
            organism=row["organism"],
            tax_id=row["tax_id"],
            length=row["length"],
        )
        for row in rows
    ]


def common_tax_id(organism: str) -> int | None:
    """The taxon number of an everyday name such as mouse; None for other names."""
    return _COMMON.get(" ".join(organism.split()).casefold())


def tax_ids_of(database: Database, organism: str) -> list[int]:
    """The taxon numbers of an organism in this store, strains included; none where it is not there."""
    name = " ".join(organism.split())
    if name.isdecimal():
        return [int(name)]
    known = common_tax_id(name)
    if known is not None:
        return [known]
    # From one taxon to the next along the index: there are fourteen thousand in Swiss-Prot, and half a million entries.
    rows = database.tuples(
        "WITH RECURSIVE taxon(id) AS (SELECT min(tax_id) FROM uniprot_entry UNION ALL"
        " SELECT (SELECT min(tax_id) FROM uniprot_entry WHERE tax_id > taxon.id) FROM taxon WHERE taxon.id IS NOT NULL)"
        " SELECT id FROM (SELECT id, (SELECT organism FROM uniprot_entry e WHERE e.tax_id = taxon.id LIMIT 1) AS organism"
        " FROM taxon WHERE id IS NOT NULL) WHERE organism = ?1 COLLATE NOCASE OR organism LIKE ?2 ESCAPE '\\'",
        (name, f"{_escaped(name)} (%"),
    )
    return [int(row[0]) for row in rows]


def _named(database: Database, words: str) -> tuple[Any, ...]:
    """The condition that each word begins a word of one name, and its values."""
    wanted = re.findall(r"\w+", words)[:8]
    if not wanted:
        return ("0",)
    if database.has("bc_name_words"):
        return (
            "e.accession IN (SELECT n.id FROM bc_name_words w JOIN bc_name n ON n.rowid = w.rowid"
            " WHERE bc_name_words MATCH ? AND n.kind = 'target')",
            " ".join(f'"{word}"*' for word in wanted),
        )
    parts = " AND ".join(r"' ' || replace(u.name, '-', ' ') LIKE ? ESCAPE '\'" for _ in wanted)
    return (
        f"e.accession IN (SELECT u.accession FROM uniprot_name u WHERE {parts})",
        *(f"% {_escaped(word)}%" for word in wanted),
    )


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
