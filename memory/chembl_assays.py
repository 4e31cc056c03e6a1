"""One assay with its document, from the tables of a ChEMBL dump, the starter set, or what a service gave.

Columns that a file lacks are read as unknown: the starter set has neither descriptions nor cells, an old dump no strain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .store_connection import Database
from .text import clean

__all__ = ["AssayRow", "DocumentRow", "assay_of"]

_ASSAY = (
    "description", "assay_type", "assay_organism", "assay_tax_id", "assay_strain", "assay_tissue", "assay_cell_type",
    "assay_subcellular_fraction", "relationship_type", "confidence_score", "bao_format", "variant_id",
)  # fmt: skip
_DOCUMENT = (
    "doc_type", "title", "journal", "year", "volume", "issue", "first_page", "last_page", "pubmed_id", "doi", "patent_id",
)  # fmt: skip
_UNDEFINED = "UNDEFINED MUTATION"


@dataclass(frozen=True)
class DocumentRow:
    """A publication, patent or deposited data set; None where the source does not say."""

    chembl_id: str
    doc_type: str | None = None
    title: str | None = None
    journal: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    first_page: str | None = None
    last_page: str | None = None
    pubmed_id: int | None = None
    doi: str | None = None
    patent_id: str | None = None


@dataclass(frozen=True)
class AssayRow:
    """What was measured, on what, and how sure its mapping to a target is."""

    chembl_id: str
    description: str | None = None
    assay_type: str | None = None
    organism: str | None = None
    tax_id: int | None = None
    strain: str | None = None
    tissue: str | None = None
    cell_type: str | None = None
    subcellular_fraction: str | None = None
    relationship_type: str | None = None
    confidence_score: int | None = None
    bao_format: str | None = None
    format: str | None = None
    """What `bao_format` means, such as "cell-based format"."""
    is_on_variant: bool = False
    mutation: str | None = None
    """None too where ChEMBL knows of a variant and not of which."""
    target_chembl_id: str | None = None
    document: DocumentRow | None = None


def assay_of(database: Database, chembl_id: str) -> AssayRow | None:
    """The assay of that ChEMBL id."""
    row = database.row(
        f"SELECT {_columns(database, 'assays', 'a', _ASSAY)}, t.chembl_id AS target, a.doc_id FROM assays a"
        " LEFT JOIN target_dictionary t ON t.tid = a.tid WHERE a.chembl_id = ?",
        (chembl_id,),
    )
    if row is None:
        return None
    return AssayRow(
        chembl_id=chembl_id,
        description=_text(row["description"]),
        assay_type=_text(row["assay_type"]),
        organism=_text(row["assay_organism"]),
        tax_id=_whole(row["assay_tax_id"]),
        strain=_text(row["assay_strain"]),
        tissue=_text(row["assay_tissue"]),
        cell_type=_text(row["assay_cell_type"]),
        subcellular_fraction=_text(row["assay_subcellular_fraction"]),
        relationship_type=_text(row["relationship_type"]),
        confidence_score=_whole(row["confidence_score"]),
        bao_format=_text(row["bao_format"]),
        format=_format(database, row["bao_format"]),
        is_on_variant=row["variant_id"] is not None,
        mutation=_mutation(database, row["variant_id"]),
        target_chembl_id=row["target"],
        document=_document(database, row["doc_id"]),
    )


def _document(database: Database, number: object) -> DocumentRow | None:
    row = database.row(
        f"SELECT {_columns(database, 'docs', 'd', _DOCUMENT)}, d.chembl_id FROM docs d WHERE d.doc_id = ?", (number,)
    )
    if row is None:
        return None
    return DocumentRow(
        chembl_id=row["chembl_id"],
        doc_type=_text(row["doc_type"]),
        title=_text(row["title"]),
        journal=_text(row["journal"]),
        year=_whole(row["year"]),
        volume=_text(row["volume"]),
        issue=_text(row["issue"]),
        first_page=_text(row["first_page"]),
        last_page=_text(row["last_page"]),
        pubmed_id=_whole(row["pubmed_id"]),
        doi=_text(row["doi"]),
        patent_id=_text(row["patent_id"]),
    )


def _format(database: Database, bao_id: str | None) -> str | None:
    if bao_id is None or not database.has("bioassay_ontology", "bao_id", "label"):
        return None
    row = database.row("SELECT label FROM bioassay_ontology WHERE bao_id = ?", (bao_id,))
    return None if row is None else _text(row["label"])


def _mutation(database: Database, variant: int | None) -> str | None:
    if variant is None or not database.has("variant_sequences", "variant_id", "mutation"):
        return None
    row = database.row("SELECT mutation FROM variant_sequences WHERE variant_id = ?", (variant,))
    return None if row is None or row["mutation"] == _UNDEFINED else _text(row["mutation"])


def _columns(database: Database, table: str, alias: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{name}" if database.has(table, name) else f"NULL AS {name}" for name in names)


def _text(value: Any) -> str | None:
    return None if value is None else clean(str(value)) or None


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
