"""The `assay_details` tool: what a ChEMBL assay measured, on what, how sure that is, and where it was published."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ...memory.chembl_assays import AssayRow, DocumentRow, assay_of
from ...memory.errors import InvalidIdentifier, NotFound
from ...memory.text import shorten
from ..contract import Draft, Findings, ToolArguments, ToolContext, tool
from ..identifiers import is_chembl_id, public_id

__all__ = ["assay_details"]

# ChEMBL's own codes, in words of this project.
_TYPES = {
    "A": "ADME", "B": "binding", "F": "functional", "P": "physicochemical", "T": "toxicity", "U": "unclassified",
}  # fmt: skip
_CONFIDENCE = {
    0: "no target assigned, or not curated",
    1: "the target is no molecule, such as a cell or an organism",
    2: "the target is a subcellular fraction",
    3: "the target is a molecule other than a protein",
    4: "several homologous proteins may be meant",
    5: "several proteins may be meant",
    6: "a homologous protein complex",
    7: "a protein complex",
    8: "a homologous single protein",
    9: "a single protein",
}
_RELATIONSHIPS = {
    "D": "the protein itself", "H": "a homologue of the protein", "M": "a molecule other than a protein",
    "N": "no molecule", "S": "a subcellular fraction", "U": "not curated",
}  # fmt: skip
_FORMATS = {
    "BAO_0000019": "assay format", "BAO_0000219": "cell-based format", "BAO_0000221": "tissue-based format",
    "BAO_0000249": "cell membrane format", "BAO_0000251": "microsome format", "BAO_0000357": "single protein format",
    "BAO_0000366": "cell-free format",
}  # fmt: skip
"""For files that hold no names of formats; as ChEMBL's service gave them."""


class AssayDetailsArguments(ToolArguments):
    """Which assay."""

    assay: str = Field(min_length=7, max_length=20, description="ChEMBL id of the assay, such as CHEMBL674637")


@tool(title="Assay details", cost="instant", examples=({"assay": "CHEMBL1000453"},))
async def assay_details(arguments: AssayDetailsArguments, context: ToolContext) -> Findings:
    """Describe a ChEMBL assay: what was measured, its type and format, organism, cells, target, confidence and publication.

    Use it for "what kind of assay is CHEMBL674637", to judge a measured value, or to find the paper it is from. Not for the
    values measured in it (`target_activities`, `compound_activities`) nor for a paper's text (`fetch_article`). Comes back: one
    record; type and format as codes and words, confidence from 0 to 9 with what it means, mutation where one is known, the
    document with PubMed id and DOI where ChEMBL has them. Reads the local store, else ChEMBL live; the starter set has no
    descriptions, so the service is asked for them. An id of something else is said; an unknown one is not found.
    """
    chembl, wanted = context.bench.chembl, arguments.assay.upper()
    if not is_chembl_id(wanted):
        raise InvalidIdentifier(
            f"{shorten(arguments.assay, 40)} is no ChEMBL id.", "An assay's id looks like CHEMBL674637."
        )
    row = assay_of(chembl.database, wanted)
    if row is None:
        raise _no_assay(wanted, context)
    record = _record(row, context)
    return Findings(
        (Draft(record, chembl.source, chembl.backend, _summary(record)),),
        matched=1,
        returned=1,
        unknown=row.description is None,
    )


def _no_assay(wanted: str, context: ToolContext) -> NotFound:
    chembl = context.bench.chembl
    molecule, target = chembl.molecule(wanted), chembl.target(wanted)
    if molecule is not None or target is not None:
        what = "a molecule" if molecule is not None else "a target"
        name = molecule.name if molecule is not None else target.name if target is not None else ""
        return NotFound(f"{wanted} is {what} ({name or 'unnamed'}), not an assay.", "Ask about it by another tool.")
    if chembl.backend == "starter":
        return NotFound(
            f"No assay with the id {wanted} is in {chembl.source.release}, which holds few of ChEMBL's assays.",
            "Check the id; full ChEMBL (`data add chembl FILE`), or with a network its service, knows them all.",
        )
    return NotFound(f"No assay with the id {wanted} is in {chembl.source.release}.", "Check the id.")


def _record(row: AssayRow, context: ToolContext) -> dict[str, Any]:
    target = context.bench.chembl.target(row.target_chembl_id) if row.target_chembl_id else None
    return {
        "type": "assay",
        "assay_chembl_id": row.chembl_id,
        "description": row.description,
        "assay_type": row.assay_type,
        "assay_type_means": _TYPES.get(row.assay_type or ""),
        "format": row.format or _FORMATS.get(row.bao_format or ""),
        "bao_format": row.bao_format,
        "organism": row.organism,
        "tax_id": row.tax_id,
        "strain": row.strain,
        "tissue": row.tissue,
        "cell_type": row.cell_type,
        "subcellular_fraction": row.subcellular_fraction,
        "on_variant": row.is_on_variant,
        "mutation": row.mutation,
        "confidence_score": row.confidence_score,
        "confidence_means": None if row.confidence_score is None else _CONFIDENCE.get(row.confidence_score),
        "relationship": row.relationship_type,
        "relationship_means": _RELATIONSHIPS.get(row.relationship_type or ""),
        "target": None if target is None else {
            "chembl_id": public_id(target.chembl_id), "name": target.name, "type": target.target_type,
            "organism": target.organism, "accessions": list(target.accessions), "genes": list(target.genes),
        },
        "document": None if row.document is None else _document(row.document),
        "notes": [] if row.description else ["This source holds no description of the assay."],
    }  # fmt: skip


def _document(row: DocumentRow) -> dict[str, Any]:
    pages = "-".join(page for page in (row.first_page, row.last_page) if page)
    return {
        "chembl_id": public_id(row.chembl_id),
        "doc_type": row.doc_type,
        "title": row.title,
        "journal": row.journal,
        "year": row.year,
        "volume": row.volume,
        "issue": row.issue,
        "pages": pages or None,
        "pubmed_id": row.pubmed_id,
        "doi": row.doi,
        "patent_id": row.patent_id,
    }


def _summary(record: dict[str, Any]) -> str:
    target, document = record["target"], record["document"]
    kind = ", ".join(part for part in (record["assay_type_means"], record["format"]) if part)
    on = f" on {target['name']}" if target else ""
    sure = f", confidence {record['confidence_score']}" if record["confidence_score"] is not None else ""
    paper = ""
    if document:
        where = " ".join(str(document[name]) for name in ("journal", "year") if document[name] is not None)
        pubmed = f"PubMed {document['pubmed_id']}" if document["pubmed_id"] else ""
        paper = "; " + ", ".join(part for part in (where, pubmed, document["doi"]) if part)
    told = f": {shorten(record['description'], 600)}" if record["description"] else ""
    return f"{record['assay_chembl_id']} ({kind or 'kind not stated'}){on}{sure}{paper.rstrip('; ')}{told}"
