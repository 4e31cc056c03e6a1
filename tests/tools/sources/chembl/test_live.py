"""Look-ups against a local server with the service's JSON, and the same questions to the local store: equal rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.chembl_store import BACK_COMPUTED_FROM, ChemblStore
from biocopilot.memory.errors import (
    InvalidArguments,
    InvalidIdentifier,
    InvalidStructure,
    NotApproved,
    OfflineRefused,
    SourceUnavailable,
)
from biocopilot.memory.response_cache import ResponseCache
from biocopilot.tools.sources.chembl import ChemblLive
from biocopilot.tools.sources.chembl.questions import LONGEST_QUERY

IMATINIB = "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1"


@pytest.fixture
def store(dump: Path) -> Any:
    opened = ChemblStore.open(dump)
    yield opened
    opened.close()


def unnumbered(rows: Any) -> list[Any]:
    """Without the database's own row numbers, which the service does not give."""
    return [
        replace(row, molregno=0) if hasattr(row, "molregno") else replace(row, tid=0) if hasattr(row, "tid") else row
        for row in rows
    ]


# The same rows as the local store ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "chembl_id", ["CHEMBL25", "CHEMBL1642", "CHEMBL9001", "CHEMBL9002", "CHEMBL1201585", "CHEMBL404"]
)
async def test_a_molecule_live_is_the_stores(
    service: Any, live: ChemblLive, store: ChemblStore, chembl_id: str
) -> None:
    found, kept = await live.molecule(chembl_id), store.molecule(chembl_id)
    assert list(found.rows) == (unnumbered([kept]) if kept else [])
    assert (found.total, found.complete, found.notices) == (len(found.rows), True, ())
    parent, kept = await live.parent(chembl_id), store.parent(chembl_id)
    assert list(parent.rows) == (unnumbered([kept]) if kept else [])
    assert list((await live.synonyms(chembl_id)).rows) == store.synonyms(chembl_id)
    assert list((await live.family_of(chembl_id)).rows) == store.family_of(chembl_id)


async def test_an_inchikey_live_is_the_stores(service: Any, live: ChemblLive, store: ChemblStore) -> None:
    for key in ("KTUFNOKKBVMGRW-UHFFFAOYSA-N", "ZZZZZZZZZZZZZZ-UHFFFAOYSA-N"):
        kept = store.molecule_by_inchikey(key)
        assert list((await live.molecule_by_inchikey(key.lower())).rows) == (unnumbered([kept]) if kept else [])


@pytest.mark.parametrize(
    "name", ["imatinib", "ERLOTINIB", "gleevec", "sti-571", "Acetylsalicylic acid", "no such thing"]
)
async def test_a_name_live_is_the_stores(service: Any, live: ChemblLive, store: ChemblStore, name: str) -> None:
    assert list((await live.molecules_named(name)).rows) == unnumbered(store.molecules_named(name))


@pytest.mark.parametrize(
    "name", ["10^6/L & more", "50% w/v", "%41spirin", "a+b", "α-tocopherol", "N-(4-hydroxyphenyl)acetamide"]
)
async def test_a_name_reaches_the_service_as_it_is(service: Any, live: ChemblLive, name: str) -> None:
    row = {**service.objects["molecule"][0], "pref_name": name.upper()}
    service.objects["molecule"].append(row)
    assert [found.name for found in (await live.molecules_named(name)).rows] == [name.upper()]


async def test_targets_live_are_the_stores(service: Any, live: ChemblLive, store: ChemblStore) -> None:
    for chembl_id in ("CHEMBL203", "CHEMBL2111431", "CHEMBL20", "CHEMBL404"):
        kept = store.target(chembl_id)
        assert list((await live.target(chembl_id)).rows) == (unnumbered([kept]) if kept else [])
    for accession in ("P00533", "P04626", "Q01279", "P99999"):
        found = await live.targets_for_accession(accession)
        assert list(found.rows) == unnumbered(store.targets_for_accession(accession))
        assert found.complete
        assert found.total == len(found.rows)


async def test_targets_of_a_protein_come_as_in_the_store_by_length_of_their_ids(service: Any, live: ChemblLive) -> None:
    (own,) = (row for row in service.objects["target"] if row["target_chembl_id"] == "CHEMBL203")
    service.objects["target"] += [{**own, "target_chembl_id": f"CHEMBL{number}"} for number in (1000, 99)]
    found = await live.targets_for_accession("P00533")
    assert [row.chembl_id for row in found.rows] == ["CHEMBL99", "CHEMBL203", "CHEMBL1000", "CHEMBL2111431", "CHEMBL20"]


