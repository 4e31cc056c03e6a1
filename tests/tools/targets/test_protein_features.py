"""The protein features tool: kinds, residues, bonds, what is left out; over UniProt's own JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from biocopilot.memory.response_cache import ResponseCache
from biocopilot.tools.sources.uniprot import FEATURE_KINDS, FeatureKind


def feature(kind: str, start: int | None, end: int | None = None, **changes: Any) -> dict[str, Any]:
    places = [{"value": place, "modifier": "EXACT" if place else "UNKNOWN"} for place in (start, end or start)]
    return {"type": kind, "location": {"start": places[0], "end": places[1]}, "description": "", **changes}


MANY = [
    feature("Helix", 3, 9),
    feature("Disulfide bond", 2, 20),
    feature("Domain", 5, 12, description="Kinase"),
    feature("Natural variant", 7, description="in cancer", alternativeSequence={"originalSequence": "A", "alternativeSequences": ["T"]},
            featureId="VAR_1", evidences=[{"evidenceCode": "ECO:0000269", "source": "PubMed", "id": "17344846"}]),
    feature("Binding site", 10, ligand={"name": "ATP", "id": "ChEBI:CHEBI:30616", "note": "shared"}),
    feature("Chain", None, 24),
]  # fmt: skip


@pytest.fixture
def btk(uniprot: Any, entry_json: Any) -> Any:
    uniprot.add(entry_json("Q06187", features=MANY, genes=[{"geneName": {"value": "BTK"}}]))
    return uniprot


def kinds(result: Any) -> list[str]:
    return [item.record.get("feature", item.record["type"]) for item in result.evidence]


async def test_all_come_by_kind_then_by_place(ask: Any, btk: Any) -> None:
    result = await ask("protein_features", target="BTK")
    assert (result.status, result.matched, result.returned, result.omitted) == ("ok", 6, 6, None)
    assert kinds(result) == ["Domain", "Binding site", "Disulfide bond", "Natural variant", "Chain", "Helix"]
    record = result.evidence[3].record
    assert (record["position"], record["original"], record["replaced_by"]) == ("7", "A", ["T"])
    assert (record["pubmed_ids"], record["feature_id"]) == (["17344846"], "VAR_1")
    assert record["evidence"] == [
        {"code": "ECO:0000269", "means": "experiment", "source": "PubMed", "id": "17344846"}
    ]  # fmt: skip
    assert result.evidence[1].record["ligand"] == {
        "name": "ATP",
        "id": "ChEBI:CHEBI:30616",
        "label": None,
        "note": "shared",
    }
    assert (result.evidence[4].record["start"], result.evidence[4].record["exact"]) == (None, False)
    assert record["target"]["accession"] == "Q06187"
    item = result.evidence[0]
    assert (item.source.release, item.source.url) == ("2025_03", "https://www.uniprot.org/uniprotkb/Q06187/entry")
    assert (item.backend, item.record["kind"]) == ("live", "domain")
    assert "E4: Natural variant 7 A→T: in cancer" in result.digest


async def test_only_the_kinds_asked_for(ask: Any, btk: Any) -> None:
    result = await ask("protein_features", target="BTK", kinds=["variant", "domain"])
    assert kinds(result) == ["Domain", "Natural variant"]
    assert result.filters == {"kinds": ["variant", "domain"]}


async def test_what_touches_a_residue_with_the_residue_itself(ask: Any, btk: Any) -> None:
    result = await ask("protein_features", target="BTK", first=7)
    assert kinds(result) == ["Domain", "Natural variant", "Chain", "Helix", "protein_residues"]
    last = result.evidence[-1].record
    assert (last["first"], last["last"], last["residues"], last["residue_name"]) == (7, 7, "A", "alanine")
    assert "BTK residue 7 of 24: A (alanine)" in result.digest


async def test_a_bond_counts_at_its_two_ends(ask: Any, btk: Any) -> None:
    assert "Disulfide bond" not in kinds(await ask("protein_features", target="BTK", first=10, last=12))
    for place in (2, 20):
        assert "Disulfide bond" in kinds(await ask("protein_features", target="BTK", first=place))


async def test_a_range_without_features_still_gives_its_residues(ask: Any, uniprot: Any, entry_json: Any) -> None:
    uniprot.add(entry_json("Q06187", features=[feature("Domain", 5, 12)]))
    result = await ask("protein_features", target="BTK", first=20, last=24)
    assert (result.status, result.matched, kinds(result)) == ("ok", 1, ["protein_features", "protein_residues"])
    assert "UniProt annotates no such feature of GQ06187 (Q06187)" in result.digest


async def test_none_of_a_kind_is_a_finding(ask: Any, btk: Any) -> None:
    result = await ask("protein_features", target="BTK", kinds=["active_site"])
    assert (result.status, result.matched) == ("empty", 0)
    assert "UniProt annotates no such feature of BTK (Q06187)." in result.digest


async def test_other_isoforms_numbers_are_left_out_of_a_range(ask: Any, uniprot: Any, entry_json: Any) -> None:
    row = feature("Modified residue", 7)
    row["location"]["sequence"] = "Q06187-2"
    uniprot.add(entry_json("Q06187", features=[row]))
    result = await ask("protein_features", target="BTK", first=7)
    assert result.matched == 1
    assert "1 features stand in other isoforms' numbers and are left out." in result.warnings
    assert (await ask("protein_features", target="BTK")).evidence[0].record["isoform"] == "Q06187-2"


async def test_the_rest_is_said_and_can_be_asked_for(ask: Any, uniprot: Any, entry_json: Any) -> None:
    rows = [
        feature("Natural variant", place, description="in a disease of long standing " * 5) for place in range(1, 24)
    ]
    uniprot.add(entry_json("Q06187", features=rows))
    result = await ask("protein_features", target="BTK")
    assert (result.matched, result.returned) == (23, 15)
    assert result.omitted is not None
    assert "not shown: 8 more features" in result.digest
    assert len(result.digest) < 1_500
    again = await ask("protein_features", **result.omitted.arguments)
    assert [item.record["start"] for item in again.evidence] == list(range(16, 24))


async def test_a_residue_beyond_the_end_is_not_found(ask: Any, btk: Any) -> None:
    result = await ask("protein_features", target="BTK", first=25)
    assert (result.status, result.evidence[0].source.name) == ("empty", "UniProt")
    assert "BTK (Q06187) has 24 residues, none numbered 25." in result.digest


@pytest.mark.parametrize(
    "arguments", [{"last": 5}, {"first": 9, "last": 5}, {"first": 0}, {"kinds": ["fold"]}, {"most": 101}]
)
async def test_wrong_ranges_ask_nothing(ask: Any, faulty: Any, arguments: dict[str, Any]) -> None:
    result = await ask("protein_features", target="BTK", **arguments)
    assert (result.status, result.error) == ("failed", "InvalidArguments")
    assert faulty.count() == 0


async def test_a_gene_that_no_local_store_knows_is_asked_of_uniprot(ask: Any, uniprot: Any, entry_json: Any) -> None:
    uniprot.add(entry_json("Q9ZZZ9", features=MANY))
    result = await ask("protein_features", target="QQZZ1", kinds=["domain"])
    assert result.evidence[0].record["target"]["accession"] == "Q9ZZZ9"
    assert "QQZZ1 is in no local store; UniProt has it as a gene of Q9ZZZ9." in result.warnings


async def test_several_proteins_of_a_gene_are_named(ask: Any, uniprot: Any, entry_json: Any) -> None:
    uniprot.add(entry_json("Q9ZZZ9"), entry_json("Q9ZZZ8"))
    result = await ask("protein_features", target="QQZZ1")
    assert (result.status, result.evidence[0].record["type"]) == ("empty", "ambiguous")
    assert "Q9ZZZ9 (Homo sapiens)" in result.digest


async def test_an_unknown_protein_is_not_found(ask: Any, uniprot: Any) -> None:
    result = await ask("protein_features", target="QQZZ1")
    assert (result.status, result.evidence[0].record["type"]) == ("empty", "not_found")
    assert "UniProt has no such gene either." in result.digest


async def test_a_deleted_entry_is_said(ask: Any, uniprot: Any) -> None:
    uniprot.add(_inactive("Q9ZZZ9"))
    result = await ask("protein_features", target="Q9ZZZ9")
    assert (result.status, "deleted from UniProtKB" in result.digest) == ("empty", True)


def _inactive(accession: str) -> dict[str, Any]:
    return {"entryType": "Inactive", "primaryAccession": accession, "inactiveReason": {"inactiveReasonType": "DELETED"}}


async def test_kept_replies_answer_offline(
    ask: Any, asking: Any, btk: Any, make_transport: Any, tmp_path: Any, faulty: Any
) -> None:
    day = datetime(2026, 5, 1, 12, tzinfo=UTC)
    cache = ResponseCache(tmp_path / "replies.sqlite", now=day.timestamp)
    made = {"cache": cache, "now": lambda: day}
    asking.bench.__dict__.update(transport=make_transport(**made), kept_replies=make_transport(**made, offline=True))
    live = await ask("protein_features", target="BTK", first=7)
    count = faulty.count()
    kept = await ask("protein_features", offline=True, target="BTK", first=7)
    assert [item.record for item in kept.evidence] == [item.record for item in live.evidence]
    assert {item.backend for item in kept.evidence} == {"cache"}
    assert faulty.count() == count


async def test_offline_without_a_kept_reply_it_says_so(ask: Any, faulty: Any) -> None:
    result = await ask("protein_features", offline=True, target="BTK")
    assert (result.status, result.error, faulty.count()) == ("failed", "OfflineRefused", 0)


async def test_real_egfr_at_the_gatekeeper(ask: Any, uniprot: Any, real_entries: Any) -> None:
    uniprot.add(*real_entries.values())
    result = await ask("protein_features", target="EGFR", first=790)
    told = {item.record.get("feature", item.record["type"]): item.record for item in result.evidence}
    assert told["Domain"]["description"] == "Protein kinase"
    assert (told["Natural variant"]["original"], told["Natural variant"]["replaced_by"]) == ("T", ["M"])
    assert told["protein_residues"]["residues"] == "T"
    assert "Disulfide bond" not in told


async def test_real_btk_has_its_domains(ask: Any, uniprot: Any, real_entries: Any) -> None:
    uniprot.add(*real_entries.values())
    result = await ask("protein_features", target="BTK", kinds=["domain"])
    assert [item.record["description"] for item in result.evidence] == [
        "PH",
        "Btk-type",
        "SH3",
        "SH2",
        "Protein kinase",
    ]


def test_every_real_type_is_of_a_kind(real_entries: Any) -> None:
    assert set(FEATURE_KINDS) == set(get_args(FeatureKind))
    known = {name for names in FEATURE_KINDS.values() for name in names}
    assert {row["type"] for entry in real_entries.values() for row in entry["features"]} <= known
