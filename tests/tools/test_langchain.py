"""The tools as LangChain sees them: schema, content, artifact, and failures as text."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest
from biocopilot.memory.errors import MissingExtra, UnknownTool
from biocopilot.memory.records import ToolResult
from biocopilot.tools import Workbench, all_tools, as_langchain_tools
from biocopilot.tools.registry import outside_a_session
from langchain_core.messages import ToolMessage
from langchain_core.tools import StructuredTool

DNA = "ATGGATGATCATTGGATCGCGTATAACAACTATTAA"


@pytest.fixture(scope="module")
def bench() -> Iterator[Workbench]:
    with Workbench(workers=1) as opened:
        yield opened


@pytest.fixture
def sequence_tool(bench: Workbench) -> StructuredTool:
    return as_langchain_tools(["sequence_tools"], bench, offline=True)[0]


def called(tool: StructuredTool, arguments: dict[str, object]) -> ToolMessage:
    message = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})
    assert isinstance(message, ToolMessage)
    return message


def test_every_tool_is_given_with_its_own_schema_and_text(bench: Workbench) -> None:
    given = {tool.name: tool for tool in as_langchain_tools(bench=bench)}
    assert list(given) == list(outside_a_session(all_tools()))
    for name, declared in outside_a_session(all_tools()).items():
        assert given[name].args_schema is declared.arguments
        assert given[name].description == declared.doc


def test_content_is_the_digest_and_the_artifact_the_result(sequence_tool: StructuredTool) -> None:
    message = called(sequence_tool, {"operation": "translate", "sequence": DNA})
    assert "MDDHWIAYNNY" in message.content
    assert isinstance(message.artifact, ToolResult)
    assert message.artifact.evidence[0].record["protein"] == "MDDHWIAYNNY"
    assert message.artifact.evidence[0].arguments == {"operation": "translate", "sequence": DNA}


async def test_it_runs_inside_an_event_loop_both_ways(sequence_tool: StructuredTool) -> None:
    call = {
        "type": "tool_call",
        "id": "1",
        "name": "sequence_tools",
        "args": {"operation": "gc_content", "sequence": DNA},
    }
    waited, awaited = called(sequence_tool, dict(call["args"])), await sequence_tool.ainvoke(call)  # type: ignore[call-overload]  # args is the mapping
    assert waited.artifact.evidence[0].record == awaited.artifact.evidence[0].record


def test_a_failure_is_text_with_its_hint(sequence_tool: StructuredTool) -> None:
    message = called(sequence_tool, {"operation": "translate", "sequence": "MKWVTFISLL"})
    assert message.content.startswith("failed (InvalidSequence)")
    assert "coding sequence" in message.content
    assert message.artifact.status == "failed"


@pytest.mark.parametrize(
    "arguments",
    [
        {"operation": "fold", "sequence": DNA},
        {"sequence": DNA},
        {"operation": "translate", "sequence": DNA, "url": "x"},
    ],
)
def test_wrong_arguments_are_text_that_names_the_field(
    sequence_tool: StructuredTool, arguments: dict[str, object]
) -> None:
    content = called(sequence_tool, arguments).content
    assert "does not accept these arguments" in content
    assert "operation" in content or "url" in content


def test_evidence_ids_are_shared_out_once(bench: Workbench) -> None:
    first, second = as_langchain_tools(["sequence_tools", "convert_concentration"], bench)
    ids = [called(first, {"operation": "gc_content", "sequence": DNA}).artifact.evidence[0].id for _ in range(2)]
    ids.append(called(second, {"value": 1, "unit": "µM", "to_unit": "nM"}).artifact.evidence[0].id)
    assert ids == ["E1", "E2", "E3"]


async def test_tools_run_side_by_side(sequence_tool: StructuredTool) -> None:
    calls = [
        sequence_tool.ainvoke(
            {
                "type": "tool_call",
                "id": str(n),
                "name": "sequence_tools",
                "args": {"operation": "gc_content", "sequence": DNA},
            }
        )
        for n in range(5)
    ]
    messages = await asyncio.gather(*calls)
    assert len({message.artifact.evidence[0].id for message in messages}) == 5


def test_an_unknown_tool_is_refused_with_the_nearest_name(bench: Workbench) -> None:
    with pytest.raises(UnknownTool, match="sequence_tools"):
        as_langchain_tools(["sequence_tool"], bench)


def test_without_langchain_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_core.tools", None)
    with pytest.raises(MissingExtra) as caught:
        as_langchain_tools(["sequence_tools"])
    assert "biocopilot[agent]" in caught.value.hint
