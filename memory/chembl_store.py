"""Molecules, targets, activities, mechanisms, indications and warnings from a SQLite file with ChEMBL's tables.

One code path serves the starter set, a bare dump, and a dump with the tables that `data add` lays out beside it: columns and
tables that may be lacking are probed when it is opened, every value is bound, and nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from operator import itemgetter
from pathlib import Path
from sqlite3 import Row
from typing import Any, cast

from .chembl_rows import ActivityRow, IndicationRow, MechanismRow, MoleculeRow, NameHit, TargetRow, WarningRow
from .chembl_warnings import holds_warnings, warnings_of
from .names_index import NameIndex
from .records import Backend, Source
from .store_connection import Database

__all__ = ["BACK_COMPUTED_FROM", "ChemblStore"]

BACK_COMPUTED_FROM = 900_000_001
"""Activity ids from here on are the starter set's own: rows whose value was computed back from pChEMBL."""

_MOLECULE = (
    "SELECT m.molregno, m.chembl_id, m.pref_name, m.max_phase, m.first_approval, m.molecule_type,"
    " s.canonical_smiles, s.standard_inchi_key FROM molecule_dictionary m LEFT JOIN compound_structures s USING (molregno)"
)
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


_row = cast("Callable[[tuple[Any, ...]], ActivityRow]", partial(tuple.__new__, ActivityRow))
"""A typed row from as many values as it has fields, in half the time of `_make`, which counts them."""
_MOST_VALUES = 10_000
"""SQLite binds some ten thousand values at once, or more, as it was built."""
_SERIES = (
    "o.series, o.assay_chembl_id, o.document_chembl_id, o.year, o.confidence_score, o.assay_type, o.variant, o.standard_type,"
    " o.standard_relation, o.standard_units, o.data_validity_comment, o.potential_duplicate, o.tid"
)
_LAID_OUT = "a.activity_id, a.series, a.standard_value, a.pchembl_value, a.molecule_chembl_id, a.molecule_facts, a.canonical_smiles"
"""What is read of an activity laid out by target; what it shares with others of its series is read once."""

_Series = tuple[tuple[Any, ...], tuple[Any, ...], Any, tuple[Any, ...]]
"""Assay to variant; target to relation; unit; remarks."""


