"""Neighbours in the store and in a user's file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


async def nearest(call: Any, molecule: str, **more: Any) -> dict[str, Any]:
    result = await call("nearest_molecules", molecule=molecule, **more)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


@pytest.mark.parametrize(
    ("molecule", "neighbours"),
    [
        ("imatinib", ["NILOTINIB"]),
        ("morphine", ["CODEINE"]),
        ("erlotinib", ["GEFITINIB"]),
        ("sildenafil", ["VARDENAFIL"]),
        ("atorvastatin", []),
    ],
)
async def test_known_neighbours_are_found(call: Any, molecule: str, neighbours: list[str]) -> None:
    record = await nearest(call, molecule, most=10)
    names = [row["name"] for row in record["rows"]]
    assert set(neighbours) <= set(names)
    values = [row["similarity"]["value"] for row in record["rows"]]
    assert values == sorted(values, reverse=True)


async def test_neither_the_molecule_nor_its_salts_are_its_neighbours(call: Any) -> None:
    for written in (
        "imatinib",
        "imatinib mesylate",
        "CHEMBL941",
        "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1",
    ):
        record = await nearest(call, written, most=20)
        assert not [row["name"] for row in record["rows"] if "IMATINIB" in row["name"]]


async def test_a_salt_is_compared_as_its_parent_and_that_is_said(call: Any) -> None:
    salt, parent = await nearest(call, "imatinib mesylate", most=3), await nearest(call, "imatinib", most=3)
    assert salt["rows"] == parent["rows"]
    assert "compared as its parent" in salt["notes"][0]
    assert parent["notes"] == []


async def test_no_salt_stands_beside_its_parent(call: Any) -> None:
    names = [row["name"] for row in (await nearest(call, "sertraline", most=30))["rows"]]
    assert len(names) == len(set(names)) == 30
    assert not any(f"{name} HYDROCHLORIDE" in names for name in names)


async def test_a_stereoisomer_is_a_neighbour_of_similarity_one_and_explained(call: Any) -> None:
    record = await nearest(call, "escitalopram", most=3)
    assert (record["rows"][0]["name"], record["rows"][0]["similarity"]["value"]) == ("CITALOPRAM", 1.0)
    assert "stereoisomers" in record["notes"][-1]


async def test_a_users_file_is_searched_and_its_rows_are_numbered(call: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.smi"
    file.write_text("CCO ethanol\nCCCO propanol\nrubbish!\nc1ccccc1 benzene\nOCC again\n", encoding="utf-8")
    record = await nearest(call, "ethanol", file=str(file), files=(file,))
    assert [(row["row"], row["name"]) for row in record["rows"]] == [(2, "propanol"), (4, "benzene")]
    assert (record["compared"], record["itself_rows"], record["unparsable"], record["unparsable_rows"]) == (
        2,
        [1, 5],
        1,
        [3],
    )
    assert record["among"] == "list.smi"


async def test_what_is_left_out_names_the_call_that_shows_it(call: Any) -> None:
    result = await call("nearest_molecules", molecule="caffeine", most=2)
    assert result.omitted.arguments == {"molecule": "caffeine", "most": 10}
    assert result.returned == 2
    assert result.matched > 2_000


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        ({"molecule": "caffeine", "file": "/etc/passwd"}, "failed", "FileRefused"), ({"molecule": "adalimumab"}, "empty", ""),
        ({"molecule": "caffeine", "most": 0}, "failed", "InvalidArguments"), ({"molecule": "C1CC"}, "failed", "InvalidStructure"),
    ],
)  # fmt: skip
async def test_what_cannot_be_searched_says_why(call: Any, arguments: dict[str, Any], status: str, error: str) -> None:
    result = await call("nearest_molecules", **arguments)
    assert (result.status, result.error) == (status, error)
