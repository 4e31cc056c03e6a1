"""Builds starter.sqlite from the plain tables and schema.sql, with the standard library only.

    python -m biocopilot.memory.starter.build [FILE]

The same tables give the same content; `content_hash` says whether two files hold the same rows.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from ._name_index import name_rows
from .table_files import TABLES_DIR, read_table

__all__ = ["STARTER_FILE", "build_starter", "content_hash", "molecule_number"]

STARTER_FILE = Path(__file__).with_name("starter.sqlite")
_SCHEMA = Path(__file__).with_name("schema.sql")
_OWN_MOLECULES_FROM = 2_000_000_000
_OWN_TARGETS_FROM = 1_000_000_000

Value = str | int | float | None
Row = tuple[Value, ...]


def build_starter(target: Path, tables: Path = TABLES_DIR) -> None:
    """Builds the starter set's SQLite file, replacing `target` only when all went well.

    Raises:
        InvalidInput: a table's header or a line of it is not as it should be.
    """
    scratch = target.with_name(target.name + ".new")
    scratch.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(scratch, isolation_level=None)) as database:
            database.execute("PRAGMA page_size = 4096")
            database.execute("PRAGMA journal_mode = OFF")
            database.executescript(_SCHEMA.read_text(encoding="utf-8"))
            database.execute("BEGIN")
            for name, rows in _contents(tables):
                _insert(database, name, rows)
            database.execute("INSERT INTO bc_target_activity SELECT * FROM bc_target_activity_source")
            database.execute("DROP VIEW bc_target_activity_source")
            database.execute("COMMIT")
            database.execute("ANALYZE")
            database.execute("VACUUM")
        os.replace(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)


def content_hash(path: Path) -> str:
    """SHA-256 over the schema and the rows of a starter file, whatever the pages they lie on."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        # Statistics and shadow tables depend on SQLite's version, not on the content.
        parts = database.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name")
        for name, sql in parts.fetchall():
            digest.update(f"{name}\0{sql}\0".encode())
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        for (name,) in database.execute(names).fetchall():
            width = len(database.execute(f"SELECT * FROM {name} LIMIT 0").description)
            order = ", ".join(str(number) for number in range(1, width + 1))
            for row in database.execute(f"SELECT * FROM {name} ORDER BY {order}"):
                digest.update(repr(row).encode())
    return digest.hexdigest()


def _insert(database: sqlite3.Connection, name: str, rows: Iterable[Row]) -> None:
    rows = iter(rows)
    first = next(rows, None)
    if first is not None:
        statement = f"INSERT INTO {name} VALUES ({', '.join('?' * len(first))})"
        database.execute(statement, first)
        database.executemany(statement, rows)


def molecule_number(chembl_id: str) -> int:
    """`molregno` of a molecule: the number in its ChEMBL id, so that it stays the same from build to build."""
    if chembl_id.startswith("BCSTARTER"):
        return _OWN_MOLECULES_FROM + int(chembl_id.removeprefix("BCSTARTER"))
    return _number(chembl_id)


def _number(chembl_id: str) -> int:
    return int(chembl_id.removeprefix("CHEMBL"))


def _contents(folder: Path) -> Iterator[tuple[str, Iterable[Row]]]:
    yield (
        "version",
        ((r["name"], _text(r["creation_date"]), _text(r["comments"])) for r in read_table("versions", folder)),
    )
    yield from _molecules(folder)
    yield from _targets(folder)
    yield from _measurements(folder)
    yield from _mechanisms(folder)
    yield from _proteins(folder)
    yield "bc_name", name_rows(folder)


def _molecules(folder: Path) -> Iterator[tuple[str, Iterable[Row]]]:
    rows = sorted(read_table("molecules", folder), key=lambda r: molecule_number(r["chembl_id"]))
    yield "molecule_dictionary", (
        (
            molecule_number(r["chembl_id"]), _text(r["pref_name"]), r["chembl_id"], _real(r["max_phase"]),
            _text(r["molecule_type"]), r["structure_type"], _whole(r["first_approval"]),
        )
        for r in rows
    )  # fmt: skip
    yield (
        "compound_structures",
        (
            (molecule_number(r["chembl_id"]), _text(r["inchi"]), r["inchikey"], r["smiles"])
            for r in rows
            if r["inchikey"]
        ),
    )
    yield (
        "molecule_hierarchy",
        (
            (
                molecule_number(r["chembl_id"]),
                parent := molecule_number(r["parent_chembl_id"] or r["chembl_id"]),
                parent,
            )
            for r in rows
        ),
    )
    yield (
        "molecule_synonyms",
        (
            (number, molecule_number(r["chembl_id"]), r["syn_type"], r["synonym"])
            for number, r in enumerate(read_table("molecule_synonyms", folder), 1)
        ),
    )


def _target_numbers(folder: Path) -> dict[str, int]:
    numbers: dict[str, int] = {}
    own = _OWN_TARGETS_FROM
    for row in read_table("chembl_targets", folder):
        if row["chembl_id"].startswith("CHEMBL"):
            numbers[row["chembl_id"]] = _number(row["chembl_id"])
        else:
            own += 1
            numbers[row["chembl_id"]] = own
    return numbers


