"""Activities on a target: one type at a time, honest about what was left out."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from biocopilot.tools.activity_record import fetch_activities
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.workbench import Workbench


async def activities(call: Any, target: str, **more: Any) -> dict[str, Any]:
    result = await call("target_activities", target=target, **more)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("EGFR", "IC50"),
        ("DRD2", "Ki"),
        ("ACHE", "IC50"),
        ("HTR2A", "Ki"),
        ("hERG", "IC50"),
        ("factor Xa", "Ki"),
        ("HIV protease", "IC50"),
        ("DPP4", "IC50"),
    ],
)
async def test_known_targets_have_potent_compounds_in_one_type_and_unit(call: Any, target: str, kind: str) -> None:
    record = await activities(call, target, most=20)
    assert (record["activity_type"], record["unit"]) == (kind, "nM")
    values = [row["value"]["value"] for row in record["rows"]]
    assert values == sorted(values)
    for row in record["rows"]:
        assert (row["value"]["unit"], row["value"]["kind"]) == ("nM", kind)
        assert row["assay_chembl_id"].startswith("CHEMBL")
        assert row["pchembl"] == pytest.approx(9 - _log10(row["value"]["value"]), abs=0.012)
        assert row["target_chembl_id"] == record["target"]["chembl_id"]
    compounds = [row["molecule_chembl_id"] for row in record["rows"]]
    assert len(set(compounds)) == len(compounds)


def _log10(value: float) -> float:
    import math

    return math.log10(value)


async def test_a_threshold_keeps_what_is_surely_at_or_below_it(call: Any) -> None:
    all_rows, some = await activities(call, "EGFR", most=200), await activities(call, "EGFR", threshold_nm=10, most=200)
    assert {row["molecule_chembl_id"] for row in some["rows"]} == {
        row["molecule_chembl_id"] for row in all_rows["rows"] if row["value"]["value"] <= 10
    }
    by_log = await activities(call, "EGFR", min_pchembl=8, most=200)
    assert by_log["rows"] == some["rows"]


async def test_only_what_is_surely_weaker_than_a_value(call: Any) -> None:
    everything = await activities(call, "EGFR", most=200)
    weak = await activities(call, "EGFR", above_nm=1000, most=200)
    assert weak["rows"]
    assert all(row["value"]["value"] > 1000 and row["value"]["relation"] != "<" for row in weak["rows"])
    assert 0 < weak["statistics"]["n"] < everything["statistics"]["n"]
    assert weak["statistics"]["min"]["value"] > 1000
    between = await activities(call, "EGFR", above_nm=1000, threshold_nm=5000, most=200)
    assert between["rows"] == [
        row for row in weak["rows"] if row["value"]["relation"] == "=" and row["value"]["value"] <= 5000
    ]


async def test_that_nothing_is_so_weak_is_said_with_the_limit(call: Any) -> None:
    result = await call("target_activities", target="EGFR", above_nm=1e9)
    assert "above 1e+09 nM" in result.digest


async def test_only_approved_drugs_when_asked(call: Any) -> None:
    names = {row["name"] for row in (await activities(call, "EGFR", approved_only=True, most=50))["rows"]}
    assert {"ERLOTINIB", "GEFITINIB"} <= names


async def test_what_is_cut_names_the_call_that_shows_it(call: Any) -> None:
    result = await call("target_activities", target="EGFR", most=5)
    assert result.returned == 5
    assert result.omitted.arguments == {"target": "EGFR", "approved_only": False, "most": 50}
    assert f"{result.matched - 5:,} weaker rows" in result.omitted.what


async def test_the_starter_set_says_that_it_is_a_slice(call: Any) -> None:
    assert any(
        "slice of ChEMBL" in note and "over-represented" in note for note in (await activities(call, "EGFR"))["notes"]
    )


async def test_a_target_without_activities_is_a_finding(call: Any) -> None:
    result = await call("target_activities", target="PD-1")
    record = result.evidence[0].record
    assert (result.status, record["type"], result.matched) == ("empty", "no_activities", 0)
    assert "PDCD1" in record["message"]


async def test_a_pathogens_target_is_called_by_its_name_and_not_by_its_gene(call: Any) -> None:
    digest = (await call("target_activities", target="SARS-CoV-2 main protease")).digest
    assert " rep " not in digest
    assert "Replicase polyprotein 1ab" in digest


@pytest.mark.parametrize(
    "arguments",
    [
        {"activity_type": "AC50"},
        {"activity_type": "IC50,Ki"},
        {"threshold_nm": 0},
        {"threshold_nm": -1},
        {"min_pchembl": 16},
        {"most": 0},
        {"most": 201},
        {"threshold_nm": "5 uM"},
    ],
)
async def test_filters_out_of_range_are_refused(call: Any, arguments: dict[str, Any]) -> None:
    assert (await call("target_activities", target="EGFR", **arguments)).error == "InvalidArguments"


# Over the small dump, where every number can be worked out by hand: see tests/memory/conftest.py.


async def test_a_dumps_values_are_selected_and_the_rest_is_counted(call_dump: Any) -> None:
    record = await activities(call_dump, "EGFR")
    assert record["activity_type"] == "IC50"
    assert [(row["name"], row["value"]["relation"], row["value"]["value"]) for row in record["rows"]] == [
        ("ERLOTINIB", "=", 2.0), ("IMATINIB MESYLATE", "=", 5_000.0), (None, ">", 10_000.0),
    ]  # fmt: skip
    statistics = record["statistics"]
    assert (statistics["n"], statistics["n_compounds"], statistics["censored"]) == (2, 3, {">": 1})
    assert statistics["median"]["value"] == pytest.approx(100)  # √(2 × 5,000)
    assert statistics["median_pchembl"] == 7.0
    assert record["excluded"] == {
        "measured on a variant": 1, "not a molar concentration": 1, "a validity comment in the source": 1, "no value": 1,
    }  # fmt: skip
    assert record["other_types"] == {"Inhibition": 1, "Ki": 1}
    assert any("types are never mixed" in note for note in record["notes"])
    assert any("1 functional" in note for note in record["notes"])
    assert not any("slice" in note for note in record["notes"])


async def test_another_type_is_asked_for_by_name(call_dump: Any) -> None:
    record = await activities(call_dump, "EGFR", activity_type="Ki")
    assert [(row["name"], row["value"]["value"]) for row in record["rows"]] == [("ERLOTINIB", 0.7)]
    assert record["statistics"]["n"] == 1


async def test_a_bound_never_passes_a_threshold(call_dump: Any) -> None:
    record = await activities(call_dump, "EGFR", threshold_nm=1e6)
    assert [row["value"]["relation"] for row in record["rows"]] == ["=", "="]


async def test_a_type_that_was_not_measured_says_which_were(call_dump: Any) -> None:
    result = await call_dump("target_activities", target="EGFR", activity_type="EC50")
    assert result.status == "empty"
    assert "No EC50 value of EGFR is in ChEMBL_36" in result.digest
    assert result.evidence[0].record["other_types"] == {"IC50": 7, "Inhibition": 1, "Ki": 1}


async def test_another_organisms_target_keeps_its_own_values(call_dump: Any) -> None:
    record = await activities(call_dump, "CHEMBL3608")
    assert [(row["target_organism"], row["value"]["value"]) for row in record["rows"]] == [("Mus musculus", 40.0)]


async def test_cancelling_stops_the_query_within_a_tenth_of_a_second(dump_bench: Workbench) -> None:
    chembl, stopped = dump_bench.chembl, []
    real = chembl.database.interrupt

    class Slow:
        source = chembl.source

        def activities(self, **_wanted: Any) -> list[Any]:
            try:
                chembl.database.rows(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000000) SELECT max(i) FROM n"
                )
            except Exception as error:  # any; judged below
                stopped.append(type(error).__name__)
            return []

        def interrupt(self, thread: int | None = None) -> None:
            real(thread)

    with Workbench() as bench:
        bench.__dict__["chembl"] = Slow()
        task = asyncio.create_task(fetch_activities(ToolContext(bench=bench), tids=[1]))
        await asyncio.sleep(0.2)
        started = time.perf_counter()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.perf_counter() - started < 0.1
        del bench.__dict__["chembl"]
    for _ in range(100):
        if stopped:
            break
        await asyncio.sleep(0.02)
    assert stopped == ["Cancelled"]
