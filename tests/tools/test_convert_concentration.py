"""The conversion tool: names the molecular weight it used, and refuses where there is none."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from biocopilot.memory.records import Quantity, ToolCall, ToolResult
from biocopilot.tools import ToolContext, Workbench
from biocopilot.tools.chemistry.convert_concentration import convert_concentration
from biocopilot.tools.execute import execute


@pytest_asyncio.fixture
async def context() -> AsyncIterator[ToolContext]:
    with Workbench(workers=1) as bench:
        yield ToolContext(bench=bench, offline=True)


async def run(context: ToolContext, **arguments: Any) -> ToolResult:
    numbers = count(1)
    call = ToolCall(id="1", tool="convert_concentration", arguments=arguments)
    return await execute(call, {"convert_concentration": convert_concentration}, context, lambda: f"E{next(numbers)}")


async def test_mass_to_molar_names_the_weight(context: ToolContext) -> None:
    result = await run(context, value=1.2, unit="ug/mL", to_unit="nM", molecule="CC(=O)Oc1ccccc1C(=O)O")
    record = result.evidence[0].record
    assert result.status == "ok"
    assert record["molecular_weight"]["value"] == pytest.approx(180.159, abs=0.01)  # aspirin, IUPAC atomic weights
    assert record["to"]["value"] == pytest.approx(1.2e6 / 180.159, rel=1e-4)
    assert "÷ 180.1" in record["arithmetic"]
    for key in ("from", "to", "molecular_weight"):
        Quantity.model_validate(record[key])


async def test_dev_questions_come_out_right(context: ToolContext, shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "questions" / "dev.jsonl").read_text().splitlines()]
    asked = [row for row in rows if row["kind"] == "unit"]
    assert asked
    for row in asked:
        hit = re.match(r"(\w+) has an IC50 of ([\d.]+) (\S+)\. What is that in (\w+)\?", row["question"])
        assert hit is not None, row["question"]
        name, value, unit, to_unit = hit.groups()
        result = await run(context, value=float(value), unit=unit, to_unit=to_unit, molecule=name)
        assert abs(result.evidence[0].record["to"]["value"] - row["number"]["number"]) <= row["number"]["tolerance"]


async def test_a_salt_is_weighed_whole_and_said(context: ToolContext) -> None:
    record = (await run(context, value=1, unit="mg/L", to_unit="µM", molecule="CCN.Cl")).evidence[0].record
    assert record["molecular_weight"]["value"] == pytest.approx(81.546, abs=0.01)
    assert re.search(r"2 parts.*45\.0\d+ g/mol", record["notes"][0])


@pytest.mark.parametrize(
    ("molecule", "weight", "note"),
    [
        ("N.N.Cl[Pt]Cl", 300.05, "3 parts and its whole weight was used."),
        ("[Na+].[Cl-]", 58.44, "2 parts and its whole weight was used."),
    ],
)
async def test_a_complex_or_inorganic_salt_has_no_other_weight(
    context: ToolContext, molecule: str, weight: float, note: str
) -> None:
    record = (await run(context, value=1, unit="mg/L", to_unit="µM", molecule=molecule)).evidence[0].record
    assert record["molecular_weight"]["value"] == pytest.approx(weight, abs=0.01)
    assert record["notes"][0].endswith(note)


async def test_a_salt_names_the_weight_used_and_the_parents(context: ToolContext) -> None:
    record = (await run(context, value=1, unit="µg/mL", to_unit="nM", molecule="imatinib mesylate")).evidence[0].record
    assert record["to"]["value"] == pytest.approx(1_695.71, abs=0.01)  # 1 µg/mL ÷ 589.722 g/mol
    assert "(C29H31N7O) alone weighs 493.615 g/mol" in record["notes"][0]


async def test_molar_to_molar_needs_no_molecule_and_looks_none_up(context: ToolContext) -> None:
    result = await run(context, value=1.2, unit="µM", to_unit="nM", molecule="no such thing")
    record = result.evidence[0].record
    assert (record["to"]["value"], record["molecular_weight"], record["molecule"]) == (1200.0, None, None)
    assert "not looked up" in record["notes"][0]


async def test_logged_values_are_dimensionless_and_turn_their_bound(context: ToolContext) -> None:
    record = (await run(context, value=7, unit="pIC50", to_unit="nM", relation=">")).evidence[0].record
    assert (record["from"]["unit"], record["from"]["kind"]) == ("dimensionless", "pIC50")
    assert (record["to"]["value"], record["to"]["relation"]) == (100.0, "<")


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        ({"value": 1.2, "unit": "ug/mL", "to_unit": "nM"}, "failed", "InvalidQuantity"),
        ({"value": 1.2, "unit": "", "to_unit": "nM"}, "failed", "InvalidQuantity"),
        ({"value": 1.2, "unit": "nM", "to_unit": "zorkmid"}, "failed", "InvalidQuantity"),
        ({"value": -1.2, "unit": "nM", "to_unit": "µM"}, "failed", "InvalidQuantity"),
        ({"value": "x", "unit": "nM", "to_unit": "µM"}, "failed", "InvalidArguments"),
        ({"value": 1.2, "unit": "ug/mL", "to_unit": "nM", "molecule": "blorfomycin"}, "empty", ""),
        ({"value": 1.2, "unit": "ug/mL", "to_unit": "nM", "molecule": "C1CC"}, "failed", "InvalidStructure"),
    ],
)
async def test_what_cannot_be_converted_says_why(
    context: ToolContext, arguments: dict[str, Any], status: str, error: str
) -> None:
    result = await run(context, **arguments)
    assert (result.status, result.error) == (status, error)
    assert not any(item.record["type"] == "concentration_conversion" for item in result.evidence)


async def test_the_examples_in_the_declaration_work(context: ToolContext) -> None:
    for arguments in convert_concentration.examples:
        assert (await run(context, **arguments)).status == "ok"
