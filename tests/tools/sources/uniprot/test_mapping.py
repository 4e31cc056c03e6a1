"""Identifiers mapped by a job: submitted, waited for, read page by page; nothing asked for gets lost unsaid."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.errors import BadReply, InvalidArguments, InvalidIdentifier, SourceUnavailable
from biocopilot.tools.sources.uniprot import UniprotLive
from biocopilot.tools.sources.uniprot.mapping import MOST_IDS

RUN = "/uniprot/idmapping/run"
STATUS = "/uniprot/idmapping/status/a1B2c3"
RESULTS = "/uniprot/idmapping/results/a1B2c3"


async def test_job_is_submitted_waited_for_and_paged(service: Any, live: UniprotLive, pass_time: Any) -> None:
    service.mapped = [(f"P{number:05d}", f"CHEMBL{number}") for number in range(7)]
    service.failed = ["P99999"]
    service.polls, service.page = 5, 3
    mapping = await live.map_ids(
        "UniProtKB_AC-ID", "ChEMBL", [f"P{number:05d}" for number in range(7)] + ["P99999", "P00000"]
    )
    assert [(row.from_id, row.to_id) for row in mapping.found.rows] == service.mapped
    assert (mapping.found.total, mapping.found.complete, mapping.failed) == (7, True, ("P99999",))
    assert mapping.found.notices == ("1 identifiers stand for nothing there: P99999.",)
    assert mapping.found.source.release == "2025_03"
    submitted = service.faulty.heard[0]
    assert (submitted.method, submitted.form["from"], submitted.form["to"]) == ("POST", "UniProtKB_AC-ID", "ChEMBL")
    assert submitted.form["ids"].split(",") == [*(f"P{number:05d}" for number in range(7)), "P99999"]
    assert service.faulty.count(STATUS) == 6
    assert [wait for wait in pass_time.slept if wait >= 0.5] == [0.5, 1, 2, 4, 8]
    assert [heard.query.get("size") for heard in service.faulty.heard if heard.path == RESULTS][1:] == ["500"] * 3


async def test_entries_mapped_to_come_in_short(
    service: Any, live: UniprotLive, entry_json: Any, inactive_json: Any
) -> None:
    service.to_uniprotkb = True
    service.mapped = [("EGFR", entry_json("P00533")), ("EGFR", inactive_json("B4DFW6", "MERGED", ("P00533",)))]
    mapping = await live.map_ids("Gene_Name", "UniProtKB", ["EGFR"])
    first, second = mapping.found.rows
    assert first.entry is not None
    assert (first.from_id, first.to_id, first.entry.name, first.entry.reviewed) == (
        "EGFR",
        "P00533",
        "Protein P00533",
        True,
    )
    assert second.entry is not None
    assert (second.to_id, second.entry.active) == ("B4DFW6", False)
    asked = [heard for heard in service.faulty.heard if heard.path == "/uniprot/idmapping/uniprotkb/results/a1B2c3"]
    assert asked[-1].query["fields"].startswith("accession,")


async def test_state_that_says_finished_needs_no_redirect(service: Any, live: UniprotLive) -> None:
    service.mapped = [("P00533", "CHEMBL203")]
    service.faulty.serve(STATUS, service.answer({"jobStatus": "FINISHED"}))
    mapping = await live.map_ids("UniProtKB_AC-ID", "ChEMBL", ["P00533"])
    assert [row.to_id for row in mapping.found.rows] == ["CHEMBL203"]


async def test_results_are_read_where_the_redirect_leads(service: Any, live: UniprotLive) -> None:
    path = "/uniprot/idmapping/uniref/results/a1B2c3"
    rows = [{"from": "P00533", "to": {"id": "UniRef90_P00533", "entryType": "UniRef90", "memberCount": 9}}]
    service.faulty.serve(STATUS, service.answer("", 303, location=path))
    service.faulty.serve(path, service.answer({"results": rows}, x_total_results="1"))
    mapping = await live.map_ids("UniProtKB_AC-ID", "UniRef90", ["P00533"])
    assert [(row.to_id, row.entry) for row in mapping.found.rows] == [("UniRef90_P00533", None)]
    assert service.faulty.count(RESULTS) == 0


async def test_job_that_is_never_done_ends_at_the_deadline(service: Any, live: UniprotLive, pass_time: Any) -> None:
    service.faulty.serve(STATUS, service.answer({"jobStatus": "RUNNING"}))
    with pytest.raises(SourceUnavailable, match="within 60 s"):
        await live.map_ids("UniProtKB_AC-ID", "ChEMBL", ["P00533"])
    assert 40 < sum(pass_time.slept) < 60
    assert service.faulty.count(STATUS) < 12


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (RUN, {"messages": ["Invalid request received. The ids parameter is invalid"]}, "ids parameter is invalid"),
        (RUN, {"jobId": "../../x"}, "no job was made"),
        (RUN, {"jobId": None}, "no job was made"),
        (RUN, ["a1B2c3"], "no JSON object"),
        (
            STATUS,
            {"jobStatus": "ERROR", "errors": [{"code": 50, "message": "Service not available"}]},
            "Service not available",
        ),
        (STATUS, {"jobStatus": "ABORTED"}, "mapping failed"),
        (STATUS, {"messages": ["Job not found"]}, "Job not found"),
        (RESULTS, {"messages": ["gone"]}, "gone"),
        (RESULTS, "<html>Maintenance</html>", "web page"),
    ],
)
async def test_job_that_goes_wrong_is_an_error(
    service: Any, live: UniprotLive, path: str, body: Any, said: str
) -> None:
    service.faulty.serve(path, service.answer(body))
    with pytest.raises(BadReply, match=said):
        await live.map_ids("UniProtKB_AC-ID", "ChEMBL", ["P00533"])


async def test_identifier_that_is_lost_is_named(service: Any, live: UniprotLive) -> None:
    service.mapped = [("egfr", "CHEMBL203")]
    mapping = await live.map_ids("Gene_Name", "ChEMBL", ["EGFR", "ERBB2"])
    assert not mapping.found.complete
    assert mapping.found.notices == ("1 identifiers came back neither mapped nor refused: ERBB2.",)


async def test_results_that_are_cut_are_partial(service: Any, live: UniprotLive) -> None:
    rows = [{"from": "P00533", "to": "1IVO"}]
    service.faulty.serve(RESULTS, service.answer({"results": rows}, x_total_results="9"))
    mapping = await live.map_ids("UniProtKB_AC-ID", "PDB", ["P00533"])
    assert (len(mapping.found.rows), mapping.found.total, mapping.found.complete) == (1, 9, False)
    assert mapping.found.notices == ("UniProt has 9 of these; 1 came.",)


@pytest.mark.parametrize(
    ("source", "target", "ids", "error"),
    [
        ("UniProtKB", "ChEMBL", ["P00533"], InvalidArguments),
        ("UniProtKB_AC-ID", "Nowhere", ["P00533"], InvalidArguments),
        ("UniProtKB_AC-ID&to=x", "ChEMBL", ["P00533"], InvalidArguments),
        ("UniProtKB_AC-ID", "ChEMBL", [], InvalidArguments),
        ("UniProtKB_AC-ID", "ChEMBL", ["P00533,P04626"], InvalidIdentifier),
        ("UniProtKB_AC-ID", "ChEMBL", ["P00533 P04626"], InvalidIdentifier),
        ("UniProtKB_AC-ID", "ChEMBL", [""], InvalidIdentifier),
        ("UniProtKB_AC-ID", "ChEMBL", ["Ünicode"], InvalidIdentifier),
        ("UniProtKB_AC-ID", "ChEMBL", ["x" * 101], InvalidIdentifier),
    ],
)
async def test_what_cannot_be_mapped_is_never_sent(
    service: Any, live: UniprotLive, source: str, target: str, ids: list[str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await live.map_ids(source, target, ids)
    assert service.faulty.count() == 0


async def test_more_identifiers_than_the_service_takes_are_refused(service: Any, live: UniprotLive) -> None:
    with pytest.raises(InvalidArguments, match="100,001 identifiers are more than the 100,000"):
        await live.map_ids("GeneID", "UniProtKB", (str(number) for number in range(MOST_IDS + 1)))
    assert service.faulty.count() == 0


async def test_escapes_in_failed_identifiers_are_cleaned(service: Any, live: UniprotLive) -> None:
    service.failed = ["P00533\x1b[2J"]
    mapping = await live.map_ids("UniProtKB_AC-ID", "ChEMBL", ["P00533"])
    assert mapping.failed == ("P00533",)
    assert mapping.found.complete
