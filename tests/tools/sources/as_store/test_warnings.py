"""Warnings that only the services hold: what is asked, what is said where they answer, and where they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.store_connection import STARTER


@pytest.fixture
def service(dump: Path, objects_of: Any, chembl: Any) -> Any:
    return chembl(objects_of(dump))


async def test_the_starter_set_leaves_the_question_to_the_service(
    service: Any, uniprot: Any, make_bench: Any, calling: Any
) -> None:
    result = await calling(make_bench(STARTER))("drug_warnings", molecule="imatinib")
    assert (result.status, result.matched) == ("ok", 2)
    (item,) = result.evidence
    assert (item.backend, item.source.release, item.record["recorded"]) == ("live", "ChEMBL_36", True)
    assert [row["warning_type"] for row in item.record["rows"]] == ["Black Box Warning", "Withdrawn"]
    asked = [filters["molecule_chembl_id__in"] for name, filters, _ in service.asked if name == "drug_warning"]
    assert [sorted(str(ids).split(",")) for ids in asked] == [["CHEMBL1642", "CHEMBL941"]]


async def test_offline_nothing_is_asked(service: Any, make_bench: Any, calling: Any, faulty: Any) -> None:
    result = await calling(make_bench(STARTER), offline=True)("drug_warnings", molecule="imatinib")
    assert faulty.count() == 0
    assert result.evidence[0].record["recorded"] is None


async def test_offline_kept_replies_answer(service: Any, uniprot: Any, make_bench: Any, calling: Any) -> None:
    bench = make_bench(STARTER)
    live = await calling(bench)("drug_warnings", molecule="imatinib")
    kept = await calling(bench, offline=True)("drug_warnings", molecule="imatinib")
    assert [item.backend for item in kept.evidence] == ["cache"]
    assert kept.evidence[0].record == live.evidence[0].record


async def test_a_drug_without_a_warning_at_the_service_either_is_told(
    service: Any, uniprot: Any, make_bench: Any, calling: Any
) -> None:
    starter = await calling(make_bench(STARTER))("drug_warnings", molecule="aspirin")
    assert starter.evidence[0].record["recorded"] is None
    assert "Asked too, in vain: ChEMBL 36." in starter.warnings
    alone = await calling(make_bench())("drug_warnings", molecule="aspirin")
    assert (alone.status, alone.evidence[0].record["recorded"]) == ("empty", False)
    assert "does not mean that it is safe" in alone.digest


async def test_a_service_that_breaks_off_says_nothing_about_warnings(
    service: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    faulty.serve("/chembl/drug_warning.json", faulty.answer("down", 503))
    result = await calling(make_bench())("drug_warnings", molecule="imatinib")
    assert result.status == "empty"
    assert result.evidence[0].record["recorded"] is None
    assert "did not say which warnings of IMATINIB" in result.digest
    assert any("503" in warning for warning in result.warnings)


async def test_where_the_service_comes_first_and_breaks_off_the_local_store_answers(
    dump: Path, service: Any, make_bench: Any, calling: Any, faulty: Any
) -> None:
    faulty.serve("/chembl/drug_warning.json", faulty.answer("down", 503))
    result = await calling(make_bench(dump, first=True))("drug_warnings", molecule="imatinib")
    assert (result.status, result.matched, result.evidence[0].backend) == ("ok", 2, "local")
