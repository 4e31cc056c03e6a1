"""Which target is meant: gene symbols, everyday names, accessions, ChEMBL ids, and names that are no target's."""

from __future__ import annotations

from typing import Any

import pytest


async def target(call: Any, name: str) -> dict[str, Any]:
    result = await call("find_target", target=name)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


# UniProt accessions and ChEMBL ids of single proteins, from the databases themselves.
@pytest.mark.parametrize(
    ("name", "gene", "accession", "chembl_id"),
    [
        ("HER2", "ERBB2", "P04626", "CHEMBL1824"), ("p53", "TP53", "P04637", "CHEMBL4096"), ("COX-2", "PTGS2", "P35354", "CHEMBL230"),
        ("5-HT2A", "HTR2A", "P28223", "CHEMBL224"), ("beta-2 adrenergic receptor", "ADRB2", "P07550", "CHEMBL210"), ("ACE", "ACE", "P12821", "CHEMBL1808"),
        ("mTOR", "MTOR", "P42345", "CHEMBL2842"), ("DHFR", "DHFR", "P00374", "CHEMBL202"), ("EGFR", "EGFR", "P00533", "CHEMBL203"),
        ("P00533", "EGFR", "P00533", "CHEMBL203"), ("CHEMBL203", "EGFR", "P00533", "CHEMBL203"), ("BTK", "BTK", "Q06187", "CHEMBL5251"),
        ("TYK2", "TYK2", "P29597", "CHEMBL3553"), ("hERG", "KCNH2", "Q12809", "CHEMBL240"), ("KRAS", "KRAS", "P01116", "CHEMBL2189121"),
        ("BCR-ABL", "ABL1", "P00519", "CHEMBL1862"), ("VEGFR2", "KDR", "P35968", "CHEMBL279"), ("c-Kit", "KIT", "P10721", "CHEMBL1936"),
        ("BRAF", "BRAF", "P15056", "CHEMBL5145"), ("DPP4", "DPP4", "P27487", "CHEMBL284"), ("SGLT2", "SLC5A2", "P31639", "CHEMBL3884"),
        ("HMG-CoA reductase", "HMGCR", "P04035", "CHEMBL402"), ("dopamine D2 receptor", "DRD2", "P14416", "CHEMBL217"), ("mu opioid receptor", "OPRM1", "P35372", "CHEMBL233"),
        ("AChE", "ACHE", "P22303", "CHEMBL220"), ("MAO-B", "MAOB", "P27338", "CHEMBL2039"), ("SERT", "SLC6A4", "P31645", "CHEMBL228"), ("NET", "SLC6A2", "P23975", "CHEMBL222"),
        ("estrogen receptor alpha", "ESR1", "P03372", "CHEMBL206"), ("androgen receptor", "AR", "P10275", "CHEMBL1871"), ("PPARγ", "PPARG", "P37231", "CHEMBL235"),
        ("CB1", "CNR1", "P21554", "CHEMBL218"), ("GLP-1 receptor", "GLP1R", "P43220", "CHEMBL1784"), ("thrombin", "F2", "P00734", "CHEMBL204"), ("factor Xa", "F10", "P00742", "CHEMBL244"),
        ("renin", "REN", "P00797", "CHEMBL286"), ("P2Y12", "P2RY12", "Q9H244", "CHEMBL2001"), ("HDAC1", "HDAC1", "Q13547", "CHEMBL325"), ("PARP1", "PARP1", "P09874", "CHEMBL3105"),
        ("BCL2", "BCL2", "P10415", "CHEMBL4860"), ("JAK2", "JAK2", "O60674", "CHEMBL2971"), ("CYP3A4", "CYP3A4", "P08684", "CHEMBL340"), ("PI3Kα", "PIK3CA", "P42336", "CHEMBL4005"),
        ("PD-1", "PDCD1", "Q15116", None), ("STING", "STING1", "Q86WV6", None), ("SMN2", "SMN2", "Q16637", None),
    ],
)  # fmt: skip
async def test_names_lead_to_the_human_protein(
    call: Any, name: str, gene: str, accession: str, chembl_id: str | None
) -> None:
    found = (await target(call, name))["target"]
    assert (found["gene"], found["accession"], found["chembl_id"], found["organism"]) == (
        gene,
        accession,
        chembl_id,
        "Homo sapiens",
    )


