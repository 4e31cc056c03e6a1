"""The store's fields of an entry, worked out from what Bio.SwissProt parses: the peer of the benchmark, and what tests compare with."""

from __future__ import annotations

import re
from typing import Any

_EVIDENCE = re.compile(r"\s*\{ECO:[^{}]*\}")


def fields_of(record: Any) -> dict[str, Any]:
    """Everything but the parts of names and places, which only our scanner takes apart."""
    genes = [block for block in record.gene_name if block]
    comments = [_plain(comment) for comment in record.comments]
    diseases = [text.removeprefix("DISEASE: ") for text in comments if text.startswith("DISEASE: ") and "[MIM:" in text]
    return {
        "accession": record.accessions[0],
        "secondary": record.accessions[1:],
        "entry_name": record.entry_name,
        "reviewed": record.data_class == "Reviewed",
        "gene": next((_bare(block["Name"]) for block in genes if "Name" in block), None),
        "gene_synonyms": [_bare(name) for block in genes for name in block.get("Synonyms", [])],
        "names": _names(record.description),
        "organism": record.organism.rstrip("."),
        "tax_id": int(record.taxonomy_id[0]),
        "length": record.seqinfo[0],
        "mass_da": record.seqinfo[1],
        "sequence": record.sequence,
        "existence": record.protein_existence,
        "keywords": _bare("; ".join(record.keywords)).split("; ") if record.keywords else [],
        "xrefs": sorted(
            {(row[0], row[1]) for row in record.cross_references if row[0] in ("ChEMBL", "HGNC")}
            | {("Ensembl", _gene(row)) for row in record.cross_references if row[0] == "Ensembl"}
        ),
        "diseases": [(text.partition(" [MIM:")[0], text.partition("[MIM:")[2].partition("]")[0]) for text in diseases],
        "family": next(
            (text for text in comments if re.match(r"SIMILARITY: .*belongs to the", text, re.IGNORECASE)), ""
        ),
        "places": [text for text in comments if text.startswith("SUBCELLULAR LOCATION: ")],
    }


def _bare(text: str) -> str:
    return _EVIDENCE.sub("", text)


def _plain(comment: str) -> str:
    return _bare(re.sub(r"- (?!and |or )", "-", " ".join(comment.split())))


def _gene(row: Any) -> str:
    """The one of its fields that is a gene of a vertebrate: transcript, protein and species stand beside it."""
    return next(str(item) for item in row[1:] if re.match(r"ENS[A-Z]{0,3}G\d", item)).partition(".")[0]


def _names(description: str) -> list[tuple[str, str]]:
    """(Full, Short or EC, name) of the whole chain, before its parts and fused proteins."""
    whole = re.split(r"\b(?:Contains|Includes):", description)[0]
    return [(kind, _bare(name)) for kind, name in re.findall(r"(Full|Short|EC)=(.*?);(?= |$)", whole)]
