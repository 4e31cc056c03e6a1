"""`biocopilot tools`: the list of tools, what each takes and returns, and one call by hand."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...memory.text import shorten

if TYPE_CHECKING:
    from ...tools.contract import Tool
    from .tool_options import Takes

__all__ = ["app", "field_lines", "listing", "paragraphs"]

app = typer.Typer(help="See the tools, and run one by hand.", no_args_is_help=True, rich_markup_mode=None)

_PAGE = 80
_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_tools(as_json: _AsJson = False) -> None:
    """List the tools: name, what it does, cost, network."""
    tools = _usable().values()
    if as_json:
        rows = [_facts(tool) for tool in tools]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    sys.stdout.write("\n".join(listing(list(tools), room)) + "\n")


def listing(tools: Sequence[Tool], room: int | None) -> list[str]:
    """One line a tool, none longer than `room` characters; whole where `room` is None."""
    width = max(len(tool.name) for tool in tools)
    lines = [f"{'tool':<{width}}  cost     network  what it does"]
    for tool in tools:
        head = f"{tool.name:<{width}}  {tool.cost:<7}  {'needed' if tool.needs_network else 'no':<7}  "
        lines.append(head + (tool.summary if room is None else shorten(tool.summary, max(10, room - len(head)))))
    return lines


@app.command("show")
def show_tool(
    name: Annotated[str, typer.Argument(help="The tool's name.", metavar="NAME")], as_json: _AsJson = False
) -> None:
    """Show what a tool is for, its fields, and commands to try."""
    tool = _tool(name)
    if as_json:
        found = {**_facts(tool), "doc": tool.doc, "schema": tool.schema(), "examples": list(tool.examples)}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        return
    from .tool_options import command_line

    network = "needs the network" if tool.needs_network else "works offline"
    writes = "only reads" if tool.read_only else "may write a file that you name"
    lines = [f"{tool.name}: {tool.title}", f"{tool.cost}, {network}, {writes}, stopped after {tool.deadline_s:g} s"]
    if tool.name not in _usable():
        lines.append(f"not here: {_MISSING[0]} {_MISSING[1]}")
    lines += ["", *paragraphs(tool.doc), "", "Fields", *field_lines(tool)]
    if tool.examples:
        lines += ["", "Examples", *(f"  {command_line(tool.name, example)}" for example in tool.examples)]
    sys.stdout.write("\n".join(lines) + "\n")


@app.command(
    "run",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    options_metavar="--field value … [--json]",
)
def run_tool(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The tool's name.", metavar="NAME", show_default=False)] = "",
    as_json: _AsJson = False,
    help_wanted: Annotated[bool, typer.Option("--help", "-h", help="Show the tool's fields and exit.")] = False,
) -> None:
    """Run one tool; its fields are its options."""
    if not name:
        sys.stdout.write(ctx.get_help() + "\n")
        raise typer.Exit(0 if help_wanted else 2)
    tool = _tool(name)
    if help_wanted:
        fields = "\n".join(field_lines(tool))
        summary = "\n".join(paragraphs(tool.summary))
        sys.stdout.write(f"Usage: biocopilot tools run {tool.name} --field value … [--json]\n\n{summary}\n\n{fields}\n")
        return
    if tool.name not in _usable():
        from ...memory.errors import ModelUnavailable

        raise ModelUnavailable(*_MISSING)
    from .tool_options import parse_fields
    from .tool_running import run_by_hand

    code = run_by_hand(tool, parse_fields(tool, ctx.args), as_json)
    if code:
        raise typer.Exit(code)


_MISSING = ("It needs the weights of BioMedGPT-10B, which are not installed.", "biocopilot models pull biomedgpt-10b")


def _tool(name: str) -> Tool:
    """A tool by its name, also one that needs weights which are not here."""
    from ...tools.execute import find_tool
    from ...tools.registry import declared_tools

    return find_tool(name, declared_tools())


def _usable() -> Mapping[str, Tool]:
    """The tools that can be used with the user's settings."""
    from ...tools.registry import all_tools
    from ..settings import load_settings

    return all_tools(load_settings().settings.weights_choice.folder)


def _facts(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "title": tool.title,
        "summary": tool.summary,
        "cost": tool.cost,
        "deadline_s": tool.deadline_s,
        "needs_network": tool.needs_network,
        "read_only": tool.read_only,
        "idempotent": tool.idempotent,
    }


def paragraphs(text: str) -> list[str]:
    """Prose wrapped at the page, its paragraphs apart."""
    from textwrap import wrap

    return [line for block in text.split("\n\n") for line in ("", *wrap(" ".join(block.split()), _PAGE))][1:]


def field_lines(tool: Takes) -> list[str]:
    """A tool's or workflow's fields for reading: flag, nature, description."""
    from textwrap import wrap

    from .tool_options import options_of

    lines = []
    for option in options_of(tool):
        flag = f"{option.flag} {option.metavar}".rstrip()
        lines.append(f"  {flag}  ({option.nature})")
        lines += [f"      {line}" for line in wrap(option.description, 74)]
        if option.metavar == "NAME":
            lines += [f"      {line}" for line in wrap(f"one of {', '.join(option.choices)}", 74)]
    return lines
