"""Tanimoto similarity of two molecules: known values, symmetry, and what it does not see."""

from __future__ import annotations

from typing import Any

import pytest


async def similarity(call: Any, molecule: str, other: str) -> dict[str, Any]:
    result = await call("molecule_similarity", molecule=molecule, other=other)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


@pytest.mark.parametrize(
    ("molecule", "other", "value"),
    [("aspirin", "CHEMBL25", 1.0), ("caffeine", "theophylline", 0.4571), ("aspirin", "paracetamol", 0.2222), ("escitalopram", "citalopram", 1.0), ("CCO", "c1ccccc1", 0.0)],
)  # fmt: skip
async def test_known_values(call: Any, molecule: str, other: str, value: float) -> None:
    assert (await similarity(call, molecule, other))["similarity"]["value"] == pytest.approx(value, abs=1e-4)


async def test_it_is_the_same_the_other_way_round_and_names_its_fingerprint(call: Any) -> None:
    one, two = await similarity(call, "imatinib", "nilotinib"), await similarity(call, "nilotinib", "imatinib")
    assert one["similarity"] == two["similarity"]
    assert "Morgan fingerprints, radius 2, 2,048 bits" in one["similarity"]["convention"]


async def test_equal_fingerprints_of_different_molecules_are_explained(call: Any) -> None:
    assert "stereo" in (await similarity(call, "escitalopram", "citalopram"))["notes"][0]
    assert (await similarity(call, "aspirin", "CHEMBL25"))["notes"] == []


async def test_a_salt_says_that_its_counter_ion_counts(call: Any) -> None:
    record = await similarity(call, "imatinib mesylate", "imatinib")
    assert record["similarity"]["value"] < 1
    assert "several parts" in record["notes"][0]


async def test_the_one_that_cannot_be_found_is_named(call: Any) -> None:
    result = await call("molecule_similarity", molecule="aspirin", other="blorfomycin")
    assert result.status == "empty"
    assert "blorfomycin" in result.digest
