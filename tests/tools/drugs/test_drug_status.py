"""Approved or not, and since when."""

from __future__ import annotations

from typing import Any

import pytest


async def status(call: Any, molecule: str) -> dict[str, Any]:
    result = await call("drug_status", molecule=molecule)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


# First approvals as ChEMBL or the label has them.
@pytest.mark.parametrize(
    ("molecule", "year"),
    [
        ("aspirin", 1950), ("imatinib", 2001), ("Gleevec", 2001), ("osimertinib", 2015), ("sotorasib", 2021), ("deucravacitinib", 2022), ("atorvastatin", 1996),
        ("sildenafil", 1998), ("clopidogrel", 1997), ("apixaban", 2012), ("losartan", 1995), ("omeprazole", 1989), ("fluoxetine", 1987), ("haloperidol", 1967),
        ("clozapine", 1989), ("donepezil", 1996), ("tamoxifen", 1977), ("letrozole", 1997), ("ibrutinib", 2013), ("vemurafenib", 2011), ("olaparib", 2014),
        ("venetoclax", 2016), ("sitagliptin", 2006), ("empagliflozin", 2014), ("tofacitinib", 2012), ("oseltamivir", 1999), ("fluconazole", 1990),
        ("zidovudine", 1987), ("lenalidomide", 2005), ("bortezomib", 2003), ("methotrexate", 1953), ("paclitaxel", 1992), ("ivacaftor", 2012), ("elexacaftor", 2019),
        ("pembrolizumab", 2014), ("trastuzumab", 1998), ("adalimumab", 2002), ("semaglutide", 2017), ("tirzepatide", 2022), ("cisplatin", 1978), ("insulin", 1982),
        ("trametinib", 2013),
    ],
)  # fmt: skip
async def test_first_approvals_of_well_known_drugs(call: Any, molecule: str, year: int) -> None:
    record = await status(call, molecule)
    assert (record["approved"], record["max_phase"], record["first_approval"]) == (True, 4, year)


async def test_salts_stand_beside_their_parent(call: Any) -> None:
    forms = {form["name"]: form["chembl_id"] for form in (await status(call, "imatinib"))["forms"]}
    assert forms == {"IMATINIB": "CHEMBL941", "IMATINIB MESYLATE": "CHEMBL1642"}
    assert (await status(call, "imatinib mesylate"))["first_approval"] == 2001


@pytest.mark.parametrize("molecule", ["staurosporine", "CCCCCCCCCC(F)(F)CCN"])
async def test_not_knowing_is_not_a_no(call: Any, molecule: str) -> None:
    result = await call("drug_status", molecule=molecule)
    record = result.evidence[0].record
    assert record["approved"] is None
    assert "does not mean that it is not approved" in record["notes"][0]
    assert "None" not in result.digest
    assert "not known whether" in result.digest


async def test_a_drug_below_phase_four_is_not_approved(call: Any) -> None:
    result = await call("drug_status", molecule="molnupiravir")
    record = result.evidence[0].record
    assert (record["approved"], record["max_phase"], record["first_approval"]) == (False, 3, None)
    assert "highest phase 3" in result.digest


async def test_a_dumps_minus_one_is_not_a_phase(call_dump: Any) -> None:
    assert (await status(call_dump, "hopefulinib"))["approved"] is None


async def test_a_year_of_another_form_is_said_to_be_that(call_dump: Any) -> None:
    record = await status(call_dump, "CHEMBL1642")
    assert record["first_approval"] == 2001
    assert record["notes"] == []
