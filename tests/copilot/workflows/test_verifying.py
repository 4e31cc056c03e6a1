from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from biocopilot.copilot.verification import Verification
from biocopilot.copilot.workflows.contract import Recheck, Report
from biocopilot.copilot.workflows.contract import workflow as declare
from biocopilot.copilot.workflows.verifying import verify_folder
from biocopilot.memory.errors import InvalidInput, StorageError
from biocopilot.tools.workbench import Workbench


def verify(folder: Path, tools: Any, flow: Any, whole: bool = False) -> Verification:
    with Workbench() as bench:
        return asyncio.run(verify_folder(folder, bench, tools, flow, whole=whole))


@pytest.fixture
def made(scripted: ModuleType, tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    scripted.run(tmp_path / "run", tmp_path / "log", ("lead", "nothing", "iron"))
    return tmp_path / "run", {"weigh": scripted.weigh_tool(tmp_path / "again")}


def test_a_run_is_verified_by_running_its_calls_again(
    scripted: ModuleType, made: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder, tools = made
    before = [path.read_bytes() for path in sorted(folder.iterdir())]
    found = verify(folder, tools, scripted.weights)
    assert found.status == "verified"
    assert [check.evidence.id for check in found.evidence] == [f"E{number}" for number in range(1, 7)]
    assert len(found.claims) == 3
    assert len((tmp_path / "again").read_text().splitlines()) == 6
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == before


def test_a_record_that_was_rewritten_is_found_out(scripted: ModuleType, made: tuple[Path, dict[str, Any]]) -> None:
    folder, tools = made
    connection = sqlite3.connect(folder / "steps.sqlite")
    connection.execute("DROP TRIGGER no_update")
    connection.execute("UPDATE steps SET result = replace(result, '406', '407') WHERE result LIKE '%406%'")
    connection.commit()
    connection.close()
    found = verify(folder, tools, scripted.weights)
    assert found.status == "failed"
    assert [check.evidence.id for check in found.evidence if check.outcome == "differs"] == ["E1"]


def test_other_data_fails_the_claims_that_rest_on_it(
    scripted: ModuleType, made: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder, _tools = made
    newer = scripted.weigh_tool(tmp_path / "again", scripted.SOURCE.model_copy(update={"release": "2"}))
    found = verify(folder, {"weigh": newer}, scripted.weights)
    assert found.status == "failed"
    assert [check.number for check in found.failing] == [1, 3]


@pytest.mark.parametrize("name", ["report.md", "report.html", "results.csv", "evidence.jsonl", "methods.md"])
def test_an_output_that_was_rewritten_or_lost_is_found_out(
    scripted: ModuleType, made: tuple[Path, dict[str, Any]], name: str
) -> None:
    folder, tools = made
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    found = verify(folder, tools, scripted.weights)
    assert (found.status, found.troubles) == ("failed", (f"{name} is not what the run comes to.",))
    (folder / name).unlink()
    assert verify(folder, tools, scripted.weights).troubles == (f"{name} is not there.",)


def test_a_table_that_a_workflow_wrote_itself_is_held_against_its_hash(scripted: ModuleType, tmp_path: Path) -> None:
    @declare(name="writes", title="Writes", inputs=scripted.Things)
    async def writes(run: Any, _inputs: Any) -> Report:
        if not (run.folder / "rows.csv").exists():
            (run.folder / "rows.csv").write_text("a\n1\n", encoding="utf-8")
        return Report("Writes", (), files=("rows.csv",))

    scripted.run(tmp_path / "run", tmp_path / "log", ("x",), flow=writes)
    assert verify(tmp_path / "run", {}, writes).status == "verified"
    (tmp_path / "run" / "rows.csv").write_text("a\n2\n", encoding="utf-8")
    assert verify(tmp_path / "run", {}, writes).troubles == ("rows.csv is not what the run wrote.",)


def test_a_status_that_was_rewritten_is_found_out(scripted: ModuleType, made: tuple[Path, dict[str, Any]]) -> None:
    folder, tools = made
    manifest = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**manifest, "status": "partial"}))
    assert verify(folder, tools, scripted.weights).troubles == (
        "The run is recorded as partial, and its steps come to answered.",
    )


def test_a_run_whose_call_failed_is_verified_with_that_failure(scripted: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "iron.broken").touch()
    scripted.run(tmp_path / "run", tmp_path / "log", ("lead", "iron"))
    found = verify(tmp_path / "run", {"weigh": scripted.weigh_tool(tmp_path / "log")}, scripted.weights)
    assert (found.status, len(found.claims)) == ("verified", 1)


def test_a_run_without_an_end_and_a_batch_are_not_called_verified(scripted: ModuleType, tmp_path: Path) -> None:
    @declare(name="batches", title="Batches", inputs=scripted.Things)
    async def batches(run: Any, _inputs: Any) -> Report:
        async def work() -> int:
            return 1

        await run.step("batch", {"number": 1}, work)
        return Report("Batches", ())

    scripted.run(tmp_path / "run", tmp_path / "log", ("x",), flow=batches)
    assert verify(tmp_path / "run", {}, batches).status == "incomplete"
    manifest = json.loads((tmp_path / "run" / "run.json").read_text())
    manifest.pop("ended_at")
    (tmp_path / "run" / "run.json").write_text(json.dumps(manifest))
    assert verify(tmp_path / "run", {}, batches).gaps == (
        "The run has no end: it was broken off, or is still running.",
    )


def test_a_batch_that_says_how_it_is_checked_again_is(scripted: ModuleType, tmp_path: Path) -> None:
    asked: list[tuple[int, bool]] = []
    troubles: tuple[str, ...] = ()

    @declare(name="batches", title="Batches", inputs=scripted.Things)
    async def batches(run: Any, _inputs: Any) -> Report:
        async def work() -> int:
            return 7

        async def again(kept: int, whole: bool) -> Recheck:
            asked.append((kept, whole))
            return Recheck("2 of 9 rows done again", troubles)

        await run.step("batch", {"number": 1}, work, again)
        return Report("Batches", ())

    scripted.run(tmp_path / "run", tmp_path / "log", ("x",), flow=batches)
    assert asked == []
    found = verify(tmp_path / "run", {}, batches)
    assert (found.status, found.redone) == ("verified", ("batch: 2 of 9 rows done again.",))
    verify(tmp_path / "run", {}, batches, whole=True)
    assert asked == [(7, False), (7, True)]
    troubles = ("Row 3 differs.",)
    found = verify(tmp_path / "run", {}, batches)
    assert (found.status, found.troubles) == ("failed", troubles)


def test_a_folder_without_a_run_and_an_unknown_workflow_are_told(
    made: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder, tools = made
    with pytest.raises(StorageError, match="holds no run of a workflow"):
        verify(tmp_path, tools, None)
    with pytest.raises(InvalidInput, match="no workflow called 'weights'"):
        verify(folder, tools, None)
