"""The plain tables the starter set is made from: their columns, and reading and writing them.

One table is one UTF-8 file of tab-separated lines with a header; cells hold no tab and no line break, so nothing is
ever quoted. An empty cell means unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..errors import InvalidInput

__all__ = ["COLUMNS", "HAND_KEPT", "TABLES_DIR", "read_table", "write_table"]

TABLES_DIR = Path(__file__).parent / "tables"

# Written by compile_tables.py.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "molecules": (
        "chembl_id", "pref_name", "max_phase", "molecule_type", "structure_type", "first_approval",
        "parent_chembl_id", "inchikey", "smiles", "inchi", "origin",
    ),
    "molecule_synonyms": ("chembl_id", "syn_type", "synonym"),
    "proteins": (
        "accession", "entry_name", "reviewed", "gene", "protein_name", "organism", "tax_id", "family", "length",
        "mass_da", "protein_existence",
    ),
    "protein_names": ("accession", "kind", "name"),
    "protein_locations": ("accession", "location", "topology"),
    "protein_keywords": ("accession", "keyword", "category"),
    "protein_xrefs": ("accession", "database", "id"),
    "protein_diseases": ("accession", "disease", "acronym", "mim"),
    "protein_sequences": ("accession", "sequence"),
    "chembl_targets": ("chembl_id", "target_type", "pref_name", "tax_id", "organism", "accessions"),
    "components": ("accession", "gene", "description", "tax_id", "organism"),
    "documents": ("chembl_id", "journal", "year", "pubmed_id", "doi"),
    "assays": ("chembl_id", "document", "assay_type", "assay_organism", "target", "confidence_score", "bao_format"),
    "activities": (
        "activity_id", "assay", "molecule", "type", "relation", "value", "units", "pchembl", "duplicate", "comment",
        "origin",
    ),
    "mechanisms": (
        "mec_id", "molecule", "target", "action_type", "mechanism", "ref_type", "ref_id", "ref_url", "source",
    ),
    "indications": ("drugind_id", "molecule", "term", "term_id", "max_phase", "source"),
    "versions": ("name", "creation_date", "comments"),
}  # fmt: skip

# Written by people, read by compile_tables.py or by build.py, never overwritten.
HAND_KEPT: Mapping[str, tuple[str, ...]] = {
    "curated_drugs": (
        "name", "chembl_id", "first_approval", "max_phase", "molecule_type", "smiles", "targets", "target_name",
        "action_type", "indication", "ref_type", "ref_id", "brands",
    ),
    "curated_molecules": ("name", "chembl_id", "smiles", "synonyms"),
    "curated_synonyms": ("name", "syn_type", "synonyms"),
    "curated_components": ("accession", "gene", "name", "organism", "tax_id", "chembl_id", "chembl_name"),
    "curated_target_names": ("accession", "gene", "names"),
    "target_descriptions": ("accession", "gene", "text"),
    "withheld_indications": ("name", "term", "reason"),
}  # fmt: skip


def read_table(name: str, folder: Path = TABLES_DIR) -> list[dict[str, str]]:
    """The rows of a table, in file order.

    Raises:
        InvalidInput: the header is not the one this table has, or a line has too few or too many cells.
    """
    return list(_rows(name, folder / f"{name}.tsv"))


def _rows(name: str, path: Path) -> Iterator[dict[str, str]]:
    columns = COLUMNS.get(name) or HAND_KEPT[name]
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            cells = line.rstrip("\n").split("\t")
            if number == 1 and tuple(cells) != columns:
                raise InvalidInput(
                    f"The header of {path.name} is not the one this table has.",
                    hint=f"The columns are: {', '.join(columns)}.",
                )
            if len(cells) != len(columns):
                raise InvalidInput(
                    f"Line {number} of {path.name} has {len(cells)} cells instead of {len(columns)}.",
                    hint="Cells are separated by one tab; an unknown value is an empty cell.",
                )
            if number > 1:
                yield dict(zip(columns, cells, strict=True))


def write_table(name: str, rows: Iterable[Mapping[str, object]], folder: Path = TABLES_DIR) -> int:
    """Writes a table in the order given; returns the number of rows."""
    columns = COLUMNS[name]
    written = 0
    with (folder / f"{name}.tsv").open("w", encoding="utf-8", newline="\n") as out:
        out.write("\t".join(columns) + "\n")
        for row in rows:
            out.write("\t".join(_cell(row.get(column)) for column in columns) + "\n")
            written += 1
    return written


def _cell(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
