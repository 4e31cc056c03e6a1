"""HGNC's complete set in small, in the columns of its table and in the shape of its JSON, from documents of its service."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

HEADER = (
    "hgnc_id symbol name locus_group locus_type status location location_sortable alias_symbol alias_name prev_symbol"
    " prev_name gene_group gene_group_id date_approved_reserved date_symbol_changed date_name_changed date_modified entrez_id"
    " ensembl_gene_id vega_id ucsc_id ena refseq_accession ccds_id uniprot_ids pubmed_id mgd_id rgd_id lsdb cosmic omim_id"
    " mirbase homeodb snornabase bioparadigms_slc orphanet pseudogene.org horde_id merops imgt iuphar kznf_gene_catalog"
    " mamit-trnadb cd lncrnadb enzyme_id intermediate_filament_db rna_central_ids lncipedia gtrnadb agr mane_select gencc"
).split()

Documents = Iterable[Mapping[str, Any]]


def gene(number: int, symbol: str, **more: Any) -> dict[str, Any]:
    """A document of the service."""
    return {
        "hgnc_id": f"HGNC:{number}",
        "symbol": symbol,
        "name": f"the gene {symbol}",
        "status": "Approved",
        "locus_group": "protein-coding gene",
        "locus_type": "gene with protein product",
        "location": f"{number % 22 + 1}p11.2",
        "date_modified": f"2025-06-{number % 28 + 1:02d}",
        **more,
    }


def many(count: int) -> list[dict[str, Any]]:
    """Genes with an old symbol, an alias of their own and one that every tenth shares, a protein and an Ensembl gene each."""
    return [
        gene(
            number,
            f"GEN{number}",
            prev_symbol=[f"OLD{number}"],
            alias_symbol=[f"p{number}-alpha", f"SHARED{number % 10}"],
            uniprot_ids=[f"P{number:05d}"],
            ensembl_gene_id=f"ENSG{number:011d}",
            entrez_id=str(number),
            refseq_accession=[f"NM_{number:06d}"],
        )
        for number in range(1, count + 1)
    ]


def table(documents: Documents) -> bytes:
    """hgnc_complete_set.txt: several values of a cell by bars and in quotation marks."""
    lines = ["\t".join(HEADER)]
    for row in documents:
        lines.append("\t".join(_cell(row.get(name)) for name in HEADER))
    return ("\n".join(lines) + "\n").encode()


def as_json(documents: Documents) -> bytes:
    """hgnc_complete_set.json."""
    rows = [{**row, "uuid": "e9b0a5a0", "_version_": 17} for row in documents]
    response = {"numFound": len(rows), "start": 0, "docs": rows, "numFoundExact": True}
    return json.dumps({"responseHeader": {"status": 0, "QTime": 2}, "response": response}).encode()


def _cell(value: Any) -> str:
    text = "|".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if "|" in text or '"' in text else text
