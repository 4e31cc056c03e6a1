"""Writes docs/tools.md from the tools' declarations: `make docs`. A test compares the page with them."""

from __future__ import annotations

from pathlib import Path

from biocopilot.copilot.cli.tool_options import command_line, options_of
from biocopilot.tools import Tool
from biocopilot.tools.registry import MODEL_TOOL_MODULES, declared_tools

PAGE = Path(__file__).with_name("tools.md")

_HEAD = """# Tools

What the planners call, and what you can call by hand: `biocopilot tools run NAME --field value …`, or from Python as shown in
`examples/tools_as_functions.py`. Each result is evidence: it names its source, release and licence. This page is made from the
tools' own declarations by `make docs`.
"""


def page() -> str:
    """The whole page."""
    tools = declared_tools().values()
    rows = [f"| [`{tool.name}`](#{tool.name}) | {tool.summary} |" for tool in tools]
    return "\n".join([_HEAD, "| tool | |", "|---|---|", *rows, "", *(_section(tool) for tool in tools)])


def _section(tool: Tool) -> str:
    network = "needs the network" if tool.needs_network else "works offline"
    writes = "only reads" if tool.read_only else "may write a file that you name"
    if f"model.{tool.name}" in MODEL_TOOL_MODULES:
        writes += ", offered where BioMedGPT-10B is installed"
    lines = [f"## {tool.name}", "", tool.doc, "", f"*{tool.title}: {tool.cost}, {network}, {writes}.*", ""]
    fields = [
        f"| `{option.flag}` | {_cell(', '.join(option.choices) or option.metavar.lower() or 'switch')} | {_cell(option.nature)}"
        f" | {_cell(option.description)} |"
        for option in options_of(tool)
    ]
    if fields:
        lines += ["| field | | | |", "|---|---|---|---|", *fields, ""]
    lines += [f"    {command_line(tool.name, example)}" for example in tool.examples]
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
