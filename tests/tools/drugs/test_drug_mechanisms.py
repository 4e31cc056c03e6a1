"""How a drug acts: targets, action, references, each fact with its source."""

from __future__ import annotations

from typing import Any

import pytest


async def rows(call: Any, molecule: str) -> list[dict[str, Any]]:
    result = await call("drug_mechanisms", molecule=molecule)
    assert result.status == "ok", result.digest
    assert result.matched == sum(item.record["count"] for item in result.evidence)
    return [row for item in result.evidence for row in item.record["rows"]]


# Principal targets, by gene; from labels and textbooks.
@pytest.mark.parametrize(
    ("molecule", "genes", "action"),
    [
        ("aspirin", {"PTGS1", "PTGS2"}, "INHIBITOR"), ("imatinib", {"ABL1", "KIT", "PDGFRB"}, "INHIBITOR"), ("osimertinib", {"EGFR"}, "INHIBITOR"),
        ("sotorasib", {"KRAS"}, "INHIBITOR"), ("deucravacitinib", {"TYK2"}, None), ("atorvastatin", {"HMGCR"}, "INHIBITOR"), ("sildenafil", {"PDE5A"}, "INHIBITOR"),
        ("warfarin", {"VKORC1"}, "INHIBITOR"), ("clopidogrel", {"P2RY12"}, "ANTAGONIST"), ("apixaban", {"F10"}, "INHIBITOR"), ("losartan", {"AGTR1"}, "ANTAGONIST"),
        ("lisinopril", {"ACE"}, "INHIBITOR"), ("metoprolol", {"ADRB1"}, "ANTAGONIST"), ("salbutamol", {"ADRB2"}, "AGONIST"), ("montelukast", {"CYSLTR1"}, "ANTAGONIST"),
        ("cetirizine", {"HRH1"}, "ANTAGONIST"), ("fluoxetine", {"SLC6A4"}, "INHIBITOR"), ("morphine", {"OPRM1"}, "AGONIST"), ("naloxone", {"OPRM1"}, "ANTAGONIST"),
        ("donepezil", {"ACHE"}, "INHIBITOR"), ("letrozole", {"CYP19A1"}, "INHIBITOR"), ("ibrutinib", {"BTK"}, "INHIBITOR"), ("vemurafenib", {"BRAF"}, "INHIBITOR"),
        ("venetoclax", {"BCL2"}, "INHIBITOR"), ("pembrolizumab", {"PDCD1"}, "ANTIBODY BINDING"), ("trastuzumab", {"ERBB2"}, "ANTIBODY BINDING"), ("adalimumab", {"TNF"}, "ANTIBODY BINDING"),
        ("semaglutide", {"GLP1R"}, "AGONIST"), ("tirzepatide", {"GLP1R", "GIPR"}, "AGONIST"), ("sitagliptin", {"DPP4"}, "INHIBITOR"), ("empagliflozin", {"SLC5A2"}, "INHIBITOR"),
        ("methotrexate", {"DHFR"}, "INHIBITOR"), ("furosemide", {"SLC12A1"}, "INHIBITOR"), ("levothyroxine", {"THRA", "THRB"}, "AGONIST"), ("ivacaftor", {"CFTR"}, None),
        ("trametinib", {"MAP2K1", "MAP2K2"}, "INHIBITOR"), ("finerenone", {"NR3C2"}, "ANTAGONIST"), ("suvorexant", {"HCRTR1", "HCRTR2"}, "ANTAGONIST"), ("relugolix", {"GNRHR"}, "ANTAGONIST"),
        ("atezolizumab", {"CD274"}, "ANTIBODY BINDING"), ("lenalidomide", {"CRBN"}, None),
    ],
)  # fmt: skip
async def test_principal_targets_of_well_known_drugs(
    call: Any, molecule: str, genes: set[str], action: str | None
) -> None:
    found = await rows(call, molecule)
    assert genes <= {gene for row in found for gene in row["genes"]}
    if action is not None:
        assert action in {row["action"] for row in found}


async def test_each_row_has_mechanism_target_and_a_reference(call: Any) -> None:
    for row in await rows(call, "imatinib"):
        assert row["mechanism"].endswith("inhibitor")
        assert row["target_chembl_id"].startswith("CHEMBL")
        assert row["accessions"]
        assert row["references"]


async def test_no_row_is_told_twice_by_one_source(call: Any) -> None:
    for molecule in ("imatinib", "olaparib", "diazepam", "trametinib", "vonoprazan", "clozapine"):
        result = await call("drug_mechanisms", molecule=molecule)
        for item in result.evidence:
            told = [(row["mechanism"], tuple(row["accessions"]), row["action"]) for row in item.record["rows"]]
            assert len(set(told)) == len(told), molecule


async def test_sources_are_kept_apart_with_their_licences(call: Any) -> None:
    result = await call("drug_mechanisms", molecule="olaparib")
    assert {item.source.name: item.source.licence for item in result.evidence} == {
        "Biocopilot curated drugs": "MIT", "Santos et al. 2017, drug targets": "CC BY 4.0",
    }  # fmt: skip


async def test_a_salt_has_its_parents_mechanism(call: Any) -> None:
    assert [row["genes"] for row in await rows(call, "sildenafil citrate")] == [["PDE5A"]]


@pytest.mark.parametrize("molecule", ["benzene", "CCCCCCCCCC(F)(F)CCN", "cisplatin"])
async def test_no_recorded_mechanism_is_a_finding(call: Any, molecule: str) -> None:
    result = await call("drug_mechanisms", molecule=molecule)
    assert (result.status, result.matched) == ("empty", 0)
    assert "No mechanism of" in result.evidence[0].record["message"]


async def test_a_mechanism_without_a_target_is_told_as_it_is(call_dump: Any) -> None:
    (row,) = await rows(call_dump, "aspirin")
    assert (row["mechanism"], row["target_chembl_id"], row["genes"]) == ("Something without a target", None, [])
