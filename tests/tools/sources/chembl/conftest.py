"""A stand-in for ChEMBL's service: rows of a SQLite file with ChEMBL's tables, in the service's JSON, over real sockets.

It reads questions as the service does: filters with `__in`, `__iexact`, `__gt` and `__isnull`, order, limit and offset,
by GET or by POST with a list of pairs whose texts are quoted, and gives numbers as text. Filters that it does not know
fail the test.
"""

from __future__ import annotations

import copy
import csv
import gzip
import runpy
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from biocopilot.memory.store_connection import STARTER
from biocopilot.tools.sources.chembl import ChemblLive
from biocopilot.tools.sources.transport import Session, Transport

Objects = dict[str, list[dict[str, Any]]]
MEMORY = Path(__file__).parents[3] / "memory" / "conftest.py"
COLLECTIONS = {
    "activity": "activities", "assay": "assays", "document": "documents", "drug_indication": "drug_indications",
    "drug_warning": "drug_warnings",
    "mechanism": "mechanisms", "molecule": "molecules", "molecule_form": "molecule_forms", "target": "targets",
    "target_component": "target_components", "similarity": "molecules", "substructure": "molecules",
}  # fmt: skip
LOOKUPS = ("in", "iexact", "gt", "isnull")
STATUS = {
    "activities": 24_267_312, "api_version": None, "chembl_db_version": "ChEMBL_36", "chembl_release_date": "2025-07-28",
    "compound_records": 3_267_892, "disinct_compounds": 2_878_135, "publications": 95_000, "status": "UP", "targets": 17_803,
}  # fmt: skip


class ChemblService:
    """Call it with what was heard. `page_cap` is the service's own; `asked` holds (resource, filters, how)."""

    def __init__(self, objects: Objects, release: str = "ChEMBL_36") -> None:
        self.objects = objects
        self.release = release
        self.page_cap = 1000
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.before: Callable[[str, int], None] = lambda resource, number: None
        """Called before a list is read, with how many of that resource were read before."""
        self._lock = threading.Lock()

    def __call__(self, heard: Any) -> Any:
        name = heard.path.removeprefix("/chembl/").removesuffix(".json")
        if name == "status":
            return {**STATUS, "chembl_db_version": self.release}
        asked = heard.query
        if heard.method == "POST":
            assert heard.headers["x-http-method-override"] == "GET"
            assert heard.headers["content-type"] == "application/json"
            asked = dict(heard.json)
        asked = {key: _unquoted(value) for key, value in asked.items()}
        with self._lock:
            self.before(name, sum(resource == name for resource, _, _ in self.asked))
            self.asked.append((name, dict(asked), heard.method))
            return self._page(name, asked)

    def count(self, resource: str) -> int:
        return sum(name == resource for name, _, _ in self.asked)

    def _page(self, name: str, asked: dict[str, Any]) -> Any:
        limit, offset = min(int(asked.pop("limit", 20)), self.page_cap), int(asked.pop("offset", 0))
        order, only = asked.pop("order_by", ""), _listed(asked.pop("only", None))
        rows = self.objects[name]
        if name in ("similarity", "substructure"):
            key = next(key for key in ("smiles", "chembl_id") if key in asked)
            wanted, cutoff = asked.pop(key), float(asked.pop("similarity", 0))
            rows = [row for row in rows if row["_query"] == wanted and float(row.get("similarity", 100)) >= cutoff]
        rows = [row for row in rows if all(_passes(row, name, value) for name, value in asked.items())]
        if order:
            rows = sorted(rows, key=lambda row: row[order])
        page = [{key: row[key] for key in only} if only else row for row in rows[offset : offset + limit]]
        meta = {"limit": limit, "offset": offset, "total_count": len(rows), "next": None, "previous": None}
        return {COLLECTIONS[name]: page, "page_meta": meta}


def _unquoted(value: Any) -> Any:
    if isinstance(value, list):
        return [_unquoted(item) for item in value]
    return unquote(value) if isinstance(value, str) else value


def _listed(value: Any) -> list[str]:
    return value.split(",") if isinstance(value, str) else list(value or [])


