"""Assays that the service describes: the same record as from a dump, and what the starter set leaves open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.store_connection import STARTER


@pytest.fixture
def service(dump: Path, objects_of: Any, chembl: Any) -> Any:
    objects = objects_of(dump)
    by_id = {row["assay_chembl_id"]: row for row in objects["assay"]}
    by_id["CHEMBL700001"].update(
        description="Inhibition of EGFR in A431 cells", bao_format="BAO_0000219", bao_label="cell-based format",
        assay_cell_type="A431", assay_tissue="Skin", assay_strain="K12", assay_tax_id=9606, assay_organism="Homo sapiens",
        relationship_type="D",
    )  # fmt: skip
    by_id["CHEMBL700003"]["variant_sequence"] = {"mutation": "T790M", "accession": "P00533"}
    objects["document"][0].update(pubmed_id="9876543", doi="10.1021/jm1", title="A title", volume="42", first_page="10", last_page="19")  # fmt: skip
    return chembl(objects)


async def test_all_that_the_service_says_comes_through(
    service: Any, uniprot: Any, make_bench: Any, calling: Any
) -> None:
    result = await calling(make_bench(STARTER))("assay_details", assay="CHEMBL700001")
    assert result.status == "ok", result.digest
    (item,) = result.evidence
    record = item.record
    assert (item.backend, item.source.release, record["notes"]) == ("live", "ChEMBL_36", [])
    assert record["description"] == "Inhibition of EGFR in A431 cells"
    assert (record["format"], record["cell_type"], record["tissue"], record["strain"]) == ("cell-based format", "A431", "Skin", "K12")  # fmt: skip
    assert (record["organism"], record["tax_id"], record["relationship_means"]) == (
        "Homo sapiens",
        9606,
        "the protein itself",
    )
    assert (record["target"]["chembl_id"], record["target"]["accessions"]) == ("CHEMBL203", ["P00533"])
    paper = record["document"]
    assert (paper["pubmed_id"], paper["doi"], paper["pages"], paper["year"]) == (
        9_876_543,
        "10.1021/jm1",
        "10-19",
        1999,
    )
    assert "J Med Chem 1999, PubMed 9876543, 10.1021/jm1" in result.digest
    variant = await calling(make_bench(STARTER))("assay_details", assay="CHEMBL700003")
    assert (variant.evidence[0].record["on_variant"], variant.evidence[0].record["mutation"]) == (True, "T790M")


@pytest.mark.parametrize("assay", ["CHEMBL700001", "CHEMBL700002", "CHEMBL700003", "CHEMBL700004"])
async def test_the_record_is_the_same_from_a_dump_and_from_the_service(
    dump: Path, objects_of: Any, chembl: Any, uniprot: Any, make_bench: Any, calling: Any, assay: str
) -> None:
    local = await calling(make_bench(dump), offline=True)("assay_details", assay=assay)
    chembl(objects_of(dump))
    live = await calling(make_bench())("assay_details", assay=assay)
    assert (local.evidence[0].backend, live.evidence[0].backend) == ("local", "live")
    assert live.evidence[0].record == local.evidence[0].record


async def test_kept_replies_answer_offline(
    service: Any, uniprot: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    bench = make_bench(STARTER)
    live = await calling(bench)("assay_details", assay="CHEMBL700001")
    count = faulty.count()
    kept = await calling(bench, offline=True)("assay_details", assay="CHEMBL700001")
    assert [item.record for item in kept.evidence] == [item.record for item in live.evidence]
    assert ([item.backend for item in kept.evidence], faulty.count()) == (["cache"], count)


async def test_an_assay_that_the_service_does_not_know_is_not_found(
    service: Any, make_bench: Any, calling: Any
) -> None:
    result = await calling(make_bench(STARTER))("assay_details", assay="CHEMBL799999")
    assert result.status == "empty"
    assert "in vain: ChEMBL 36" in result.digest


async def test_a_service_that_is_down_leaves_what_the_starter_set_knows(
    make_bench: Any, calling: Any, faulty: Any
) -> None:
    faulty.serve("/*", faulty.answer("down", 503))
    result = await calling(make_bench(STARTER))("assay_details", assay="CHEMBL1000453")
    assert (result.evidence[0].backend, result.evidence[0].record["target"] is None) == ("starter", False)
    assert any("503" in warning for warning in result.warnings)