class ChemblStore:
    """Look-ups over one file. Thread-safe; `interrupt` stops running queries.

    Args:
        database: the file.
        further: names to fall back on, as of a protein store of its own.
    """

    def __init__(self, database: Database, further: NameIndex | None = None) -> None:
        self.database = database
        self.names = NameIndex(database, further)
        self._laid_out = database.has("bc_target_activity", "series")
        self.backend: Backend = "starter" if database.is_starter else "local"

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
        return _molecule(self.database.row(f"{_MOLECULE} WHERE m.chembl_id = ?", (chembl_id,)))

    def molecule_by_inchikey(self, inchikey: str) -> MoleculeRow | None:
        """The molecule of that InChIKey; the one with a name first."""
        query = f"{_MOLECULE} WHERE s.standard_inchi_key = ? ORDER BY m.pref_name IS NULL, m.molregno"
        return _molecule(self.database.row(query, (inchikey,)))

    def molecules_named(self, name: str) -> list[MoleculeRow]:
        """Molecules of exactly this name (by key) at the best rank at which there is one."""
        hits = self.names.matching(name, ("molecule",))
        best = [hit for hit in hits if hit.rank == hits[0].rank] if hits else []
        rows = [self.molecule(chembl_id) for chembl_id in dict.fromkeys(hit.id for hit in best)]
        return [row for row in rows if row is not None]

    def nearest_names(self, name: str, kind: str = "molecule", most: int = 5) -> list[tuple[str, float]]:
        """Names that resemble this one, with their similarity from 0 to 100."""
        return self.names.nearest(name, kind, most)

    def names_matching(self, name: str, kinds: Sequence[str] = ("molecule", "target", "disease")) -> list[NameHit]:
        """What bears exactly this name."""
        return self.names.matching(name, kinds)

    def synonyms(self, chembl_id: str) -> list[str]:
        """Other names of a molecule."""
        query = (
            "SELECT DISTINCT s.synonyms FROM molecule_synonyms s JOIN molecule_dictionary m USING (molregno)"
            " WHERE m.chembl_id = ? ORDER BY s.synonyms"
        )
        return [row["synonyms"] for row in self.database.rows(query, (chembl_id,))]

    def parent(self, chembl_id: str) -> MoleculeRow | None:
        """The parent of a salt; None for what is its own parent."""
        query = (
            f"{_MOLECULE} JOIN molecule_hierarchy h ON h.parent_molregno = m.molregno"
            " JOIN molecule_dictionary c ON c.molregno = h.molregno WHERE c.chembl_id = ? AND h.molregno != h.parent_molregno"
        )
        return _molecule(self.database.row(query, (chembl_id,)))

    def family_of(self, chembl_id: str) -> list[str]:
        """ChEMBL ids of a molecule, its parent and the other salts of that parent."""
        query = (
            "SELECT c.chembl_id FROM molecule_dictionary m JOIN molecule_hierarchy h USING (molregno)"
            " JOIN molecule_hierarchy k ON k.parent_molregno = h.parent_molregno"
            " JOIN molecule_dictionary c ON c.molregno = k.molregno WHERE m.chembl_id = ? ORDER BY c.chembl_id"
        )
        return [row["chembl_id"] for row in self.database.rows(query, (chembl_id,))] or [chembl_id]

    def all_structures(self, approved_only: bool = False) -> list[tuple[str, str, str]]:
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
        return [(row[0], row[1], row[2]) for row in self.database.rows(query)]

    # Targets -----------------------------------------------------------------------------------------------------

    def target(self, chembl_id: str) -> TargetRow | None:
        """The target of that ChEMBL id."""
        row = self.database.row(
            "SELECT tid, chembl_id, pref_name, target_type, organism, tax_id FROM target_dictionary WHERE chembl_id = ?",
            (chembl_id,),
        )
        return None if row is None else self._target(row)

    def targets_for_accession(self, accession: str) -> list[TargetRow]:
        """Targets that this protein is, or is part of: single proteins first."""
        rows = self.database.rows(
            "SELECT DISTINCT t.tid, t.chembl_id, t.pref_name, t.target_type, t.organism, t.tax_id FROM target_dictionary t"
            " JOIN target_components k USING (tid) JOIN component_sequences c USING (component_id) WHERE c.accession = ?"
            " ORDER BY k.homologue != 0, t.target_type != 'SINGLE PROTEIN', t.chembl_id LIKE 'BCT%', length(t.chembl_id), t.chembl_id",
            (accession,),
        )
        return [self._target(row) for row in rows]

    def _target(self, row: Row) -> TargetRow:
        parts = self.database.rows(
            "SELECT c.accession, (SELECT s.component_synonym FROM component_synonyms s WHERE s.component_id = c.component_id"
            " AND s.syn_type = 'GENE_SYMBOL' ORDER BY s.compsyn_id LIMIT 1) AS gene FROM target_components k"
            " JOIN component_sequences c USING (component_id) WHERE k.tid = ? ORDER BY c.accession",
            (row["tid"],),
        )
        return TargetRow(
            tid=row["tid"],
            chembl_id=row["chembl_id"],
            name=row["pref_name"],
            target_type=row["target_type"],
            organism=row["organism"],
            tax_id=row["tax_id"],
            accessions=tuple(part["accession"] for part in parts if part["accession"]),
            genes=tuple(dict.fromkeys(part["gene"] for part in parts if part["gene"])),
        )

    # Activities --------------------------------------------------------------------------------------------------

    def activities(self, *, tids: Sequence[int] = (), molecules: Sequence[str] = ()) -> list[ActivityRow]:
        """Every activity of these targets, of these molecules, or of both together; in a fixed order."""
        wanted, values = [], list[object]()
        if tids:
            wanted.append(f"s.tid IN ({','.join('?' * len(tids))})")
            values += tids
        if molecules:
            wanted.append(
                "a.molregno IN (SELECT molregno FROM molecule_dictionary"
                f" WHERE chembl_id IN ({','.join('?' * len(molecules))}))"
            )
            values += molecules
        if not wanted:
            return []
        if self._laid_out:
            return self._laid_out_activities(tids, molecules)
        query = (
            "SELECT a.activity_id, a.standard_type, a.standard_relation, a.standard_value, a.standard_units, a.pchembl_value,"
            " a.data_validity_comment, a.potential_duplicate, s.chembl_id AS assay, s.confidence_score, s.assay_type, s.variant_id,"
            " d.chembl_id AS document, d.year, m.chembl_id AS molecule, m.pref_name, m.max_phase, c.canonical_smiles,"
            " p.chembl_id AS parent, t.chembl_id AS target, t.pref_name AS target_name, t.organism"
            " FROM assays s JOIN activities a USING (assay_id) JOIN target_dictionary t ON t.tid = s.tid"
            " JOIN molecule_dictionary m ON m.molregno = a.molregno LEFT JOIN compound_structures c ON c.molregno = a.molregno"
            " LEFT JOIN molecule_hierarchy h ON h.molregno = a.molregno"
            " LEFT JOIN molecule_dictionary p ON p.molregno = h.parent_molregno"
            " LEFT JOIN docs d ON d.doc_id = coalesce(a.doc_id, s.doc_id)"
            f" WHERE {' AND '.join(wanted)} ORDER BY a.activity_id"
        )
        return [self._activity(row) for row in self.database.rows(query, values)]

    def best_activities(self, tid: int, kind: str | None = None, most: int = 20) -> list[ActivityRow]:
        """A target's activities with the highest pChEMBL, of one type or of all, best first; those without one are left out.

        Salts, mutants and doubtful values are among them: this is what ChEMBL ranks, not a selection.
        """
        if not self._laid_out:
            known = self.activities(tids=[tid])
            ranked = [row for row in known if row.pchembl is not None and kind in (None, row.activity_type)]
            return sorted(ranked, key=_best_first)[:most]
        # Within a type they lie in this order, so that the best of all are among the first of each type.
        query = (
            f"SELECT {_LAID_OUT} FROM (SELECT b.rowid AS place FROM bc_target_range r CROSS JOIN bc_target_activity b"
            " ON b.rowid BETWEEN r.first_row AND min(r.last_row, r.first_row + ?) WHERE r.tid = ? AND r.best_pchembl IS NOT NULL"
            f"{' AND r.standard_type = ?' if kind else ''} AND b.pchembl_value IS NOT NULL"
            " ORDER BY b.pchembl_value DESC, b.activity_id LIMIT ?) CROSS JOIN bc_target_activity a ON a.rowid = place"
        )
        rows = self.database.tuples(query, (most - 1, tid, *((kind,) if kind else ()), most))
        return _typed(rows, self._series({row[1] for row in rows}))

    def _laid_out_activities(self, tids: Sequence[int], molecules: Sequence[str]) -> list[ActivityRow]:
        if molecules:
            marks, values = ",".join("?" * len(molecules)), list[object](molecules)
            query = (
                f"SELECT {_LAID_OUT} FROM bc_target_activity a"
                f" WHERE molregno IN (SELECT molregno FROM molecule_dictionary WHERE chembl_id IN ({marks}))"
            )
            if tids:
                query += f" AND +a.tid IN ({','.join('?' * len(tids))})"
                values += tids
            rows = self.database.tuples(query, values)
            series = self._series({row[1] for row in rows})
        else:
            extents = f"FROM bc_target_extent e CROSS JOIN {{}} WHERE e.tid IN ({','.join('?' * len(tids))})"
            of_rows = extents.format("bc_target_activity a ON a.rowid BETWEEN e.first_row AND e.last_row")
            of_series = extents.format("bc_series o ON o.series BETWEEN e.first_series AND e.last_series")
            rows = self.database.tuples(f"SELECT {_LAID_OUT} {of_rows}", tids)
            series = self._by_number(self.database.tuples(f"SELECT {_SERIES} {of_series}", tids))
        rows.sort(key=itemgetter(0))
        return _typed(rows, series)

    def _series(self, numbers: set[int]) -> dict[int, _Series]:
        found, wanted = dict[int, _Series](), list(numbers)
        for start in range(0, len(wanted), _MOST_VALUES):
            part = wanted[start : start + _MOST_VALUES]
            query = f"SELECT {_SERIES} FROM bc_series o WHERE o.series IN ({','.join('?' * len(part))})"
            found |= self._by_number(self.database.tuples(query, part))
        return found

    def _by_number(self, series: Sequence[tuple[Any, ...]]) -> dict[int, _Series]:
        targets = self._target_names
        for tid in {row[12] for row in series} - targets.keys():
            query = "SELECT chembl_id, pref_name, organism FROM target_dictionary WHERE tid = ?"
            targets[tid] = tuple(self.database.tuples(query, (tid,))[0])
        return {
            row[0]: ((*row[1:6], row[6] == 1), (*targets[row[12]], *row[7:9]), row[9], (row[10], bool(row[11]), False))
            for row in series
        }

    @cached_property
    def _target_names(self) -> dict[int, tuple[Any, ...]]:
        return {}

    def _activity(self, row: Row) -> ActivityRow:
        return ActivityRow(
            activity_id=row["activity_id"],
            assay_chembl_id=row["assay"],
            document_chembl_id=row["document"],
            year=row["year"],
            confidence_score=row["confidence_score"],
            assay_type=row["assay_type"],
            variant=row["variant_id"] is not None,
            molecule_chembl_id=row["molecule"],
            parent_chembl_id=row["parent"] or row["molecule"],
            name=row["pref_name"],
            smiles=row["canonical_smiles"],
            max_phase=_phase(row["max_phase"]),
            target_chembl_id=row["target"],
            target_name=row["target_name"],
            target_organism=row["organism"],
            activity_type=row["standard_type"],
            relation=row["standard_relation"],
            value=row["standard_value"],
            unit=row["standard_units"],
            pchembl=row["pchembl_value"],
            validity_comment=row["data_validity_comment"],
            potential_duplicate=bool(row["potential_duplicate"]),
            value_is_back_computed=self.database.is_starter and row["activity_id"] >= BACK_COMPUTED_FROM,
        )

    # Mechanisms and indications ----------------------------------------------------------------------------------

    def mechanisms(self, *, molecules: Sequence[str] = (), tids: Sequence[int] = ()) -> list[MechanismRow]:
        """Mechanisms of these molecules, or of the drugs of these targets."""
        if molecules:
            where, values = f"m.chembl_id IN ({','.join('?' * len(molecules))})", list[object](molecules)
        else:
            where, values = f"k.tid IN ({','.join('?' * len(tids))})", list[object](tids)
        source = (
            "(SELECT f.source FROM bc_fact_source f WHERE f.table_name = 'drug_mechanism' AND f.row_id = k.mec_id)"
            if self.database.has("bc_fact_source")
            else "NULL"
        )
        rows = self.database.rows(
            "SELECT k.mec_id, k.mechanism_of_action, k.action_type, k.tid, m.chembl_id, m.pref_name, m.max_phase,"
            f" m.first_approval, {source} AS fact_source FROM drug_mechanism k JOIN molecule_dictionary m USING (molregno)"
            f" WHERE {where} ORDER BY m.first_approval IS NULL, m.first_approval, m.chembl_id, k.mec_id",
            values,
        )
        return [self._mechanism(row) for row in rows]

    def _mechanism(self, row: Row) -> MechanismRow:
        found = self.database.row(
            "SELECT tid, chembl_id, pref_name, target_type, organism, tax_id FROM target_dictionary WHERE tid = ?",
            (row["tid"],),
        )
        target = None if found is None else self._target(found)
        references = self.database.rows(
            "SELECT ref_type, ref_id, ref_url FROM mechanism_refs WHERE mec_id = ? ORDER BY mecref_id", (row["mec_id"],)
        )
        return MechanismRow(
            molecule_chembl_id=row["chembl_id"],
            molecule_name=row["pref_name"],
            max_phase=_phase(row["max_phase"]),
            first_approval=row["first_approval"],
            mechanism=row["mechanism_of_action"],
            action=row["action_type"],
            target_chembl_id=target.chembl_id if target else None,
            target_name=target.name if target else None,
            target_genes=target.genes if target else (),
            target_accessions=target.accessions if target else (),
            source=row["fact_source"] or "chembl",
            references=tuple(_reference(item) for item in references),
        )

    def indications(self, *, molecules: Sequence[str] = (), term: str = "") -> list[IndicationRow]:
        """Indications of these molecules, or all drugs for a term (exact, without regard to case)."""
        if molecules:
            where, values = f"m.chembl_id IN ({','.join('?' * len(molecules))})", list[object](molecules)
        else:
            where, values = "coalesce(i.efo_term, i.mesh_heading) = ? COLLATE NOCASE", [term]
        source = (
            "(SELECT f.source FROM bc_fact_source f WHERE f.table_name = 'drug_indication' AND f.row_id = i.drugind_id)"
            if self.database.has("bc_fact_source")
            else "NULL"
        )
        rows = self.database.rows(
            "SELECT coalesce(i.efo_term, i.mesh_heading) AS term, coalesce(i.efo_id, i.mesh_id) AS term_id,"
            " i.max_phase_for_ind, m.chembl_id, m.pref_name, m.first_approval, m.max_phase,"
            f" {source} AS fact_source FROM drug_indication i JOIN molecule_dictionary m USING (molregno)"
            f" WHERE {where} ORDER BY i.drugind_id",
            values,
        )
        return [
            IndicationRow(
                molecule_chembl_id=row["chembl_id"],
                molecule_name=row["pref_name"],
                first_approval=row["first_approval"],
                max_phase=_phase(row["max_phase"]),
                term=row["term"],
                max_phase_for_indication=_phase(row["max_phase_for_ind"]),
                term_id=row["term_id"],
                source=row["fact_source"] or "chembl",
            )
            for row in rows
            if row["term"]
        ]

    def indication_terms(self) -> list[str]:
        """Every indication term, each once."""
        query = "SELECT DISTINCT coalesce(efo_term, mesh_heading) AS term FROM drug_indication ORDER BY 1"
        return [row["term"] for row in self.database.rows(query) if row["term"]]

    # Warnings ----------------------------------------------------------------------------------------------------

    @property
    def holds_warnings(self) -> bool:
        """Whether this file has warnings of drugs at all: the starter set and old dumps do not."""
        return holds_warnings(self.database)

    def warnings(self, *, molecules: Sequence[str]) -> list[WarningRow]:
        """Withdrawals and black-box warnings of these molecules, in the order of their ids; see `holds_warnings`."""
        return warnings_of(self.database, molecules)


