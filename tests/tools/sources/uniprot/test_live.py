"""Entries, isoforms and the release, asked of a server that speaks as UniProt does."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from biocopilot.memory.errors import (
    Ambiguous,
    BadReply,
    InvalidArguments,
    InvalidIdentifier,
    LimitReached,
    NotFound,
    OfflineRefused,
)
from biocopilot.tools.sources.uniprot import InactiveEntry, StoreRows, UniprotLive, single_entry


async def test_entry_comes_with_its_release(service: Any, live: UniprotLive, entry_json: Any) -> None:
    service.add(entry_json("P00533"))
    found = await live.entry(" p00533 ")
    assert single_entry(found).accession == "P00533"
    assert (found.total, found.complete, found.notices, found.backend) == (1, True, (), "live")
    assert (found.source.name, found.source.release) == ("UniProt", "2025_03")


async def test_merged_accession_is_followed_and_said(service: Any, live: UniprotLive, entry_json: Any) -> None:
    service.add(entry_json("P00533", secondaryAccessions=["B4DFW6"]))
    service.merged["B4DFW6"] = "P00533"
    found = await live.entry("B4DFW6")
    assert single_entry(found).accession == "P00533"
    assert found.notices == ("B4DFW6 was merged into P00533.",)


async def test_merged_accession_given_as_inactive_is_followed_too(
    service: Any, live: UniprotLive, entry_json: Any, inactive_json: Any
) -> None:
    service.add(entry_json("P00533", secondaryAccessions=["B4DFW6"]), inactive_json("B4DFW6", "MERGED", ("P00533",)))
    found = await live.entry("B4DFW6")
    assert (single_entry(found).accession, found.notices) == ("P00533", ("B4DFW6 was merged into P00533.",))


async def test_split_up_accession_names_all_successors(service: Any, live: UniprotLive, inactive_json: Any) -> None:
    service.add(inactive_json("P29358", "DEMERGED", ("P68250", "P68251")))
    found = await live.entry("P29358")
    assert isinstance(found.rows[0], InactiveEntry)
    assert found.notices == ("P29358 was split up into P68250, P68251.",)
    with pytest.raises(Ambiguous) as caught:
        single_entry(found)
    assert caught.value.nearest == ("P68250", "P68251")


async def test_deleted_accession_is_said_to_be(service: Any, live: UniprotLive, inactive_json: Any) -> None:
    service.add(inactive_json("A0A008APQ8", "DELETED", because="Not part of a reference proteome"))
    found = await live.entry("A0A008APQ8")
    with pytest.raises(NotFound, match=r"deleted from UniProtKB \(Not part of a reference proteome\)"):
        single_entry(found)


async def test_successor_that_is_no_accession_is_not_asked_for(
    service: Any, live: UniprotLive, inactive_json: Any
) -> None:
    service.add(inactive_json("B4DFW6", "MERGED", ("../admin",)))
    with pytest.raises(BadReply, match="successors"):
        await live.entry("B4DFW6")
    assert service.faulty.count() == 1


async def test_absent_entry_is_not_found(service: Any, live: UniprotLive) -> None:
    with pytest.raises(NotFound, match="UniProt has no entry P99999"):
        await live.entry("P99999")
    assert service.faulty.count() == 1


async def test_entry_of_another_protein_is_refused(service: Any, live: UniprotLive, entry_json: Any) -> None:
    service.entries["P00533"] = entry_json("P04626")
    with pytest.raises(BadReply, match="P04626 came for P00533"):
        await live.entry("P00533")


@pytest.mark.parametrize("accession", ["", "EGFR", "P00533/../x", "P00533?x=1", "P00533-", "P00533\n.", "https://x"])
async def test_what_is_no_accession_is_never_sent(service: Any, live: UniprotLive, accession: str) -> None:
    for ask in (live.entry, live.isoforms):
        with pytest.raises(InvalidIdentifier):
            await ask(accession)
    with pytest.raises(InvalidIdentifier):
        await live.entries(["P00533", accession])
    assert service.faulty.count() == 0


def _products(*ids: str) -> dict[str, Any]:
    isoforms = [
        {
            "name": {"value": name},
            "isoformIds": [name],
            "isoformSequenceStatus": "Displayed" if name.endswith("-1") else "External",
        }
        for name in ids
    ]
    return {"commentType": "ALTERNATIVE PRODUCTS", "events": ["Alternative splicing"], "isoforms": isoforms}


async def test_isoform_gives_the_entry_and_says_so(service: Any, live: UniprotLive, entry_json: Any) -> None:
    service.add(entry_json("P00533", comments=[_products("P00533-1", "P00533-2")]))
    found = await live.entry("P00533-2")
    assert single_entry(found).accession == "P00533"
    assert "P00533-2 is an isoform" in found.notices[0]
    assert service.faulty.count("/uniprot/uniprotkb/P00533") == 1


async def test_isoform_that_is_not_listed_is_not_found(service: Any, live: UniprotLive, entry_json: Any) -> None:
    service.add(entry_json("P00533", comments=[_products("P00533-1", "P00533-2")]), entry_json("P04626"))
    with pytest.raises(NotFound, match="no isoform P00533-7") as caught:
        await live.entry("P00533-7")
    assert caught.value.nearest == ("P00533-1", "P00533-2")
    assert "isoform" in (await live.entry("P04626-1")).notices[0]
    with pytest.raises(NotFound):
        await live.entry("P04626-2")


async def test_isoforms_without_a_sequence_are_named(service: Any, live: UniprotLive, entry_json: Any) -> None:
    service.add(entry_json("P00533", comments=[_products("P00533-1", "P00533-2")]))
    found = await live.isoforms("P00533-2")
    assert [(row.id, row.length) for row in found.rows] == [("P00533-1", 24), ("P00533-2", None)]
    assert found.notices == ("P00533-2 comes without a sequence: its sequence is that of another entry.",)


async def test_isoforms_of_a_deleted_entry_are_not_found(service: Any, live: UniprotLive, inactive_json: Any) -> None:
    service.add(inactive_json("A0A008APQ8", "DELETED"))
    with pytest.raises(NotFound):
        await live.isoforms("A0A008APQ8")


async def test_entries_come_in_the_order_asked_for_and_missing_ones_are_named(
    service: Any, live: UniprotLive, entry_json: Any, inactive_json: Any
) -> None:
    service.add(entry_json("P04626"), entry_json("P00533"), inactive_json("P29358", "DELETED"))
    found = await live.entries(["P00533", "P99999", "P04626-2", "p00533", "P29358"])
    assert [row.accession for row in found.rows] == ["P00533", "P04626", "P29358"]
    assert (found.total, found.complete) == (4, False)
    assert found.notices[0] == "UniProt gave no entry for P99999."
    assert found.notices[1].startswith("P29358 was deleted")


async def test_entries_are_asked_for_in_batches(service: Any, live: UniprotLive, entry_json: Any) -> None:
    names = [f"P{number:05d}" for number in range(120)]
    service.add(*(entry_json(name) for name in names))
    found = await live.entries(names)
    assert [row.accession for row in found.rows] == names
    assert (found.total, found.complete, found.notices) == (120, True, ())
    assert service.faulty.count("/uniprot/uniprotkb/accessions") == 3


async def test_batch_that_fails_is_said_and_the_others_are_given(
    service: Any, live: UniprotLive, entry_json: Any
) -> None:
    names = [f"P{number:05d}" for number in range(100)]
    service.add(*(entry_json(name) for name in names))
    refused = service.error(400, "no")
    path = "/uniprot/uniprotkb/accessions"
    service.faulty.serve(path, refused, service._accessions)
    found = await live.entries(names)
    assert (len(found.rows), found.total, found.complete) == (50, 100, False)
    assert found.notices[0].startswith("50 accessions could not be asked for")
    service.faulty.serve(path, refused)
    with pytest.raises(BadReply):
        await live.entries(names)


async def test_accession_borne_by_two_entries_is_not_taken_for_one(
    service: Any, live: UniprotLive, entry_json: Any
) -> None:
    rows = [entry_json(name, secondaryAccessions=["P29358"]) for name in ("P68250", "P68251")]
    service.faulty.serve("/uniprot/uniprotkb/accessions", service.answer({"results": rows}, x_total_results="2"))
    found = await live.entries(["P29358", "P68250"])
    assert [row.accession for row in found.rows] == ["P68250"]
    assert found.notices == ("UniProt gave no entry for P29358.",)


async def test_too_many_or_no_entries_are_refused(service: Any, live: UniprotLive) -> None:
    with pytest.raises(LimitReached):
        await live.entries(f"P{number:05d}" for number in range(1_001))
    with pytest.raises(InvalidArguments):
        await live.entries([])
    assert service.faulty.count() == 0


async def test_release_with_its_date(service: Any, live: UniprotLive, entry_json: Any) -> None:
    service.add(entry_json("P69905"))
    release = await live.release()
    assert (release.name, release.date) == ("2025_03", dt.date(2025, 6, 18))


async def test_release_that_is_not_said_is_an_error(service: Any, live: UniprotLive) -> None:
    service.faulty.serve("/uniprot/uniprotkb/search", {"results": []})
    with pytest.raises(BadReply, match="which release"):
        await live.release()


async def test_kept_entry_answers_offline_with_its_release(
    service: Any, make_transport: Any, caching_transport: Any, entry_json: Any
) -> None:
    service.add(entry_json("P00533", secondaryAccessions=["B4DFW6"]))
    service.merged["B4DFW6"] = "P00533"
    async with caching_transport.session() as session:
        first = await UniprotLive(session).entry("B4DFW6")
    offline = make_transport(offline=True, cache=caching_transport.cache)
    async with offline.session() as session:
        again = await UniprotLive(session).entry("B4DFW6")
        with pytest.raises(OfflineRefused):
            await UniprotLive(session).entry("P00533")
    assert (again.rows, again.notices, again.source.release) == (first.rows, first.notices, "2025_03")
    assert (first.backend, again.backend) == ("live", "cache")


async def test_cut_page_of_entries_is_not_kept(service: Any, caching_transport: Any, entry_json: Any) -> None:
    service.add(entry_json("P00533"), entry_json("P04626"))
    cut = service.answer({"results": [entry_json("P00533")]}, x_total_results="2")
    service.faulty.serve("/uniprot/uniprotkb/accessions", cut, cut, service._accessions)
    async with caching_transport.session() as session:
        first = await UniprotLive(session).entries(["P00533", "P04626"])
        again = await UniprotLive(session).entries(["P00533", "P04626"])
    assert (len(first.rows), first.complete, first.notices) == (1, False, ("UniProt gave no entry for P04626.",))
    assert (len(again.rows), again.complete) == (2, True)


async def test_real_entries_come_over_the_wire_as_the_store_has_them(
    service: Any, live: UniprotLive, real_values: list[dict[str, Any]], real_store: Any
) -> None:
    kept = {row["accession"] for row in real_store.database.rows("SELECT accession FROM uniprot_entry")}
    values = [value for value in real_values if value["primaryAccession"] in kept][:100]
    service.add(*values)
    found = await live.entries(value["primaryAccession"] for value in values)
    assert found.complete
    for row in found.rows:
        assert StoreRows(row).entry == real_store.entry(row.accession)  # type: ignore[arg-type]


async def test_recorded_errors_have_the_shape_that_the_fake_gives(shared: Any) -> None:
    recorded = json.loads((shared / "data" / "uniprot_rest" / "uniprotREST_http_captures.json").read_text())
    headers = {name.lower() for exchange in recorded for name, _ in exchange["headers"]}
    assert {"link", "x-total-results", "x-uniprot-release", "x-uniprot-release-date"} <= headers
