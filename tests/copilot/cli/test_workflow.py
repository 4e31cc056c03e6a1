from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from biocopilot.copilot.cli.workflow_progress import Counter
from biocopilot.copilot.workflows.work import Happening

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
    counter.line(Happening("step", "weigh lead", kept=True))
    counter.line(Happening("failure", "lead: no"))
    assert counter.doing() == "1 steps, 1 kept, 1 failed · 103/103 row 103"
