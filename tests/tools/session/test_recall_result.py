"""`recall_result`: an earlier record quoted whole, under its own source and time; refused outside a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from biocopilot.copilot.claims import check_claim
from biocopilot.memory.events import Event, EvidenceAdded
from biocopilot.memory.records import ToolCall, ToolResult, record_sha256
from biocopilot.tools import as_langchain_tools
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.registry import all_tools, outside_a_session
from biocopilot.tools.workbench import Workbench

Call = Callable[..., Awaitable[ToolResult]]


async def test_the_record_is_quoted_whole_with_run_hash_source_and_time(
    call: Call, session_run: Callable[..., list[Event]]
) -> None:
    (original,) = [event.evidence for event in session_run("r1", "s") if isinstance(event, EvidenceAdded)]
    (item,) = (await call("recall_result", handle="r1.e1")).evidence
    assert item.record == {
        "type": "recalled_result",
        "handle": "R1.E1",
        "run_id": "r1",
        "evidence": "E1",
        "tool": original.tool,
        "arguments": original.arguments,
        "sha256": original.sha256,
        "record": original.record,
    }
    assert record_sha256(item.record["record"]) == original.sha256
    assert (item.source, item.backend, item.retrieved_at) == (
        original.source,
        original.backend,
        original.retrieved_at,
    )


async def test_a_sentence_about_what_was_found_rests_on_the_quotation(call: Call) -> None:
    (item,) = (await call("recall_result", handle="R1.E1")).evidence
    claim = check_claim(f"It was found as `a`. [{item.id}]", {item.id: item})
    assert claim.verdict == "supported"
    assert claim.support[0].path == "/record/text"


@pytest.mark.parametrize(
    ("handle", "error"), [("R1.E9", "InvalidIdentifier"), ("R1", "InvalidArguments"), ("", "InvalidArguments")]
)
async def test_a_handle_of_nothing_fails(call: Call, handle: str, error: str) -> None:
    result = await call("recall_result", handle=handle)
    assert (result.status, result.error) == ("failed", error)


async def test_outside_a_session_it_fails_and_is_not_offered(bench: Workbench) -> None:
    request: Any = ToolCall(id="c1", tool="recall_result", arguments={"handle": "R1.E1"})
    result = await execute(request, all_tools(), ToolContext(bench=bench), lambda: "E1")
    assert (result.status, result.error) == ("failed", "InvalidInput")
    assert "--session" in result.digest
    outside = outside_a_session(all_tools())
    assert "recall_result" not in outside
    assert {*outside, "recall_result"} == set(all_tools())
    assert len(outside) == len(all_tools()) - 1
    with pytest.raises(KeyError):
        outside["recall_result"]


def test_agents_of_others_are_not_given_it(bench: Workbench) -> None:
    pytest.importorskip("langchain_core")
    assert "recall_result" not in [tool.name for tool in as_langchain_tools(bench=bench)]
