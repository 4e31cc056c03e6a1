from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from biocopilot.memory.records import ToolResult

from . import making

Call = Callable[..., Awaitable[ToolResult]]


async def test_a_sequence_is_asked_about_as_it_is(installed: making.Made, call: Call) -> None:
    result = await call("ask_about_protein", protein=f">mine a test\n{making.PROTEIN}")
    facts, answer = result.evidence
    assert facts.record["length"]["value"] == 28
    assert facts.record["protein"]["name"] == "mine"
    assert answer.backend == "generated"
    assert answer.record["answer"] == "It binds iron in the cell."
    assert [item["text"] for item in answer.record["struck"]] == [
        "This protein has 90 amino acids.",
        "It contains two methionine residues.",
    ]


async def test_a_known_protein_is_asked_about_by_name_and_what_is_not_seen_is_told(
    installed: making.Made, call: Call
) -> None:
    result = await call("ask_about_protein", protein="EGFR", question="What is it?")
    assert result.evidence[0].record["protein"]["accession"] == "P00533"
    assert "Only the first 62 of 1,210 residues are seen by the model." in result.warnings


@pytest.mark.parametrize(
    ("protein", "error"),
    [(">a\nMKTA\n>b\nMKTA", "InvalidSequence"), ("MKTAYIAKQROSZZZ" * 3 + "*K", "InvalidSequence")],
)
async def test_what_is_no_protein_is_refused(installed: making.Made, call: Call, protein: str, error: str) -> None:
    result = await call("ask_about_protein", protein=protein)
    assert (result.status, result.error) == ("failed", error)


async def test_an_unknown_name_lists_the_nearest(installed: making.Made, call: Call) -> None:
    assert (await call("ask_about_protein", protein="EGFRR")).status == "empty"
