"""The tool that CONTRIBUTING.md adds is built from its text, run, and tested by the test that stands there."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from biocopilot.memory.records import Quantity, ToolCall, ToolResult
from biocopilot.tools import Tool, ToolContext, Workbench, all_tools
from biocopilot.tools.execute import execute

MODULE = "biocopilot.tools.chemistry.ligand_efficiency"


@pytest.fixture(scope="module")
def blocks(root: Path) -> list[str]:
    text = (root / "CONTRIBUTING.md").read_text("utf-8")
    found = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 2
    return found


def module_of(text: str, name: str) -> ModuleType:
    """The text as a module of that name, so that its relative imports lead where they would."""
    made = ModuleType(name)
    made.__package__ = name.rpartition(".")[0]
    sys.modules[name] = made
    exec(compile(text, f"<CONTRIBUTING.md: {name}>", "exec"), made.__dict__)
    return made


@pytest.fixture
def example(blocks: list[str]) -> Iterator[Tool]:
    try:
        yield module_of(blocks[0], MODULE).ligand_efficiency
    finally:
        sys.modules.pop(MODULE, None)


async def run(tool: Tool, bench: Workbench, arguments: dict[str, Any]) -> ToolResult:
    ids = count(1)
    call = ToolCall(id="c1", tool=tool.name, arguments=arguments)
    return await execute(call, {tool.name: tool}, ToolContext(bench=bench, offline=True), lambda: f"E{next(ids)}")


async def test_the_example_tool_is_new_and_works(example: Tool) -> None:
    assert example.name not in all_tools()
    with Workbench(workers=1) as bench:
        for arguments in example.examples:
            result = await run(example, bench, arguments)
            assert result.status == "ok", result.digest
            (found,) = result.evidence
            Quantity.model_validate(found.record["ligand_efficiency"])
        assert (await run(example, bench, {"molecule": "erlotinib", "pic50": -1})).status == "failed"


async def test_the_example_test_passes_on_the_example_tool(example: Tool, blocks: list[str]) -> None:
    tests = {name: test for name, test in vars(module_of(blocks[1], "its_test")).items() if name.startswith("test_")}
    assert tests
    try:
        with Workbench(workers=1) as bench:

            async def call(tool: str, **arguments: Any) -> ToolResult:
                assert tool == example.name
                return await run(example, bench, arguments)

            for test in tests.values():
                await test(call)
    finally:
        sys.modules.pop("its_test", None)


def test_the_files_that_the_page_names_exist(root: Path) -> None:
    text = (root / "CONTRIBUTING.md").read_text("utf-8")
    new = {
        "tools/chemistry/ligand_efficiency.py",
        "tests/tools/chemistry/test_ligand_efficiency.py",
        "copilot/planner/phrases/KIND.txt",
    }
    named = set(re.findall(r"`((?:tests|tools|copilot|memory|docs)/[\w./]+)`", text)) - new
    assert len(named) > 10
    assert not [name for name in sorted(named) if not (root / name).exists()]
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
        assert (root / target).exists(), target