def _passes(row: Mapping[str, Any], name: str, wanted: Any) -> bool:
    path = name.split("__")
    lookup = path.pop() if path[-1] in LOOKUPS else ""
    values = _values(row, path)
    if lookup == "in":
        return any(str(value) in _listed(wanted) for value in values)
    if lookup == "iexact":
        return any(str(value).lower() == str(wanted).lower() for value in values if value is not None)
    if lookup == "gt":
        return any(value > int(wanted) for value in values)
    if lookup == "isnull":
        return all(value is None for value in values) == (str(wanted).lower() == "true")
    return any(str(value) == str(wanted) for value in values)


def _values(value: Any, path: list[str]) -> list[Any]:
    if isinstance(value, list):
        return [found for item in value for found in _values(item, path)]
    if not path:
        return [value]
    if value is None:
        return []
    return _values(value[path[0]], path[1:])


# From tables to the service's JSON ----------------------------------------------------------------------------------


def objects_of(path: Path) -> Objects:
    """What the service would say of a file with ChEMBL's tables."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        tables = _Tables(database)
        return {
            "molecule": tables.molecules(), "molecule_form": tables.forms(), "target": tables.targets(),
            "target_component": tables.proteins(), "assay": tables.assays(), "document": tables.documents(),
            "activity": tables.activities(), "mechanism": tables.mechanisms(), "drug_indication": tables.indications(),
            "drug_warning": tables.warnings(),
            "similarity": [], "substructure": [],
        }  # fmt: skip


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


class _Tables:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._ids = {row[0]: row[1] for row in database.execute("SELECT molregno, chembl_id FROM molecule_dictionary")}
        self._parents = {
            row[0]: row[1] for row in database.execute("SELECT molregno, parent_molregno FROM molecule_hierarchy")
        }
        self._structures = {row["molregno"]: row for row in self._rows("compound_structures")}
        self._names: dict[int, list[dict[str, Any]]] = {}
        for row in database.execute("SELECT molregno, synonyms, syn_type FROM molecule_synonyms ORDER BY molsyn_id"):
            name = {"molecule_synonym": row[1], "syn_type": row[2], "synonyms": row[1].upper()}
            self._names.setdefault(row[0], []).append(name)
        self._molecules = {row["molregno"]: row for row in self._rows("molecule_dictionary")}
        self._targets = {row["tid"]: row for row in self._rows("target_dictionary")}
        self._documents = {row["doc_id"]: row for row in self._rows("docs")}
        self._assays = {row["assay_id"]: row for row in self._rows("assays")}

    def _rows(self, table: str) -> list[sqlite3.Row]:
        return self._database.execute(f"SELECT * FROM {table}").fetchall()

    def molecules(self) -> list[dict[str, Any]]:
        return [self._molecule(row) for row in self._molecules.values()]

    def _molecule(self, row: sqlite3.Row) -> dict[str, Any]:
        number = row["molregno"]
        structure = self._structures.get(number)
        parent = self._ids.get(self._parents.get(number, 0))
        return {
            "molecule_chembl_id": row["chembl_id"], "pref_name": row["pref_name"], "max_phase": _as_text(row["max_phase"]),
            "first_approval": row["first_approval"], "molecule_type": row["molecule_type"], "structure_type": row["structure_type"],
            "molecule_structures": None if structure is None else {
                "canonical_smiles": structure["canonical_smiles"], "standard_inchi": structure["standard_inchi"],
                "standard_inchi_key": structure["standard_inchi_key"], "molfile": "\n     RDKit          2D\n\nM  END\n",
            },
            "molecule_hierarchy": parent and {
                "molecule_chembl_id": row["chembl_id"], "parent_chembl_id": parent, "active_chembl_id": parent,
            },
            "molecule_synonyms": self._names.get(number, []), "atc_classifications": ["L01EB02"], "withdrawn_flag": False,
            "black_box_warning": 0, "oral": True, "molecule_properties": {"alogp": "1.24", "aromatic_rings": 1}, "a_new_field": [{}],
        }  # fmt: skip

    def forms(self) -> list[dict[str, Any]]:
        pairs = ((self._ids[number], self._ids[parent]) for number, parent in self._parents.items())
        return [
            {"molecule_chembl_id": own, "parent_chembl_id": parent, "is_parent": own == parent} for own, parent in pairs
        ]

    def targets(self) -> list[dict[str, Any]]:
        parts: dict[int, list[dict[str, Any]]] = {}
        query = "SELECT k.tid, c.* FROM target_components k JOIN component_sequences c USING (component_id) ORDER BY k.targcomp_id DESC"
        for row in self._database.execute(query):
            names = self._database.execute(
                "SELECT component_synonym, syn_type FROM component_synonyms WHERE component_id = ? ORDER BY compsyn_id",
                (row["component_id"],),
            )
            parts.setdefault(row["tid"], []).append({
                "accession": row["accession"], "component_id": row["component_id"], "component_type": row["component_type"],
                "component_description": row["description"], "relationship": "SINGLE PROTEIN", "target_component_xrefs": [],
                "target_component_synonyms": [{"component_synonym": name[0], "syn_type": name[1]} for name in names],
            })  # fmt: skip
        return [
            {
                "target_chembl_id": row["chembl_id"], "pref_name": row["pref_name"], "target_type": row["target_type"],
                "organism": row["organism"], "tax_id": row["tax_id"], "species_group_flag": False, "cross_references": [],
                "target_components": parts.get(row["tid"], []),
            }
            for row in self._targets.values()
        ]  # fmt: skip

    def proteins(self) -> list[dict[str, Any]]:
        fields = ("accession", "component_id", "component_type", "description", "organism", "tax_id")
        return [{name: row[name] for name in fields} for row in self._rows("component_sequences")]

    def assays(self) -> list[dict[str, Any]]:
        return [
            {
                "assay_chembl_id": row["chembl_id"], "description": row["description"], "assay_type": row["assay_type"],
                "confidence_score": row["confidence_score"], "confidence_description": None, "bao_format": row["bao_format"],
                "assay_organism": row["assay_organism"], "target_chembl_id": row["tid"] and self._targets[row["tid"]]["chembl_id"],
                "document_chembl_id": row["doc_id"] and self._documents[row["doc_id"]]["chembl_id"],
                "variant_sequence": None if row["variant_id"] is None else {"mutation": "UNDEFINED MUTATION", "accession": None},
            }
            for row in self._assays.values()
        ]  # fmt: skip

    def documents(self) -> list[dict[str, Any]]:
        return [
            {"document_chembl_id": row["chembl_id"], "journal": row["journal"], "year": row["year"], "doi": row["doi"],
             "pubmed_id": _as_text(row["pubmed_id"]), "title": None, "doc_type": "PUBLICATION"}
            for row in self._documents.values()
        ]  # fmt: skip

    def activities(self) -> list[dict[str, Any]]:
        return [self._activity(row) for row in self._rows("activities")]

    def _activity(self, row: sqlite3.Row) -> dict[str, Any]:
        assay, molecule = self._assays[row["assay_id"]], self._molecules[row["molregno"]]
        target = self._targets[assay["tid"]]
        number = row["doc_id"] or assay["doc_id"]
        document = self._documents[number] if number else None
        structure = self._structures.get(row["molregno"])
        mutation = None if assay["variant_id"] is None else "UNDEFINED MUTATION"
        return {
            "activity_id": row["activity_id"], "assay_chembl_id": assay["chembl_id"], "assay_type": assay["assay_type"],
            "assay_description": assay["description"], "bao_format": assay["bao_format"], "bao_label": "single protein format",
            "assay_variant_accession": None, "assay_variant_mutation": mutation,
            "document_chembl_id": document and document["chembl_id"], "document_year": document and document["year"],
            "document_journal": document and document["journal"], "molecule_chembl_id": molecule["chembl_id"],
            "molecule_pref_name": molecule["pref_name"], "canonical_smiles": structure and structure["canonical_smiles"],
            "parent_molecule_chembl_id": self._ids.get(self._parents.get(row["molregno"], 0)),
            "target_chembl_id": target["chembl_id"], "target_pref_name": target["pref_name"], "target_organism": target["organism"],
            "target_tax_id": _as_text(target["tax_id"]), "standard_type": row["standard_type"], "standard_relation": row["standard_relation"],
            "standard_value": _as_text(row["standard_value"]), "standard_units": row["standard_units"],
            "pchembl_value": _as_text(row["pchembl_value"]), "data_validity_comment": row["data_validity_comment"],
            "potential_duplicate": row["potential_duplicate"], "activity_comment": row["activity_comment"], "standard_flag": 1,
            "type": row["standard_type"], "units": row["standard_units"], "value": _as_text(row["standard_value"]), "relation": None,
            "activity_properties": [], "ligand_efficiency": {"bei": "19.61", "le": "0.36"}, "src_id": 1,
        }  # fmt: skip

    def mechanisms(self) -> list[dict[str, Any]]:
        found = []
        for row in self._rows("drug_mechanism"):
            references = self._database.execute(
                "SELECT ref_type, ref_id, ref_url FROM mechanism_refs WHERE mec_id = ? ORDER BY mecref_id",
                (row["mec_id"],),
            )
            molecule = self._molecules[row["molregno"]]
            phase = molecule["max_phase"]
            found.append({
                "mec_id": row["mec_id"], "molecule_chembl_id": molecule["chembl_id"], "max_phase": phase and int(phase),
                "parent_molecule_chembl_id": molecule["chembl_id"], "mechanism_of_action": row["mechanism_of_action"],
                "target_chembl_id": row["tid"] and self._targets[row["tid"]]["chembl_id"], "action_type": row["action_type"],
                "direct_interaction": row["direct_interaction"], "disease_efficacy": row["disease_efficacy"],
                "mechanism_comment": None, "variant_sequence": None,
                "mechanism_refs": [dict(reference) for reference in references],
            })  # fmt: skip
        return found

    def indications(self) -> list[dict[str, Any]]:
        return [
            {
                "drugind_id": row["drugind_id"], "molecule_chembl_id": self._ids[row["molregno"]], "mesh_id": row["mesh_id"],
                "mesh_heading": row["mesh_heading"], "efo_id": row["efo_id"], "efo_term": row["efo_term"],
                "max_phase_for_ind": _as_text(row["max_phase_for_ind"]), "indication_refs": [],
            }
            for row in self._rows("drug_indication")
        ]  # fmt: skip

    def warnings(self) -> list[dict[str, Any]]:
        if not self._database.execute("SELECT 1 FROM sqlite_master WHERE name = 'drug_warning'").fetchone():
            return []
        found = []
        for row in self._rows("drug_warning"):
            references = self._database.execute(
                "SELECT ref_type, ref_id, ref_url FROM warning_refs WHERE warning_id = ? ORDER BY warnref_id",
                (row["warning_id"],),
            )
            found.append({
                "warning_id": row["warning_id"], "molecule_chembl_id": self._ids[row["molregno"]],
                "parent_molecule_chembl_id": self._ids[self._parents.get(row["molregno"], row["molregno"])],
                "warning_type": row["warning_type"], "warning_class": row["warning_class"],
                "warning_description": row["warning_description"], "warning_country": row["warning_country"],
                "warning_year": row["warning_year"], "efo_term": row["efo_term"], "efo_id": row["efo_id"],
                "efo_id_for_warning_class": row["efo_id_for_warning_class"],
                "warning_refs": [dict(reference) for reference in references],
            })  # fmt: skip
        return found


# Files with ChEMBL's tables ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A handful of rows in a full dump's tables, laid out in tests/memory/conftest.py."""
    made = runpy.run_path(str(MEMORY))
    path: Path = made["build"](tmp_path_factory.mktemp("chembl") / "chembl_36.db", made["own_columns"]())
    return path