async def test_activities_live_are_the_stores(service: Any, live: ChemblLive, store: ChemblStore) -> None:
    tid = {"CHEMBL203": 1, "CHEMBL3608": 2}
    for targets, molecules in (
        (("CHEMBL203",), ()), ((), ("CHEMBL553", "CHEMBL25")), (("CHEMBL203", "CHEMBL3608"), ("CHEMBL553",)), ((), ("CHEMBL404",)), ((), ()),
    ):  # fmt: skip
        found = await live.activities(targets=targets, molecules=molecules)
        kept = store.activities(tids=[tid[target] for target in targets], molecules=molecules)
        assert list(found.rows) == kept
        assert (found.total, found.complete, found.notices) == (len(kept), True, ())
    only = await live.activities(targets=["CHEMBL203"], activity_type="Ki")
    assert [row.activity_id for row in only.rows] == [13]


async def test_an_activity_keeps_what_makes_it_comparable(service: Any, live: ChemblLive) -> None:
    rows = {row.activity_id: row for row in (await live.activity_records(targets=["CHEMBL203"])).rows}
    assert (rows[12].relation, rows[12].value, rows[12].unit) == (">", 10_000, "nM")
    assert (rows[15].value, rows[15].unit) == (3.5, "ug.mL-1")  # not converted here
    assert rows[16].is_on_variant
    assert not rows[11].is_on_variant
    assert rows[17].validity_comment == "Outside typical range"
    assert rows[20].value is None
    assert rows[14].assay is not None
    assert (rows[14].assay.confidence_score, rows[14].assay_type, rows[14].format) == (8, "F", "single protein format")


async def test_mechanisms_and_indications_live_are_the_stores(
    service: Any, live: ChemblLive, store: ChemblStore
) -> None:
    molecules = ["CHEMBL553", "CHEMBL25", "CHEMBL9002"]
    assert list((await live.mechanisms(molecules=molecules)).rows) == store.mechanisms(molecules=molecules)
    assert list((await live.mechanisms(targets=["CHEMBL203"])).rows) == store.mechanisms(tids=[1])
    assert list((await live.indications(molecules=molecules)).rows) == store.indications(molecules=molecules)
    for term in ("Non-small cell lung carcinoma", "anemia, sickle cell", "Carcinoma, Non-Small-Cell Lung", "none"):
        assert list((await live.indications(term=term)).rows) == store.indications(term=term)


async def test_warnings_live_are_the_stores(service: Any, live: ChemblLive, store: ChemblStore) -> None:
    molecules = ["CHEMBL1642", "CHEMBL941", "CHEMBL25", "CHEMBL9002"]
    found = await live.warnings(molecules=molecules)
    assert list(found.rows) == store.warnings(molecules=molecules)
    assert [row.warning_id for row in found.rows] == [1, 2, 3]
    assert (found.total, found.complete, found.source.release) == (3, True, "ChEMBL_36")
    none = await live.warnings(molecules=["CHEMBL25"])
    assert (none.rows, none.total, none.complete, none.source.release) == ((), 0, True, "ChEMBL_36")
    assert (await live.warnings(molecules=[])).rows == ()


async def test_warnings_of_several_pages_and_batches_come_in_the_order_of_their_ids(service: Any, session: Any) -> None:
    model = service.objects["drug_warning"][0]
    service.page_cap = 2
    service.objects["drug_warning"] = [
        {**model, "warning_id": number, "molecule_chembl_id": f"CHEMBL{number % 2 * 600 + 1}"} for number in range(1, 8)
    ]
    found = await ChemblLive(session, client="own").warnings(molecules=[f"CHEMBL{n}" for n in range(1, 700)])
    assert [row.warning_id for row in found.rows] == list(range(1, 8))
    assert (found.total, service.count("drug_warning")) == (7, 4)


async def test_a_warning_too_few_is_told(service: Any, live: ChemblLive) -> None:
    service.objects["drug_warning"][0] = {**service.objects["drug_warning"][0], "warning_year": "about 2009"}
    found = await live.warnings(molecules=["CHEMBL1642", "CHEMBL941"])
    assert ([row.warning_id for row in found.rows], found.total, found.complete) == ([1], 2, False)
    assert any("about 2009" in notice for notice in found.notices)


