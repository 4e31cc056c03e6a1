"""The standard form tool."""

from __future__ import annotations

from typing import Any

import pytest


async def standard(call: Any, molecule: str) -> dict[str, Any]:
    result = await call("standardise_molecule", molecule=molecule)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


@pytest.mark.parametrize(
    ("molecule", "parent", "removed"),
    [
        ("CC(=O)[O-].[Na+]", "CC(=O)O", {"sodium": 1}), ("sildenafil citrate", "CCCc1nn(C)c2c(=O)[nH]c(-c3cc(S(=O)(=O)N4CCN(C)CC4)ccc3OCC)nc12", {"citrate": 1}),
        ("metformin hydrochloride", "CN(C)C(=N)NC(=N)N", {"hydrochloride": 1}), ("aspirin", "CC(=O)Oc1ccccc1C(=O)O", {}),
        ("C[N+](C)(C)C.[Cl-]", "C[N+](C)(C)C", {"chloride": 1}), ("amoxicillin", None, {}),
    ],
)  # fmt: skip
async def test_parents_of_salts(call: Any, molecule: str, parent: str | None, removed: dict[str, int]) -> None:
    record = await standard(call, molecule)
    assert {part["name"]: part["count"] for part in record["removed"]} == removed
    if parent is not None:
        assert record["parent"]["smiles"] == parent
    assert "MolStandardize" in record["convention"]


async def test_all_three_forms_have_smiles_and_key(call: Any) -> None:
    record = await standard(call, "CC(=O)[O-].[Na+]")
    for form in ("given", "standard", "parent"):
        assert record[form]["smiles"]
        assert len(record[form]["inchikey"]) == 27
    assert record["parent"]["formula"] == "C2H4O2"


async def test_a_complex_is_kept_whole_with_a_note(call: Any) -> None:
    record = await standard(call, "cisplatin")
    assert record["parent"]["smiles"] == record["given"]["smiles"]
    assert "kept whole" in record["notes"][0]


async def test_a_biologic_cannot_be_standardised(call: Any) -> None:
    result = await call("standardise_molecule", molecule="trastuzumab")
    assert result.status == "empty"
    assert "no structure" in result.digest
