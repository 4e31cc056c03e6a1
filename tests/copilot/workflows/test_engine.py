from __future__ import annotations

import asyncio
import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from biocopilot.copilot.workflows import engine
from biocopilot.copilot.workflows.contract import (
    Report,
    RowFailure,
    Section,
    Sentence,
    Struck,
    Table,
    WorkflowInputs,
    workflow,
)
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.copilot.workflows.work import Happening
from biocopilot.memory.errors import FileRefused, InvalidArguments, InvalidInput, StorageError, UnknownTool
from biocopilot.tools.workbench import Workbench
from pydantic import Field

THINGS = ("lead", "a feather", "nothing", "iron", "a stone")


def lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def plain(finished: Any) -> tuple[Any, ...]:
    """What outputs are made of, without the run's own times."""
    evidence = [item.model_dump_json(exclude={"retrieved_at"}) for item in finished.evidence]
    return finished.report, finished.status, evidence, finished.steps, finished.notes, finished.failures


def test_evidence_is_numbered_in_the_programs_order_whatever_ends_first(scripted: ModuleType, tmp_path: Path) -> None:
    finished = scripted.run(tmp_path / "run", tmp_path / "log", THINGS, seconds=0.01)
    assert [item.arguments["thing"] for item in finished.evidence] == [
        name for thing in THINGS for name in (thing, f"{thing} again")
    ]
    assert [item.id for item in finished.evidence] == [f"E{number}" for number in range(1, 11)]
    assert finished.report.rows[1]["weight_g"].evidence == ("E3", "E4")
    assert lines(tmp_path / "log") != [item.arguments["thing"] for item in finished.evidence]


def test_a_second_start_does_nothing_again_and_comes_to_the_same(scripted: ModuleType, tmp_path: Path) -> None:
    first = scripted.run(tmp_path / "run", tmp_path / "log", THINGS)
    done = lines(tmp_path / "log")
    second = scripted.run(tmp_path / "run", tmp_path / "log", THINGS, resume=True)
    assert lines(tmp_path / "log") == done
    assert len(done) == 10
    assert plain(first) == plain(second)


def test_the_same_call_asked_twice_is_done_once(scripted: ModuleType, tmp_path: Path) -> None:
    finished = scripted.run(tmp_path / "run", tmp_path / "log", ("lead", "lead", "lead"))
    assert sorted(lines(tmp_path / "log")) == ["lead", "lead again"]
    assert len(finished.evidence) == 2
    assert len(finished.report.rows) == 3


@pytest.mark.slow
def test_killed_at_random_moments_it_comes_to_the_uninterrupted_run(scripted: ModuleType, tmp_path: Path) -> None:
    things = [f"thing {number}" for number in range(40)]
    whole = scripted.run(tmp_path / "whole", tmp_path / "whole.log", tuple(things))
    folder, log = tmp_path / "killed", tmp_path / "killed.log"
    program = [sys.executable, str(Path(scripted.__file__)), str(folder), str(log), ",".join(things), "0.02"]
    done_before: dict[str, int] = {}
    chance, kills = random.Random(7), 0
    while kills < 5:
        process = subprocess.Popen(program)
        before = len(lines(log))
        while process.poll() is None and len(lines(log)) < before + chance.randrange(1, 12):
            time.sleep(0.002)
        time.sleep(chance.random() * 0.02)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        for thing in kept(folder):  # what is kept now may be executed no more
            done_before.setdefault(thing, lines(log).count(thing))
    assert kills >= 3
    resumed = scripted.run(folder, log, tuple(things), resume=True)
    counts = Counter(lines(log))
    assert {thing: counts[thing] for thing in done_before} == done_before
    assert len(resumed.report.rows) == len(things)
    assert sum(counts.values()) - 2 * len(things) <= 3 * kills  # at most what was under way at each kill
    assert plain(resumed) == plain(whole)


def kept(folder: Path) -> list[str]:
    if not (folder / "steps.sqlite").exists():
        return []
    connection = sqlite3.connect(folder / "steps.sqlite")
    try:
        return [json.loads(row[0])["thing"] for row in connection.execute("SELECT arguments FROM steps")]
    except sqlite3.OperationalError:  # killed before the table stood
        return []
    finally:
        connection.close()


