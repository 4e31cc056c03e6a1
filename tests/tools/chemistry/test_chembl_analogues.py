"""Analogues from ChEMBL's service on loopback: what comes back, what leaves the machine, what happens when it fails."""

from __future__ import annotations

import copy
import runpy
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.store_connection import STARTER
from biocopilot.tools.sources.sending import Sending

_SOURCES = Path(__file__).parents[1] / "sources"
_wire = runpy.run_path(str(_SOURCES / "conftest.py"))
_served = runpy.run_path(str(_SOURCES / "as_store" / "conftest.py"))
fresh_hosts, faulty, pass_time = _wire["fresh_hosts"], _wire["faulty"], _wire["pass_time"]
make_transport = _wire["make_transport"]
dump, objects_of, chembl = _served["dump"], _served["objects_of"], _served["chembl"]
make_bench, calling, nothing = _served["make_bench"], _served["calling"], _served["nothing"]

ERLOTINIB = "C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1"
OWN = "CCCCCCCCCCCCCCc1ccc(F)cc1"


@pytest.fixture
def service(dump: Path, objects_of: Any, chembl: Any) -> Any:
    """Everything but erlotinib itself is like erlotinib, and like a structure of the user's own."""
    objects = objects_of(dump)
    others = [row for row in objects["molecule"] if row["molecule_chembl_id"] != "CHEMBL553"]
    for query in ("CHEMBL553", OWN):
        for place, row in enumerate(others):
            objects["similarity"].append({**copy.deepcopy(row), "_query": query, "similarity": str(90 - 10 * place)})
            objects["substructure"].append({**copy.deepcopy(row), "_query": query})
    return chembl(objects)


@pytest.fixture
def ask(service: Any, make_bench: Any, calling: Any) -> Any:
    return calling(make_bench(STARTER))


async def test_the_most_similar_come_first_with_chembls_own_coefficient(ask: Any) -> None:
    result = await ask("chembl_analogues", molecule="erlotinib", similarity=60, most=2)
    record = result.evidence[0].record
    assert [row["similarity_percent"] for row in record["rows"]] == [90.0, 80.0]
    assert (result.matched, result.returned) == (4, 2)
    assert result.omitted.arguments["most"] == 1_000
    assert (result.evidence[0].backend, result.evidence[0].source.release) == ("live", "ChEMBL_36")


async def test_what_contains_it_has_no_coefficient(ask: Any) -> None:
    rows = (await ask("chembl_analogues", molecule="erlotinib", by="substructure")).evidence[0].record["rows"]
    assert rows
    assert not any("similarity_percent" in row for row in rows)


async def test_a_known_molecule_is_asked_for_by_its_id(ask: Any, faulty: Any) -> None:
    result = await ask("chembl_analogues", molecule=ERLOTINIB)
    assert result.status == "ok"
    assert not any("c1cccc" in heard.target or b"c1cccc" in heard.body for heard in faulty.heard)
    assert not any("sent" in warning for warning in result.warnings)


async def test_a_structure_of_ones_own_leaves_with_a_warning(ask: Any) -> None:
    result = await ask("chembl_analogues", molecule=OWN)
    assert result.status == "ok"
    assert any("was sent to" in warning for warning in result.warnings)


async def test_a_structure_that_may_not_leave_does_not(
    service: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    result = await calling(make_bench(STARTER, structures_may_leave=False))("chembl_analogues", molecule=OWN)
    assert result.error == "NotApproved"
    assert faulty.count() == 0


async def test_a_structure_is_asked_about_in_full_and_only_when_it_would_leave(
    service: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    asked: list[Sending] = []
    replies = [False, True]

    async def ask(sending: Sending) -> bool:
        asked.append(sending)
        return replies.pop(0)

    bench = make_bench(STARTER)
    refused = await calling(bench, may_send=ask)("chembl_analogues", molecule=OWN)
    assert (refused.error, "you did not allow it" in refused.digest) == ("NotApproved", True)
    assert not any("Cc1ccc" in heard.target or b"Cc1ccc" in heard.body for heard in faulty.heard)
    host = bench.transport.service("chembl").host
    assert asked == [Sending("structure", OWN, "ChEMBL", host)]
    assert (await calling(bench, may_send=ask)("chembl_analogues", molecule=OWN)).status == "ok"
    await calling(bench, may_send=ask)("chembl_analogues", molecule=OWN)  # from the kept reply
    await calling(bench, may_send=ask)("chembl_analogues", molecule="erlotinib")  # by its id
    assert len(asked) == 2


async def test_offline_only_a_kept_reply_answers(service: Any, make_bench: Any, calling: Any, faulty: Any) -> None:
    bench = make_bench(STARTER)
    assert (await calling(bench, offline=True)("chembl_analogues", molecule="erlotinib")).error == "OfflineRefused"
    live = await calling(bench)("chembl_analogues", molecule="erlotinib")
    kept = await calling(bench, offline=True)("chembl_analogues", molecule="erlotinib")
    assert kept.evidence[0].record == live.evidence[0].record
    assert kept.evidence[0].backend == "cache"


async def test_nothing_alike_is_a_finding(ask: Any) -> None:
    result = await ask("chembl_analogues", molecule="aspirin")
    assert (result.status, result.matched) == ("empty", 0)


async def test_a_service_that_is_down_fails_the_call_with_its_reason(ask: Any, faulty: Any) -> None:
    faulty.serve("/chembl/*", faulty.answer("busy", 503))
    result = await ask("chembl_analogues", molecule="erlotinib")
    assert (result.status, result.error) == ("failed", "SourceUnavailable")
    assert "503" in result.digest
