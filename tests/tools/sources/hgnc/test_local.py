"""The registered store of gene names beside the service: the same answers, and which of the two is asked."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import Ambiguous, BiocopilotError, InvalidIdentifier, NotFound, SourceUnavailable
from biocopilot.memory.hgnc_store import HgncStore
from biocopilot.memory.stores.hgnc import build_hgnc
from biocopilot.memory.stores.registry import open_store
from biocopilot.tools.sources.hgnc import Gene, Hgnc, HgncLive, HgncLocal, only_gene
from biocopilot.tools.workbench import Services, Workbench

SET: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[3] / "memory" / "stores" / "hgnc_set.py"))


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Callable[[list[dict[str, Any]]], HgncStore]]:
    """Registers these genes as HGNC's set of 2025-07-01."""
    stores: list[HgncStore] = []

    def build(genes: list[dict[str, Any]]) -> HgncStore:
        file = tmp_path / "hgnc_complete_set_2025-07-01.txt"
        file.write_bytes(SET["table"](genes))
        build_hgnc(file)
        database = open_store("hgnc")
        assert database is not None
        stores.append(HgncStore(database))
        return stores[-1]

    yield build
    for store in stores:
        store.close()


@pytest.fixture
def genes(hgnc: Any) -> list[dict[str, Any]]:
    """What the service on loopback knows: shared aliases, a withdrawn report, a gene under two of its names, one without protein."""
    hgnc.add(6876, "MAPK14", alias_symbol=["p38"], uniprot_ids=["Q16539"])
    hgnc.add(18, "AHSA1", prev_symbol=["p38"], uniprot_ids=["O95433"])
    hgnc.add(1, "OTHER", alias_symbol=["EGFR"], uniprot_ids=["P00533", "Q504U8"])
    hgnc.add(5, "ABC1", prev_symbol=["XYZ"], alias_symbol=["XYZ"], refseq_accession=["NM_000014"])
    hgnc.add(27, "OLD1", status="Entry Withdrawn", name="symbol withdrawn, see EGFR")
    hgnc.add(28, "LNC9", locus_type="RNA, long non-coding", locus_group="non-coding RNA")
    hgnc.add(29, "C1orf7", alias_symbol=["p110-alpha"], prev_symbol=["ORF/7"])
    return hgnc.genes


QUESTIONS: dict[str, Callable[[Any], Any]] = {
    **{
        f"called {symbol}": lambda source, symbol=symbol: source.called(symbol)
        for symbol in (
            "EGFR", "ERBB", "ERBB1", "egfr", "p38", "MAPK14", "XYZ", "OLD1", "LNC9", "C1orf7", "ORF/7", "p110-alpha", "NOSUCH",
            "no/../symbol",
        )
    },
    "id": lambda source: source.by_id("HGNC:3236"),
    "number": lambda source: source.by_id("3236"),
    "unknown id": lambda source: source.by_id("HGNC:99999"),
    "accession": lambda source: source.by_accession("P00533"),
    "isoform": lambda source: source.by_accession("P00533-2"),
    "unknown accession": lambda source: source.by_accession("Q9Y6K9"),
    "ensembl": lambda source: source.by_ensembl_gene("ENSG00000146648.17"),
    "wrong ensembl": lambda source: source.by_ensembl_gene("ENSMUSG00000020122"),
}  # fmt: skip


async def _said(ask: Callable[[Any], Any], source: Any) -> Any:
    """What was found without where and when; an error as its kind and words."""
    try:
        found = await ask(source)
    except BiocopilotError as error:
        return type(error), error.message, error.hint
    return found.rows, found.total, found.complete, found.notices, found.source.name, found.source.licence


@pytest.mark.parametrize("question", QUESTIONS)
async def test_the_store_says_what_the_service_says(genes: Any, live: HgncLive, register: Any, question: str) -> None:
    ask = QUESTIONS[question]
    assert await _said(ask, HgncLocal(register(genes))) == await _said(ask, live)


async def test_it_is_the_local_store_that_answers_with_its_release(genes: Any, register: Any) -> None:
    found = await HgncLocal(register(genes)).called("ERBB1")
    assert (found.backend, found.source.release, found.source.licence) == ("local", "2025-07-01", "CC0 1.0")
    gene = found.rows[0].gene
    assert (gene.entrez_gene, gene.location) == ("1956", "7p11.2")