def test_a_failing_row_is_listed_and_tried_again_by_the_next_start(scripted: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "iron.broken").touch()
    first = scripted.run(tmp_path / "run", tmp_path / "log", THINGS)
    assert first.status == "partial"
    assert first.failures == (RowFailure("iron", "SourceUnavailable", "The scales are broken for iron.", "Mend them."),)
    assert [row["thing"].value for row in first.report.rows] == [thing for thing in THINGS if thing != "iron"]
    assert [step.arguments["thing"] for step in first.steps if step.status == "failed"] == ["iron"]
    assert (tmp_path / "run" / "report.md").read_text().count("The scales are broken for iron.") == 1
    assert first.again == "biocopilot workflow run weights --out FOLDER --resume"
    (tmp_path / "iron.broken").unlink()
    second = scripted.run(tmp_path / "run", tmp_path / "log", THINGS, resume=True)
    assert second.status == "answered"
    assert second.failures == ()
    assert Counter(lines(tmp_path / "log"))["iron"] == 2
    assert Counter(lines(tmp_path / "log"))["lead"] == 1
    whole = scripted.run(tmp_path / "whole", tmp_path / "whole.log", THINGS)
    assert plain(second) == plain(whole)


def test_a_call_that_failed_is_a_step_in_its_place_and_the_report_tells_it(
    scripted: ModuleType, tmp_path: Path
) -> None:
    @workflow(name="calls", title="Calls", inputs=scripted.Things)
    async def calls(run: Any, inputs: Any) -> Report:
        await run.calls([("weigh", {"thing": thing}) for thing in inputs.things])
        return Report("Calls", ())

    for broken in ("iron", "lead"):
        (tmp_path / f"{broken}.broken").touch()
    things = ("a feather", "lead", "nothing", "iron", "a stone")
    finished = scripted.run(tmp_path / "run", tmp_path / "log", things, flow=calls)
    assert [(step.arguments["thing"], step.status) for step in finished.steps] == [
        ("a feather", "ok"), ("lead", "failed"), ("nothing", "empty"), ("iron", "failed"), ("a stone", "ok"),
    ]  # fmt: skip
    assert finished.steps[1].message == "The scales are broken for lead.\nMend them."
    assert (finished.status, finished.failures) == ("partial", ())
    report = (tmp_path / "run" / "report.md").read_text()
    assert "- weigh: The scales are broken for lead. Mend them." in report
    assert "To try it again: `biocopilot workflow run calls" in report
    assert "| weigh | 5 | 1 | 2 |" in (tmp_path / "run" / "methods.md").read_text()


def test_a_folder_with_another_run_is_refused(scripted: ModuleType, tmp_path: Path) -> None:
    scripted.run(tmp_path / "run", tmp_path / "log", ("lead",))
    before = (tmp_path / "run" / "run.json").read_bytes()
    with pytest.raises(InvalidInput, match="with other inputs"):
        scripted.run(tmp_path / "run", tmp_path / "log", ("iron",), resume=True)
    with pytest.raises(InvalidInput, match="holds another run: weights"):
        scripted.run(tmp_path / "run", tmp_path / "log", ("lead",), resume=True, flow=scripted.liar)
    with pytest.raises(InvalidInput, match="holds this run already, ended"):
        scripted.run(tmp_path / "run", tmp_path / "log", ("lead",))
    assert (tmp_path / "run" / "run.json").read_bytes() == before


def test_a_folder_with_other_files_is_refused(scripted: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InvalidInput, match=r"holds other files \(notes.txt\)"):
        scripted.run(tmp_path, tmp_path / "log", ("lead",))


def test_two_programs_cannot_work_in_one_folder(scripted: ModuleType, tmp_path: Path) -> None:
    scripted.run(tmp_path / "run", tmp_path / "log", ("lead",))
    holding = sqlite3.connect(tmp_path / "run" / "steps.sqlite", isolation_level=None)
    holding.execute("PRAGMA locking_mode = EXCLUSIVE")
    holding.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="Another program works in the folder"):
        scripted.run(tmp_path / "run", tmp_path / "log", ("lead",), resume=True)
    holding.close()