@pytest.fixture(scope="session")
def starter() -> Path:
    return STARTER


@pytest.fixture(scope="session")
def recorded(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A thousand activities as the service gave them: as tables, and as its JSON."""
    with gzip.open(
        shared / "data" / "chembl_ws_records" / "input_output.activities.csv.gz", "rt", encoding="utf-8"
    ) as file:
        records = [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]
    made = runpy.run_path(str(MEMORY))
    path = tmp_path_factory.mktemp("recorded") / "chembl_36.db"
    with closing(sqlite3.connect(path)) as database, database:
        for name, fields in made["own_columns"]().items():
            database.execute(f"CREATE TABLE {name} ({', '.join(fields)})")
        database.execute("INSERT INTO version (name) VALUES ('ChEMBL_36')")
        for record in records:
            _insert(database, record)
        for record in records:
            _insert_parent(database, str(record["parent_molecule_chembl_id"]))
    objects = [
        {**record, "activity_id": int(str(record["activity_id"])), "activity_properties": [], "ligand_efficiency": None}
        for record in records
    ]
    return path, objects


def _insert(database: sqlite3.Connection, record: Mapping[str, str | None]) -> None:
    def number(chembl_id: str | None) -> int | None:
        return int(chembl_id.removeprefix("CHEMBL")) if chembl_id else None

    molecule, assay, document, target = (
        number(record[f"{name}_chembl_id"]) for name in ("molecule", "assay", "document", "target")
    )
    parent = number(record["parent_molecule_chembl_id"])
    variant = -1 if record["assay_variant_mutation"] else None
    rows = {
        "molecule_dictionary (molregno, chembl_id, pref_name)": (molecule, record["molecule_chembl_id"], record["molecule_pref_name"]),
        "molecule_hierarchy (molregno, parent_molregno)": (molecule, parent),
        "compound_structures (molregno, canonical_smiles)": (molecule, record["canonical_smiles"]),
        "docs (doc_id, chembl_id, year, journal)": (document, record["document_chembl_id"], _int(record["document_year"]), record["document_journal"]),
        "target_dictionary (tid, chembl_id, pref_name, organism)": (target, record["target_chembl_id"], record["target_pref_name"], record["target_organism"]),
        "assays (assay_id, chembl_id, tid, doc_id, assay_type, variant_id)": (assay, record["assay_chembl_id"], target, document, record["assay_type"], variant),
        "activities (activity_id, assay_id, doc_id, molregno, standard_type, standard_relation, standard_value, standard_units,"
        " pchembl_value, data_validity_comment, potential_duplicate)": (
            _int(record["activity_id"]), assay, document, molecule, record["standard_type"], record["standard_relation"],
            _float(record["standard_value"]), record["standard_units"], _float(record["pchembl_value"]),
            record["data_validity_comment"], record["potential_duplicate"] == "True",
        ),
    }  # fmt: skip
    for into, values in rows.items():
        table, _, columns = into.partition(" ")
        key = columns.strip("(").split(",")[0]
        if database.execute(f"SELECT 1 FROM {table} WHERE {key} = ?", values[:1]).fetchone() is None:
            database.execute(f"INSERT INTO {into} VALUES ({', '.join('?' * len(values))})", values)


def _insert_parent(database: sqlite3.Connection, chembl_id: str) -> None:
    number = int(chembl_id.removeprefix("CHEMBL"))
    database.execute("INSERT INTO molecule_dictionary (molregno, chembl_id) SELECT ?, ? WHERE NOT EXISTS"
                     " (SELECT 1 FROM molecule_dictionary WHERE molregno = ?)", (number, chembl_id, number))  # fmt: skip


def _int(value: str | None) -> int | None:
    return int(float(value)) if value else None


def _float(value: str | None) -> float | None:
    return float(value) if value else None


# Asking ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def serve(faulty: Any) -> Callable[[Objects], ChemblService]:
    """Puts a service over these objects on the local server."""

    def put(objects: Objects) -> ChemblService:
        service = ChemblService(objects)
        faulty.serve("/chembl/*", service)
        return service

    return put


@pytest.fixture(scope="session")
def dump_objects(dump: Path) -> Objects:
    return objects_of(dump)


@pytest.fixture
def service(serve: Callable[[Objects], ChemblService], dump_objects: Objects) -> ChemblService:
    """The service over the small dump."""
    return serve(copy.deepcopy(dump_objects))


@pytest.fixture
def objects() -> Callable[[Path], Objects]:
    return objects_of


@pytest.fixture
def fast(make_transport: Callable[..., Transport]) -> Transport:
    """A transport that need not keep a pace."""
    return make_transport(per_second={"chembl": 1000})


@pytest.fixture
async def session(fast: Transport) -> AsyncIterator[Session]:
    async with fast.session() as opened:
        yield opened


@pytest.fixture(params=["own", "official"])
def client(request: pytest.FixtureRequest) -> str:
    """Who asks: both ways in turn."""
    if request.param == "official":
        pytest.importorskip("chembl_webresource_client")
    return str(request.param)


@pytest.fixture
def live(session: Session, client: Any) -> ChemblLive:
    return ChemblLive(session, client=client)
