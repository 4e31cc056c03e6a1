"""The drugs of a target, by mechanism."""

from __future__ import annotations

from typing import Any

import pytest


async def drugs(call: Any, target: str, **more: Any) -> dict[str, dict[str, Any]]:
    result = await call("drugs_for_target", target=target, **more)
    assert result.status == "ok", result.digest
    rows = [row for item in result.evidence for row in item.record["rows"]]
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names)
    assert result.returned == len(rows)
    return {row["name"]: row for row in rows}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("BTK", {"IBRUTINIB", "ACALABRUTINIB", "ZANUBRUTINIB", "PIRTOBRUTINIB"}), ("EGFR", {"GEFITINIB", "ERLOTINIB", "OSIMERTINIB", "CETUXIMAB", "PANITUMUMAB"}),
        ("KRAS", {"SOTORASIB", "ADAGRASIB"}), ("TYK2", {"DEUCRAVACITINIB"}), ("HER2", {"TRASTUZUMAB", "PERTUZUMAB", "TUCATINIB"}), ("PD-1", {"PEMBROLIZUMAB", "NIVOLUMAB"}),
        ("DPP4", {"SITAGLIPTIN", "LINAGLIPTIN"}), ("SGLT2", {"EMPAGLIFLOZIN", "ERTUGLIFLOZIN"}), ("ACHE", {"DONEPEZIL", "RIVASTIGMINE"}), ("CGRP receptor", {"RIMEGEPANT", "UBROGEPANT"}),
        ("MEK1", {"TRAMETINIB", "COBIMETINIB", "BINIMETINIB"}), ("proton pump", {"OMEPRAZOLE", "VONOPRAZAN"}), ("TNF", {"ADALIMUMAB", "INFLIXIMAB", "ETANERCEPT"}), ("PD-L1", {"ATEZOLIZUMAB"}),
        ("tubulin", {"PACLITAXEL"}), ("GABA-A receptor", {"DIAZEPAM", "ZURANOLONE"}),
    ],
)  # fmt: skip
async def test_well_known_drugs_of_well_known_targets(call: Any, target: str, expected: set[str]) -> None:
    assert expected <= set(await drugs(call, target, most=200))


async def test_approved_drugs_come_first_and_by_year(call: Any) -> None:
    result = await call("drugs_for_target", target="EGFR", most=200)
    for item in result.evidence:
        order = [(not row["approved"], row["first_approval"] or 9999) for row in item.record["rows"]]
        assert order == sorted(order)


async def test_only_approved_ones_when_asked(call: Any) -> None:
    everything, found = await drugs(call, "DRD2", most=200), await drugs(call, "DRD2", approved_only=True, most=200)
    assert all(row["approved"] for row in found.values())
    assert set(everything) - set(found) == {name for name, row in everything.items() if not row["approved"]}
    assert len(found) < len(everything)
    assert "HALOPERIDOL" in found


async def test_what_is_cut_is_counted(call: Any) -> None:
    result = await call("drugs_for_target", target="EGFR", most=2)
    assert result.returned == 2
    assert f"{result.matched - 2} more drugs" in result.digest
    assert result.omitted.arguments["most"] == 500


async def test_a_target_without_drugs_is_a_finding(call: Any) -> None:
    result = await call("drugs_for_target", target="STING")
    assert (result.status, result.matched) == ("empty", 0)
    assert "No drug that acts on STING1" in result.digest


async def test_ids_of_the_starter_sets_own_are_not_shown(call: Any) -> None:
    for name, row in (await drugs(call, "PIK3CA")).items():
        assert row["chembl_id"] is None or row["chembl_id"].startswith("CHEMBL"), name


async def test_a_dump_names_its_own_source(call_dump: Any) -> None:
    found = await drugs(call_dump, "EGFR")
    assert found["ERLOTINIB"]["references"][0].startswith("FDA label/2004")


async def test_only_drugs_first_approved_in_the_years_asked_for_are_listed(call: Any) -> None:
    everything = {name: row["first_approval"] for name, row in (await drugs(call, "EGFR")).items()}
    result = await call("drugs_for_target", target="EGFR", approved_from=2006, approved_to=2013)
    found = {row["name"] for item in result.evidence for row in item.record["rows"]}
    assert found == {name for name, year in everything.items() if year and 2006 <= year <= 2013}
    assert 0 < len(found) < len(everything)
    assert result.evidence[0].record["total"] == len(found)
    assert result.evidence[0].record["years"] == {"from": 2006, "to": 2013}


async def test_no_drug_of_those_years_is_a_finding_that_says_which(call: Any) -> None:
    result = await call("drugs_for_target", target="EGFR", approved_to=1950)
    assert result.status == "empty"
    assert "No drug that acts on EGFR and was first approved until 1950 is in this source." in result.digest
