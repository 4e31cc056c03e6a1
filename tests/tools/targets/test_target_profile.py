"""What a target is and does."""

from __future__ import annotations

from typing import Any

import pytest


async def profile(call: Any, name: str, **more: Any) -> dict[str, Any]:
    result = await call("target_profile", target=name, **more)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


async def test_a_profile_has_function_place_family_length_and_names(call: Any) -> None:
    record = await profile(call, "EGFR")
    assert "receptor tyrosine kinase" in record["description"]
    assert "Cell membrane" in record["locations"]
    assert "Tyr protein kinase family" in record["family"]
    assert (record["length"]["value"], record["length"]["unit"]) == (1210, "amino acids")
    assert (record["mass"]["value"], record["mass"]["unit"]) == (134277, "Da")
    assert "unprocessed chain" in record["mass"]["convention"]
    assert record["cross_references"]["ChEMBL"] == ["CHEMBL203"]
    assert record["ec_numbers"] == ["2.7.10.1"]
    assert "sequence" not in record


async def test_the_sequence_comes_when_asked_for(call: Any) -> None:
    record = await profile(call, "TP53", include_sequence=True)
    assert record["sequence"].startswith("MEEPQSDPSV")
    assert len(record["sequence"]) == record["length"]["value"] == 393


# Families and places as UniProt's controlled terms have them.
@pytest.mark.parametrize(
    ("name", "family", "location"),
    [
        ("ADRB2", "G-protein coupled receptor 1 family", "Cell membrane"), ("KRAS", "small GTPase superfamily", "Cell membrane"), ("ESR1", "nuclear hormone receptor family", "Nucleus"),
        ("PTGS2", "prostaglandin G/H synthase family", "Endoplasmic reticulum membrane"), ("TP53", "p53 family", "Nucleus"), ("HMGCR", "HMG-CoA reductase family", "Endoplasmic reticulum membrane"),
        ("ACE", "peptidase M2 family", "Secreted"), ("SLC6A4", "SLC6A4 subfamily", "Cell membrane"), ("HDAC1", "HD type 1 subfamily", "Nucleus"), ("DHFR", "dihydrofolate reductase family", "Mitochondrion"),
    ],
)  # fmt: skip
async def test_families_and_places(call: Any, name: str, family: str, location: str) -> None:
    record = await profile(call, name)
    assert family in record["family"]
    assert location in record["locations"]


async def test_a_target_without_a_description_says_what_it_is_all_the_same(call: Any) -> None:
    record = await profile(call, "HTR2B")
    assert record["description"] == ""
    assert record["molecular_functions"]


async def test_a_protein_that_only_chembl_knows_says_that_uniprots_entry_is_missing(call: Any) -> None:
    record = await profile(call, "STING")
    assert record["notes"] == ["No UniProt entry of this target is in this source."]
    assert record["target"]["name"] == "Stimulator of interferon genes protein"


async def test_another_bearer_of_the_name_is_in_the_record(call: Any) -> None:
    assert (await profile(call, "COX-2"))["target"]["other_targets_of_this_name"] == ["P00403"]


@pytest.mark.parametrize(("name", "status"), [("PI3K", "empty"), ("nonsense-gene", "empty")])
async def test_an_ambiguous_or_unknown_name_has_no_profile(call: Any, name: str, status: str) -> None:
    assert (await call("target_profile", target=name)).status == status


async def test_a_dump_gives_the_little_that_it_knows(call_dump: Any) -> None:
    record = await profile(call_dump, "EGFR")
    assert (record["family"], record["locations"], record["description"]) == (None, [], "")
    assert "length" not in record
