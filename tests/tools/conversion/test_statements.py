"""Statements side by side: what agrees, what differs, what has nothing in common."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from biocopilot.memory.errors import Ambiguous, BadReply, InvalidIdentifier, NotFound, OfflineRefused, StorageError
from biocopilot.memory.records import Source
from biocopilot.tools.conversion.convert_identifier import convert_identifier
from biocopilot.tools.conversion.statements import SOURCE_S, Entry, Silence, Statement, ask, compare
from biocopilot.tools.sources.found import Found


def said(name: str, **ids: tuple[str, ...]) -> Statement:
    source = Source(name=name, release="1", licence="CC0", attribution=name)
    return Statement(source, "live", "name x", (Entry(ids),))


def test_equal_ids_are_listed_once_with_both_sources() -> None:
    made = compare([said("A", hgnc_id=("HGNC:1",)), said("B", hgnc_id=("HGNC:1",))])
    assert made.identifiers == {"hgnc_id": (("HGNC:1", ("A 1, service", "B 1, service")),)}
    assert (made.conflicts, made.differences) == ((), ())


def test_ids_with_nothing_in_common_are_a_conflict_and_both_stay() -> None:
    made = compare([said("A", uniprot_accession=("P1",)), said("B", uniprot_accession=("P2", "P3"))])
    assert [value for value, _ in made.identifiers["uniprot_accession"]] == ["P1", "P2", "P3"]
    assert made.conflicts == ("UniProt accession: A 1, service, gives P1; B 1, service, gives P2 and P3.",)


def test_more_ids_in_one_source_are_a_difference() -> None:
    made = compare([said("A", chembl_id=("CHEMBL1",)), said("B", chembl_id=("CHEMBL1", "CHEMBL2"))])
    assert made.conflicts == ()
    assert made.differences == ("ChEMBL id: A 1, service, gives CHEMBL1; B 1, service, gives CHEMBL1 and CHEMBL2.",)


def test_a_source_that_says_nothing_of_a_kind_does_not_disagree() -> None:
    made = compare([said("A", hgnc_id=("HGNC:1",)), said("B", hgnc_id=()), said("C")])
    assert (made.conflicts, made.differences) == ((), ())


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ("LFQSCWFLJHTTHZ-AAAAAAAAAA-N", "the same skeleton; stereochemistry, isotopes or charge differ"),
        ("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "different skeletons"),
    ],
)
def test_a_conflict_of_keys_says_of_what_sort_it_is(second: str, words: str) -> None:
    made = compare([said("A", inchikey=("LFQSCWFLJHTTHZ-UHFFFAOYSA-N",)), said("B", inchikey=(second,))])
    assert words in made.conflicts[0]


def test_a_source_is_named_with_its_releases_once() -> None:
    source = Source(name="ChEMBL", release="ChEMBL_32 and ChEMBL_36 (starter set)", licence="x", attribution="x")
    assert Statement(source, "starter", "", ()).label == "ChEMBL 32 and 36 (starter set), local store"
    live = source.model_copy(update={"release": "ChEMBL_36"})
    assert [Statement(live, backend, "", ()).label for backend in ("live", "cache")] == ["ChEMBL 36, service"] * 2
    unknown = source.model_copy(update={"release": "not stated"})
    assert Statement(unknown, "live", "", ()).label == "ChEMBL, service"


async def test_three_sources_are_compared_two_by_two() -> None:
    made = compare([said("A", hgnc_id=("1",)), said("B", hgnc_id=("2",)), said("C", hgnc_id=("3",))])
    assert len(made.conflicts) == 3


@pytest.mark.parametrize(
    ("error", "silence"),
    [
        (NotFound("None.", nearest=("aspirin",)), Silence("X", "None. Nearest: aspirin.", asked=True)),
        (Ambiguous("Two.", nearest=("A", "B")), Silence("X", "Two.", asked=True, candidates=("A", "B"))),
        (BadReply("X: it is broken."), Silence("X", "it is broken.", failed=True)),
        (StorageError("It is damaged."), Silence("X", "It is damaged.", failed=True)),
        (OfflineRefused("No."), Silence("X", "No.", failed=True, offline=True)),
        (InvalidIdentifier("No symbol."), Silence("X", "X cannot be asked by this. No symbol.")),
    ],
)
async def test_a_source_without_an_answer_says_why(error: Exception, silence: Silence) -> None:
    async def call() -> Statement:
        raise error

    assert await ask("X", call) == silence


async def test_a_source_that_is_slow_is_not_waited_for() -> None:
    async def call() -> Statement:
        await asyncio.sleep(30)
        raise AssertionError

    assert await ask("X", call, within_s=0.01) == Silence("X", "X did not answer within 0.01 s.", failed=True)


def test_only_what_a_service_gave_has_a_time_of_its_own() -> None:
    then = datetime(2025, 6, 17, tzinfo=UTC)
    source = Source(name="HGNC", release="1", licence="CC0 1.0", attribution="HGNC")
    times = {
        backend: Statement.of(Found((), source, backend, then), "", ()).retrieved_at
        for backend in ("local", "cache", "live")
    }
    assert times == {"local": None, "cache": then, "live": then}


def test_asking_twice_fits_in_a_call() -> None:
    assert convert_identifier.deadline_s > 2 * SOURCE_S
