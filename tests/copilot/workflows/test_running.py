from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from biocopilot.copilot import Copilot, workflows
from biocopilot.memory.errors import InvalidInput

EXAMPLE = Path(__file__).parents[3] / "examples" / "kinases.yaml"


@pytest.fixture
def copilot(scripted: ModuleType, tmp_path: Path) -> Copilot:
    return Copilot(planner="embedded", offline=True, tools=[scripted.weigh_tool(tmp_path / "log")], log=False)


def test_it_runs_in_a_program_without_a_loop_and_in_a_running_one(
    scripted: ModuleType, copilot: Copilot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"things": ["lead", "iron"]}

    async def in_a_loop() -> None:
        inside = workflows.run(scripted.weights, given, out=tmp_path / "inside", copilot=copilot)
        awaited = await workflows.arun(scripted.weights, given, out=tmp_path / "awaited", copilot=copilot)
        assert inside.report == awaited.report

    with copilot:
        plain = workflows.run(scripted.weights, given, out=tmp_path / "plain", copilot=copilot)
        asyncio.run(in_a_loop())
    assert len(plain.report.rows) == 2
    assert repr(plain) == f"<weights: answered, 4 records, 2 rows, 0 failed, in {tmp_path / 'plain'}>"
    assert capsys.readouterr() == ("", "")


def test_two_runs_share_a_copilot_side_by_side(scripted: ModuleType, copilot: Copilot, tmp_path: Path) -> None:
    async def both() -> list[workflows.Finished]:
        runs = [
            workflows.arun(scripted.weights, {"things": [name, "iron"]}, out=tmp_path / name, copilot=copilot)
            for name in ("lead", "feather")
        ]
        return list(await asyncio.gather(*runs))

    with copilot:
        found = asyncio.run(both())
    assert [[row["thing"].value for row in item.report.rows] for item in found] == [
        ["lead", "iron"],
        ["feather", "iron"],
    ]


def test_a_file_is_read_and_an_unknown_name_refused(copilot: Copilot, tmp_path: Path) -> None:
    with Copilot(planner="embedded", offline=True, log=False) as real:
        finished = workflows.run(str(EXAMPLE), {"genes": ["EGFR"]}, out=tmp_path / "run", copilot=real)
    assert finished.report.rows[0]["accession"].value == "P00533"
    with pytest.raises(InvalidInput, match="no workflow called 'weights'"):
        workflows.run("weights", {}, out=tmp_path / "x", copilot=copilot)
    assert not (tmp_path / "x").exists()


def test_importing_workflows_reads_no_yaml_and_no_engine() -> None:
    code = (
        "import sys; from biocopilot.copilot import workflows; "
        "print([name for name in ('yaml', 'sqlite3', 'rdkit', 'biocopilot.copilot.workflows.engine') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
