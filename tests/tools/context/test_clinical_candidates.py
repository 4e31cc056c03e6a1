"""The clinical candidates tool: furthest first, approved or in trials, trials with their state, real drugs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def report(number: int, status: str | None = "COMPLETED", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"NCT{number:08d}", "source": "AACT", "clinicalStage": "PHASE_2", "trialOverallStatus": status,
        "url": f"https://clinicaltrials.gov/study/NCT{number:08d}", **changes,
    }  # fmt: skip


def names(result: Any) -> list[str]:
    return [item.record["drug"] for item in result.evidence]


STAGES = ["PHASE_1", "APPROVAL", None, "PHASE_1_2", "PHASE_2", "PHASE_3", "EARLY_PHASE_1", "PRECLINICAL", "PHASE_2_3"]


async def test_the_furthest_come_first(ask: Any, platform: Any, drug: Any) -> None:
    platform(drugs=[drug(n, maxClinicalStage=stage) for n, stage in enumerate(STAGES)])
    result = await ask("clinical_candidates", target="EGFR")
    assert (result.status, result.matched, result.returned, result.omitted) == ("ok", 9, 9, None)
    assert [item.record["stage"] for item in result.evidence] == [
        "APPROVAL", "PHASE_3", "PHASE_2_3", "PHASE_2", "PHASE_1_2", "PHASE_1", "EARLY_PHASE_1", "PRECLINICAL", None,
    ]  # fmt: skip
    assert [item.record["stage_means"] for item in result.evidence][::2] == [
        "approved", "phase 2/3", "phase 1/2", "early phase 1", "not stated",
    ]  # fmt: skip
    first = result.evidence[0]
    assert (first.record["chembl_id"], first.record["drug_type"]) == ("CHEMBL1", "Small molecule")
    assert (first.record["diseases"], first.record["disease_count"]) == (["lung carcinoma", "x"], 2)
    assert first.source.url == "https://platform.opentargets.org/target/ENSG00000146648"
    assert "DRUG 1 (CHEMBL1): APPROVAL in lung carcinoma, x" in result.digest


async def test_approved_and_in_trials_are_told_apart(ask: Any, platform: Any, drug: Any) -> None:
    platform(drugs=[drug(n, maxClinicalStage=stage) for n, stage in enumerate(STAGES)])
    approved = await ask("clinical_candidates", target="EGFR", which="approved")
    assert (names(approved), approved.matched) == (["DRUG 1"], 1)
    trials = await ask("clinical_candidates", target="EGFR", which="in_trials")
    assert (len(names(trials)), trials.matched) == (6, 6)
    assert {"DRUG 1", "DRUG 2", "DRUG 7"}.isdisjoint(names(trials))


async def test_trials_come_with_their_state_the_running_first(ask: Any, platform: Any, drug: Any) -> None:
    reports = [report(1), report(2, "RECRUITING"), report(3, None), report(1)]
    label = {"id": "x", "source": "EMA", "clinicalStage": "APPROVAL", "trialOverallStatus": None, "url": None}
    platform(drugs=[drug(1, clinicalReports=[*reports, label])])
    (item,) = (await ask("clinical_candidates", target="EGFR")).evidence
    assert item.record["trials"][0] == {"nct_id": "NCT00000002", "stage": "PHASE_2", "status": "RECRUITING"}
    assert [trial["nct_id"] for trial in item.record["trials"]] == ["NCT00000002", "NCT00000001", "NCT00000003"]
    counts = (item.record["trial_count"], item.record["running_trials"], item.record["report_count"])
    assert counts == (3, 1, 5)
    assert item.record["trial_states"] == {"COMPLETED": 1, "RECRUITING": 1, "not stated": 1}


async def test_long_lists_are_cut_and_counted(ask: Any, platform: Any, drug: Any) -> None:
    platform(drugs=[drug(1, clinicalReports=[report(n) for n in range(55)])])
    (item,) = (await ask("clinical_candidates", target="EGFR")).evidence
    assert (len(item.record["trials"]), item.record["trial_count"]) == (20, 55)


async def test_only_those_of_a_disease(ask: Any, platform: Any, drug: Any) -> None:
    other = [{"diseaseFromSource": "a", "disease": {"id": "MONDO_2", "name": "Glioblastoma multiforme"}}]
    platform(drugs=[drug(1), drug(2, diseases=other)])
    result = await ask("clinical_candidates", target="EGFR", disease="multiforme GLIOBLASTOMA")
    assert (names(result), result.filters) == (["DRUG 2"], {"disease": "multiforme GLIOBLASTOMA"})


async def test_pages_go_on(ask: Any, platform: Any, drug: Any) -> None:
    platform(drugs=[drug(n) for n in range(14)])
    result = await ask("clinical_candidates", target="EGFR")
    assert (result.matched, result.returned) == (14, 10)
    assert "not shown: 4 more candidates" in result.digest
    again = await ask("clinical_candidates", **result.omitted.arguments)
    assert not set(names(result)) & set(names(again))
    assert len(names(again)) == 4


async def test_what_did_not_come_stays_counted(ask: Any, platform: Any, drug: Any) -> None:
    def lose(body: Any, _: int) -> Any:
        listed = (body["data"].get("target") or {}).get("drugAndClinicalCandidates")
        if listed:
            listed["count"] = 3
        return body

    platform(drugs=[drug(1)], alter=lose)
    result = await ask("clinical_candidates", target="EGFR")
    assert (result.status, result.matched, result.returned) == ("partial", 3, 1)


async def test_none_is_a_finding(ask: Any, platform: Any) -> None:
    platform()
    result = await ask("clinical_candidates", target="EGFR")
    assert (result.status, result.matched) == ("empty", 0)
    assert "records no such drug or candidate of EGFR" in result.digest


async def test_an_absent_gene_is_said_in_the_services_name(ask: Any, platform: Any) -> None:
    platform(hits=[])
    result = await ask("clinical_candidates", target="EGFR")
    assert (result.status, result.evidence[0].source.name) == ("empty", "Open Targets")


async def test_a_real_reply(ask: Any, platform: Any, shared: Path) -> None:
    captured = json.loads((shared / "data/biomcp_captures/opentargets/clinical_egfr_20260811.json").read_text())
    rows = captured["data"]["target"]["drugAndClinicalCandidates"]["rows"]
    platform(drugs=rows)
    result = await ask("clinical_candidates", target="EGFR", most=100)
    assert (result.status, result.matched) == ("ok", len(rows))
    assert {row["drug"]["name"] for row in rows} == set(names(result))
