"""The graph of the example: its edge goes by the answer's status, and its tools answer in a ToolNode."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from biocopilot.copilot import Copilot

pytest.importorskip("langgraph")


async def travelled(graph: Any, molecule: str) -> tuple[list[str], dict[str, Any]]:
    """The nodes in order, and the state at the end."""
    way: list[str] = []
    state: dict[str, Any] = {}
    async for kind, step in graph.astream({"molecule": molecule, "messages": []}, stream_mode=["updates", "values"]):
        way += list(step) if kind == "updates" else []
        state = step if kind == "values" else state
    return way, state


async def test_an_answer_is_told_as_it_is(example: Callable[[str], ModuleType], copilot: Copilot) -> None:
    way, state = await travelled(example("langgraph_node").enquiry_graph(copilot), "erlotinib")
    assert way == ["ask", "tell"]
    assert state["answer"].status == "answered"
    assert state["told"] == state["answer"].text
    assert "3.41" in state["told"]


async def test_what_was_not_answered_is_looked_up_by_a_tool(
    example: Callable[[str], ModuleType], copilot: Copilot
) -> None:
    way, state = await travelled(example("langgraph_node").enquiry_graph(copilot), "zorbactinib")
    assert way == ["ask", "look_closer", "tools", "tell"]
    assert state["answer"].status == "unknown"
    assert "No molecule called zorbactinib" in state["told"]
    result = state["messages"][-1].artifact
    assert (result.status, result.evidence[0].tool) == ("empty", "resolve_molecule")
