"""The copilot within other people's programs: in many threads, several at once, stopped, and without a trace but what it returns."""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Answer, Copilot, workflows
from biocopilot.copilot.workflows.work import Happening
from biocopilot.memory.run_log import RunLog

psutil = pytest.importorskip("psutil")

PROGRAM = Path(__file__).with_name("embedded_program.py")
QUESTIONS = (
    "MW of ibuprofen?",
    "How potent is erlotinib on EGFR?",
    "Which drugs act on BTK?",
    "Is afatinib approved?",
    "Any PAINS alerts in O=C1C=CC(=O)C=C1?",
    "What does EGFR do?",
)


def opened(**options: Any) -> Copilot:
    return Copilot(**{"planner": "embedded", "offline": True, "log": False, **options})


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    """What one thread is told."""
    with opened() as copilot:
        return {question: copilot.ask(question).text for question in QUESTIONS}


def side_by_side(call: Callable[..., Any], each: Sequence[Any]) -> list[Any]:
    """What `call` returns of each, all begun at one moment in threads that have no event loop."""
    start = threading.Barrier(len(each))

    def begun(one: Any) -> Any:
        start.wait(30)
        return call(one)

    with ThreadPoolExecutor(len(each)) as threads:
        return list(threads.map(begun, each))


def test_many_threads_share_a_copilot_and_each_gets_its_own_answer(expected: dict[str, str], tmp_path: Path) -> None:
    with opened(log=tmp_path / "runs.sqlite") as copilot:
        asked = QUESTIONS * 2
        answers: list[Answer] = side_by_side(copilot.ask, asked)
    assert [answer.text for answer in answers] == [expected[question] for question in asked]
    assert [answer.question for answer in answers] == list(asked)
    with RunLog.open(tmp_path / "runs.sqlite") as log:
        assert {row.id: row.status for row in log.runs()} == {answer.run_id: "answered" for answer in answers}


def test_many_copilots_work_at_once(expected: dict[str, str]) -> None:
    def ask(question: str) -> str:
        with opened(workers=1) as copilot:
            return copilot.ask(question).text

    assert side_by_side(ask, QUESTIONS) == list(expected.values())


@pytest.fixture
def other_store(tmp_path: Path) -> Path:
    """A small ChEMBL in which erlotinib has other values and gefitinib is not."""
    made = runpy.run_path(str(Path(__file__).parents[1] / "memory" / "conftest.py"))
    path: Path = made["build"](tmp_path / "chembl.db", made["own_columns"]())
    return path


def test_copilots_over_different_stores_and_logs_do_not_see_each_other(other_store: Path, tmp_path: Path) -> None:
    logs = (tmp_path / "one.sqlite", tmp_path / "two.sqlite")
    with opened(log=logs[0]) as one, opened(log=logs[1], store=other_store) as two:
        answers = side_by_side(lambda each: each.ask("Is gefitinib approved?", session="s"), (one, two) * 3)
        statuses = [answer.status for answer in answers]
        assert statuses == ["answered", "unknown"] * 3
        releases = [
            {item.source.release for item in copilot.ask("How potent is erlotinib on EGFR?").evidence}
            for copilot in (one, two)
        ]
        assert one.ask("And its clogP?", session="s").status == "answered"
    assert releases[0].isdisjoint(releases[1])
    for log_file, count in zip(logs, (5, 4), strict=True):
        with RunLog.open(log_file) as log:
            assert len(log.runs()) == count


def test_workflows_side_by_side_come_to_what_each_comes_to_alone(tmp_path: Path) -> None:
    def run(copilot: Copilot, folder: str, gene: str) -> None:
        workflows.run("target-dossier", {"genes": [gene]}, out=tmp_path / folder, copilot=copilot)

    with opened() as copilot:
        run(copilot, "alone-BTK", "BTK")
        run(copilot, "alone-JAK2", "JAK2")
        side_by_side(lambda gene: run(copilot, f"beside-{gene}", gene), ("BTK", "JAK2"))
    for gene in ("BTK", "JAK2"):
        assert written(tmp_path / f"beside-{gene}") == written(tmp_path / f"alone-{gene}")


def written(folder: Path) -> dict[str, bytes]:
    """The output files of a run, which hold nothing of when and where."""
    names = ("report.md", "report.html", "results.csv", "evidence.jsonl", "methods.md", "references.bib")
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture
def long_list(tmp_path: Path) -> Path:
    path = tmp_path / "list.smi"
    rows = (
        f"CC(=O)Nc1ccc(O{'C' * (number % 12 + 1)})c({'FNOS'[number % 4]})c1 row{number}\n" for number in range(2_000)
    )
    path.write_text("".join(rows), "utf-8")
    return path


async def test_a_cancelled_run_ends_its_processes_and_is_taken_up_where_it_was(long_list: Path, tmp_path: Path) -> None:
    given = {"file": str(long_list)}
    before = {one.pid for one in psutil.Process().children(recursive=True)}
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def listen(happening: Happening) -> None:
        if happening.kind == "progress" and happening.done:
            loop.call_soon_threadsafe(begun.set)

    with opened() as copilot:
        task = asyncio.create_task(
            workflows.arun("triage", given, out=tmp_path / "stopped", copilot=copilot, listener=listen)
        )
        await asyncio.wait((task, asyncio.create_task(begun.wait())), timeout=60, return_when=asyncio.FIRST_COMPLETED)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        own = set(copilot.bench.chemistry.process_ids())
        assert await gone(before | own)
        assert json.loads((tmp_path / "stopped" / "run.json").read_text("utf-8"))["status"] == "interrupted"
        kept = set(os.listdir(tmp_path / "stopped" / "triage_chunks"))
        assert 0 < len(kept) < 4
        await workflows.arun("triage", given, out=tmp_path / "stopped", copilot=copilot, resume=True)
        await workflows.arun("triage", given, out=tmp_path / "whole", copilot=copilot)
    assert await gone(before)
    assert kept < set(os.listdir(tmp_path / "stopped" / "triage_chunks"))
    assert written(tmp_path / "stopped") == written(tmp_path / "whole")
    for name in ("triage_results.csv", "triage_rejects.csv"):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


async def gone(allowed: set[int]) -> bool:
    """Whether within some seconds no process of this one is left but those."""
    for _ in range(100):
        if {one.pid for one in psutil.Process().children(recursive=True) if one.status() != "zombie"} <= allowed:
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a program in Python's and asyncio's debug modes, where every warning is an error, finds and hears."""
    folder = tmp_path_factory.mktemp("program")
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", str(PROGRAM), str(folder)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "BIOCOPILOT_HOME": str(folder / "home")},
        timeout=300,
        check=False,
    )
    written = (folder / "told.json").read_text("utf-8") if (folder / "told.json").exists() else "{}"
    return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr, **json.loads(written)}


def test_a_program_gets_answers_every_way_and_not_a_character_on_its_screen(told: dict[str, Any]) -> None:
    assert (told["code"], told["stdout"], told["stderr"]) == (0, "", "")
    first, second, last, *others = told["found"]
    assert (first, second, last) == ("answered", "answered", "run_finished")
    assert len(others) == 4
    assert set(others) <= {"answered", "partial"}


def test_signals_environment_and_all_else_of_the_process_are_as_before(told: dict[str, Any]) -> None:
    assert told["changed"] == {}


def test_no_thread_and_no_process_is_left_when_it_is_closed(told: dict[str, Any]) -> None:
    assert (told["threads"], told["processes"]) == ([], [])
