"""The target structures tool: measured and predicted structures, each from its own service, either of which may fail."""

from __future__ import annotations

from typing import Any

import pytest

MODEL = {
    "entryId": "AF-P00533-F1",
    "uniprotAccession": "P00533",
    "latestVersion": 6,
    "sequenceStart": 1,
    "sequenceEnd": 1210,
    "globalMetricValue": 75.94,
    "cifUrl": "https://alphafold.ebi.ac.uk/files/AF-P00533-F1-model_v6.cif",
}


@pytest.fixture
def predicted(faulty: Any) -> None:
    faulty.serve("/alphafold/prediction/P00533", [MODEL])


@pytest.mark.usefixtures("predicted")
async def test_structures_and_the_model(ask: Any, bank: Any, entry: Any) -> None:
    bank([entry("1M17"), entry("2ABC", None, nonpolymer_entities=None)])
    result = await ask("target_structures", target="EGFR")
    assert (result.status, result.matched, result.returned, result.omitted) == ("ok", 3, 3, None)
    first, second, model = result.evidence
    assert (first.record["type"], first.record["pdb_id"]) == ("structure", "1M17")
    assert first.record["resolution"] == {"value": 2.6, "unit": "Å"}
    assert (first.record["methods"], first.record["released"]) == (["X-RAY DIFFRACTION"], "2002-09-04")
    assert (first.record["chains"], first.record["ligand_count"]) == (["A", "B"], 1)
    assert first.record["ligands"][0]["code"] == "AQ4"
    assert first.record["target"] == {"label": "EGFR (P00533)", "accession": "P00533"}
    assert (first.source.name, first.source.url) == ("RCSB PDB", "https://www.rcsb.org/structure/1M17")
    assert second.record["resolution"] is None
    assert (model.record["type"], model.record["mean_plddt"], model.record["version"]) == (
        "predicted_structure",
        75.94,
        6,
    )
    assert (model.source.name, model.source.licence) == ("AlphaFold DB", "CC BY 4.0")
    assert "E1: 1M17 (X-RAY DIFFRACTION, 2.6 Å, with AQ4): Kinase domain 1M17" in result.digest
    assert "E2: 2ABC (X-RAY DIFFRACTION, no resolution, no ligand)" in result.digest
    assert "version 6, residues 1-1210, mean pLDDT 75.94" in result.digest


async def test_without_the_model_alphafold_is_not_asked(ask: Any, bank: Any, entry: Any, faulty: Any) -> None:
    bank([entry("1M17")])
    result = await ask("target_structures", target="EGFR", predicted=False)
    assert (result.status, result.matched, result.returned) == ("ok", 1, 1)
    assert faulty.count("/alphafold/*") == 0


@pytest.mark.usefixtures("predicted")
async def test_what_is_left_out_comes_with_the_call_that_shows_it(ask: Any, bank: Any, entry: Any) -> None:
    bank([entry(f"1A{n:02d}", 1 + n / 10) for n in range(12)])
    result = await ask("target_structures", target="EGFR", most=5)
    assert (result.matched, result.returned) == (13, 6)
    assert result.omitted is not None
    assert result.omitted.what == "7 more experimental structures"
    again = await ask("target_structures", **result.omitted.arguments)
    ids = [item.record["pdb_id"] for item in (*result.evidence, *again.evidence) if item.record["type"] == "structure"]
    assert ids == [f"1A{n:02d}" for n in range(12)]


@pytest.mark.usefixtures("predicted")
async def test_no_structure_leaves_the_model_and_says_so(ask: Any, bank: Any) -> None:
    bank([])
    result = await ask("target_structures", target="EGFR")
    assert (result.status, result.matched, result.returned) == ("ok", 1, 1)
    assert "No experimental structure of EGFR (P00533) is in the Protein Data Bank." in result.digest


async def test_neither_is_a_finding(ask: Any, bank: Any, faulty: Any) -> None:
    bank([])
    faulty.serve("/alphafold/*", faulty.answer("", 404))
    result = await ask("target_structures", target="EGFR")
    assert (result.status, result.matched, result.returned) == ("empty", 0, 0)
    assert result.warnings == ("AlphaFold DB has no model of P00533.",)


async def test_without_alphafold_the_structures_come_with_a_warning(
    ask: Any, bank: Any, entry: Any, faulty: Any
) -> None:
    bank([entry("1M17")])
    faulty.serve("/alphafold/*", faulty.answer("down", 503))
    result = await ask("target_structures", target="EGFR")
    assert (result.status, result.matched, result.returned) == ("partial", 1, 1)
    assert any(warning.startswith("There may be a predicted model: AlphaFold DB") for warning in result.warnings)


@pytest.mark.usefixtures("predicted")
async def test_without_rcsb_the_model_comes_and_the_result_is_partial(ask: Any, faulty: Any) -> None:
    faulty.serve("/rcsb_search/query", faulty.answer("down", 503))
    result = await ask("target_structures", target="EGFR")
    assert (result.status, result.matched, result.returned) == ("partial", None, 1)
    assert any("RCSB PDB" in warning for warning in result.warnings)


async def test_an_accession_that_no_local_store_knows_is_asked_about_as_it_is(
    ask: Any, bank: Any, entry: Any, faulty: Any
) -> None:
    served = bank([entry("1M17")])
    faulty.serve("/alphafold/prediction/Q9ZZZ9", [{**MODEL, "uniprotAccession": "Q9ZZZ9"}])
    result = await ask("target_structures", target="q9zzz9")
    assert result.status == "ok"
    assert served.searched[0]["query"]["parameters"]["value"] == "Q9ZZZ9"


@pytest.mark.parametrize("name", ["no such target at all", "erlotinib", "PI3K"])
async def test_what_is_no_protein_asks_nothing(ask: Any, faulty: Any, name: str) -> None:
    result = await ask("target_structures", target=name)
    assert result.status == "empty", result.digest
    assert faulty.count() == 0
