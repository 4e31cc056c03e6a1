"""The protein isoforms tool: names, status, changes; a protein without isoforms; over UniProt's own JSON."""

from __future__ import annotations

from typing import Any

PRODUCTS = {
    "commentType": "ALTERNATIVE PRODUCTS",
    "events": ["Alternative splicing"],
    "isoforms": [
        {"name": {"value": "1"}, "isoformIds": ["Q06187-1"], "isoformSequenceStatus": "Displayed"},
        {"name": {"value": "BTK-C"}, "synonyms": [{"value": "p65"}], "isoformIds": ["Q06187-2", "Q06187-9"],
         "isoformSequenceStatus": "Described", "sequenceIds": ["VSP_1"]},
        {"name": {"value": "3"}, "isoformIds": ["Q06187-3"], "isoformSequenceStatus": "Not described"},
    ],
}  # fmt: skip
CHANGE = {
    "type": "Alternative sequence", "featureId": "VSP_1", "description": "in isoform BTK-C",
    "location": {"start": {"value": 3, "modifier": "EXACT"}, "end": {"value": 6, "modifier": "EXACT"}},
    "alternativeSequence": {},
}  # fmt: skip


async def test_isoforms_with_what_makes_them_differ(ask: Any, uniprot: Any, entry_json: Any) -> None:
    uniprot.add(entry_json("Q06187", comments=[PRODUCTS], features=[CHANGE]))
    result = await ask("protein_isoforms", target="BTK")
    assert (result.status, result.matched, result.returned) == ("ok", 3, 3)
    first, second, third = (item.record for item in result.evidence)
    assert (first["isoform_id"], first["canonical"], first["length"], first["changes"]) == ("Q06187-1", True, 24, [])
    assert (second["name"], second["synonyms"], second["other_ids"]) == ("BTK-C", ["p65"], ["Q06187-9"])
    assert (second["status"], second["length"], second["made_by"]) == ("Described", 20, ["Alternative splicing"])
    assert second["changes"] == [{"id": "VSP_1", "position": "3-6", "instead": "missing"}]
    assert (third["length"], third["no_sequence_because"]) == (None, "UniProt does not describe its sequence")
    assert "sequence" not in first
    assert "E2: Q06187-2 “BTK-C”: 20 residues; 3-6 missing" in result.digest


async def test_sequences_on_request(ask: Any, uniprot: Any, entry_json: Any) -> None:
    uniprot.add(entry_json("Q06187", comments=[PRODUCTS], features=[CHANGE]))
    result = await ask("protein_isoforms", target="BTK", include_sequences=True, most=2)
    assert [item.record["sequence"] for item in result.evidence] == ["MRPSGTAGAALLALLAALCPASRA", "MRAGAALLALLAALCPASRA"]
    assert result.omitted is not None
    assert result.omitted.arguments == {"target": "BTK", "include_sequences": True, "skip": 2, "most": 100}


async def test_a_protein_without_isoforms_gives_its_canonical_chain(ask: Any, uniprot: Any, entry_json: Any) -> None:
    uniprot.add(entry_json("Q06187"))
    result = await ask("protein_isoforms", target="BTK")
    (item,) = result.evidence
    assert (item.record["isoform_id"], item.record["canonical"], result.matched) == ("Q06187", True, 1)
    assert item.record["notes"] == ["UniProt lists no other isoform of it."]


async def test_real_egfr(ask: Any, uniprot: Any, real_entries: Any) -> None:
    uniprot.add(*real_entries.values())
    result = await ask("protein_isoforms", target="EGFR")
    told = {item.record["isoform_id"]: item.record for item in result.evidence}
    assert set(told) == {"P00533-1", "P00533-2", "P00533-3", "P00533-4"}
    assert (told["P00533-1"]["synonyms"], told["P00533-1"]["length"]) == (["p170"], 1_210)
    assert told["P00533-2"]["length"] == 405
    assert told["P00533-2"]["changes"][0]["instead"] == "replaced by LS"
    assert told["P00533-3"]["changes"][0]["instead"] == "replaced by 78 residues"
    assert len(result.digest) < 1_500


async def test_an_unknown_protein_is_not_found(ask: Any, uniprot: Any) -> None:
    result = await ask("protein_isoforms", target="QQZZ1")
    assert (result.status, result.matched) == ("empty", 0)
