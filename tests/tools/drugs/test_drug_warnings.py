"""Recorded withdrawals and black-box warnings of a drug and its forms."""

from __future__ import annotations

from typing import Any

import pytest

NOTICE = "A list of recorded warnings; no safety assessment and no medical advice."


@pytest.mark.parametrize("molecule", ["imatinib", "imatinib mesylate", "CHEMBL941", "gleevec"])
async def test_warnings_of_the_salt_and_of_the_parent_come_together(call_dump: Any, molecule: str) -> None:
    result = await call_dump("drug_warnings", molecule=molecule)
    assert (result.status, result.matched, result.returned) == ("ok", 2, 2)
    (item,) = result.evidence
    box, withdrawn = item.record["rows"]
    assert (box["chembl_id"], box["warning_type"], box["country"], box["year"]) == (
        "CHEMBL941",
        "Black Box Warning",
        "United States",
        None,
    )
    assert withdrawn == {
        "name": "IMATINIB MESYLATE",
        "chembl_id": "CHEMBL1642",
        "warning_type": "Withdrawn",
        "warning_class": "hepatotoxicity",
        "class_id": "EFO:0011052",
        "description": "Liver failure in the made-up trial",
        "country": "Utopia; Erewhon",
        "year": 2009,
        "efo_term": "liver failure",
        "efo_id": "EFO:0009999",
        "references": ["PubMed 1 http://europepmc.org/abstract/MED/1", "Other http://example.org/withdrawn"],
    }
    assert (item.record["recorded"], item.record["count"], item.source.name) == (True, 2, "ChEMBL")


async def test_it_says_that_it_is_a_list_and_no_advice(call_dump: Any) -> None:
    result = await call_dump("drug_warnings", molecule="imatinib")
    assert result.evidence[0].record["notes"] == [NOTICE]
    assert NOTICE in result.digest
    assert "Withdrawn, liver failure, Utopia; Erewhon, 2009" in result.digest


async def test_none_recorded_is_a_finding_and_not_safety(call_dump: Any) -> None:
    result = await call_dump("drug_warnings", molecule="aspirin")
    assert (result.status, result.matched) == ("empty", 0)
    record = result.evidence[0].record
    assert (record["recorded"], record["rows"]) == (False, [])
    assert "does not mean that it is safe" in record["message"]


async def test_a_source_without_warnings_does_not_say_that_there_are_none(call: Any) -> None:
    result = await call("drug_warnings", molecule="rofecoxib")
    assert (result.status, result.matched, result.returned) == ("ok", 0, 0)
    record = result.evidence[0].record
    assert (record["recorded"], record["rows"]) == (None, [])
    assert record["message"] == (
        "This source holds no warnings of any drug, so it cannot tell whether there are any of ROFECOXIB;"
        " a registered ChEMBL dump and ChEMBL's service hold them."
    )


async def test_what_is_left_out_is_said_with_the_call_that_shows_it(call_dump: Any) -> None:
    result = await call_dump("drug_warnings", molecule="imatinib", most=1)
    assert (result.matched, result.returned, result.evidence[0].record["count"]) == (2, 1, 2)
    assert result.omitted is not None
    assert result.omitted.what == "1 more warning"
    again = await call_dump(result.omitted.tool, **result.omitted.arguments)
    assert (again.returned, again.omitted) == (2, None)


async def test_an_unknown_drug_is_not_found(call_dump: Any) -> None:
    result = await call_dump("drug_warnings", molecule="zzzunknownine")
    assert (result.status, result.evidence[0].record["type"]) == ("empty", "not_found")
