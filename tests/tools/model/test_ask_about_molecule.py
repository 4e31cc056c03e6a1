from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.records import ToolCall, ToolResult
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.execute import execute
from biocopilot.tools.registry import TOOL_MODULES, all_tools, declared_tools
from biocopilot.tools.workbench import WeightsChoice, Workbench

from . import making

Call = Callable[..., Awaitable[ToolResult]]


def test_without_weights_the_tools_are_not_there(home: Path) -> None:
    assert len(all_tools()) == len(TOOL_MODULES)
    assert {"ask_about_molecule", "ask_about_protein"} <= set(declared_tools())


@pytest.fixture
async def asked(installed: making.Made, call: Call) -> ToolResult:
    return await call("ask_about_molecule", molecule=making.MOLECULE)


async def test_the_answer_is_evidence_of_its_own_kind_beside_what_was_computed(asked: ToolResult) -> None:
    assert asked.status == "ok"
    facts, answer = asked.evidence
    assert (facts.backend, facts.record["type"]) == ("computed", "structure_facts")
    assert facts.record["properties"]["molecular_weight"]["value"] == pytest.approx(180.159)
    assert (answer.backend, answer.source.name) == ("generated", "BioMedGPT-10B")
    assert answer.record["question"] == making.MOLECULE_QUESTION


async def test_a_sentence_that_the_structure_contradicts_is_struck_with_its_reason(asked: ToolResult) -> None:
    record = asked.evidence[1].record
    assert record["answer"] == (
        "It is a carboxylic acid and an ester. Its molecular weight is 180.16 g/mol. It has a role as a pain killer."
    )
    assert [item["verdict"] for item in record["statements"]] == ["agrees", "agrees", "unchecked"]
    assert [item["text"] for item in record["struck"]] == ["It is an alcohol with two aromatic rings."]
    assert any("no alcohol" in warning and "1 aromatic ring" in warning for warning in asked.warnings)
    assert "alcohol" not in asked.digest.partition("warning:")[0]


@pytest.mark.parametrize(
    ("molecule", "error"), [("N->[Pt](Cl)(Cl)<-N", "InvalidStructure"), ("C1CC", "InvalidStructure")]
)
async def test_what_the_model_cannot_take_is_refused_before_it_is_opened(
    installed: making.Made, home: Path, molecule: str, error: str
) -> None:
    with Workbench() as bench:
        context = ToolContext(bench=bench, offline=True)
        request = ToolCall(id="c1", tool="ask_about_molecule", arguments={"molecule": molecule})
        result = await execute(request, all_tools(), context, lambda: "E1")
        assert (result.status, result.error) == ("failed", error)
        assert bench.biomedgpt._opened is None


async def test_weights_that_are_gone_are_named(
    installed: making.Made, home: Path, call: Call, bench: Workbench
) -> None:
    manifest = home / "data/models/biomedgpt-10b/safetensors/manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("biomedgpt.safetensors", "gone.safetensors"), "utf-8")
    with Workbench() as fresh:
        request = ToolCall(id="c1", tool="ask_about_molecule", arguments={"molecule": "CCO"})
        result = await execute(request, all_tools(), ToolContext(bench=fresh, offline=True), lambda: "E1")
    assert (result.status, result.error) == ("failed", "ModelUnavailable")
    assert "gone.safetensors" in result.digest


async def test_cancelling_ends_the_writing_at_its_next_token(
    installed: making.Made, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from biocopilot.model.decoding import Decoder

    said: list[int] = []
    begun, plain, loop = asyncio.Event(), Decoder.stream, asyncio.get_running_loop()

    def slowly(self: Decoder, **options: Any) -> Iterator[int]:
        for token in plain(self, **options):
            said.append(token)
            loop.call_soon_threadsafe(begun.set)
            time.sleep(0.02)
            yield token

    monkeypatch.setattr(Decoder, "stream", slowly)
    request = ToolCall(id="c1", tool="ask_about_molecule", arguments={"molecule": making.MOLECULE})
    context = ToolContext(bench=bench, offline=True)
    task = asyncio.create_task(execute(request, all_tools(), context, lambda: "E1"))
    await asyncio.wait_for(begun.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    at_once = len(said)
    await asyncio.sleep(0.3)
    assert len(said) <= at_once + 1  # the one that was being made
    monkeypatch.setattr(Decoder, "stream", plain)
    result = await execute(request, all_tools(), ToolContext(bench=bench, offline=True), lambda: "E1")
    assert result.status == "ok"  # the model is free again


async def test_the_event_loop_goes_on_while_the_model_works(installed: making.Made, bench: Workbench) -> None:
    request = ToolCall(id="c1", tool="ask_about_molecule", arguments={"molecule": making.MOLECULE})
    task = asyncio.create_task(execute(request, all_tools(), ToolContext(bench=bench, offline=True), lambda: "E1"))
    turns = 0
    while not task.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 5


def test_weights_elsewhere_are_found_where_the_settings_say(taught: making.Made, home: Path, tmp_path: Path) -> None:
    making.install(taught, tmp_path / "elsewhere")
    assert "ask_about_molecule" not in all_tools()
    assert "ask_about_molecule" in all_tools(tmp_path / "elsewhere")


async def test_the_form_that_the_settings_ask_for_is_taken(installed: making.Made, home: Path) -> None:
    with Workbench(weights=WeightsChoice(form="int4")) as bench:
        request = ToolCall(id="c1", tool="ask_about_molecule", arguments={"molecule": "CCO"})
        result = await execute(request, all_tools(), ToolContext(bench=bench, offline=True), lambda: "E1")
    assert (result.status, result.error) == ("failed", "ModelUnavailable")
    assert "as int4" in result.digest
