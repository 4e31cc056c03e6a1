"""AlphaFold DB: what a model tells, isoforms and fragments, links that are none, faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from biocopilot.memory.errors import BadReply, InvalidIdentifier, NotFound, OfflineRefused, SourceUnavailable
from biocopilot.tools.sources.alphafold import AlphaFold

PATH = "/alphafold/prediction/P00533"


def model(name: str = "AF-P00533-F1", accession: str = "P00533", **changes: Any) -> dict[str, Any]:
    files = f"https://alphafold.ebi.ac.uk/files/{name}"
    return {
        "modelEntityId": name,
        "entryId": name,
        "uniprotAccession": accession,
        "sequenceStart": 1,
        "sequenceEnd": 1210,
        "globalMetricValue": 75.94,
        "fractionPlddtVeryHigh": 0.374,
        "modelCreatedDate": "2025-08-01T00:00:00Z",
        "latestVersion": 6,
        "cifUrl": f"{files}-model_v6.cif",
        "pdbUrl": f"{files}-model_v6.pdb",
        "paeDocUrl": f"{files}-predicted_aligned_error_v6.json",
        "aFieldOfTomorrow": {},
        **changes,
    }


async def models(transport: Any, accession: str = "P00533") -> Any:
    async with transport.session() as session:
        return await AlphaFold(session).models(accession)


async def test_a_model_with_all_it_tells(faulty: Any, transport: Any) -> None:
    faulty.serve(PATH, [model()])
    found = await models(transport, " p00533 ")
    (row,) = found.rows
    assert (row.model_id, row.accession, row.version, row.created) == ("AF-P00533-F1", "P00533", 6, "2025-08-01")
    assert (row.first_residue, row.last_residue) == (1, 1210)
    assert (row.mean_plddt, row.fraction_very_high) == (75.94, 0.374)
    assert row.links["cif"] == "https://alphafold.ebi.ac.uk/files/AF-P00533-F1-model_v6.cif"
    assert set(row.links) == {"cif", "pdb", "predicted_aligned_error"}
    assert (found.total, found.complete, found.source.licence) == (1, True, "CC BY 4.0")


async def test_older_names_of_fields_and_nulls(faulty: Any, transport: Any) -> None:
    changes = {"modelEntityId": None, "sequenceStart": None, "sequenceEnd": None, "uniprotStart": 1, "uniprotEnd": 9}
    faulty.serve(PATH, [model(**changes, globalMetricValue=None, fractionPlddtVeryHigh=None, latestVersion=None, modelCreatedDate=None)])  # fmt: skip
    (row,) = (await models(transport)).rows
    assert (row.model_id, row.first_residue, row.last_residue) == ("AF-P00533-F1", 1, 9)
    assert (row.mean_plddt, row.fraction_very_high, row.version, row.created) == (None, None, None, None)


async def test_isoforms_are_left_out_and_fragments_are_in_order(faulty: Any, transport: Any) -> None:
    second = model("AF-P00533-F2", sequenceStart=201, sequenceEnd=1600)
    faulty.serve(PATH, [model("AF-P00533-4-F1", "P00533-4"), second, model()])
    found = await models(transport)
    assert [row.model_id for row in found.rows] == ["AF-P00533-F1", "AF-P00533-F2"]
    assert (found.total, found.complete) == (2, True)
    assert found.notices == ("1 models of other isoforms are left out.",)


async def test_a_model_that_cannot_be_read_is_said(faulty: Any, transport: Any) -> None:
    faulty.serve(PATH, [model(), model("AF-P00533-F2", globalMetricValue=-3)])
    found = await models(transport)
    assert (len(found.rows), found.total, found.complete) == (1, 2, False)
    assert "could not be read" in found.notices[0]


@pytest.mark.parametrize(
    "link",
    [
        "http://alphafold.ebi.ac.uk/files/x.cif",
        "https://alphafold.ebi.ac.uk.example.org/x",
        "https://a@alphafold.ebi.ac.uk/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://[::1",
        "",
    ],
)
async def test_a_link_to_elsewhere_is_none(faulty: Any, transport: Any, link: str) -> None:
    faulty.serve(PATH, [model(cifUrl=link)])
    assert set((await models(transport)).rows[0].links) == {"pdb", "predicted_aligned_error"}


@pytest.mark.parametrize("body", [[], [model("AF-P00533-4-F1", "P00533-4")]])
async def test_no_model_is_not_found(faulty: Any, transport: Any, body: Any) -> None:
    for answer in (body, faulty.answer({"error": "none"}, 404)):
        faulty.serve(PATH, answer)
        with pytest.raises(NotFound, match="AlphaFold DB has no model of P00533"):
            await models(transport)


@pytest.mark.parametrize("accession", ["EGFR", "", "P00533/../x", "P0053３", "P00533?x=1"])
async def test_what_is_no_accession_is_not_sent(faulty: Any, transport: Any, accession: str) -> None:
    with pytest.raises(InvalidIdentifier):
        await models(transport, accession)
    assert faulty.count() == 0


FAULTS: dict[str, tuple[Callable[[Any, bytes], Any], type[SourceUnavailable], int]] = {
    "error object with 200": (lambda f, _: {"error": "x"}, BadReply, 1),
    "models of another shape": (lambda f, _: [{"uniprotAccession": 7}], BadReply, 1),
    "400": (lambda f, _: f.answer("bad", 400), BadReply, 1),
    "429": (lambda f, _: f.answer("slow down", 429, retry_after="1"), SourceUnavailable, 4),
    "503": (lambda f, _: f.answer("down", 503), SourceUnavailable, 4),
    "web page": (lambda f, _: "<html><body>maintenance</body></html>", BadReply, 2),
    "empty": (lambda f, _: b"", BadReply, 2),
    "cut": (lambda f, body: body[: len(body) // 2], BadReply, 2),
    "NaN": (lambda f, _: b'[{"globalMetricValue": NaN}]', BadReply, 2),
    "reset": (lambda f, _: lambda heard: heard.reset(), SourceUnavailable, 4),
    "elsewhere": (lambda f, _: f.answer("", 302, location="http://169.254.169.254/x"), SourceUnavailable, 1),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_faults_are_typed_and_end(faulty: Any, transport: Any, fault: str) -> None:
    make, error, attempts = FAULTS[fault]
    faulty.serve(PATH, make(faulty, json.dumps([model()]).encode()))
    with pytest.raises(error, match="AlphaFold DB"):
        await models(transport)
    assert faulty.count() == attempts


async def test_offline_opens_no_socket(faulty: Any, make_transport: Any) -> None:
    with pytest.raises(OfflineRefused):
        await models(make_transport(offline=True))
    assert faulty.count() == 0
