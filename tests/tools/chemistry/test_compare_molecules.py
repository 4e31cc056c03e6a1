"""Molecules side by side."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.errors import DeadlineExceeded
from biocopilot.tools.chemistry.compare_molecules import compare_molecules
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.workbench import Workbench
from rdkit import Chem


async def comparison(call: Any, *molecules: str) -> dict[str, Any]:
    result = await call("compare_molecules", molecules=list(molecules))
    assert result.status == "ok", result.digest
    record: dict[str, Any] = result.evidence[0].record
    return record


async def test_aspirin_and_paracetamol(call: Any) -> None:
    record = await comparison(call, "aspirin", "paracetamol")
    rows = record["rows"]
    assert [row["molecule"]["name"] for row in rows] == ["ASPIRIN", "ACETAMINOPHEN"]
    assert [row["properties"]["qed"]["value"] for row in rows] == [0.5501, 0.595]
    assert [row["lipinski_violations"] for row in rows] == [0, 0]
    assert [(pair["first"], pair["second"], pair["similarity"]["value"]) for pair in record["similarities"]] == [
        (0, 1, 0.2222)
    ]
    core = Chem.MolFromSmarts(record["common_core"]["smarts"])
    assert record["common_core"]["atoms"] == core.GetNumAtoms() == 7
    for row in rows:
        assert Chem.MolFromSmiles(row["molecule"]["smiles"]).HasSubstructMatch(core)
    assert "efficacy" in record["notes"][0]


async def test_every_pair_is_compared_once(call: Any) -> None:
    record = await comparison(call, "caffeine", "theophylline", "theobromine", "CCO")
    assert [(pair["first"], pair["second"]) for pair in record["similarities"]] == [
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 2),
        (1, 3),
        (2, 3),
    ]


async def test_molecules_with_nothing_in_common_have_no_core(call: Any) -> None:
    assert (await comparison(call, "CCO", "[Na+].[Cl-]"))["common_core"] is None


async def test_salts_are_compared_whole_and_that_is_said(call: Any) -> None:
    assert any("several parts" in note for note in (await comparison(call, "imatinib mesylate", "imatinib"))["notes"])


class SlowCore:
    """The chemistry workers, but for a search for the common core that is never done in time."""

    def __init__(self, workers: Any) -> None:
        self._workers = workers

    async def call(self, function: str, arguments: dict[str, Any], **more: Any) -> Any:
        if function == "common_core":
            raise DeadlineExceeded("The chemistry process was stopped after 8 s in common_core.")
        return await self._workers.call(function, arguments, **more)


async def test_a_core_that_takes_too_long_leaves_the_rest_of_the_table(bench: Workbench) -> None:
    with Workbench() as slow:
        slow.__dict__["chemistry"] = SlowCore(bench.chemistry)
        arguments = compare_molecules.arguments(molecules=("aspirin", "caffeine"))
        found = await compare_molecules.run(arguments, ToolContext(bench=slow))
        del slow.__dict__["chemistry"]
    record = found.drafts[0].record
    assert len(record["rows"]) == 2
    assert record["common_core"] is None
    assert any("stopped early" in note for note in record["notes"])


@pytest.mark.parametrize(
    ("molecules", "status", "error"),
    [(["aspirin"], "failed", "InvalidArguments"), (["CCO"] * 13, "failed", "InvalidArguments"), (["aspirin", "adalimumab"], "empty", ""), (["aspirin", "C1CC"], "failed", "InvalidStructure")],
)  # fmt: skip
async def test_what_cannot_be_compared_says_why(call: Any, molecules: list[str], status: str, error: str) -> None:
    result = await call("compare_molecules", molecules=molecules)
    assert (result.status, result.error) == (status, error)
