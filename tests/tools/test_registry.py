"""Every tool keeps the contract: its text, its schema, its examples, and its place in the documents."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.records import ToolResult
from biocopilot.tools.contract import Tool
from biocopilot.tools.registry import MODEL_TOOL_MODULES, TOOL_MODULES, all_tools, declared_tools

ROOT = Path(__file__).resolve().parents[2]
TOOLS = list(declared_tools().values())
MODULES = (*TOOL_MODULES, *MODEL_TOOL_MODULES)
BY_A_MODEL = [tool for tool in TOOLS if tool.name not in all_tools()]
EXAMPLES = [(tool, example) for tool in TOOLS if tool not in BY_A_MODEL for example in tool.examples]
LOCAL = [(tool, example) for tool, example in EXAMPLES if not tool.needs_network]
REMOTE = [(tool, example) for tool, example in EXAMPLES if tool.needs_network]


def named(value: Any) -> str:
    return value.name if isinstance(value, Tool) else ""


def test_every_module_that_declares_a_tool_is_listed() -> None:
    folder = ROOT / "tools"
    declaring = {
        str(path.relative_to(folder).with_suffix("")).replace("/", ".")
        for listed in {module.partition(".")[0] for module in MODULES}
        for path in (folder / listed).rglob("*.py")
        if re.search(r"^@tool\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert declaring == set(MODULES)


def test_tools_are_named_after_their_modules_and_listed_in_order() -> None:
    assert list(all_tools()) == [path.rpartition(".")[2] for path in TOOL_MODULES]  # no weights here
    assert list(declared_tools()) == [path.rpartition(".")[2] for path in MODULES]
    for name, declared in declared_tools().items():
        assert declared.name == name
        assert re.fullmatch(r"[a-z][a-z_]{2,39}", name)
    assert len({tool.title for tool in TOOLS}) == len(TOOLS)


@pytest.mark.parametrize("tool", TOOLS, ids=named)
def test_the_text_says_when_when_not_what_comes_back_and_what_fails(tool: Tool) -> None:
    summary, _, body = tool.doc.partition("\n\n")
    assert summary.endswith(".")
    assert len(summary.replace("\n", " ")) <= 140
    for needed in ("Use it", "Not for", "Comes back"):
        assert needed in body.replace("\n", " "), needed
    assert re.search(r"[Ff]ails|[Ll]imits|unknown|absent|Nothing found|local store only", body), (
        "what failure looks like"
    )


def test_texts_name_only_tools_and_fields_that_there_are() -> None:
    words = {word for tool in TOOLS for word in tool.arguments.model_fields} | set(declared_tools())
    words |= {"approved", "description", "molecular_weight", "monoisotopic_mass", "clogp", "tpsa", "hba", "hbd"}
    for tool in TOOLS:
        assert set(re.findall(r"`([a-z_]+)`", tool.doc)) <= words, tool.name


@pytest.mark.parametrize("tool", TOOLS, ids=named)
def test_every_field_is_described_and_unknown_ones_are_refused(tool: Tool) -> None:
    schema = tool.schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["additionalProperties"] is False
    for name, field in schema.get("properties", {}).items():
        assert field.get("description"), (tool.name, name)


@pytest.mark.parametrize("tool", TOOLS, ids=named)
def test_no_tool_takes_an_address(tool: Tool) -> None:
    assert not {"url", "uri", "host", "endpoint"} & set(tool.arguments.model_fields)


@pytest.mark.parametrize("tool", TOOLS, ids=named)
def test_bounds_are_sensible(tool: Tool) -> None:
    most = 900 if tool in BY_A_MODEL else 120  # reading 20 GB of weights takes minutes
    assert 0 < tool.deadline_s <= most
    assert tool.cost in ("instant", "fast", "slow")
    assert tool.examples


@pytest.mark.parametrize(("tool", "example"), LOCAL, ids=named)
async def test_every_example_runs_and_finds_something(tool: Tool, example: dict[str, Any], call: Any) -> None:
    result: ToolResult = await call(tool.name, **example)
    # Offline, a tool that asks services beside the local store has asked a part of its sources.
    assert result.status in (("ok", "partial") if tool.kept_replies else ("ok",)), result.digest
    assert result.matched is not None
    assert result.returned is not None
    assert result.returned <= result.matched
    for item in result.evidence:
        assert item.record["type"]
        assert isinstance(item.record.get("notes", []), list)
        assert item.source.name
        assert item.source.licence
        assert f"{item.id}: " in result.digest


@pytest.mark.parametrize(("tool", "example"), REMOTE, ids=named)
async def test_an_example_that_needs_the_network_is_refused_offline(
    tool: Tool, example: dict[str, Any], call: Any
) -> None:
    result: ToolResult = await call(tool.name, **example)
    assert (result.status, result.error) == ("failed", "OfflineRefused"), result.digest


@pytest.mark.parametrize(("tool", "example"), EXAMPLES, ids=named)
async def test_an_unknown_field_is_refused_with_its_name(tool: Tool, example: dict[str, Any], call: Any) -> None:
    result = await call(tool.name, **example, colour="red")
    assert (result.status, result.error) == ("failed", "InvalidArguments")
    assert "colour" in result.digest
    assert tool.name in result.digest


@pytest.mark.parametrize("tool", TOOLS, ids=named)
def test_every_tool_is_documented(tool: Tool) -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    assert re.search(rf"\b{tool.name}\b", pages)


def test_listing_the_tools_loads_neither_rdkit_nor_biopython() -> None:
    code = "import sys; from biocopilot.tools import all_tools; all_tools(); print([m for m in ('rdkit', 'Bio', 'numpy', 'pint', 'lxml', 'httpx') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_module_is_loaded_when_its_tool_is_asked_for() -> None:
    code = (
        "import sys\n"
        "from biocopilot.tools.registry import all_tools\n"
        "tools = all_tools()\n"
        "assert 'literature_search' in tools and len(tools) == len(list(tools))\n"
        "assert 'biocopilot.tools.literature.literature_search' not in sys.modules\n"
        "tools['scaffold']\n"
        "assert 'biocopilot.tools.chemistry.scaffold' in sys.modules\n"
        "assert not [name for name in sys.modules if '.sources.' in name]\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_tool_that_is_not_there_is_a_key_error() -> None:
    assert "nothing" not in all_tools()
    with pytest.raises(KeyError):
        all_tools()["nothing"]
