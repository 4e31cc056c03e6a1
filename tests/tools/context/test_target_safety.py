"""The target safety tool: events with who states them, tractability by modality, and what none recorded means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def event(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "event": f"event {number}",
        "eventId": f"GO_{number}",
        "datasource": "Bowes et al. (2012)",
        "literature": "23197038",
        "effects": [{"direction": "Activation/Increase/Upregulation", "dosing": "acute"}],
        "biosamples": [{"tissueLabel": "heart"}],
        **changes,
    }


TRACTABILITY = [
    {"label": "Approved Drug", "modality": "SM", "value": True},
    {"label": "Advanced Clinical", "modality": "SM", "value": False},
    {"label": "Small Molecule Binder", "modality": "PR", "value": None},
]


async def test_events_and_tractability(ask: Any, platform: Any) -> None:
    platform(target={"safetyLiabilities": [event(1), event(2)], "tractability": TRACTABILITY})
    result = await ask("target_safety", target="EGFR")
    assert (result.status, result.matched, result.returned, result.omitted) == ("ok", 3, 3, None)
    first, _, last = (item.record for item in result.evidence)
    assert first["type"] == "safety_event"
    assert (first["event"], first["stated_by"], first["literature"]) == ("event 1", "Bowes et al. (2012)", "23197038")
    assert (first["tissues"], first["effects"]) == (["heart"], ["Activation/Increase/Upregulation, acute"])
    assert last["type"] == "target_tractability"
    assert last["tractability"]["SM"] == {
        "modality": "small molecule",
        "holds": ["Approved Drug"],
        "does_not_hold": ["Advanced Clinical"],
        "not_known": [],
    }
    assert last["tractability"]["PR"]["not_known"] == ["Small Molecule Binder"]
    assert last["safety_events"] == 2
    assert result.evidence[0].source.url == "https://platform.opentargets.org/target/ENSG00000146648"
    assert "E3: EGFR: 2 safety events; tractability by small molecule: Approved Drug" in result.digest


async def test_events_page_on(ask: Any, platform: Any) -> None:
    platform(target={"safetyLiabilities": [event(n) for n in range(9)], "tractability": TRACTABILITY})
    result = await ask("target_safety", target="EGFR", most=4)
    assert (result.matched, result.returned) == (10, 5)
    assert result.omitted is not None
    assert result.omitted.what == "5 more safety events"
    again = await ask("target_safety", **result.omitted.arguments)
    assert [item.record.get("event") for item in again.evidence] == [*(f"event {n}" for n in range(4, 9)), None]


async def test_no_event_is_no_proof_of_safety(ask: Any, platform: Any) -> None:
    platform(target={"safetyLiabilities": None, "tractability": TRACTABILITY})
    result = await ask("target_safety", target="EGFR")
    assert (result.status, result.matched, result.returned) == ("ok", 1, 1)
    assert "no proof of safety" in result.digest
    assert result.evidence[-1].record["safety_events"] == 0


async def test_a_nameless_event_stays_nameless(ask: Any, platform: Any) -> None:
    platform(target={"safetyLiabilities": [event(1, event=None, effects=None, biosamples=[])]})
    result = await ask("target_safety", target="EGFR")
    assert result.evidence[0].record["event"] is None
    assert "an event without a name (Bowes et al. (2012))" in result.digest
    assert "no modality stated" in result.digest


async def test_a_real_reply(ask: Any, platform: Any, shared: Path) -> None:
    captured = json.loads((shared / "data/biomcp_captures/opentargets/druggability_egfr_20260811.json").read_text())
    platform(target=captured["data"]["target"])
    result = await ask("target_safety", target="EGFR", most=100)
    assert result.status == "ok"
    assert result.matched == len(captured["data"]["target"]["safetyLiabilities"]) + 1
    assert "Approved Drug" in result.evidence[-1].record["tractability"]["SM"]["holds"]


async def test_an_absent_gene_is_said_in_the_services_name(ask: Any, platform: Any) -> None:
    platform(hits=[])
    result = await ask("target_safety", target="EGFR")
    assert (result.status, result.evidence[0].source.name) == ("empty", "Open Targets")