async def test_the_drug_approved_first_comes_first(service: Any, live: ChemblLive) -> None:
    years = {"CHEMBL553": 2004, "CHEMBL941": 2001, "CHEMBL25": None, "CHEMBL9002": 1999}
    (mechanism,) = (row for row in service.objects["mechanism"] if row["mec_id"] == 1)
    service.objects["mechanism"] = [
        {**mechanism, "mec_id": number, "molecule_chembl_id": drug} for number, drug in enumerate(years)
    ]
    for row in service.objects["molecule"]:
        row["first_approval"] = years.get(row["molecule_chembl_id"])
    found = await live.mechanisms(targets=["CHEMBL203"])
    assert [row.first_approval for row in found.rows] == [1999, 2001, 2004, None]


async def test_of_molecules_with_one_inchikey_the_named_one_is_taken(service: Any, live: ChemblLive) -> None:
    (named,) = (row for row in service.objects["molecule"] if row["molecule_chembl_id"] == "CHEMBL941")
    for number in (5, 1000):
        service.objects["molecule"].append({**named, "molecule_chembl_id": f"CHEMBL{number}", "pref_name": None})
    found = await live.molecule_by_inchikey("KTUFNOKKBVMGRW-UHFFFAOYSA-N")
    assert ([row.chembl_id for row in found.rows], found.total) == (["CHEMBL941"], 1)


@pytest.mark.parametrize("chembl_id", ["CHEMBL203", "CHEMBL2971", "CHEMBL220"])
async def test_the_starter_sets_activities_live_are_its_own(
    starter: Path, objects: Callable[[Path], Any], serve: Callable[[Any], Any], live: ChemblLive, chembl_id: str
) -> None:
    said = objects(starter)
    said["activity"] = [row for row in said["activity"] if row["activity_id"] < BACK_COMPUTED_FROM]
    service = serve(said)
    service.page_cap = 1000 if live._client == "official" else 40
    kept_store = ChemblStore.open(starter)
    target = kept_store.target(chembl_id)
    assert target is not None
    assert list((await live.target(chembl_id)).rows) == unnumbered([target])
    kept = [row for row in kept_store.activities(tids=[target.tid]) if row.activity_id < BACK_COMPUTED_FROM]
    found = await live.activities(targets=[chembl_id])
    assert list(found.rows) == kept
    assert found.complete
    kept_store.close()


async def test_a_thousand_recorded_activities_live_are_the_stores(
    recorded: tuple[Path, list[dict[str, Any]]],
    objects: Callable[[Path], Any],
    serve: Callable[[Any], Any],
    live: ChemblLive,
) -> None:
    path, activities = recorded
    serve({**objects(path), "activity": activities})
    store = ChemblStore.open(path)
    targets = sorted({row["target_chembl_id"] for row in activities})
    found = await live.activities(targets=targets)
    kept = store.activities(tids=[int(target.removeprefix("CHEMBL")) for target in targets])
    assert len(kept) == 1000
    assert list(found.rows) == kept
    assert (found.total, found.complete) == (1000, True)
    assert any(row.variant for row in found.rows)
    store.close()


# Where it is from -----------------------------------------------------------------------------------------------------


async def test_every_answer_names_release_and_licence(service: Any, live: ChemblLive) -> None:
    service.release = "ChEMBL_37"
    for found in (
        await live.molecule("CHEMBL25"),
        await live.activities(targets=["CHEMBL203"]),
        await live.activities(),
    ):
        assert found.source.release == "ChEMBL_37"
        assert found.source.attribution.endswith("release ChEMBL_37")
        assert found.backend == "live"
    status = (await live.status()).rows[0]
    assert (status.release, status.release_date, status.is_up) == ("ChEMBL_37", "2025-07-28", True)
    assert status.molecules == 2_878_135


async def test_a_release_that_is_not_stated_is_told(service: Any, faulty: Any, live: ChemblLive) -> None:
    faulty.serve("/chembl/status.json", {"status": "UP"})
    found = await live.molecule("CHEMBL25")
    assert found.source.release == "not stated"
    assert found.rows[0].name == "ASPIRIN"
    assert any("which release" in notice for notice in live.session.notices)
    with pytest.raises(SourceUnavailable):
        await live.status()


