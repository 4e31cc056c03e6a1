"""What a compound was measured on."""

from __future__ import annotations

from typing import Any

import pytest


async def activities(call: Any, molecule: str, **more: Any) -> dict[str, Any]:
    result = await call("compound_activities", molecule=molecule, **more)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


# Ranges that the literature agrees on, in nM.
@pytest.mark.parametrize(
    ("molecule", "target", "kind", "low", "high"),
    [
        ("erlotinib", "EGFR", "IC50", 0.3, 100), ("gefitinib", "EGFR", "IC50", 0.3, 100), ("donepezil", "ACHE", "IC50", 3, 60), ("haloperidol", "DRD2", "Ki", 0.3, 10),
        ("morphine", "OPRM1", "Ki", 0.3, 20), ("terfenadine", "hERG", "IC50", 10, 500), ("cisapride", "hERG", "IC50", 2, 100), ("ibrutinib", "BTK", "IC50", 0.05, 10),
    ],
)  # fmt: skip
async def test_medians_of_well_known_pairs_are_where_the_literature_has_them(
    call: Any, molecule: str, target: str, kind: str, low: float, high: float
) -> None:
    record = await activities(call, molecule, target=target)
    assert record["activity_type"] == kind
    assert low <= record["statistics"]["median"]["value"] <= high
    assert {row["target_chembl_id"] for row in record["rows"]} == {record["target"]["chembl_id"]}


async def test_on_one_target_every_value_is_a_row(call: Any) -> None:
    result = await call("compound_activities", molecule="donepezil", target="ACHE", most=200)
    record = result.evidence[0].record
    assert result.matched == result.returned == len(record["rows"])
    assert record["statistics"]["n"] == len(record["rows"])
    assert (
        record["statistics"]["iqr_low"]["value"]
        <= record["statistics"]["median"]["value"]
        <= record["statistics"]["iqr_high"]["value"]
    )


async def test_over_several_targets_each_comes_once_and_no_median_is_given(call: Any) -> None:
    record = await activities(call, "haloperidol", most=50)
    targets = [row["target_chembl_id"] for row in record["rows"]]
    assert len(set(targets)) == len(targets) > 3
    statistics = record["statistics"]
    assert statistics["n_targets"] == len(targets)
    assert {statistics[key] for key in ("median", "median_pchembl", "iqr_low", "iqr_high", "min", "max")} == {None}
    assert any("No median is given" in note for note in record["notes"])


async def test_the_digest_names_the_unit_and_another_organism(call: Any) -> None:
    assert (
        "Dopamine D2 receptor (Rattus norvegicus) 0.2"
        in (await call("compound_activities", molecule="haloperidol")).digest
    )


async def test_a_single_value_is_told_in_the_singular(call: Any) -> None:
    assert (await call("compound_activities", molecule="imatinib")).digest.splitlines()[
        0
    ] == "E1: IMATINIB: 1 IC50 value, 26900 nM"


async def test_a_salt_and_its_parent_have_the_same_activities(call_dump: Any) -> None:
    parent, salt = await activities(call_dump, "imatinib"), await activities(call_dump, "imatinib mesylate")
    assert parent["rows"] == salt["rows"]
    assert [row["value"]["value"] for row in parent["rows"]] == [5_000.0]


async def test_a_dumps_variants_are_left_out_and_organisms_kept_apart(call_dump: Any) -> None:
    record = await activities(call_dump, "CHEMBL553")
    assert [(row["target_organism"], row["value"]["value"]) for row in record["rows"]] == [
        ("Homo sapiens", 2.0),
        ("Mus musculus", 40.0),
    ]
    assert record["excluded"] == {"measured on a variant": 1}
    assert record["other_types"] == {"Ki": 1}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"molecule": "benzene"}, "No activity value of BENZENE"),
        ({"molecule": "sildenafil", "target": "PDE5A"}, "SILDENAFIL on PDE5A"),
        ({"molecule": "CCCCCCCCCC(F)(F)CCN"}, "No activity value"),
    ],
)
async def test_nothing_measured_is_a_finding(call: Any, arguments: dict[str, Any], told: str) -> None:
    result = await call("compound_activities", **arguments)
    assert (result.status, result.matched) == ("empty", 0)
    assert told in result.digest


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"molecule": "blorfomycin"}, "empty"),
        ({"molecule": "aspirin", "target": "PI3K"}, "empty"),
        ({"molecule": "C1CC"}, "failed"),
    ],
)
async def test_an_unknown_molecule_or_target_says_which(call: Any, arguments: dict[str, Any], status: str) -> None:
    result = await call("compound_activities", **arguments)
    assert result.status == status
    assert result.digest
