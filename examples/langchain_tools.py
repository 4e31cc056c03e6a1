"""Give the tools to any LangChain agent. Needs the extra: pip install "biocopilot[agent]"."""

from __future__ import annotations

from biocopilot.tools import Workbench, as_langchain_tools


def main() -> None:
    """Call one of the tools as LangChain would; the content is for a model, the artifact is the whole result."""
    with Workbench() as bench:
        tools = {tool.name: tool for tool in as_langchain_tools(bench=bench, offline=True)}
        print(f"{len(tools)} tools, such as {', '.join(list(tools)[:3])}")
        call = {"type": "tool_call", "id": "1", "name": "molecule_properties", "args": {"molecule": "ibuprofen"}}
        message = tools["molecule_properties"].invoke(call)
        print(message.content)
        print(message.artifact.status, message.artifact.evidence[0].source.name)


if __name__ == "__main__":
    main()
