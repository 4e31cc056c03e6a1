"""HGNC over real sockets: symbols old and new, ambiguous and withdrawn ones, identifiers, and everything that goes wrong."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.errors import (
    Ambiguous,
    BadReply,
    InvalidIdentifier,
    NotFound,
    OfflineRefused,
    RateLimited,
    SourceUnavailable,
)
from biocopilot.tools.sources.hgnc import HgncLive, only_gene

CALLS = {
    "symbol": lambda live: live.called("EGFR"),
    "id": lambda live: live.by_id("HGNC:3236"),
    "accession": lambda live: live.by_accession("P00533"),
    "ensembl": lambda live: live.by_ensembl_gene("ENSG00000146648.17"),
}


@pytest.mark.parametrize(
    ("asked", "called_by"),
    [("symbol", "approved symbol"), ("id", "HGNC id"), ("accession", "UniProt accession"), ("ensembl", "Ensembl gene")],
)
async def test_a_gene_is_found(hgnc: Any, live: HgncLive, asked: str, called_by: str) -> None:
    found = await CALLS[asked](live)
    (row,) = found.rows
    assert (row.called_by, found.total, found.complete, found.notices) == (called_by, 1, True, ())
    gene = row.gene
    assert (gene.hgnc_id, gene.symbol, gene.name) == ("HGNC:3236", "EGFR", "epidermal growth factor receptor")
    assert (gene.ensembl_gene, gene.uniprot_accessions) == ("ENSG00000146648", ("P00533",))
    assert (gene.locus_type, gene.previous_symbols) == ("gene with protein product", ("ERBB",))
    assert (found.source.name, found.source.release) == ("HGNC", "2025-06-17")


@pytest.mark.parametrize(("symbol", "called_by"), [("ERBB", "previous symbol"), ("ERBB1", "alias symbol")])
async def test_other_names_lead_to_the_approved_symbol(hgnc: Any, live: HgncLive, symbol: str, called_by: str) -> None:
    row = only_gene(symbol, await live.called(symbol))
    assert (row.gene.symbol, row.called_by) == ("EGFR", called_by)


async def test_an_ambiguous_alias_lists_its_candidates(hgnc: Any, live: HgncLive) -> None:
    hgnc.add(6876, "MAPK14", alias_symbol=["p38"])
    hgnc.add(18, "AHSA1", prev_symbol=["p38"])
    with pytest.raises(Ambiguous, match="several human genes") as caught:
        only_gene("p38", await live.called("p38"))
    assert caught.value.nearest == ("AHSA1 (HGNC:18, previous symbol)", "MAPK14 (HGNC:6876, alias symbol)")


async def test_an_approved_symbol_goes_before_another_genes_alias(hgnc: Any, live: HgncLive) -> None:
    hgnc.add(1, "OTHER", alias_symbol=["EGFR"])
    found = await live.called("EGFR")
    assert [row.gene.symbol for row in found.rows] == ["EGFR", "OTHER"]
    assert only_gene("EGFR", found).gene.symbol == "EGFR"


async def test_a_gene_under_two_of_its_names_comes_once(hgnc: Any, live: HgncLive) -> None:
    hgnc.add(5, "ABC1", prev_symbol=["XYZ"], alias_symbol=["XYZ"])
    found = await live.called("XYZ")
    assert [(row.gene.symbol, row.called_by) for row in found.rows] == [("ABC1", "previous symbol")]


async def test_a_withdrawn_symbol_is_named_and_not_taken(hgnc: Any, live: HgncLive) -> None:
    hgnc.add(27, "OLD1", status="Entry Withdrawn", name="symbol withdrawn, see EGFR")
    found = await live.called("OLD1")
    assert found.notices == ("HGNC has withdrawn OLD1 (HGNC:27); see EGFR.",)
    with pytest.raises(NotFound, match="withdrawn OLD1"):
        only_gene("OLD1", found)


async def test_a_standing_gene_goes_before_a_withdrawn_one(hgnc: Any, live: HgncLive) -> None:
    hgnc.add(27, "OLD1", status="Entry Withdrawn")
    hgnc.add(28, "NEW1", prev_symbol=["OLD1"])
    found = await live.called("OLD1")
    assert [row.gene.symbol for row in found.rows] == ["NEW1", "OLD1"]
    assert only_gene("OLD1", found).gene.symbol == "NEW1"
    assert "withdrawn OLD1" in found.notices[0]


async def test_a_symbol_in_small_letters_is_found_in_capitals_and_that_is_said(hgnc: Any, live: HgncLive) -> None:
    found = await live.called("egfr")
    assert found.rows[0].gene.symbol == "EGFR"
    assert found.notices == ("HGNC has EGFR, not egfr.",)


async def test_what_is_not_there_is_not_found(hgnc: Any, live: HgncLive) -> None:
    with pytest.raises(NotFound, match="No human gene is called NOSUCH"):
        await live.called("NOSUCH")
    with pytest.raises(NotFound, match="has no gene of HGNC:99"):
        await live.by_id("HGNC:99")
    with pytest.raises(NotFound, match="human genes only"):
        await live.by_accession("P01133")


async def test_a_symbol_with_a_slash_stays_one_part_of_the_address(hgnc: Any, live: HgncLive) -> None:
    hgnc.add(7, "ABC2", alias_symbol=["p40/41 b"])
    assert (await live.called("p40/41 b")).rows[0].gene.symbol == "ABC2"
    assert hgnc.faulty.heard[-1].target == "/hgnc/fetch/alias_symbol/p40%2F41%20b"


@pytest.mark.parametrize(
    "symbol", ["", "*", "EG?R", "EGFR:*", "EGFR AND status:x", "../info", "x/../info", "x" * 60, "β", 'a"b']
)
async def test_what_is_no_symbol_is_not_sent(hgnc: Any, live: HgncLive, symbol: str) -> None:
    with pytest.raises(InvalidIdentifier):
        await live.called(symbol)
    assert hgnc.faulty.count() == 0


async def test_what_is_no_identifier_is_not_sent(hgnc: Any, live: HgncLive) -> None:
    for call in (live.by_id("HGNC:x"), live.by_accession("P0053"), live.by_ensembl_gene("ENSG123")):
        with pytest.raises(InvalidIdentifier):
            await call
    assert hgnc.faulty.count() == 0


async def test_unreadable_genes_and_lost_ones_are_counted(hgnc: Any, live: HgncLive) -> None:
    hgnc.faulty.serve("/hgnc/fetch/*", hgnc.docs(hgnc.genes[0], {"symbol": "NOID"}, numFound=5))
    found = await live.by_id("HGNC:3236")
    assert (len(found.rows), found.total, found.complete) == (1, None, False)
    assert "left out" in found.notices[0]
    assert found.notices[1] == "HGNC has 5 genes of 3236; 2 came."


async def test_kept_replies_of_another_release_do_not_stand_in(hgnc: Any, caching_transport: Any) -> None:
    async with caching_transport.session() as session:
        await HgncLive(session).by_id("HGNC:3236")
    async with caching_transport.session() as session:
        assert (await HgncLive(session).by_id("HGNC:3236")).backend == "cache"
    assert hgnc.fetches() == 1
    hgnc.changed = "2025-07-01T00:00:00Z"
    async with caching_transport.session() as session:
        found = await HgncLive(session).by_id("HGNC:3236")
    assert (found.backend, found.source.release, hgnc.fetches()) == ("live", "2025-07-01", 2)


async def test_offline_opens_no_connection_and_kept_replies_answer(
    hgnc: Any, make_transport: Any, caching_transport: Any
) -> None:
    async with caching_transport.session() as session:
        await HgncLive(session).called("EGFR")
    asked = hgnc.faulty.count()
    async with make_transport(offline=True, cache=caching_transport.cache).session() as session:
        live = HgncLive(session)
        found = await live.called("EGFR")
        assert (found.backend, found.source.release) == ("cache", "2025-06-17")
        for name in ("id", "accession", "ensembl"):
            with pytest.raises(OfflineRefused):
                await CALLS[name](live)
    assert hgnc.faulty.count() == asked


async def test_without_a_stated_release_genes_still_come(hgnc: Any, live: HgncLive) -> None:
    hgnc.faulty.serve("/hgnc/info", {"numDoc": 3})
    found = await live.by_id("HGNC:3236")
    assert (found.source.release, found.rows[0].gene.symbol) == ("not stated", "EGFR")
    assert "did not say which release" in live.session.notices[0]


FAULTS = {
    "error with 200": (
        lambda s: s.answer({"responseHeader": {"status": 400}, "error": {"msg": "undefined field", "code": 400}}),
        BadReply,
        "undefined field",
        1,
    ),
    "400": (lambda s: s.answer("bad", 400), BadReply, r"refused the request \(400\): bad", 1),
    "503": (lambda s: s.answer("down", 503), SourceUnavailable, "answered 503", 4),
    "429": (lambda s: s.answer("slow down", 429), RateLimited, "answered 429", 4),
    "429 for long": (lambda s: s.answer("slow down", 429, retry_after="600"), RateLimited, "600 s", 1),
    "XML": (lambda s: s.answer("<?xml version='1.0'?><response/>"), BadReply, "no JSON", 2),
    "web page": (lambda s: s.answer("<!DOCTYPE html><html>down</html>"), BadReply, "web page", 2),
    "cut": (lambda s: s.answer(b'{"responseHeader": {"st'), BadReply, "not whole", 2),
    "empty": (lambda s: s.answer(b""), BadReply, "empty", 2),
    "a list": (lambda s: s.answer([]), BadReply, "shape", 1),
    "null": (lambda s: s.answer({"responseHeader": {"status": 0}, "response": None}), BadReply, "shape", 1),
    "no count": (lambda s: s.answer(s.docs(numFound=None)), BadReply, "no list of genes", 1),
    "no genes in it": (lambda s: s.answer(s.docs("x")), BadReply, "something else than genes", 1),
    "reset": (lambda s: lambda heard: heard.reset(), SourceUnavailable, "broken off", 4),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("asked", ["id", "accession", "ensembl"])
async def test_what_is_no_answer_is_an_error(hgnc: Any, live: HgncLive, asked: str, fault: str) -> None:
    make, error, said, attempts = FAULTS[fault]
    hgnc.faulty.serve("/hgnc/fetch/*", make(hgnc))
    with pytest.raises(error, match=said):
        await CALLS[asked](live)
    assert hgnc.fetches() == attempts


@pytest.mark.parametrize("fault", FAULTS)
async def test_one_name_kind_that_fails_is_no_silent_half_answer(hgnc: Any, live: HgncLive, fault: str) -> None:
    make, error, _, _ = FAULTS[fault]
    hgnc.faulty.serve("/hgnc/fetch/alias_symbol/EGFR", make(hgnc))
    with pytest.raises(error):
        await live.called("EGFR")