@pytest.mark.parametrize(
    ("name", "accession", "chembl_id", "organism"),
    [
        ("HIV protease", "Q72874", "CHEMBL243", "Human immunodeficiency virus type 1"),
        ("SARS-CoV-2 main protease", "P0DTD1", "CHEMBL4523582", "Severe acute respiratory syndrome coronavirus 2"),
        ("neuraminidase", "P03468", "CHEMBL2051", "Influenza A virus (strain A/Puerto Rico/8/1934 H1N1)"),
    ],
)
async def test_a_pathogens_target_keeps_its_organism(
    call: Any, name: str, accession: str, chembl_id: str, organism: str
) -> None:
    found = (await target(call, name))["target"]
    assert (found["accession"], found["chembl_id"], found["organism"]) == (accession, chembl_id, organism)


async def test_other_bearers_of_the_name_are_told(call: Any) -> None:
    record = await target(call, "COX-2")
    assert [match["gene"] for match in record["other_matches"]] == ["MT-CO2"]
    assert "Cytochrome c oxidase subunit 2" in record["notes"][0]
    assert (await target(call, "EGFR"))["notes"] == []


async def test_complexes_and_families_of_the_protein_are_listed(call: Any) -> None:
    kinds = [row["type"] for row in (await target(call, "GABRA1"))["chembl_targets"]]
    assert kinds[0] == "SINGLE PROTEIN"
    assert "PROTEIN COMPLEX" in kinds


@pytest.mark.parametrize(
    ("name", "genes"),
    [
        ("PI3K", {"PIK3CA", "PIK3CB", "PIK3CD", "PIK3CG"}),
        ("topoisomerase II", {"TOP2A", "TOP2B"}),
        ("JAK", {"JAK1", "JAK2", "JAK3", "TYK2"}),
    ],
)
async def test_a_familys_name_asks_which_member(call: Any, name: str, genes: set[str]) -> None:
    result = await call("find_target", target=name)
    record = result.evidence[0].record
    assert (result.status, record["type"]) == ("empty", "ambiguous")
    assert {item.split(" (")[0] for item in record["nearest"]} == genes
    assert "accession" in record["hint"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("erlotinib", "is the name of a molecule"), ("CHEMBL25", "is a molecule (ASPIRIN)"), ("CHEMBL999999999", "No target with the id"), ("P99999", "No target called"),
        ("notagene", "No target called"), ("💊", "No target called"), ("A" * 100_000, "No target called"), ("p", "No target called"),
    ],
)  # fmt: skip
async def test_what_is_no_target_is_an_empty_finding_with_a_hint(call: Any, written: str, told: str) -> None:
    result = await call("find_target", target=written)
    record = result.evidence[0].record
    assert (result.status, record["type"]) == ("empty", "not_found")
    assert told in record["message"]
    assert record["hint"]
    assert len(result.digest) < 600


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("", "InvalidArguments"),
        ("  ", "InvalidArguments"),
        ("EGFR\x00", "InvalidArguments"),
        ("\ud800", "InvalidArguments"),
        ("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "InvalidIdentifier"),
    ],
)
async def test_what_cannot_be_looked_up_fails_with_its_class(call: Any, written: str, error: str) -> None:
    result = await call("find_target", target=written)
    assert (result.status, result.error) == ("failed", error)
    assert result.digest


async def test_a_misspelt_gene_gets_its_neighbours(call: Any) -> None:
    assert "EGFR" in (await call("find_target", target="EGFRR")).evidence[0].record["nearest"]


async def test_a_dump_without_uniprot_finds_targets_by_gene(call_dump: Any) -> None:
    record = await target(call_dump, "egfr")
    assert (record["target"]["accession"], record["target"]["chembl_id"]) == ("P00533", "CHEMBL203")
    assert [row["chembl_id"] for row in record["chembl_targets"]] == ["CHEMBL203", "CHEMBL2111431", "CHEMBL20"]