def test_kept_steps_cannot_be_changed(scripted: ModuleType, tmp_path: Path) -> None:
    scripted.run(tmp_path / "run", tmp_path / "log", ("lead",))
    connection = sqlite3.connect(tmp_path / "run" / "steps.sqlite")
    for statement in ("DELETE FROM steps", "UPDATE steps SET result = '{}'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_what_no_evidence_holds_is_struck_and_told(scripted: ModuleType, tmp_path: Path) -> None:
    finished = scripted.run(tmp_path / "run", tmp_path / "log", ("lead",), flow=scripted.liar)
    struck, held = finished.report.sections[0].parts
    assert struck == Struck("It weighs 1234567 g.", ("1234567",), ("E1",))
    assert held.evidence == ("E1",)
    assert finished.status == "partial"
    assert [note.kind for note in finished.notes] == ["claim"]


def test_a_report_that_cites_what_no_call_gave_is_refused(scripted: ModuleType, tmp_path: Path) -> None:
    @workflow(name="made-up", title="Made up", inputs=scripted.Things)
    async def made_up(_run: Any, _inputs: Any) -> Report:
        return Report("Made up", (Section("all", "All", (Sentence("It is so.", ("E1",)),)),))

    with pytest.raises(InvalidInput, match="The report cites E1, which no call of this run gave"):
        scripted.run(tmp_path / "run", tmp_path / "log", ("lead",), flow=made_up)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "failed"


def test_another_release_is_told_and_what_changed_in_the_answers(
    scripted: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from biocopilot.copilot.workflows import engine

    first = scripted.run(tmp_path / "run", tmp_path / "log", ("lead", "nothing"))
    assert first.changes == ()
    real = engine.environment_of
    monkeypatch.setattr(engine, "environment_of", lambda bench: {**real(bench), "chembl": "ChEMBL_99"})
    newer = scripted.weigh_tool(tmp_path / "log", scripted.SOURCE.model_copy(update={"release": "2"}))
    second = scripted.run(tmp_path / "run", tmp_path / "log", ("lead", "nothing"), resume=True, tools={"weigh": newer})
    assert any(note.kind == "release" and "is ChEMBL_99" in note.text for note in second.notes)
    assert [change.arguments["thing"] for change in second.changes] == ["lead", "lead again"]
    assert second.changes[0].what == ("record 1/weight_g: 406 → 407",)
    assert "Scales was 1 and is 2." in second.changes[0].why
    elsewhere = scripted.run(
        tmp_path / "other", tmp_path / "log", ("lead",), tools={"weigh": newer}, compare=tmp_path / "run"
    )
    assert elsewhere.changes == ()  # the newest of the other run is release 2 already


def test_another_run_is_compared_with_and_left_as_it_is(scripted: ModuleType, tmp_path: Path) -> None:
    scripted.run(tmp_path / "old", tmp_path / "log", ("lead", "iron"))
    before = (tmp_path / "old" / "steps.sqlite").read_bytes()
    newer = {"weigh": scripted.weigh_tool(tmp_path / "log", scripted.SOURCE.model_copy(update={"release": "2"}))}
    things = ("lead", "a stone")
    found = scripted.run(tmp_path / "new", tmp_path / "log", things, tools=newer, compare=tmp_path / "old")
    assert [change.arguments["thing"] for change in found.changes] == ["lead", "lead again"]
    assert found.changes[0].why == "Scales was 1 and is 2."
    assert (tmp_path / "old" / "steps.sqlite").read_bytes() == before
    with pytest.raises(StorageError, match="holds no run of a workflow"):
        scripted.run(tmp_path / "third", tmp_path / "log", things, compare=tmp_path)
    assert not (tmp_path / "steps.sqlite").exists()
    assert not (tmp_path / "third").exists()


def test_releases_that_differ_between_two_calls_are_told(scripted: ModuleType, tmp_path: Path) -> None:
    scales = scripted.weigh_tool(tmp_path / "log")
    newer = scripted.weigh_tool(tmp_path / "log", scripted.SOURCE.model_copy(update={"release": "2"}), name="weigh_2")

    @workflow(name="both", title="Both", inputs=scripted.Things)
    async def both(run: Any, _inputs: Any) -> Report:
        await run.calls([("weigh", {"thing": "lead"}), ("weigh_2", {"thing": "lead"})])
        return Report("Both", ())

    finished = scripted.run(
        tmp_path / "run", tmp_path / "log", ("x",), flow=both, tools={"weigh": scales, "weigh_2": newer}
    )
    assert [note.text for note in finished.notes] == ["Scales was asked in several releases: 1, 2."]


def test_a_step_that_is_no_tool_is_kept_too(scripted: ModuleType, tmp_path: Path) -> None:
    done: list[int] = []

    @workflow(name="batches", title="Batches", inputs=scripted.Things)
    async def batches(run: Any, _inputs: Any) -> Report:
        async def work() -> list[int]:
            done.append(1)
            return [1, 2]

        for number in (1, 2, 1):
            assert await run.step("batch", {"number": number}, work) == [1, 2]
        return Report("Batches", ())

    scripted.run(tmp_path / "run", tmp_path / "log", ("x",), flow=batches)
    scripted.run(tmp_path / "run", tmp_path / "log", ("x",), flow=batches, resume=True)
    assert len(done) == 2


def test_an_input_file_that_changed_since_is_told(
    scripted: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Files(WorkflowInputs):
        files = ("file",)
        file: str = Field(description="A file.")

    @workflow(name="reads", title="Reads", inputs=Files)
    async def reads(_run: Any, _inputs: Any) -> Report:
        return Report("Reads", ())

    data = tmp_path / "data.csv"
    data.write_text("a", encoding="utf-8")
    with Workbench() as bench:
        monkeypatch.chdir(tmp_path)
        finished = asyncio.run(run_workflow(reads, {"file": "data.csv"}, tmp_path / "run", bench=bench))
        assert finished.inputs == {"file": str(data)}
        data.write_text("b", encoding="utf-8")
        with pytest.raises(FileRefused, match="is not what it was"):
            asyncio.run(run_workflow(reads, {"file": str(data)}, tmp_path / "run", bench=bench, resume=True))
        with pytest.raises(FileRefused, match="There is no file"):
            asyncio.run(run_workflow(reads, {"file": str(tmp_path / "x")}, tmp_path / "new", bench=bench))
        with pytest.raises(FileRefused, match="is a folder"):
            asyncio.run(run_workflow(reads, {"file": str(tmp_path)}, tmp_path / "new", bench=bench))


def test_a_file_that_a_tool_read_is_told_as_the_reason_of_a_change(tmp_path: Path) -> None:
    class Files(WorkflowInputs):
        files = ("file",)
        file: str = Field(description="A file.")

    @workflow(name="filters", title="Filters", inputs=Files)
    async def filters(run: Any, inputs: Any) -> Report:
        await run.call("substructure_filter", file=inputs.file, group="phenol")
        return Report("Filters", ())

    data = tmp_path / "list.smi"
    found = []
    with Workbench() as bench:
        for name, text in (("old", "CCO\n"), ("new", "c1ccccc1O\n")):
            data.write_text(text, encoding="utf-8")
            compare = tmp_path / "old" if name == "new" else None
            given = {"file": str(data)}
            found.append(asyncio.run(run_workflow(filters, given, tmp_path / name, bench=bench, compare=compare)))
    assert [step.status for run in found for step in run.steps] == ["ok", "ok"]
    (change,) = found[1].changes
    assert "A file that it read has changed." in change.why


def test_wrong_inputs_are_refused_before_a_folder_is_made(scripted: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(InvalidArguments, match="weights does not accept these inputs"):
        scripted.run(tmp_path / "run", tmp_path / "log", ())
    assert not (tmp_path / "run").exists()


def test_an_unknown_tool_ends_the_run_also_within_rows(scripted: ModuleType, tmp_path: Path) -> None:
    @workflow(name="wrong", title="Wrong", inputs=scripted.Things)
    async def wrong(run: Any, inputs: Any) -> Report:
        await run.each(inputs.things, lambda thing: run.call("weight", thing=thing))
        return Report("Wrong", ())

    with pytest.raises(UnknownTool, match="no tool called 'weight'"):
        scripted.run(tmp_path / "run", tmp_path / "log", ("lead",), flow=wrong)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "failed"


async def test_a_cancelled_run_says_so_and_goes_on(scripted: ModuleType, tmp_path: Path) -> None:
    tools = {"weigh": scripted.weigh_tool(tmp_path / "log", seconds=0.05)}
    with Workbench() as bench:

        async def start(**options: Any) -> Any:
            inputs = {"things": THINGS}
            return await run_workflow(scripted.weights, inputs, tmp_path / "run", bench=bench, tools=tools, **options)

        task = asyncio.create_task(start())
        await asyncio.sleep(0.15)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "interrupted"
        finished = await start(resume=True)
    assert len(finished.report.rows) == len(THINGS)


async def test_checking_a_long_report_leaves_the_loop_free_and_can_be_stopped(
    scripted: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checking, stopped, checked_on = threading.Event(), threading.Event(), engine.checked
    seen = []

    def slowly(*given: Any) -> Any:
        checking.set()
        seen.append(stopped.wait(5))
        return checked_on(*given)

    monkeypatch.setattr(engine, "checked", slowly)
    tools = {"weigh": scripted.weigh_tool(tmp_path / "log")}
    with Workbench() as bench:
        task = asyncio.create_task(
            run_workflow(scripted.weights, {"things": ("lead",)}, tmp_path / "run", bench=bench, tools=tools)
        )
        while not checking.is_set():  # noqa: ASYNC110  # set from a thread
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 2)
        stopped.set()
        assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "interrupted"
    assert seen != [False]


def test_a_disk_that_is_full_ends_the_run_and_is_no_rows_failure(
    scripted: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from biocopilot.copilot.workflows.kept_steps import KeptSteps

    real = KeptSteps.keep

    def keep(self: KeptSteps, name: str, arguments: Any, given: Any, result: Any) -> Any:
        if arguments.get("thing") == "iron":
            raise StorageError("The disk is full.")
        return real(self, name, arguments, given, result)

    monkeypatch.setattr(KeptSteps, "keep", keep)
    with pytest.raises(StorageError, match="The disk is full"):
        scripted.run(tmp_path / "run", tmp_path / "log", THINGS)
    monkeypatch.undo()
    finished = scripted.run(tmp_path / "run", tmp_path / "log", THINGS, resume=True)
    assert len(finished.report.rows) == len(THINGS)


def test_a_full_disk_is_no_rows_failure_in_a_loop_within_a_loop(
    scripted: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from biocopilot.copilot.workflows.kept_steps import KeptSteps

    @workflow(name="nested", title="Nested", inputs=scripted.Things)
    async def nested(run: Any, inputs: Any) -> Report:
        async def outer(thing: str) -> None:
            await run.each(range(3), lambda number: run.need("weigh", thing=f"{thing} {number}"))

        await run.each(inputs.things, outer)
        return Report("Nested", ())

    def keep(*_arguments: Any) -> Any:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(KeptSteps, "keep", keep)
    told: list[Happening] = []
    with pytest.raises(StorageError, match="The disk is full"):
        scripted.run(tmp_path / "run", tmp_path / "log", THINGS, flow=nested, listener=told.append, seconds=0.01)
    assert [one.text for one in told if one.kind == "failure"] == []


def test_a_real_tool_runs_over_the_starter_set_and_holds_its_claims(tmp_path: Path, scripted: ModuleType) -> None:
    class Genes(WorkflowInputs):
        genes: tuple[str, ...] = Field(description="Genes.")

    @workflow(name="lengths", title="Lengths", inputs=Genes)
    async def lengths(run: Any, inputs: Any) -> Report:
        from biocopilot.copilot.workflows.contract import Row, Section

        found = await run.each(inputs.genes, lambda gene: run.need("target_profile", target=gene))
        rows = tuple(
            Row((item.row, str(item.result.evidence[0].record["target"]["accession"])), (item.result.evidence[0].id,))
            for item in found.done
            if item.result.status == "ok"
        )
        return Report("Lengths", (Section("all", "All", (Table(("gene", "accession"), rows),)),))

    with Workbench() as bench:
        finished = asyncio.run(
            run_workflow(lengths, {"genes": ["EGFR", "NOSUCHGENE", "BTK"]}, tmp_path / "run", bench=bench, offline=True)
        )
    assert finished.status == "answered"
    (table,) = finished.report.sections[0].parts
    assert isinstance(table, Table)
    assert [row.cells for row in table.rows] == [("EGFR", "P00533"), ("BTK", "Q06187")]
    assert [step.status for step in finished.steps] == ["ok", "empty", "ok"]
    assert replace(finished, folder=Path("elsewhere")) == finished
