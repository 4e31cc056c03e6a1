"""Which of these hold a group or pattern: counts that add up, rows that can be found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


async def matches(call: Any, **arguments: Any) -> dict[str, Any]:
    result = await call("substructure_filter", **arguments)
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


LIST = ["celecoxib", "ibuprofen", "xxxx", "furosemide", "C1CC", "morphine", "adalimumab"]


async def test_counts_add_up_and_the_unreadable_are_named(call: Any) -> None:
    record = await matches(call, group="sulfonamide", molecules=LIST)
    assert record["counts"] == {"given": 7, "parsed": 4, "unparsable": 3, "matched": 2}
    assert [row["molecule"]["name"] for row in record["rows"]] == ["CELECOXIB", "FUROSEMIDE"]
    assert record["unparsable_rows"] == [3, 5, 7]
    assert record["unparsable_inputs"] == [
        {"row": 3, "text": "xxxx"},
        {"row": 5, "text": "C1CC"},
        {"row": 7, "text": "adalimumab"},
    ]
    assert [row["molecule"]["name"] for row in record["unmatched"]] == ["IBUPROFEN", "MORPHINE"]


async def test_a_short_list_and_a_long_one_say_the_same(call: Any) -> None:
    short = await matches(call, group="sulfonamide", molecules=LIST[:4])
    long = await matches(call, group="sulfonamide", molecules=[*LIST[:4], "CCO", "CCN"])
    assert [row["row"] for row in short["rows"]] == [row["row"] for row in long["rows"]] == [1, 4]
    assert short["unparsable_rows"] == long["unparsable_rows"] == [3]


@pytest.mark.parametrize(
    ("group", "molecule", "holds"),
    [
        ("sulfonamide", "celecoxib", True), ("carboxylic acid", "aspirin", True), ("carboxylic acid", "CC(=O)[O-].[Na+]", True), ("amide", "paracetamol", True),
        ("amine", "paracetamol", False), ("phenol", "paracetamol", True), ("alcohol", "phenol", False), ("beta-lactam", "amoxicillin", True),
        ("steroid", "testosterone", True), ("catechol", "dopamine", True), ("boronic acid", "bortezomib", True), ("acrylamide", "osimertinib", True),
        ("nitrile", "letrozole", True), ("sulfonylurea", "glibenclamide", True), ("sulfonamide", "glibenclamide", False), ("Terminal alkynes", "erlotinib", True),
    ],
)  # fmt: skip
async def test_groups_in_drugs(call: Any, group: str, molecule: str, holds: bool) -> None:
    record = await matches(call, group=group, molecules=[molecule])
    assert record["counts"]["matched"] == int(holds)
    assert record["smarts"]


async def test_matched_atoms_are_counted_from_zero_in_the_structure_shown(call: Any) -> None:
    (row,) = (await matches(call, smarts="c-[Cl]", molecules=["Clc1ccc(Cl)cc1"]))["rows"]
    assert row["count"] == 2
    assert len(row["atoms"]) == 2


async def test_a_file_is_filtered_with_its_hash_in_the_record(call: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("id,smiles\nA,Oc1ccccc1\nB,CCO\nC,\nD,nonsense\n", encoding="utf-8")
    record = await matches(call, group="phenol", file=str(file), files=(file,))
    assert record["counts"] == {"given": 4, "parsed": 2, "unparsable": 2, "matched": 1}
    assert record["rows"][0]["molecule"]["name"] == "A"
    assert record["among"].startswith("list.csv (sha256 ")


async def test_more_rows_than_asked_for_are_told_with_the_call(call: Any, tmp_path: Path) -> None:
    file = tmp_path / "many.smi"
    file.write_text("\n".join(f"{'C' * size}O" for size in range(1, 21)), encoding="utf-8")
    result = await call("substructure_filter", group="alcohol", file=str(file), most=5, files=(file,))
    assert (result.matched, result.returned) == (20, 5)
    assert result.omitted.arguments["most"] == 2_000


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"molecules": ["CCO"]}, "InvalidArguments"), ({"group": "amine", "smarts": "N", "molecules": ["CCO"]}, "InvalidArguments"),
        ({"group": "amine"}, "InvalidArguments"), ({"group": "amine", "molecules": ["CCO"], "file": "a.smi"}, "InvalidArguments"),
        ({"smarts": "[#6", "molecules": ["CCO"]}, "InvalidStructure"), ({"smarts": "C" * 501, "molecules": ["CCO"]}, "InvalidStructure"),
        ({"smarts": "[$(" * 11 + "C" + ")]" * 11, "molecules": ["CCO"]}, "InvalidStructure"), ({"smarts": "C C", "molecules": ["CCO"]}, "InvalidStructure"),
        ({"group": "amine", "molecules": ["xxxx", "C1CC"]}, "InvalidArguments"), ({"group": "amine", "molecules": ["C1CC"]}, "InvalidStructure"),
        ({"group": "amine", "molecules": ["C"] * 2_001}, "InvalidArguments"),
    ],
)  # fmt: skip
async def test_what_cannot_be_filtered_says_why(call: Any, arguments: dict[str, Any], error: str) -> None:
    result = await call("substructure_filter", **arguments)
    assert (result.status, result.error) == ("failed", error)
    assert result.digest


async def test_an_unknown_group_lists_the_nearest(call: Any) -> None:
    result = await call("substructure_filter", group="sulfonamyde", molecules=["CCO"])
    assert result.status == "empty"
    assert "sulfonamide" in result.evidence[0].record["nearest"]


# Patterns that keep a matcher busy: each is answered or stopped, and the worker lives on.
@pytest.mark.parametrize(
    "smarts",
    [
        "[$([$([$([$(C~C)]~C)]~C)]~C)]",
        "*~" * 24 + "[U]",
        f"*1{'~*' * 24}~1",
        ".".join(["C"] * 12),
        "[" + "#6," * 80 + "#7]",
        "[!#1]~[!#1]~[!#1]" + "~[!#1]" * 40,
    ],
)
async def test_heavy_patterns_end_and_leave_a_working_tool(call: Any, smarts: str) -> None:
    result = await call("substructure_filter", smarts=smarts, molecules=["c1cc2ccc3ccc4ccc5ccc6ccc1c1c2c3c4c5c61"])
    assert result.status in ("ok", "failed")
    assert (await call("substructure_filter", smarts="C", molecules=["CCO"])).status == "ok"


async def test_the_approved_drugs_are_searched_when_asked(call: Any) -> None:
    record = await matches(call, group="coumarin", drugs=True)
    names = {row["molecule"]["name"] for row in record["rows"]}
    assert names >= {"WARFARIN", "METHOXSALEN", "NOVOBIOCIN"}
    assert "APIXABAN" not in names
    assert record["among"].startswith("the approved drugs of ")
    assert record["counts"]["given"] > 1_000


@pytest.mark.parametrize("given", [{}, {"drugs": True, "molecules": ["aspirin"]}, {"drugs": True, "file": "a.csv"}])
async def test_what_is_searched_is_said_once(call: Any, given: dict[str, Any]) -> None:
    assert (await call("substructure_filter", group="nitro", **given)).error == "InvalidArguments"
