"""Which data stand behind the answers."""

from __future__ import annotations

from typing import Any


async def test_each_source_has_release_licence_attribution_and_counts(call: Any) -> None:
    result = await call("data_sources")
    sources = {row["name"]: row for row in result.evidence[0].record["sources"]}
    assert sources["ChEMBL"]["release"] == "ChEMBL_32 and ChEMBL_36 (starter set)"
    assert sources["ChEMBL"]["licence"] == "CC BY-SA 3.0"
    assert sources["ChEMBL"]["counts"]["measured activities"] >= 5_000
    assert sources["UniProt"]["licence"] == "CC BY 4.0"
    assert sources["UniProt"]["counts"]["human proteins"] == 1_284
    for row in sources.values():
        assert row["attribution"]
        assert row["url"].startswith("https://") or row["name"] == "Biocopilot curated drugs"
    assert "mechanisms" not in sources["ChEMBL"]["counts"]  # other sources gave them all


async def test_sources_of_mechanisms_that_are_not_chembls_are_told_too(call: Any) -> None:
    names = {row["name"] for row in (await call("data_sources")).evidence[0].record["sources"]}
    assert {"Santos et al. 2017, drug targets", "Biocopilot curated drugs", "RDKit"} <= names


async def test_a_dump_says_its_release_and_what_it_holds(call_dump: Any) -> None:
    sources = {row["name"]: row for row in (await call_dump("data_sources")).evidence[0].record["sources"]}
    assert sources["ChEMBL"]["release"] == "ChEMBL_36"
    assert sources["ChEMBL"]["counts"]["molecules"] == 8
    assert "Santos et al. 2017, drug targets" not in sources


async def test_it_takes_no_arguments(call: Any) -> None:
    assert (await call("data_sources", source="ChEMBL")).error == "InvalidArguments"
