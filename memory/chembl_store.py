"""Molecules, targets, activities, mechanisms, indications and warnings from a SQLite file with ChEMBL's tables.

One code path serves the starter set, a bare dump, and a dump with the tables that `data add` lays out beside it: columns and
tables that may be lacking are probed when it is opened, every value is bound, and nothing is written. Each kind of row is read by
a module of its own (`chembl_molecules.py`, `chembl_activities.py`, …); here they are one store.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from . import chembl_indications, chembl_mechanisms, chembl_molecules, chembl_targets
from .chembl_activities import BACK_COMPUTED_FROM, activities_in
from .chembl_rows import ActivityRow, IndicationRow, MechanismRow, MoleculeRow, NameHit, TargetRow, WarningRow
from .chembl_structures import sharing_connectivity
from .chembl_warnings import holds_warnings, warnings_of
from .names_index import NameIndex
from .records import Backend, Source
from .store_connection import Database

__all__ = ["BACK_COMPUTED_FROM", "ChemblStore"]

_SOURCES = {
    "drugtarget-2017": Source(
        name="Santos et al. 2017, drug targets",
        release="2017",
        licence="CC BY 4.0",
        attribution="Santos et al., A comprehensive map of molecular drug targets, Nat. Rev. Drug Discov. 16, 19-34 (2017)",
        url="https://doi.org/10.1038/nrd.2016.230",
    ),
    "biocopilot-curated": Source(
        name="Biocopilot curated drugs",
        release="1",
        licence="MIT",
        attribution="Curated by the Biocopilot project; each row names its reference",
    ),
}


class ChemblStore:
    """Look-ups over one file. Thread-safe; `interrupt` stops running queries.

    Args:
        database: the file.
        further: names to fall back on, as of a protein store of its own.
    """

    def __init__(self, database: Database, further: NameIndex | None = None) -> None:
        self.database = database
        self.names = NameIndex(database, further)
        self.backend: Backend = "starter" if database.is_starter else "local"
        self._activities = activities_in(database)

    @classmethod
    def open(cls, path: Path | None = None) -> ChemblStore:
        """The file at `path`, or the starter set. Raises SourceUnavailable and StorageError."""
        return cls(Database.open(path))

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def interrupt(self, thread: int | None = None) -> None:
        """Stop the query that runs now in a thread, or in every thread."""
        self.database.interrupt(thread)

    @cached_property
    def source(self) -> Source:
        """ChEMBL, with the release or releases that the rows are from."""
        found = self.database.rows("SELECT name FROM version WHERE name LIKE 'ChEMBL\\__%' ESCAPE '\\' ORDER BY name")
        releases = [row["name"] for row in found if row["name"].removeprefix("ChEMBL_").isdigit()]
        release = " and ".join(releases) or "unknown"
        return Source(
            name="ChEMBL",
            release=f"{release} (starter set)" if self.database.is_starter else release,
            licence="CC BY-SA 3.0",
            attribution=f"ChEMBL, European Bioinformatics Institute, {release}",
            url="https://www.ebi.ac.uk/chembl/",
        )

    def fact_source(self, label: str) -> Source:
        """The source of a mechanism or indication row, by its label."""
        return _SOURCES.get(label, self.source)

    def counts(self) -> dict[str, int]:
        """How many molecules, approved drugs, targets, activities, mechanisms and indications there are."""
        if self.database.has("bc_count"):  # counted while it was built: over a full dump that takes a minute
            return {row[0]: row[1] for row in self.database.tuples("SELECT what, n FROM bc_count ORDER BY rowid")}
        queries = {
            "molecules": "SELECT count(*) AS n FROM molecule_dictionary",
            "approved drugs": "SELECT count(*) AS n FROM molecule_dictionary WHERE max_phase = 4",
            "targets": "SELECT count(*) AS n FROM target_dictionary",
            "measured activities": "SELECT count(*) AS n FROM activities",
            "mechanisms": "SELECT count(*) AS n FROM drug_mechanism",
            "indications": "SELECT count(*) AS n FROM drug_indication",
        }
        return {what: int(self.database.rows(query)[0]["n"]) for what, query in queries.items()}

    def fact_counts(self) -> dict[str, dict[str, int]]:
        """How many mechanisms and indications each source of facts gave, by its label; empty where all are ChEMBL's."""
        if not self.database.has("bc_fact_source"):
            return {}
        query = "SELECT source, table_name, count(*) AS n FROM bc_fact_source GROUP BY 1, 2 ORDER BY 1, 2 DESC"
        found: dict[str, dict[str, int]] = {}
        for row in self.database.rows(query):
            found.setdefault(row["source"], {})[f"{row['table_name'].removeprefix('drug_')}s"] = int(row["n"])
        return found

    # Molecules ---------------------------------------------------------------------------------------------------

    def molecule(self, chembl_id: str) -> MoleculeRow | None:
        """The molecule of that ChEMBL id."""
        return chembl_molecules.molecule(self.database, chembl_id)

    def molecule_by_inchikey(self, inchikey: str) -> MoleculeRow | None:
        """The molecule of that InChIKey; the one with a name first."""
        return chembl_molecules.molecule_by_inchikey(self.database, inchikey)

    def sharing_connectivity(self, inchikey: str) -> list[MoleculeRow]:
        """Molecules whose InChIKey has the same first block, itself among them: the furthest in the clinic first."""
        return sharing_connectivity(self.database, inchikey)

    def molecules_named(self, name: str) -> list[MoleculeRow]:
        """Molecules of exactly this name (by key) at the best rank at which there is one."""
        hits = self.names.matching(name, ("molecule",))
        best = [hit for hit in hits if hit.rank == hits[0].rank] if hits else []
        rows = [self.molecule(chembl_id) for chembl_id in dict.fromkeys(hit.id for hit in best)]
        return [row for row in rows if row is not None]

    def nearest_names(self, name: str, kind: str = "molecule", most: int = 5) -> list[tuple[str, float]]:
        """Names that resemble this one, with their similarity from 0 to 100."""
        return self.names.nearest(name, kind, most)

    def names_beginning(self, start: str, most: int = 8) -> list[str]:
        """Names that begin so; see `NameIndex.beginning`."""
        return self.names.beginning(start, most)

    def names_matching(self, name: str, kinds: Sequence[str] = ("molecule", "target", "disease")) -> list[NameHit]:
        """What bears exactly this name."""
        return self.names.matching(name, kinds)

    def synonyms(self, chembl_id: str) -> list[str]:
        """Other names of a molecule."""
        return chembl_molecules.synonyms(self.database, chembl_id)

    def parent(self, chembl_id: str) -> MoleculeRow | None:
        """The parent of a salt; None for what is its own parent."""
        return chembl_molecules.parent(self.database, chembl_id)

    def family_of(self, chembl_id: str) -> list[str]:
        """ChEMBL ids of a molecule, its parent and the other salts of that parent."""
        return chembl_molecules.family_of(self.database, chembl_id)

    def all_structures(self, approved_only: bool = False) -> list[tuple[str, str, str]]:
        """(ChEMBL id, name, SMILES) of every named molecule with a structure, in a fixed order; or of approved drugs alone.

        A salt or solvate is left to its parent where that is among them.
        """
        return chembl_molecules.all_structures(self.database, approved_only)

    # Targets and their activities --------------------------------------------------------------------------------

    def target(self, chembl_id: str) -> TargetRow | None:
        """The target of that ChEMBL id."""
        return chembl_targets.target(self.database, chembl_id)

    def targets_for_accession(self, accession: str) -> list[TargetRow]:
        """Targets that this protein is, or is part of: single proteins first."""
        return chembl_targets.targets_for_accession(self.database, accession)

    def activities(self, *, tids: Sequence[int] = (), molecules: Sequence[str] = ()) -> list[ActivityRow]:
        """Every activity of these targets, of these molecules, or of both together; in a fixed order."""
        return self._activities.of(tids, molecules)

    def best_activities(self, tid: int, kind: str | None = None, most: int = 20) -> list[ActivityRow]:
        """A target's activities with the highest pChEMBL, of one type or of all, best first; those without one are left out.

        Salts, mutants and doubtful values are among them: this is what ChEMBL ranks, not a selection.
        """
        return self._activities.best(tid, kind, most)

    # Drugs -------------------------------------------------------------------------------------------------------

    def mechanisms(self, *, molecules: Sequence[str] = (), tids: Sequence[int] = ()) -> list[MechanismRow]:
        """Mechanisms of these molecules, or of the drugs of these targets."""
        return chembl_mechanisms.mechanisms(self.database, molecules=molecules, tids=tids)

    def indications(self, *, molecules: Sequence[str] = (), term: str = "") -> list[IndicationRow]:
        """Indications of these molecules, or all drugs for a term (exact, without regard to case)."""
        return chembl_indications.indications(self.database, molecules=molecules, term=term)

    def indication_terms(self) -> list[str]:
        """Every indication term, each once."""
        return chembl_indications.indication_terms(self.database)

    @property
    def holds_warnings(self) -> bool:
        """Whether this file has warnings of drugs at all: the starter set and old dumps do not."""
        return holds_warnings(self.database)

    def warnings(self, *, molecules: Sequence[str]) -> list[WarningRow]:
        """Withdrawals and black-box warnings of these molecules, in the order of their ids; see `holds_warnings`."""
        return warnings_of(self.database, molecules)
