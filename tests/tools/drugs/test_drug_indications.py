"""What a drug is used for, as recorded."""

from __future__ import annotations

from typing import Any

import pytest


async def terms(call: Any, molecule: str) -> set[str]:
    result = await call("drug_indications", molecule=molecule)
    assert result.status == "ok", result.digest
    return {row["indication"] for item in result.evidence for row in item.record["rows"]}


@pytest.mark.parametrize(
    ("molecule", "indication"),
    [
        ("imatinib", "Gastrointestinal Stromal Tumor"), ("deucravacitinib", "Plaque psoriasis"), ("sitagliptin", "Type 2 Diabetes Mellitus"), ("tamoxifen", "Breast Carcinoma"),
        ("sildenafil", "Erectile Dysfunction"), ("adalimumab", "Plaque Psoriasis"), ("zidovudine", "HIV Infection"), ("cisplatin", "Testicular cancer"),
        ("trametinib", "Melanoma with BRAF V600 mutation"), ("risdiplam", "Spinal muscular atrophy"), ("bortezomib", "Multiple Myeloma"), ("ibrutinib", "Mantle Cell Lymphoma"),
    ],
)  # fmt: skip
async def test_recorded_uses_of_well_known_drugs(call: Any, molecule: str, indication: str) -> None:
    assert indication in await terms(call, molecule)


async def test_terms_come_once_and_in_order(call: Any) -> None:
    for item in (await call("drug_indications", molecule="aspirin")).evidence:
        told = [row["indication"].casefold() for row in item.record["rows"]]
        assert told == sorted(set(told))
        assert item.record["count"] == len(told)


async def test_whether_a_use_is_approved_is_told_where_it_is_known(call: Any) -> None:
    phases = {
        row["max_phase"]
        for item in (await call("drug_indications", molecule="risdiplam")).evidence
        for row in item.record["rows"]
    }
    assert phases == {4}
    phases = {
        row["max_phase"]
        for item in (await call("drug_indications", molecule="imatinib")).evidence
        for row in item.record["rows"]
    }
    assert phases == {None}


@pytest.mark.parametrize(
    ("molecule", "never"),
    [("morphine", "Parkinson"), ("lisinopril", "Ocular"), ("paclitaxel", "Hypertension"), ("digoxin", "Toxicity")],
)
async def test_uses_that_are_plainly_wrong_in_the_source_are_left_out(call: Any, molecule: str, never: str) -> None:
    assert not [term for term in await terms(call, molecule) if never in term]


async def test_the_2017_table_comes_with_its_caveat(call: Any) -> None:
    notes = {
        item.source.name: item.record["notes"]
        for item in (await call("drug_indications", molecule="osimertinib")).evidence
    }
    assert "combinations among them" in notes["Santos et al. 2017, drug targets"][0]
    assert notes["Biocopilot curated drugs"] == []


async def test_no_recorded_use_is_a_finding(call: Any) -> None:
    result = await call("drug_indications", molecule="benzene")
    assert result.status == "empty"
    assert "No indication of BENZENE" in result.digest


async def test_a_mesh_heading_stands_where_there_is_no_efo_term(call_dump: Any) -> None:
    assert await terms(call_dump, "hopefulinib") == {"Anemia, Sickle Cell"}
    assert await terms(call_dump, "CHEMBL553") == {"non-small cell lung carcinoma"}