async def test_kept_replies_of_another_release_are_not_used(
    service: Any, client: Any, make_transport: Callable[..., Any], tmp_path: Path
) -> None:
    cache = ResponseCache(tmp_path / "replies.sqlite")

    async def ask(offline: bool = False) -> Any:
        async with make_transport(cache=cache, offline=offline).session() as session:
            return await ChemblLive(session, client=client).molecule("CHEMBL25")

    with pytest.raises(OfflineRefused):
        await ask(offline=True)
    assert ((await ask()).backend, (await ask()).backend) == ("live", "cache")
    service.release = "ChEMBL_37"
    service.objects["molecule"][0]["pref_name"] = "ASPIRIN OF 37"
    old = await ask(offline=True)
    assert (old.rows[0].name, old.source.release, old.backend) == ("ASPIRIN", "ChEMBL_36", "cache")
    new = await ask()
    assert (new.rows[0].name, new.source.release, new.backend) == ("ASPIRIN OF 37", "ChEMBL_37", "live")
    assert (await ask(offline=True)).rows[0].name == "ASPIRIN OF 37"


# Who asks, and how ----------------------------------------------------------------------------------------------------


async def test_by_default_lists_of_one_page_go_through_the_official_client(service: Any, session: Any) -> None:
    pytest.importorskip("chembl_webresource_client")
    live = ChemblLive(session)
    await live.molecule("CHEMBL25")
    await live.targets_for_accession("P00533")
    await live.activities(targets=["CHEMBL203"])
    await live.mechanisms(targets=["CHEMBL203"])
    await live.indications(term="obesity")
    by = {name: {method for resource, _, method in service.asked if resource == name} for name, _, _ in service.asked}
    assert by["activity"] == by["mechanism"] == by["drug_indication"] == by["assay"] == {"GET"}
    assert "POST" in by["molecule"]
    assert by["target_component"] == {"POST"}


async def test_many_ids_go_in_batches_by_post(service: Any, faulty: Any, session: Any) -> None:
    ids = [f"CHEMBL{number}" for number in range(1_100)]
    found = await ChemblLive(session, client="own").activities(molecules=ids)
    asked = [(filters, method) for name, filters, method in service.asked if name == "activity"]
    assert [str(filters["molecule_chembl_id__in"]).count("CHEMBL") for filters, _ in asked] == [500, 500, 100]
    assert [method for _, method in asked] == ["POST", "POST", "GET"]
    assert found.complete
    assert all(len(heard.target) < LONGEST_QUERY + 100 for heard in faulty.heard)


async def test_an_assay_that_does_not_come_makes_activities_partial(service: Any, live: ChemblLive) -> None:
    service.objects["assay"] = [row for row in service.objects["assay"] if row["assay_chembl_id"] != "CHEMBL700002"]
    found = await live.activities(targets=["CHEMBL203"])
    assert not found.complete
    assert any("1 of 3" in notice for notice in found.notices)
    assert {row.confidence_score for row in found.rows} == {9, None}


async def test_assays_that_cannot_be_asked_for_make_activities_partial(
    service: Any, faulty: Any, live: ChemblLive
) -> None:
    faulty.serve("/chembl/assay.json", faulty.answer("down", 503))
    found = await live.activities(targets=["CHEMBL203"])
    assert len(found.rows) == 9
    assert not found.complete
    assert any("could not be looked up" in notice for notice in found.notices)


async def test_a_row_that_cannot_be_read_is_counted(service: Any, live: ChemblLive) -> None:
    service.objects["activity"][0] = {**service.objects["activity"][0], "standard_value": "about 2"}
    found = await live.activities(targets=["CHEMBL203"])
    assert len(found.rows) == 8
    assert not found.complete
    assert any("1 rows could not be read" in notice and "about 2" in notice for notice in found.notices)


# What may be asked, and what may leave ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad", ["CHEMBL25/../status", "chembl 25", "", "BCSTARTER1", "CHEMBL25;CHEMBL26", "CHEMBL²", "25"]
)
async def test_an_identifier_of_the_wrong_shape_is_not_sent(service: Any, live: ChemblLive, bad: str) -> None:
    for ask in (live.molecule, live.target, live.assay, live.document, live.parent, live.synonyms, live.family_of):
        with pytest.raises(InvalidIdentifier):
            await ask(bad)
    for field in ("targets", "molecules"):
        with pytest.raises(InvalidIdentifier):
            await live.activities(**{field: ["CHEMBL25", bad]})
    with pytest.raises(InvalidIdentifier):
        await live.warnings(molecules=["CHEMBL25", bad])
    with pytest.raises(InvalidIdentifier):
        await live.molecule_by_inchikey(bad)
    with pytest.raises(InvalidIdentifier):
        await live.targets_for_accession(bad)
    assert service.asked == []


