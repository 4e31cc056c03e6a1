"""What the local store does not know is asked of the services, and comes back as from a local store."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.memory.store_connection import STARTER
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.from_services import ANSWERABLE
from biocopilot.tools.registry import all_tools
from biocopilot.tools.sources.sending import Sending
from biocopilot.tools.workbench import Workbench


def records(result: ToolResult) -> list[Any]:
    return [item.record for item in result.evidence]


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two records differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            text
            for key in {**one, **other}
            for text in differences(one.get(key, "absent"), other.get(key, "absent"), f"{path}/{key}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            text
            for place, pair in enumerate(zip(one, other, strict=True))
            for text in differences(*pair, f"{path}/{place}")
        ]
    return [] if one == other else [f"{path}: {str(one)[:150]} / {str(other)[:150]}"]


DUMP_QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("resolve_molecule", {"molecule": "ERLOTINIB"}),
    ("drug_status", {"molecule": "erlotinib"}),
    ("drug_mechanisms", {"molecule": "erlotinib"}),
    ("drug_indications", {"molecule": "erlotinib"}),
    ("drug_warnings", {"molecule": "imatinib"}),
    ("drug_warnings", {"molecule": "imatinib mesylate"}),
    ("drug_warnings", {"molecule": "hopefulinib"}),
    ("drug_warnings", {"molecule": "imatinib", "most": 1}),
    ("compound_activities", {"molecule": "erlotinib"}),
    ("drugs_for_indication", {"indication": "Non-Small Cell Lung Carcinoma"}),
    ("molecule_properties", {"molecule": "erlotinib"}),
    ("convert_concentration", {"value": 1.0, "unit": "µg/mL", "to_unit": "µM", "molecule": "erlotinib"}),
]


@pytest.mark.parametrize(
    ("tool", "arguments"), DUMP_QUESTIONS, ids=[f"{a}-{'-'.join(map(str, b.values()))}" for a, b in DUMP_QUESTIONS]
)
async def test_asked_live_and_from_a_local_store_the_records_are_equal(
    tool: str, arguments: dict[str, Any], dump: Path, objects_of: Any, chembl: Any, make_bench: Any, calling: Any
) -> None:
    chembl(objects_of(dump))
    with Workbench(dump, 1) as local:
        stored = await calling(local, offline=True)(tool, **arguments)
    live = await calling(make_bench())(tool, **arguments)
    assert stored.status == live.status == "ok", live.digest
    assert "\n".join(differences(records(live), records(stored))) == ""
    looked_up = [item for item in live.evidence if item.backend != "computed"]
    assert all((item.backend, item.source.release) == ("live", "ChEMBL_36") for item in looked_up)
    assert live.filters["services"] == "ChEMBL 36"


OURS = re.compile(r"/\d+/(?:description|notes|structure_source|.*/convention): ")
"""What only the starter set says: our own words, its release, and values that it computes back."""

REAL_QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("find_target", {"target": "BTK"}),
    ("find_target", {"target": "Q06187"}),
    ("find_target", {"target": "Tyrosine-protein kinase BTK"}),
    ("target_profile", {"target": "BTK"}),
    ("target_activities", {"target": "KDR", "activity_type": "IC50"}),
    ("compound_activities", {"molecule": "CHEMBL535", "target": "KDR"}),
    ("resolve_molecule", {"molecule": "CHEMBL535"}),
    ("drug_status", {"molecule": "imatinib mesylate"}),
    ("structural_alerts", {"molecule": "imatinib"}),
]


@pytest.mark.parametrize(
    ("tool", "arguments"), REAL_QUESTIONS, ids=[f"{a}-{next(iter(b.values()))}" for a, b in REAL_QUESTIONS]
)
async def test_real_rows_come_out_alike(
    tool: str,
    arguments: dict[str, Any],
    starter_objects: Any,
    real_values: dict[str, Any],
    chembl: Any,
    uniprot: Any,
    make_bench: Any,
    calling: Any,
) -> None:
    chembl(starter_objects)
    uniprot.add(*(real_values[name] for name in ("Q06187", "P35968")))
    with Workbench(STARTER, 1) as local:
        stored = await calling(local, offline=True)(tool, **arguments)
    live = await calling(make_bench())(tool, **arguments)
    assert stored.status == live.status == "ok", live.digest
    told = differences(records(live), records(stored))
    assert [text for text in told if not OURS.match(text)] == []


async def test_what_a_local_store_knows_is_not_asked_elsewhere(
    dump: Path, objects_of: Any, chembl: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    chembl(objects_of(dump))
    result = await calling(make_bench(dump))("drug_status", molecule="erlotinib")
    assert [item.backend for item in result.evidence] == ["local"]
    assert faulty.count() == 0


async def test_the_services_come_first_where_the_user_says_so(
    dump: Path, objects_of: Any, chembl: Any, make_bench: Any, calling: Any
) -> None:
    chembl(objects_of(dump))
    result = await calling(make_bench(dump, first=True))("drug_status", molecule="erlotinib")
    assert [item.backend for item in result.evidence] == ["live"]


async def test_offline_kept_replies_answer_and_nothing_is_sent(
    dump: Path, objects_of: Any, chembl: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    chembl(objects_of(dump))
    bench = make_bench()
    live = await calling(bench)("drug_mechanisms", molecule="erlotinib")
    sent, before = faulty.count(), datetime.now(UTC)
    kept = await calling(bench, offline=True)("drug_mechanisms", molecule="erlotinib")
    assert faulty.count() == sent
    assert [item.backend for item in kept.evidence] == ["cache"]
    assert records(kept) == records(live)
    assert kept.evidence[0].retrieved_at < before


async def test_offline_without_kept_replies_the_local_answer_stands_alone(
    make_bench: Any, calling: Any, faulty: Any
) -> None:
    result = await calling(make_bench(), offline=True)("drug_status", molecule="erlotinib")
    assert (result.status, result.warnings, faulty.count()) == ("empty", (), 0)


async def test_what_the_services_do_not_know_either_is_told(
    dump: Path, objects_of: Any, chembl: Any, make_bench: Any, calling: Any
) -> None:
    chembl(objects_of(dump))
    result = await calling(make_bench())("drug_status", molecule="zzzunknownine")
    assert result.status == "empty"
    assert result.evidence[0].record["type"] == "not_found"
    assert result.warnings == ("Asked too, in vain: ChEMBL 36.",)


async def test_a_service_that_is_down_leaves_the_local_answer_with_a_warning(
    make_bench: Any, calling: Any, faulty: Any
) -> None:
    faulty.serve("/*", faulty.answer("busy", 503))
    result = await calling(make_bench())("drug_status", molecule="erlotinib")
    assert result.status == "empty"
    assert any("ChEMBL" in warning and "503" in warning for warning in result.warnings)


async def test_one_source_down_the_other_still_answers(
    starter_objects: Any, chembl: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    chembl(starter_objects)
    faulty.serve("/uniprot/*", faulty.answer("gone", 500))
    target = next(
        row
        for row in starter_objects["target"]
        if row["target_type"] == "SINGLE PROTEIN" and row["target_chembl_id"].startswith("CHEMBL")
    )
    result = await calling(make_bench())("find_target", target=target["target_chembl_id"])
    assert result.status == "partial"
    assert result.evidence[0].record["target"]["chembl_id"] == target["target_chembl_id"]
    assert any("UniProt" in warning for warning in result.warnings)


async def test_rows_that_did_not_come_make_it_partial(
    dump: Path, objects_of: Any, chembl: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    service = chembl(objects_of(dump))

    service.objects["assay"] = []
    result = await calling(make_bench())("compound_activities", molecule="erlotinib")
    assert result.status == "partial"
    assert any("did not come" in warning for warning in result.warnings)


async def test_a_structure_is_never_sent_and_its_key_only_where_it_may_leave(
    dump: Path, objects_of: Any, chembl: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    chembl(objects_of(dump))
    smiles = "C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1"
    refused = await calling(make_bench(structures_may_leave=False))("drug_status", molecule=smiles)
    assert not any("AAKJLRGG" in heard.target for heard in faulty.heard)
    assert any("forbid" in warning for warning in refused.warnings)
    found = await calling(make_bench())("drug_status", molecule=smiles)
    assert found.status == "ok"
    assert any("AAKJLRGGTJKAMG-UHFFFAOYSA-N was sent to" in warning for warning in found.warnings)
    assert not any("c1cccc" in heard.target or b"c1cccc" in heard.body for heard in faulty.heard)


async def test_the_key_of_a_structure_is_asked_about_and_a_no_costs_only_the_service(
    dump: Path, objects_of: Any, chembl: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    chembl(objects_of(dump))
    smiles = "C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1"
    asked: list[Sending] = []

    async def no(sending: Sending) -> bool:
        asked.append(sending)
        return False

    result = await calling(make_bench(), may_send=no)("drug_status", molecule=smiles)
    assert [(item.what, item.text) for item in asked] == [("InChIKey", "AAKJLRGGTJKAMG-UHFFFAOYSA-N")]
    assert not any("AAKJLRGG" in heard.target for heard in faulty.heard)
    assert result.status != "failed"
    assert any("you did not allow it" in warning for warning in result.warnings)
    asked.clear()
    await calling(make_bench(), may_send=no)("drug_status", molecule="erlotinib")
    assert asked == []


def test_every_tool_that_can_be_answered_exists_and_needs_no_network_of_its_own() -> None:
    assert set(ANSWERABLE) <= set(all_tools())
    assert not any(all_tools()[name].needs_network for name in ANSWERABLE)


async def test_no_file_is_left_behind(
    dump: Path,
    objects_of: Any,
    chembl: Any,
    make_bench: Any,
    calling: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chembl(objects_of(dump))
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    assert (await calling(make_bench())("drug_status", molecule="erlotinib")).status == "ok"
    assert list(place.iterdir()) == []


async def test_services_that_take_too_long_are_left_and_the_local_answer_stands(make_bench: Any, faulty: Any) -> None:
    faulty.serve("/*", lambda heard: heard.wait(2.0))
    call = ToolCall(id="c1", tool="drug_status", arguments={"molecule": "erlotinib"})
    began = time.perf_counter()
    result = await execute(call, all_tools(), ToolContext(bench=make_bench()), lambda: "E1", deadline_s=1.0)
    assert time.perf_counter() - began < 4.0
    assert result.status == "empty"
    assert result.warnings == ("The live services were asked, and took longer than 1 s.",)


async def test_a_cancelled_call_leaves_no_file(
    make_bench: Any, faulty: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    faulty.serve("/*", lambda heard: heard.wait(2.0))
    call = ToolCall(id="c1", tool="drug_status", arguments={"molecule": "erlotinib"})
    task = asyncio.create_task(execute(call, all_tools(), ToolContext(bench=make_bench()), lambda: "E1"))
    await faulty.arrival(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(place.iterdir()) == []
