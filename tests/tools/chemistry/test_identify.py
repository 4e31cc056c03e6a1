"""Names that several molecules bear, and how one of them is chosen or asked about."""

from __future__ import annotations

from typing import Any

import pytest


async def test_of_two_drugs_of_one_name_the_one_with_a_mechanism_is_meant(call_dump: Any) -> None:
    # Two approved molecules of one name, none the other's salt, only one with a mechanism: that one is meant.
    result = await call_dump("resolve_molecule", molecule="erlotinib")
    record = result.evidence[0].record
    assert record["molecule"]["chembl_id"] == "CHEMBL553"
    assert record["molecule"]["other_molecules_of_this_name"] == ["CHEMBL9003"]


@pytest.mark.parametrize("name", ["lisinopril", "doxycycline", "enalaprilat"])
async def test_a_drug_and_its_hydrate_of_the_same_name_are_one_family(call: Any, name: str) -> None:
    molecule = (await call("resolve_molecule", molecule=name)).evidence[0].record["molecule"]
    assert "." not in molecule["smiles"]
    assert len(molecule["other_molecules_of_this_name"]) == 1


async def test_a_dump_is_asked_by_every_kind_of_identifier(call_dump: Any) -> None:
    for written in (
        "Gleevec",
        "CHEMBL941",
        "KTUFNOKKBVMGRW-UHFFFAOYSA-N",
        "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1",
    ):
        record = (await call_dump("resolve_molecule", molecule=written)).evidence[0].record
        assert record["molecule"]["chembl_id"] == "CHEMBL941"
        assert record["synonyms"] == ["Gleevec", "STI-571"]


async def test_the_source_named_is_the_store_that_was_asked(call_dump: Any) -> None:
    assert (await call_dump("resolve_molecule", molecule="aspirin")).evidence[0].record[
        "structure_source"
    ] == "ChEMBL, ChEMBL_36"
    missing = await call_dump("resolve_molecule", molecule="blorfomycin")
    assert "ChEMBL_36" in missing.digest
    assert missing.evidence[0].backend == "local"


async def test_a_chembl_id_of_a_target_is_told_for_what_it_is(call_dump: Any) -> None:
    assert "is a target" in (await call_dump("resolve_molecule", molecule="CHEMBL203")).digest