async def test_a_name_without_letters_or_without_end_is_not_sent(service: Any, live: ChemblLive) -> None:
    for bad in ("", " \x1b[2J ", "x" * 251):
        with pytest.raises(InvalidArguments):
            await live.molecules_named(bad)
    for bad in ("C C", "", "CC\nO", "C" * 2001, "12", "CC;O"):
        with pytest.raises(InvalidStructure):
            await live.similar(bad)
    for cutoff in (39, 101):
        with pytest.raises(InvalidArguments):
            await live.similar("CCO", cutoff)
    assert service.asked == []


def _hits(service: Any, query: str) -> None:
    molecules = service.objects["molecule"]
    service.objects["similarity"] = [
        {**row, "_query": query, "similarity": str(100 - 10 * place)} for place, row in enumerate(molecules[:4])
    ]
    service.objects["substructure"] = [{**row, "_query": query} for row in molecules[:3]]


@pytest.mark.parametrize("smiles", [IMATINIB, "F/C=C\\F", "C#N", "[Na+].[Cl-]", "O=C(O)C%10CC%10", "C[C@H](N)C(=O)O"])
async def test_a_structure_goes_in_no_address_and_is_named(
    service: Any, faulty: Any, live: ChemblLive, smiles: str
) -> None:
    _hits(service, smiles)
    found = await live.similar(smiles, 80)
    assert [(row.molecule.chembl_id, row.similarity_percent) for row in found.rows] == [
        ("CHEMBL25", 100), ("CHEMBL941", 90), ("CHEMBL1642", 80),
    ]  # fmt: skip
    assert any(smiles in notice and "was sent to" in notice for notice in found.notices)
    assert len((await live.containing(smiles)).rows) == 3
    assert [method for _, _, method in service.asked] == ["POST", "POST"]
    assert {heard.target for heard in faulty.heard} == {
        "/chembl/status.json", "/chembl/similarity.json", "/chembl/substructure.json",
    }  # fmt: skip
    assert smiles not in found.source.url


async def test_a_structure_that_may_not_leave_does_not(service: Any, session: Any, client: Any) -> None:
    _hits(service, "CHEMBL25")
    live = ChemblLive(session, structures_may_leave=False, client=client)
    for ask in (live.similar, live.containing):
        with pytest.raises(NotApproved, match="would leave"):
            await ask("CCO")
    assert service.asked == []
    by_id = await live.similar("CHEMBL25", 40)
    assert len(by_id.rows) == 4
    assert by_id.notices == ()


async def test_a_structure_that_went_without_an_answer_is_named_too(
    service: Any, faulty: Any, live: ChemblLive
) -> None:
    faulty.serve("/chembl/similarity.json", faulty.answer("no", 500))
    with pytest.raises(SourceUnavailable):
        await live.similar("CCO")
    assert any("CCO may have been sent" in notice for notice in live.session.notices)


async def test_a_structure_answered_from_a_kept_reply_is_not_sent_again(
    service: Any, client: Any, caching_transport: Any
) -> None:
    _hits(service, "CCO")
    async with caching_transport.session() as session:
        live = ChemblLive(session, client=client)
        first, second = await live.containing("CCO"), await live.containing("CCO")
    assert "was sent to" in first.notices[-1]
    assert "was not sent" in second.notices[-1]
    assert (second.backend, second.rows) == ("cache", first.rows)
    assert service.count("substructure") == 1


async def test_more_substructures_than_are_taken_are_told(service: Any, live: ChemblLive) -> None:
    molecule = service.objects["molecule"][0]
    service.objects["substructure"] = [
        {**molecule, "molecule_chembl_id": f"CHEMBL{number}", "_query": "CC"} for number in range(1, 1_200)
    ]
    found = await live.containing("CC")
    assert (len(found.rows), found.total, found.complete) == (1_000, 1_199, False)
    assert any("stopped at 1,000 of 1,199" in notice for notice in found.notices)


async def test_text_of_the_service_is_cleaned(service: Any, live: ChemblLive) -> None:
    service.objects["molecule"][0]["pref_name"] = "ASPI\x1b]0;gotcha\x07RIN\u202e"
    assert (await live.molecule("CHEMBL25")).rows[0].name == "ASPIRIN"


async def test_assay_and_document(service: Any, live: ChemblLive) -> None:
    assay = (await live.assay("chembl700003")).rows[0]
    assert (assay.assay_type, assay.confidence_score, assay.is_on_variant) == ("B", 9, True)
    document = (await live.document("CHEMBL1150000")).rows[0]
    assert (document.journal, document.year) == ("J Med Chem", 1999)
    assert (await live.assay("CHEMBL1")).rows == ()