def _molecule(row: Row | None) -> MoleculeRow | None:
    if row is None:
        return None
    return MoleculeRow(
        molregno=row["molregno"],
        chembl_id=row["chembl_id"],
        name=row["pref_name"],
        smiles=row["canonical_smiles"],
        inchikey=row["standard_inchi_key"],
        max_phase=_phase(row["max_phase"]),
        first_approval=row["first_approval"],
        molecule_type=row["molecule_type"],
    )


def _phase(value: float | None) -> float | None:
    """ChEMBL writes −1 where the phase of a clinical candidate is not known."""
    return None if value is None or value < 0 else float(value)


def _reference(row: Row) -> str:
    told = " ".join(str(part) for part in (row["ref_type"], row["ref_id"]) if part)
    return f"{told} {row['ref_url']}".strip() if row["ref_url"] else told


def _typed(rows: Sequence[tuple[Any, ...]], series: dict[int, _Series]) -> list[ActivityRow]:
    """Rows of `_LAID_OUT` as typed rows."""
    found: list[ActivityRow] = []
    keep = found.append
    for number, of, value, pchembl, molecule, facts, smiles in rows:
        assay, target, unit, remarks = series[of]
        parent, name, phase = json.loads(facts) if facts else (molecule, None, None)
        about = (molecule, parent, name, smiles, phase)
        keep(_row((number, *assay, *about, *target, value, unit, pchembl, *remarks)))
    return found


def _best_first(row: ActivityRow) -> tuple[float, int]:
    return -(row.pchembl or 0.0), row.activity_id