def _targets(folder: Path) -> Iterator[tuple[str, Iterable[Row]]]:
    numbers = _target_numbers(folder)
    rows = read_table("chembl_targets", folder)
    components = read_table("components", folder)
    component_ids = {r["accession"]: number for number, r in enumerate(components, 1)}
    yield "target_dictionary", (
        (
            numbers[r["chembl_id"]], r["target_type"], r["pref_name"], _whole(r["tax_id"]), _text(r["organism"]),
            r["chembl_id"], 0,
        )
        for r in rows
    )  # fmt: skip
    yield "component_sequences", (
        (
            component_ids[r["accession"]], "PROTEIN", r["accession"], r["description"], _whole(r["tax_id"]),
            _text(r["organism"]),
        )
        for r in components
    )  # fmt: skip
    pairs = [(numbers[r["chembl_id"]], component_ids[a]) for r in rows for a in r["accessions"].split("|")]
    yield "target_components", ((tid, component, number, 0) for number, (tid, component) in enumerate(pairs, 1))
    synonyms = [(component_ids[r["accession"]], r["gene"], "GENE_SYMBOL") for r in components if r["gene"]]
    synonyms += [
        (component_ids[r["accession"]], r["name"], "GENE_SYMBOL_OTHER")
        for r in read_table("protein_names", folder)
        if r["kind"] == "gene_synonym"
    ]
    yield "component_synonyms", ((number, *synonym) for number, synonym in enumerate(synonyms, 1))


def _measurements(folder: Path) -> Iterator[tuple[str, Iterable[Row]]]:
    targets = _target_numbers(folder)
    assays = {r["chembl_id"]: r for r in read_table("assays", folder)}
    yield (
        "docs",
        (
            (
                _number(r["chembl_id"]),
                r["chembl_id"],
                _text(r["journal"]),
                _whole(r["year"]),
                _whole(r["pubmed_id"]),
                _text(r["doi"]),
            )
            for r in read_table("documents", folder)
        ),
    )
    yield "assays", (
        (
            _number(r["chembl_id"]), _optional_number(r["document"]), None, _text(r["assay_type"]),
            _text(r["assay_organism"]), targets[r["target"]], _whole(r["confidence_score"]), r["chembl_id"],
            _text(r["bao_format"]), None,
        )
        for r in assays.values()
    )  # fmt: skip
    yield "activities", (
        (
            int(r["activity_id"]), _number(r["assay"]), _optional_number(assays[r["assay"]]["document"]),
            molecule_number(r["molecule"]), r["relation"], _real(r["value"]), r["units"], r["type"],
            _real(r["pchembl"]), _text(r["comment"]), None, _whole(r["duplicate"]),
        )
        for r in read_table("activities", folder)
    )  # fmt: skip


def _mechanisms(folder: Path) -> Iterator[tuple[str, Iterable[Row]]]:
    targets = _target_numbers(folder)
    mechanisms, indications = read_table("mechanisms", folder), read_table("indications", folder)
    yield (
        "drug_mechanism",
        (
            (
                int(r["mec_id"]),
                molecule_number(r["molecule"]),
                r["mechanism"],
                targets[r["target"]],
                r["action_type"],
                1,
                None,
            )
            for r in mechanisms
        ),
    )
    yield (
        "mechanism_refs",
        (
            (int(r["mec_id"]), int(r["mec_id"]), r["ref_type"], _text(r["ref_id"]), _text(r["ref_url"]))
            for r in mechanisms
        ),
    )
    yield "drug_indication", (
        (
            int(r["drugind_id"]), molecule_number(r["molecule"]), _real(r["max_phase"]), None, None,
            _text(r["term_id"]), r["term"],
        )
        for r in indications
    )  # fmt: skip
    yield (
        "bc_fact_source",
        (
            *(("drug_mechanism", int(r["mec_id"]), r["source"]) for r in mechanisms),
            *(("drug_indication", int(r["drugind_id"]), r["source"]) for r in indications),
        ),
    )


def _proteins(folder: Path) -> Iterator[tuple[str, Iterable[Row]]]:
    sequences = {r["accession"]: r["sequence"] for r in read_table("protein_sequences", folder)}
    yield "uniprot_entry", (
        (
            r["accession"], r["entry_name"], int(r["reviewed"]), _text(r["gene"]), r["protein_name"], r["organism"],
            int(r["tax_id"]), _text(r["family"]), int(r["length"]), _whole(r["mass_da"]), sequences[r["accession"]],
            _text(r["protein_existence"]),
        )
        for r in read_table("proteins", folder)
    )  # fmt: skip
    yield "uniprot_name", ((r["accession"], r["name"], r["kind"]) for r in read_table("protein_names", folder))
    yield (
        "uniprot_location",
        ((r["accession"], r["location"], _text(r["topology"])) for r in read_table("protein_locations", folder)),
    )
    yield (
        "uniprot_keyword",
        ((r["accession"], r["keyword"], r["category"]) for r in read_table("protein_keywords", folder)),
    )
    yield "uniprot_xref", ((r["accession"], r["database"], r["id"]) for r in read_table("protein_xrefs", folder))
    yield (
        "uniprot_disease",
        (
            (r["accession"], r["disease"], _text(r["acronym"]), _text(r["mim"]))
            for r in read_table("protein_diseases", folder)
        ),
    )
    yield "bc_target_description", ((r["accession"], r["text"]) for r in read_table("target_descriptions", folder))


def _text(cell: str) -> str | None:
    return cell or None


def _whole(cell: str) -> int | None:
    return int(float(cell)) if cell else None


def _real(cell: str) -> float | None:
    return float(cell) if cell else None


def _optional_number(chembl_id: str) -> int | None:
    return _number(chembl_id) if chembl_id else None


def main(arguments: list[str]) -> int:
    build_starter(Path(arguments[0]) if arguments else STARTER_FILE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