async def test_a_spelling_that_only_a_local_index_can_find_is_found_and_said(genes: Any, register: Any) -> None:
    found = await HgncLocal(register(genes)).called("P110alpha")
    assert [row.gene.symbol for row in found.rows] == ["C1orf7"]
    assert found.notices == ("HGNC has p110-alpha, not P110alpha.",)


@pytest.mark.parametrize("value", ["abc", "-1", "19 56", "1956; DROP", 10**12])
def test_what_is_no_entrez_gene_is_not_passed_on(value: Any) -> None:
    assert Gene.read({"hgnc_id": "HGNC:1", "symbol": "A", "entrez_id": value}).entrez_gene is None


# Which is asked ------------------------------------------------------------------------------------------------------


async def test_what_the_store_knows_is_not_sent(genes: Any, hgnc: Any, transport: Any, register: Any) -> None:
    async with transport.session() as session:
        names = Hgnc(session, register(genes))
        for found in (
            await names.called("ERBB"),
            await names.by_id("HGNC:3236"),
            await names.by_accession("P00533"),
            await names.by_ensembl_gene("ENSG00000146648"),
        ):
            assert found.backend == "local"
            assert found.rows[0].gene.symbol == "EGFR"
        with pytest.raises(Ambiguous):
            only_gene("p38", await names.called("p38"))
        with pytest.raises(InvalidIdentifier):
            await names.called("no/../symbol")
    assert hgnc.faulty.count() == 0


async def test_what_the_store_does_not_know_is_asked_of_the_service(
    genes: Any, hgnc: Any, transport: Any, register: Any
) -> None:
    store = register(genes)
    hgnc.add(777, "NEW7")
    async with transport.session() as session:
        found = await Hgnc(session, store).called("NEW7")
        assert (found.backend, found.rows[0].gene.hgnc_id, session.notices) == ("live", "HGNC:777", [])
        with pytest.raises(NotFound, match="No human gene is called NOSUCH"):
            await Hgnc(session, store).called("NOSUCH")


async def test_a_service_that_is_down_costs_nothing_and_is_told(
    genes: Any, hgnc: Any, transport: Any, register: Any
) -> None:
    hgnc.faulty.serve("/hgnc/*", hgnc.answer("down", 503))
    hgnc.faulty.serve("/hgnc/info", hgnc.answer("down", 503))
    async with transport.session() as session:
        with pytest.raises(NotFound, match="No human gene is called NOSUCH"):
            await Hgnc(session, register(genes)).called("NOSUCH")
        assert "answered 503" in session.notices[-1]
        with pytest.raises(SourceUnavailable):
            await Hgnc(session, None).called("NOSUCH")


async def test_offline_the_store_answers_alone(genes: Any, make_transport: Any, register: Any) -> None:
    async with make_transport(offline=True).session() as session:
        names = Hgnc(session, register(genes))
        assert (await names.called("ERBB1")).backend == "local"
        with pytest.raises(NotFound):
            await names.called("NOSUCH")
        assert session.notices == []


async def test_the_setting_turns_the_order_round(genes: Any, hgnc: Any, transport: Any, register: Any) -> None:
    register(genes)
    hgnc.genes[0] = {**hgnc.genes[0], "name": "newer"}
    async with transport.session() as session:
        with Workbench(services=Services(first=True)) as bench:
            found = await Hgnc.of(bench, session).called("EGFR")
            assert (found.backend, found.rows[0].gene.name) == ("live", "newer")
            hgnc.faulty.serve("/hgnc/fetch/*", hgnc.answer("down", 503))
            assert (await Hgnc.of(bench, session).called("EGFR")).backend == "local"
            assert "answered 503" in session.notices[-1]
        with Workbench() as bench:
            assert (await Hgnc.of(bench, session).called("EGFR")).backend == "local"


async def test_a_store_that_is_damaged_does_not_pass_for_one_that_knows_nothing(
    genes: Any, register: Any, home: Path
) -> None:
    register(genes).database.path.write_bytes(b"rubbish" * 1_000)
    with Workbench() as bench, pytest.raises(BiocopilotError, match="cannot be read"):
        assert bench.hgnc is not None
