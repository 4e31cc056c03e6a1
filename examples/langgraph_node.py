"""Biocopilot in a LangGraph graph: a node that asks it, an edge that goes by how its answer ended, and its tools in a ToolNode.

    pip install "biocopilot[agent]"      # brings langchain, which brings langgraph

No language model takes part: the graph itself decides. Put one into `look_closer`, and it may choose the tools.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from biocopilot.copilot import Answer, Copilot
from biocopilot.tools import as_langchain_tools
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode


class Enquiry(MessagesState, total=False):
    """What travels through the graph."""

    molecule: str
    answer: Answer
    told: str


def enquiry_graph(copilot: Copilot) -> Any:
    """A compiled graph from a molecule's name to what can be told of it: asked as a question, and looked up where that ends in nothing."""
    ask_it = copilot.as_runnable()
    tools = as_langchain_tools(["resolve_molecule"], bench=copilot.bench, offline=copilot.offline)

    async def ask(state: Enquiry) -> dict[str, Any]:
        return {"answer": await ask_it.ainvoke(f"Is {state['molecule']} approved, and what is its clogP?")}

    def by_status(state: Enquiry) -> Literal["tell", "look_closer"]:
        return "tell" if state["answer"].status == "answered" else "look_closer"

    def look_closer(state: Enquiry) -> dict[str, Any]:
        call = {"type": "tool_call", "id": "1", "name": "resolve_molecule", "args": {"molecule": state["molecule"]}}
        return {"messages": [AIMessage("", tool_calls=[call])]}

    def tell(state: Enquiry) -> dict[str, Any]:
        looked_up = [message for message in state["messages"] if isinstance(message, ToolMessage)]
        return {"told": str(looked_up[-1].content) if looked_up else state["answer"].text}

    graph = StateGraph(Enquiry)
    graph.add_node("ask", ask)
    graph.add_node("look_closer", look_closer)
    graph.add_node("tools", ToolNode(tools))
    graph.add_node("tell", tell)
    graph.add_edge(START, "ask")
    graph.add_conditional_edges("ask", by_status)
    graph.add_edge("look_closer", "tools")
    graph.add_edge("tools", "tell")
    graph.add_edge("tell", END)
    return graph.compile()


async def main() -> None:
    """Send a drug and a name that is none through the graph, and print the way that each took."""
    with Copilot(planner="embedded", offline=True, log=False) as copilot:
        graph = enquiry_graph(copilot)
        for molecule in ("erlotinib", "zorbactinib"):
            way = []
            async for step in graph.astream({"molecule": molecule, "messages": []}, stream_mode="updates"):
                way += list(step)
                told = step.get("tell", {}).get("told", "")
            print(f"{molecule}: {' → '.join(way)}")
            print(told, end="\n\n")


if __name__ == "__main__":
    asyncio.run(main())
