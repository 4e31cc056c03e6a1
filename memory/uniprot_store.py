"""Protein entries from the uniprot_* tables of a store; what a ChEMBL dump knows of proteins where there are none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from sqlite3 import Row

from .names_index import NameIndex
from .records import Backend, Source
from .store_connection import Database

__all__ = ["ProteinEntry", "UniprotStore"]

HUMAN = 9606


@dataclass(frozen=True)
class ProteinEntry:
    """A UniProtKB entry; fields that the source does not hold are empty."""

    accession: str
    entry_name: str
    reviewed: bool
    gene: str | None
    name: str
    organism: str
    tax_id: int
    family: str | None
    length: int | None
    mass_da: int | None
    sequence: str


class UniprotStore:
    """Look-ups of proteins over one file. Thread-safe.

    Args:
        database: the file.
        chembl: a ChEMBL file of its own; asked for proteins and names that this one does not have.
    """

    def __init__(self, database: Database, chembl: Database | None = None) -> None:
        self.database = database
        self.names = NameIndex(database, None if chembl is None else NameIndex(chembl))
        self._chembl = chembl or database
        self.backend: Backend = "starter" if database.is_starter else "local"
        self._own = database.has("uniprot_entry")

    @classmethod
    def open(cls, path: Path | None = None) -> UniprotStore:
        """The file at `path`, or the starter set. Raises SourceUnavailable and StorageError."""
        return cls(Database.open(path))

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    @cached_property
    def source(self) -> Source:
        """UniProt, with its release."""
        row = self.database.row("SELECT name FROM version WHERE name LIKE 'UniProt%' ORDER BY name DESC")
        release = row["name"].removeprefix("UniProt").lstrip("_ ") if row else "as held by ChEMBL"
        return Source(
            name="UniProt",
            release=f"{release} (starter set)" if self.database.is_starter else release,
            licence="CC BY 4.0",
            attribution=f"The UniProt Consortium, UniProtKB release {release}",
            url="https://www.uniprot.org/",
        )

    def counts(self) -> dict[str, int]:
        """How many entries there are, and how many of them are human."""
        if not self._own:
            return {"proteins": int(self.database.rows("SELECT count(*) AS n FROM component_sequences")[0]["n"])}
        row = self.database.rows("SELECT count(*) AS n, sum(tax_id = ?) AS human FROM uniprot_entry", (HUMAN,))[0]
        return {"proteins": int(row["n"]), "human proteins": int(row["human"] or 0)}

    def entry(self, accession: str) -> ProteinEntry | None:
        """The entry of that accession, also where it has been merged into another entry."""
        if not self._own:
            return self.component(accession)
        row = self.database.row("SELECT * FROM uniprot_entry WHERE accession = ?", (accession,))
        if row is None:
            row = self.database.row(
                "SELECT e.* FROM uniprot_entry e JOIN uniprot_name n USING (accession)"
                " WHERE n.kind = 'secondary_accession' AND n.name = ?",
                (accession,),
            )
        return None if row is None else _from_entry(row)

    def component(self, accession: str) -> ProteinEntry | None:
        """What ChEMBL's side knows of a protein: accession, gene, name and organism, nothing else."""
        if not self._chembl.has("component_sequences"):
            return None
        row = self._chembl.row(
            "SELECT accession, description, organism, tax_id, (SELECT s.component_synonym FROM component_synonyms s"
            " WHERE s.component_id = c.component_id AND s.syn_type = 'GENE_SYMBOL' ORDER BY s.compsyn_id LIMIT 1) AS gene"
            " FROM component_sequences c WHERE accession = ?",
            (accession,),
        )
        return None if row is None else _from_component(row)

    def named(self, name: str) -> list[ProteinEntry]:
        """Entries of exactly this gene symbol or name, at the best rank at which there is one; human ones first."""
        hits = self.names.matching(name, ("target",))
        best = [hit for hit in hits if hit.rank == hits[0].rank] if hits else []
        entries = [self.entry(accession) for accession in dict.fromkeys(hit.id for hit in best)]
        found = [entry for entry in entries if entry is not None]
        return sorted(found, key=lambda entry: (entry.tax_id != HUMAN, not entry.reviewed))  # else in the index's order

    def also_named(self, name: str) -> list[ProteinEntry]:
        """Human entries that bear the name too, though less firmly than those of `named`."""
        hits = self.names.matching(name, ("target",))
        firm = {hit.id for hit in hits if hit.rank == hits[0].rank}
        entries = (self.entry(accession) for accession in dict.fromkeys(hit.id for hit in hits if hit.id not in firm))
        return [entry for entry in entries if entry is not None and entry.tax_id == HUMAN]

    def nearest_names(self, name: str, most: int = 5) -> list[tuple[str, float]]:
        """Target names that resemble this one."""
        return self.names.nearest(name, "target", most)

    def description(self, accession: str) -> str:
        """What this project says of the protein, in its own words; empty where it says nothing."""
        if not self.database.has("bc_target_description"):
            return ""
        row = self.database.row("SELECT text FROM bc_target_description WHERE accession = ?", (accession,))
        return row["text"] if row else ""

    def other_names(self, accession: str) -> list[str]:
        """Gene synonyms and protein names, without entry names, EC numbers and accessions."""
        kinds = ("gene_synonym", "short", "alternative")
        return [row["name"] for row in self._names(accession) if row["kind"] in kinds]

    def ec_numbers(self, accession: str) -> list[str]:
        """EC numbers."""
        return [row["name"] for row in self._names(accession) if row["kind"] == "ec"]

    def _names(self, accession: str) -> list[Row]:
        if not self.database.has("uniprot_name"):
            return []
        query = "SELECT name, kind FROM uniprot_name WHERE accession = ? ORDER BY kind, name"
        return self.database.rows(query, (accession,))

    def locations(self, accession: str) -> list[str]:
        """Subcellular locations, each once."""
        return self._column("uniprot_location", "location", accession)

    def keywords(self, accession: str, category: str) -> list[str]:
        """Keywords of one category, such as `Molecular function`."""
        if not self.database.has("uniprot_keyword"):
            return []
        query = "SELECT keyword FROM uniprot_keyword WHERE accession = ? AND category = ? ORDER BY keyword"
        return [row["keyword"] for row in self.database.rows(query, (accession, category))]

    def diseases(self, accession: str) -> list[tuple[str, str]]:
        """(disease, MIM number or empty)."""
        if not self.database.has("uniprot_disease"):
            return []
        query = "SELECT disease, mim FROM uniprot_disease WHERE accession = ? ORDER BY disease"
        return [(row["disease"], row["mim"] or "") for row in self.database.rows(query, (accession,))]

    def referring(self, database: str, identifier: str) -> list[ProteinEntry]:
        """Entries that refer to this id in another database; a version behind an Ensembl id counts for nothing."""
        if not self.database.has("uniprot_xref"):
            return []
        query = (
            "SELECT DISTINCT accession FROM uniprot_xref WHERE id >= ? AND id < ? AND database = ?"
            " AND (id = ? OR substr(id, length(?) + 1, 1) = '.') ORDER BY accession"
        )
        behind = f"{identifier}/"  # "/" comes after "." and before digits
        values = (identifier, behind, database, identifier, identifier)
        found = (self.entry(row["accession"]) for row in self.database.rows(query, values))
        return [entry for entry in found if entry is not None]

    def cross_references(self, accession: str) -> dict[str, list[str]]:
        """Identifiers in other databases, by database."""
        found: dict[str, list[str]] = {}
        if self.database.has("uniprot_xref"):
            query = "SELECT database, id FROM uniprot_xref WHERE accession = ? ORDER BY database, id"
            for row in self.database.rows(query, (accession,)):
                found.setdefault(row["database"], []).append(row["id"])
        return found

    def _column(self, table: str, column: str, accession: str) -> list[str]:
        if not self.database.has(table):
            return []
        rows = self.database.rows(f"SELECT {column} FROM {table} WHERE accession = ? ORDER BY rowid", (accession,))
        return list(dict.fromkeys(row[0] for row in rows))


def _from_entry(row: Row) -> ProteinEntry:
    return ProteinEntry(
        accession=row["accession"],
        entry_name=row["entry_name"],
        reviewed=bool(row["reviewed"]),
        gene=row["gene"],
        name=row["protein_name"],
        organism=row["organism"],
        tax_id=row["tax_id"],
        family=row["family"],
        length=row["length"],
        mass_da=row["mass_da"],
        sequence=row["sequence"],
    )


def _from_component(row: Row) -> ProteinEntry:
    return ProteinEntry(
        accession=row["accession"],
        entry_name="",
        reviewed=False,
        gene=row["gene"],
        name=row["description"] or row["accession"],
        organism=row["organism"] or "",
        tax_id=row["tax_id"] or 0,
        family=None,
        length=None,
        mass_da=None,
        sequence="",
    )
