from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from biocopilot.copilot.cli.workflow_board import drawn
from biocopilot.copilot.cli.workflow_progress import Counter
from biocopilot.copilot.workflows.contract import RowFailure
from biocopilot.copilot.workflows.work import Happening
from rich.console import Console
from rich.spinner import Spinner

Command = Callable[..., subprocess.CompletedProcess[str]]

EXAMPLE = str(Path(__file__).parents[3] / "examples" / "kinases.yaml")


def test_a_run_its_resumption_and_its_verification(biocopilot: Command, tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    first = biocopilot("workflow", "run", EXAMPLE, "EGFR", "NOSUCH", "--out", out)
    assert first.returncode == 0, first.stderr
    assert f"Folder: {out}" in first.stdout
    assert "2/2" in first.stderr
    again = biocopilot("workflow", "run", EXAMPLE, "--out", out, "--resume", "--json")
    manifest = json.loads(again.stdout)
    assert manifest["steps_done_in_last_start"] == 0
    assert manifest["inputs"]["genes"] == ["EGFR", "NOSUCH"]
    verified = biocopilot("runs", "verify", out)
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.startswith("Run run: verified;")
    refused = biocopilot("workflow", "run", EXAMPLE, "BTK", "--out", out, "--resume")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "with other inputs" in refused.stderr


def test_failing_rows_are_told_with_the_command_that_tries_them_again(biocopilot: Command, tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    done = biocopilot("workflow", "run", EXAMPLE, "EGFR", "--activity-type", "weight", "--out", out)
    assert done.returncode == 3
    assert "✗ EGFR: target_activities does not accept these arguments" in done.stderr
    assert f"To try again what failed: biocopilot workflow run {EXAMPLE} --out {out} --resume" in done.stderr


def test_a_dry_run_tells_steps_sources_and_what_would_leave(biocopilot: Command, tmp_path: Path) -> None:
    offline = biocopilot("workflow", "run", EXAMPLE, "EGFR", "--dry-run", "--out", str(tmp_path / "run"))
    assert "potency: target_activities (target = <gene>" in offline.stdout
    assert offline.stdout.endswith("Leaves this machine\n  nothing\n")
    assert not (tmp_path / "run").exists()
    allowed = biocopilot("workflow", "run", EXAMPLE, "EGFR", "--dry-run", "--json", BIOCOPILOT_OFFLINE="false")
    assert (
        "target_profile: its arguments, where no local store knows them"
        in json.loads(allowed.stdout)["leaves_the_machine"]
    )


def test_what_is_wrong_in_a_file_is_told_with_its_place(biocopilot: Command, tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("workflow: w\nsteps:\n  a: {tool: target_profil}\n", encoding="utf-8")
    done = biocopilot("workflow", "run", str(tmp_path / "w.yaml"))
    assert done.returncode == 2
    assert "w.yaml, line 3, column 13: there is no tool called 'target_profil'." in done.stderr
    assert "Nearest: target_profile" in done.stderr


@pytest.mark.parametrize("words", [("show", "nothing-such"), ("run", "nothing-such")])
def test_an_unknown_workflow_is_refused(biocopilot: Command, words: tuple[str, ...]) -> None:
    done = biocopilot("workflow", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no workflow called 'nothing-such'." in done.stderr


def test_show_tells_inputs_and_steps(biocopilot: Command) -> None:
    done = biocopilot("workflow", "show", EXAMPLE)
    assert "--genes TEXT  (required; may be repeated)" in done.stdout
    assert (
        'drugs: drugs_for_target (target = <profile.record.target.accession>) when profile.status equals "ok"'
        in done.stdout
    )


def test_the_time_left_follows_the_pace_of_what_was_not_kept() -> None:
    seconds = [0.0]
    counter = Counter(lambda: seconds[0])

    def row(done: int, at: float) -> str:
        seconds[0] = at
        return counter.line(Happening("row", f"row {done}", done=done, total=103))

    assert row(1, 10.0) == "· 1/103 row 1"
    assert row(3, 14.0) == "· 3/103 row 3 · 3 min 20 s left"
    assert row(103, 300.0) == "· 103/103 row 103"
    assert counter.rows == {}


def failure(row: str, message: str, of_row: bool = False) -> Happening:
    return Happening("failure", f"{row}: {message}", failure=RowFailure(row, "E", message, "Mend."), of_row=of_row)


def region(counter: Counter, width: int = 80, height: int = 24) -> list[str]:
    console = Console(width=width, height=height, file=StringIO(), force_terminal=True, color_system=None)
    with console.capture() as shown:
        console.print(drawn(counter, Spinner("dots"), height))
    return [line.rstrip() for line in shown.get().splitlines()]


def test_the_region_counts_steps_and_shows_each_loop_with_its_time_left() -> None:
    seconds = [0.0]
    counter = Counter(lambda: seconds[0])
    counter.line(Happening("progress", "", done=0, total=5, loop=(0,)))
    for name in ("weigh lead", "weigh iron"):
        counter.line(Happening("begun", name))
    counter.line(Happening("step", "weigh lead", kept=True))
    assert [line.lstrip("⠋ ") for line in region(counter)] == ["1 steps, 1 kept, 1 running", "0/5"]
    for done in (1, 2):
        seconds[0] = done * 10.0
        counter.line(Happening("row", f"row {done}", done=done, total=5, loop=(0,)))
        counter.line(Happening("row", "inner", done=3, total=4, loop=(0, done, 0)))
    assert region(counter)[1:] == ["  2/5 row 2 · 30 s left", "  3/4 inner", "  3/4 inner"]
    counter.line(Happening("row", "last", done=5, total=5, loop=(0,)))
    assert "  3/4 inner" in region(counter)
    assert not any("last" in line for line in region(counter))


def test_the_table_of_failures_is_bounded_with_the_newest_last_and_tells_a_rows_call_once() -> None:
    counter = Counter()
    for number in range(30):
        counter.line(Happening("begun", f"weigh {number}"))
        counter.line(failure(f"weigh {number}", f"No scales for {number}."))
        counter.line(failure(f"row {number}", f"No scales for {number}.", of_row=True))
    counter.line(failure("weigh x", "Nothing."))
    assert counter.failures == 31
    lines = region(counter)
    assert "31 failed" in lines[0]
    assert "running" not in lines[0]
    assert [line.split()[2] for line in lines[2:-1]] == [str(number) for number in range(23, 30)] + ["x"]
    assert lines[-1] == "  and 23 before; all are listed at the end"
    assert len(region(counter, height=12)) < 12


@pytest.mark.parametrize("width", [40, 80, 120])
def test_control_sequences_and_markup_in_a_row_do_nothing(width: int) -> None:
    evil = "\x1b[2J\x1b[31mred\x07\x9b1m [bold]x[/bold]\nnew"
    counter = Counter()
    assert "\x1b" not in counter.line(failure(evil, evil))
    counter.line(Happening("begun", evil))
    counter.line(Happening("row", evil, done=1, total=2, loop=(0,)))
    lines = region(counter, width)
    assert len(lines) == 4
    assert all(len(line) <= width for line in lines)
    assert not any(letter in "".join(lines) for letter in "\x1b\x07\x9b")
    assert "[bold]" in lines[1]


def test_the_failures_listed_at_the_end_say_what_to_do(biocopilot: Command, tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    done = biocopilot("workflow", "run", "target-dossier", "EGFR", "NOSUCHGENE", "--out", out)
    assert done.returncode == 3
    after = done.stderr.partition("2/2")[2]
    assert "✗ NOSUCHGENE: No target called NOSUCHGENE is in" in after
    assert "Allow the network" in after
    assert after.count("✗ literature_search") == 1
    assert after.endswith(f"To try again what failed: biocopilot workflow run target-dossier --out {out} --resume\n")


def test_a_full_disk_ends_the_run_fails_no_row_and_the_run_goes_on_to_the_same(home: Path, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    words = ["workflow", "run", EXAMPLE, "EGFR", "BTK", "KRAS", "JAK2"]

    def run(out: str, *more: str, most: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "biocopilot.copilot", *words, "--out", str(tmp_path / out), *more],
            capture_output=True,
            text=True,
            timeout=60,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY)),
            check=False,
        )

    full = run("full", most=120_000)
    assert full.returncode == 5, full.stderr
    assert "steps.sqlite" in full.stderr.splitlines()[-2]
    assert full.stderr.endswith("go on with --resume; what was done is kept.\n")
    assert "✗" not in full.stderr
    assert run("full", "--resume").returncode == run("whole").returncode == 0
    manifest = json.loads((tmp_path / "full" / "run.json").read_text())
    assert 0 < manifest["steps_done_in_last_start"] < manifest["steps"]
    assert (tmp_path / "full" / "report.html").read_bytes() == (tmp_path / "whole" / "report.html").read_bytes()


FLOW = '''\
from __future__ import annotations

import asyncio

from biocopilot.copilot.workflows.contract import Report, WorkflowInputs, WorkflowRun, workflow


class Genes(WorkflowInputs):
    genes: tuple[str, ...]


@workflow(name="waits", title="Waits", inputs=Genes, tools=("target_profile",))
async def waits(run: WorkflowRun, inputs: Genes) -> Report:
    """Look genes up, and wait."""
    await run.each(inputs.genes, lambda gene: run.need("target_profile", target=gene))
    run.note("waiting")
    try:
        await asyncio.sleep(SECONDS)
    finally:
        if SECONDS:
            await asyncio.sleep(0.5)
    return Report("Waited", ())
'''


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    file = tmp_path / "my flow.py"
    file.write_text(FLOW.replace("SECONDS", "0"), encoding="utf-8")
    return file


def test_a_workflow_in_a_python_file_is_listed_shown_run_and_verified(
    biocopilot: Command, flow: Path, tmp_path: Path
) -> None:
    out = str(tmp_path / "run")
    assert biocopilot("workflow", "list", str(flow)).stdout == "waits  Look genes up, and wait.\n"
    assert "--genes TEXT  (required; may be repeated)" in biocopilot("workflow", "show", str(flow)).stdout
    assert "target_profile:" in biocopilot("workflow", "run", f"{flow}:waits", "EGFR", "--dry-run").stdout
    done = biocopilot("workflow", "run", f"{flow}:waits", "EGFR", "--out", out)
    assert (done.returncode, done.stdout.splitlines()[1]) == (0, f"Folder: {out}")
    verified = biocopilot("runs", "verify", out)
    assert verified.returncode == 0, verified.stderr
    stranger = {"BIOCOPILOT_HOME": str(tmp_path / "other")}
    refused = biocopilot("runs", "verify", out, **stranger)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"biocopilot runs verify {out} --workflow FILE.py:waits" in refused.stderr
    assert biocopilot("runs", "verify", out, "--workflow", f"{flow}:waits", **stranger).returncode == 0
    flow.write_text("x = \n", encoding="utf-8")
    wrong = biocopilot("workflow", "run", str(flow), "EGFR")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert f"{flow}, line 1: invalid syntax" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_runs_of_workflows_are_found_again(biocopilot: Command, flow: Path, tmp_path: Path) -> None:
    assert biocopilot("workflow", "runs").stderr.startswith("No run of a workflow is known here.")
    assert biocopilot("workflow", "runs", "--json").stdout == "[]\n"
    for name, more in (("one", ()), ("two", ()), ("silent", ("--no-log",))):
        biocopilot("workflow", "run", str(flow), "EGFR", "--out", str(tmp_path / name), *more)
    (tmp_path / "one").rename(tmp_path / "away")
    listed = biocopilot("workflow", "runs").stdout
    assert listed.splitlines()[0].split() == ["when", "status", "workflow", "inputs"]
    assert f'answered     waits     {{"genes":["EGFR"]}}\n{"":<18}{tmp_path / "two"}\n' in listed
    assert f"{tmp_path / 'one'}\n{'':<18}! its folder is there no more" in listed
    assert "silent" not in listed
    rows = json.loads(biocopilot("workflow", "runs", "--json").stdout)
    assert [(row["status"], Path(row["folder"]).name) for row in rows] == [("answered", "two"), ("gone", "one")]
    assert len(json.loads(biocopilot("workflow", "runs", "--json", "--most", "1").stdout)) == 1
    listed = biocopilot("runs", "list")
    assert (listed.returncode, listed.stdout) == (0, "")
    assert listed.stderr == "Runs of workflows are listed by: biocopilot workflow runs\n"


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_stops_with_130_and_says_how_to_go_on(
    biocopilot: Command, flow: Path, tmp_path: Path, times: int
) -> None:
    flow.write_text(FLOW.replace("SECONDS", "60"), encoding="utf-8")
    out = tmp_path / "run"
    words = [sys.executable, "-m", "biocopilot.copilot", "workflow", "run", str(flow), "EGFR", "--out", str(out)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert any(line == "· waiting\n" for line in process.stderr)
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    told, trouble = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "")
    command = f"biocopilot workflow run '{flow}' --out {out} --resume"
    assert trouble == f"\nStopped; what was done is kept. To go on: {command}\n"
    if times == 1:
        assert json.loads((out / "run.json").read_text())["status"] == "interrupted"
    flow.write_text(FLOW.replace("SECONDS", "0"), encoding="utf-8")
    resumed = biocopilot("workflow", "run", str(flow), "--out", str(out), "--resume", "--json")
    assert resumed.returncode == 0, resumed.stderr
    assert json.loads(resumed.stdout)["steps_done_in_last_start"] == 0
