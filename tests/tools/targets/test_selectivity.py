"""Compounds between two targets: pairs of one publication first, bounds as bounds, types never mixed."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.activity_statistics import select
from biocopilot.memory.chembl_rows import ActivityRow
from biocopilot.tools.targets.selectivity import _preferences

_numbers = iter(range(1, 10_000))


def row(
    compound: str, value: float, document: str | None = "D1", relation: str = "=", target: str = "A"
) -> ActivityRow:
    return ActivityRow(
        activity_id=next(_numbers), assay_chembl_id="S", document_chembl_id=document, year=None, confidence_score=9,
        assay_type="B", variant=False, molecule_chembl_id=compound, parent_chembl_id=compound, name=None, smiles=None,
        max_phase=None, target_chembl_id=target, target_name=target, target_organism=None, activity_type="Ki",
        relation=relation, value=value, unit="nM", pchembl=None, validity_comment=None, potential_duplicate=False,
        value_is_back_computed=False,
    )  # fmt: skip


def preferences(one: list[ActivityRow], two: list[ActivityRow]) -> list[tuple[str, float, str, bool]]:
    found = _preferences(select(one, "Ki").measurements, select(two, "Ki").measurements)
    return [(item.row.parent_chembl_id, round(item.ratio, 6), item.relation, item.paired) for item in found]


def test_values_of_one_publication_are_paired_and_others_left_out_of_the_ratio() -> None:
    one = [row("C1", 1.0, "D1"), row("C1", 500.0, "D2")]
    two = [row("C1", 100.0, "D1"), row("C1", 2.0, "D3")]
    assert preferences(one, two) == [("C1", 100.0, "=", True)]


def test_several_publications_give_the_middle_of_their_values() -> None:
    one = [row("C1", 1.0, "D1"), row("C1", 10.0, "D2"), row("C1", 100.0, "D3")]
    two = [row("C1", 10.0, "D1"), row("C1", 100.0, "D2"), row("C1", 10_000.0, "D3")]
    assert preferences(one, two) == [("C1", 10.0, "=", True)]


def test_pairs_come_before_medians_and_the_most_selective_first() -> None:
    one = [row("C1", 1.0, "D1"), row("C2", 1.0, "D1"), row("C3", 1.0, "D1"), row("C4", 1.0, None)]
    two = [row("C1", 9.0, "D9"), row("C2", 2.0, "D1"), row("C3", 3.0, "D1"), row("C4", 99.0, None)]
    assert [item[0] for item in preferences(one, two)] == ["C3", "C2", "C4", "C1"]
    assert [item[3] for item in preferences(one, two)] == [True, True, False, False]


def test_a_bound_gives_a_bound_and_two_bounds_nothing() -> None:
    one = [row("C1", 2.0), row("C2", 10_000.0, relation=">"), row("C3", 10_000.0, relation=">")]
    two = [row("C1", 10_000.0, relation=">"), row("C2", 5.0), row("C3", 10_000.0, relation=">")]
    assert preferences(one, two) == [("C1", 5000.0, ">", False), ("C2", 0.0005, "<", False)]


def test_a_compound_on_one_target_only_is_not_in_it() -> None:
    assert preferences([row("C1", 1.0)], [row("C2", 1.0)]) == []


async def test_over_the_starter_set(call: Any) -> None:
    result = await call("selectivity", target="DRD2", other="HTR2A", activity_type="Ki", most=200)
    record = result.evidence[0].record
    assert (result.status, result.matched) == ("ok", record["counts"]["compounds_on_both"])
    rows = record["rows"]
    for item in rows:
        assert item["ratio"] == pytest.approx(item["on_other"]["value"] / item["on_target"]["value"], rel=0.02)
    assert any(item["name"] == "HALOPERIDOL" and item["ratio"] > 10 for item in rows)
    assert "assays" in record["notes"][0]


async def test_turned_round_the_ratio_is_the_inverse(call: Any) -> None:
    one = await call("selectivity", target="DRD2", other="HTR2A", activity_type="Ki", molecule="haloperidol")
    two = await call("selectivity", target="HTR2A", other="DRD2", activity_type="Ki", molecule="haloperidol")
    (first,), (second,) = (result.evidence[0].record["rows"] for result in (one, two))
    assert first["ratio"] == pytest.approx(1 / second["ratio"], rel=0.02)


async def test_the_cut_is_told(call: Any) -> None:
    result = await call("selectivity", target="DRD2", other="HTR2A", activity_type="Ki", most=2)
    assert (result.returned, result.omitted.arguments["most"]) == (2, 200)


async def test_none_on_both_is_a_finding(call: Any) -> None:
    result = await call("selectivity", target="EGFR", other="ERBB2")
    assert result.status == "empty"
    assert result.evidence[0].record["message"].startswith("No IC50 values of one compound on both EGFR and ERBB2")


@pytest.mark.parametrize("other", ["EGFR", "HER1", "P00533"])
async def test_a_target_against_itself_is_refused(call: Any, other: str) -> None:
    assert (await call("selectivity", target="EGFR", other=other)).error == "InvalidArguments"
