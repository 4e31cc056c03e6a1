"""The protein search tool: the local store first, then UniProt; totals of the one that answered; equal records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from biocopilot.memory.protein_search import ProteinQuery
from biocopilot.memory.protein_search import search_proteins as search_store
from biocopilot.memory.response_cache import ResponseCache


def accessions(result: Any) -> list[str]:
    return [item.record.get("accession") for item in result.evidence]


async def test_the_local_store_answers_and_says_how_much_it_holds(ask: Any, bench: Any, faulty: Any) -> None:
    result = await ask("search_proteins", keyword="kinase", organism="human", most=3)
    total, rows = search_store(bench.uniprot.database, ProteinQuery(keyword="Kinase", organism="9606"), 3)
    assert (result.status, result.matched, result.returned) == ("ok", total, 3)
    assert accessions(result) == [row.accession for row in rows]
    assert result.evidence[0].backend == "starter"
    assert result.evidence[0].record["organism"] == "Homo sapiens"
    assert "The starter set holds 1,439 proteins" in result.digest
    assert f"not shown: {total - 3:,} more proteins" in result.digest
    assert faulty.count() == 0
    again = await ask("search_proteins", **result.omitted.arguments)
    assert not set(accessions(result)) & set(accessions(again))


async def test_what_it_does_not_know_is_asked_of_uniprot(ask: Any, uniprot: Any, entry_json: Any, faulty: Any) -> None:
    uniprot.add(*(entry_json(f"Q9ZZZ{n}") for n in range(9)))
    result = await ask("search_proteins", words="luminous thing", organism="mouse", reviewed=True, most=4)
    assert (result.status, result.matched, result.returned) == ("ok", 9, 4)
    (item, *_) = result.evidence
    assert (item.backend, item.source.release) == ("live", "2025_03")
    assert item.source.url == "https://www.uniprot.org/uniprotkb/Q9ZZZ0/entry"
    assert (
        faulty.heard[-1].query["query"] == '(protein_name:"luminous thing") AND (organism_id:10090) AND (reviewed:true)'
    )


async def test_everywhere_asks_uniprot_even_so(ask: Any, uniprot: Any, entry_json: Any, faulty: Any) -> None:
    uniprot.add(entry_json("Q9ZZZ9"))
    result = await ask("search_proteins", gene="EGFR", everywhere=True)
    assert (accessions(result), result.matched) == (["Q9ZZZ9"], 1)
    assert faulty.heard[-1].query["query"] == '(gene_exact:"EGFR")'


async def test_a_record_is_the_same_from_the_store_and_from_the_service(
    ask: Any, uniprot: Any, real_entries: Any
) -> None:
    uniprot.add(real_entries["P00533"])
    local = await ask("search_proteins", gene="EGFR", organism="human")
    live = await ask("search_proteins", gene="EGFR", organism="human", everywhere=True)
    assert [item.record for item in local.evidence] == [item.record for item in live.evidence]
    assert (local.evidence[0].backend, live.evidence[0].backend) == ("starter", "live")


async def test_offline_what_is_not_known_here_is_not_found(ask: Any, faulty: Any) -> None:
    result = await ask("search_proteins", offline=True, words="luminous thing")
    assert (result.status, result.matched, faulty.count()) == ("empty", 0, 0)
    assert "UniProt 2025_03 (starter set) has no such protein." in result.digest
    assert any("no reply to this request is kept" in warning for warning in result.warnings), result.warnings
    refused = await ask("search_proteins", offline=True, words="luminous thing", everywhere=True)
    assert (refused.status, refused.error) == ("failed", "OfflineRefused")


async def test_a_service_that_is_down_leaves_the_local_finding(ask: Any, faulty: Any) -> None:
    faulty.serve("/*", faulty.answer("down", 503))
    result = await ask("search_proteins", words="luminous thing")
    assert (result.status, result.matched) == ("empty", 0)
    assert any("503" in warning for warning in result.warnings)


async def test_nothing_anywhere_is_a_finding_of_the_service(ask: Any, uniprot: Any) -> None:
    result = await ask("search_proteins", words="luminous thing")
    assert (result.status, result.matched, result.evidence[0].backend) == ("empty", 0, "live")


async def test_kept_replies_answer_offline(ask: Any, asking: Any, uniprot: Any, entry_json: Any, make_transport: Any, tmp_path: Any) -> None:  # fmt: skip
    uniprot.add(entry_json("Q9ZZZ9"))
    day = datetime(2026, 5, 1, 12, tzinfo=UTC)
    made = {"cache": ResponseCache(tmp_path / "replies.sqlite", now=day.timestamp), "now": lambda: day}
    asking.bench.__dict__.update(transport=make_transport(**made), kept_replies=make_transport(**made, offline=True))
    live = await ask("search_proteins", words="luminous thing")
    kept = await ask("search_proteins", offline=True, words="luminous thing")
    assert [item.record for item in kept.evidence] == [item.record for item in live.evidence]
    assert [item.backend for item in kept.evidence] == ["cache"]


async def test_where_services_come_first_they_are_asked_first(
    ask: Any, asking: Any, uniprot: Any, entry_json: Any
) -> None:
    asking.bench.services = replace(asking.bench.services, first=True)
    known_here = await ask("search_proteins", gene="EGFR", organism="human")
    assert (accessions(known_here), known_here.evidence[0].backend) == (["P00533"], "starter")
    uniprot.add(entry_json("Q9ZZZ9"))
    assert accessions(await ask("search_proteins", gene="EGFR", organism="human")) == ["Q9ZZZ9"]


@pytest.mark.parametrize(
    "arguments", [{}, {"reviewed": True}, {"words": "x"}, {"gene": "EGFR", "most": 101}, {"name": "x y"}]
)
async def test_wrong_arguments_ask_nothing(ask: Any, faulty: Any, arguments: dict[str, Any]) -> None:
    result = await ask("search_proteins", **arguments)
    assert (result.status, result.error, faulty.count()) == ("failed", "InvalidArguments", 0)
