from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.cli import asking
from biocopilot.copilot.cli.commands import app
from biocopilot.copilot.planner.contract import CallTools, Give, Row, Sentence, State, Step, Table
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.memory.errors import ModelUnavailable
from biocopilot.memory.paths import run_log_path
from biocopilot.memory.records import Answer, ToolCall, record_sha256
from typer.testing import CliRunner

Command = Callable[..., subprocess.CompletedProcess[str]]

CALL = CallTools((ToolCall(id="c1", tool="drug_status", arguments={"molecule": "imatinib"}),), plan="Looks it up.")
TRUE = Sentence("Imatinib was first approved in 2001.", ("E1",))
TABLE = Table(("what", "year"), (Row(("first approval", "2001"), ("E1",)),))


def no_model(_state: State) -> Step:
    raise ModelUnavailable("The model is gone.", "Use --planner embedded.")


SCRIPTS: dict[str, tuple[Any, ...]] = {
    "answered": (CALL, Give((TRUE, TABLE))),
    "partial": (CALL, Give((TRUE, Sentence("It was withdrawn in 2013.", ("E1",))))),
    "unknown": (Give(status="unknown"),),
    "failed": (CALL, no_model),
}


def runs(*words: str) -> Any:
    return CliRunner().invoke(app, ["runs", *words])


@pytest.fixture
def ask(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`biocopilot ask WORD…` with real tools and a planner that plays a script; recorded."""

    def run(script: str, *words: str) -> Any:
        def scripted(_planner: str, **options: Any) -> Copilot:
            return Copilot(ScriptedPlanner(SCRIPTS[script]), **options)

        monkeypatch.setattr(asking, "Copilot", scripted)
        return CliRunner().invoke(app, ["ask", *(words or ("When was it approved?",))])

    return run


def rewrite(kind: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Alter an event in the log as a hand that means harm would: without the triggers."""
    with sqlite3.connect(run_log_path()) as log:
        log.execute("DROP TRIGGER IF EXISTS no_update")
        seq, text = log.execute("SELECT seq, event FROM events WHERE type = ?", (kind,)).fetchone()
        event = json.loads(text)
        change(event)
        log.execute("UPDATE events SET event = ? WHERE seq = ?", (json.dumps(event), seq))
    log.close()


# Nothing there ------------------------------------------------------------------------------------------------------


def test_without_a_log_the_list_is_empty_and_makes_none(home: Path) -> None:
    done = runs("list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "No run is recorded yet" in done.stderr
    assert runs("list", "--json").stdout == "[]\n"
    assert not run_log_path().exists()


@pytest.mark.parametrize(
    "words", [("show", "last"), ("replay", "last"), ("verify", "x"), ("export", "last", "--to", "x.md")]
)
def test_without_a_log_no_run_is_found_and_none_is_made(home: Path, words: tuple[str, ...]) -> None:
    done = runs(*words)
    assert (done.exit_code, done.stdout) == (4, "")
    assert "No such run: No run is recorded yet." in done.stderr
    assert not run_log_path().exists()


def test_an_unknown_and_an_ambiguous_id_are_told_with_what_is_near(ask: Callable[..., Any]) -> None:
    ids = [json.loads(ask("answered", "--json", "q?").stdout)["run_id"] for _ in range(2)]
    done = runs("show", ids[0][:-1] + "?")
    assert done.exit_code == 4
    assert ids[0] in done.stderr
    done = runs("show", ids[0][:2])
    assert done.exit_code == 4
    assert "More than one match" in done.stderr
    assert ids[1] in done.stderr
    assert runs("show", "\x1b[31m").exit_code == 4


# List and show ------------------------------------------------------------------------------------------------------


def test_the_list_is_newest_first_within_80_columns(ask: Callable[..., Any]) -> None:
    long = "When was it approved, " * 20
    for script, question in (("answered", "First?"), ("partial", long), ("unknown", "Third?"), ("failed", "Fourth?")):
        ask(script, question)
    lines = runs("list").stdout.splitlines()
    assert lines[0].split() == ["run", "status", "seconds", "question"]
    assert [line.split()[1] for line in lines[1:]] == ["failed", "unknown", "partial", "answered"]
    assert max(map(len, lines)) <= 80
    assert len(runs("list", "--most", "2").stdout.splitlines()) == 3
    rows = json.loads(runs("list", "--json").stdout)
    assert [row["question"] for row in rows] == ["Fourth?", "Third?", long.strip(), "First?"]
    keys = "id question status planner session started_at seconds events trouble"
    assert list(rows[0]) == keys.split()
    assert runs("list", "--most", "0").exit_code == 2


def test_show_tells_steps_claims_and_evidence(ask: Callable[..., Any]) -> None:
    ask("partial", "When was\nit approved?")
    shown = runs("show", "last").stdout
    for part in (
        "question  When was it approved?",
        "status    partial",
        "· Looks it up.",
        "✓ drug_status imatinib",
        "! Struck from the answer",
        "✓ C1 supported: Imatinib was first approved in 2001. [E1]",
        "2001 ← E1 /first_approval",
        "✗ C2 unsupported: It was withdrawn in 2013. [E1]",
        "in no evidence: 2013",
        "E1  ChEMBL",
        "more lines; --json shows them all",
    ):
        assert part in shown, part
    assert max(map(len, shown.splitlines())) <= 160
    found = json.loads(runs("show", "last", "--json").stdout)
    assert found["evidence"][0]["record"]["first_approval"] == 2001
    assert found["plans"] == ["Looks it up."]
    assert (found["ended"], found["offline"], found["session"]) == (True, True, None)
    assert set(Answer.model_fields) < set(found)


def test_show_of_a_failed_run_says_why(ask: Callable[..., Any]) -> None:
    ask("failed")
    shown = runs("show", "last").stdout
    assert "error     ModelUnavailable: The model is gone. Use --planner embedded." in shown
    assert "No claims were made." in shown


# Replay -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", ["answered", "partial", "unknown"])
@pytest.mark.parametrize("form", ["--plain", "--json", "--jsonl", None])
def test_a_replay_is_what_ask_printed_byte_for_byte(ask: Callable[..., Any], script: str, form: str | None) -> None:
    words = [form] if form else []
    asked = ask(script, *words, "When was it approved?")
    replayed = runs("replay", "last", *words)
    assert replayed.exit_code == 0
    assert replayed.stdout_bytes == asked.stdout_bytes
    assert replayed.stderr_bytes == asked.stderr_bytes
    assert asked.stdout


@pytest.mark.parametrize("form", ["--plain", "--json", "--jsonl", None])
def test_a_replay_of_a_failed_run_prints_as_little(ask: Callable[..., Any], form: str | None) -> None:
    words = [form] if form else []
    asked = ask("failed", *words, "When was it approved?")
    replayed = runs("replay", "last", *words)
    assert replayed.stdout_bytes == asked.stdout_bytes
    assert bool(asked.stdout) == (form in ("--json", "--jsonl"))
    if not asked.stdout:
        assert "The model is gone" in replayed.stderr
        assert "biocopilot runs show " in replayed.stderr


def test_a_replay_needs_no_planner_and_takes_one_form(ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ask("answered")
    monkeypatch.setattr(asking, "Copilot", None)
    assert runs("replay", "last", "--plain").exit_code == 0
    done = runs("replay", "last", "--json", "--plain")
    assert (done.exit_code, done.stdout) == (2, "")


# Verify -------------------------------------------------------------------------------------------------------------


def test_a_run_that_holds_is_verified(ask: Callable[..., Any]) -> None:
    ask("partial")
    done = runs("verify", "last")
    assert done.exit_code == 0, done.stdout
    assert "verified; 2 of 2 claims hold, 1 of 1 records found again." in done.stdout
    assert "✗" not in done.stdout
    found = json.loads(runs("verify", "last", "--json").stdout)
    assert (found["status"], [claim["outcome"] for claim in found["claims"]]) == ("verified", ["holds"] * 2)


def change_value(event: dict[str, Any]) -> None:
    event["evidence"]["record"]["first_approval"] = 1999
    event["evidence"]["sha256"] = record_sha256(event["evidence"]["record"])


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("evidence_added", change_value, "/first_approval: recorded 1999, found 2001"),
        ("evidence_added", lambda event: event["evidence"].update(sha256="0" * 64), "/sha256"),
        ("answer_finished", lambda event: event["claims"][0].update(text="It is harmless. [E1]"), "does not stand"),
        ("answer_finished", lambda event: event["claims"][0].update(verdict="unsupported"), "recorded as unsupported"),
    ],
)
def test_a_claim_that_no_longer_holds_is_named_with_6(
    ask: Callable[..., Any], kind: str, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    ask("answered")
    rewrite(kind, change)
    done = runs("verify", "last")
    assert done.exit_code == 6
    assert "✗ C1 " in done.stdout
    assert said in done.stdout
    assert done.stderr.startswith("Verification failed: ")
    assert "C1" in done.stderr
    assert "probably altered" in done.stderr
    found = json.loads(runs("verify", "last", "--json").stdout)
    assert found["claims"][0]["outcome"] == "fails"


def test_another_version_is_named_as_the_probable_reason(ask: Callable[..., Any]) -> None:
    ask("answered")
    rewrite("run_started", lambda event: event["environment"].update(rdkit="1999.1"))
    assert runs("verify", "last").exit_code == 0
    rewrite("evidence_added", change_value)
    done = runs("verify", "last")
    assert done.exit_code == 6
    assert "Probably because of another version: " in done.stderr


def test_a_run_without_claims_says_so(ask: Callable[..., Any]) -> None:
    ask("unknown")
    done = runs("verify", "last")
    assert done.exit_code == 0
    assert "it made no claims" in done.stdout


def test_verification_can_be_stopped(ask: Callable[..., Any], home: Path) -> None:
    ask("answered")
    script = (
        "import asyncio, os, signal, sys; sys.argv = ['biocopilot', 'runs', 'verify', 'last']\n"
        "from biocopilot.copilot.cli import verifying\n"
        "async def slow(events, bench, tools, earlier):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    await asyncio.sleep(30)\n"
        "verifying.verify_run = slow\n"
        "from biocopilot.copilot.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 130
    assert (done.stdout, done.stderr.strip()) == ("", "Stopped.")


# Export -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["md", "html", "json", "bib"])
def test_export_writes_a_file_and_prints_its_path(ask: Callable[..., Any], tmp_path: Path, suffix: str) -> None:
    ask("answered")
    file = tmp_path / f"x.{suffix}"
    done = runs("export", "last", "--to", str(file))
    assert (done.exit_code, done.stdout) == (0, f"{file}\n")
    before = file.read_bytes()
    assert b"ChEMBL" in before
    done = runs("export", "last", "--to", str(file))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--force" in done.stderr
    assert file.read_bytes() == before
    assert runs("export", "last", "--to", str(file), "--force").exit_code == 0


def test_an_unknown_ending_is_a_usage_error_before_the_log_is_looked_at(home: Path) -> None:
    done = runs("export", "last", "--to", "x.pdf")
    assert done.exit_code == 2
    assert ".md, .html, .json, .bib or .yaml" in done.stderr
    assert runs("export", "last").exit_code == 2


# Bad places ---------------------------------------------------------------------------------------------------------


def test_a_damaged_log_is_told_left_alone_and_costs_no_answer(ask: Callable[..., Any]) -> None:
    path = run_log_path()
    path.write_bytes(b"SQLite format 3\x00" + b"rubbish" * 2_000)
    before = path.read_bytes()
    for words in (("list",), ("show", "last"), ("replay", "last"), ("verify", "last")):
        done = runs(*words)
        assert (done.exit_code, done.stdout) == (5, "")
        assert "Run log damaged" in done.stderr
        assert "left as it is" in done.stderr
    asked = ask("answered", "--json", "When was it approved?")
    assert asked.exit_code == 0
    assert "not recorded" in json.loads(asked.stdout)["notices"][0]
    assert path.read_bytes() == before


def test_a_damaged_event_stops_its_run_and_not_the_list(ask: Callable[..., Any]) -> None:
    ask("answered")
    with sqlite3.connect(run_log_path()) as log:
        log.execute("DROP TRIGGER no_update")
        log.execute("UPDATE events SET event = substr(event, 1, 40) WHERE type = 'evidence_added'")
    log.close()
    ask("unknown")
    assert len(runs("list").stdout.splitlines()) == 3
    first = json.loads(runs("list", "--json").stdout)[1]["id"]
    done = runs("show", first)
    assert done.exit_code == 5
    assert f"of run {first} cannot be read" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_in_a_read_only_folder_runs_are_read_and_a_new_one_is_not_recorded(
    ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="biocopilot-test-"))
    monkeypatch.setenv("BIOCOPILOT_HOME", str(folder))
    asked = ask("answered", "--plain", "When was it approved?")
    for place in (folder, *folder.rglob("*")):
        if os.geteuid() == 0:
            os.chown(place, 65_534, 65_534)
        place.chmod(0o500 if place.is_dir() else 0o400)
    user = os.geteuid()
    try:
        if user == 0:
            os.seteuid(65_534)
        assert len(runs("list").stdout.splitlines()) == 2
        assert runs("replay", "last", "--plain").stdout_bytes == asked.stdout_bytes
        again = ask("unknown", "--json", "When was it approved?")
        assert again.exit_code == 4
        assert any("not recorded" in notice for notice in json.loads(again.stdout)["notices"])
        assert len(runs("list").stdout.splitlines()) == 2
    finally:
        os.seteuid(user)
        for place in (folder, folder / "data"):
            place.chmod(0o700)
        shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        shutil.which("mount")
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("a small disk can be made by root only")
    monkeypatch.setenv("BIOCOPILOT_HOME", str(folder))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_costs_the_record_and_not_the_answer_and_what_is_there_stays(
    ask: Callable[..., Any], home: Path, small_disk: Path
) -> None:
    first = ask("answered", "--json", "When was it approved?")
    with pytest.raises(OSError, match="space"):
        (small_disk / "rest").write_bytes(b"x" * 1_000_000)
    done = ask("answered", "--json", "When was it approved?")
    assert done.exit_code == 0
    assert "not recorded" in json.loads(done.stdout)["notices"][0]
    assert len(runs("list").stdout.splitlines()) == 2
    assert runs("replay", "last", "--json").stdout_bytes == first.stdout_bytes
    (small_disk / "rest").unlink()
    assert json.loads(ask("answered", "--json", "And now?").stdout)["notices"] == []
    assert len(runs("list").stdout.splitlines()) == 3


# Side by side and broken off ------------------------------------------------------------------------------------------

SCRIPTED = """
import asyncio, sys
from biocopilot.copilot import Copilot
from biocopilot.copilot.cli import asking
from biocopilot.copilot.planner.contract import CallTools, Give, Sentence
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.memory.records import ToolCall
from biocopilot.tools.contract import Findings, ToolArguments, ToolContext, tool
from biocopilot.tools.registry import all_tools

class NoArguments(ToolArguments):
    pass

@tool(title="Slow", deadline_s=60)
async def slow(arguments: NoArguments, context: ToolContext) -> Findings:
    "Wait."
    await asyncio.sleep(50)
    return Findings(())

steps = [CallTools((ToolCall(id="c1", tool="drug_status", arguments={"molecule": "imatinib"}),))]
if "hang" in sys.argv:
    steps.append(CallTools((ToolCall(id="c2", tool="slow", arguments={}),)))
steps.append(Give((Sentence("Imatinib was first approved in 2001.", ("E1",)),)))
tools = [*all_tools().values(), slow]
asking.Copilot = lambda _planner, **options: Copilot(ScriptedPlanner(steps), tools=tools, **options)
from biocopilot.copilot.cli.main import main
main()
"""


def test_questions_asked_at_once_are_all_recorded(home: Path) -> None:
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPTED, "ask", "--plain", f"Question {n}?"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(4)
    ]
    for asker in askers:
        assert asker.communicate(timeout=60)[1] == ""
        assert asker.returncode == 0
    rows = json.loads(runs("list", "--json").stdout)
    assert {row["question"] for row in rows} == {f"Question {n}?" for n in range(4)}
    assert {row["status"] for row in rows} == {"answered"}
    assert all(runs("verify", row["id"]).exit_code == 0 for row in rows)


def test_a_run_broken_off_by_kill_keeps_its_events_and_says_that_it_has_no_end(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPTED, "ask", "--jsonl", "hang"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if '"tool_started"' in line and '"c2"' in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    assert runs("replay", "last", "--jsonl").stdout == "".join(lines)
    listed = runs("list").stdout
    assert "failed" in listed
    assert "no end is recorded" in listed
    shown = runs("show", "last")
    assert shown.exit_code == 0
    assert "no end is recorded" in shown.stdout
    assert "E1  ChEMBL" in shown.stdout
    done = runs("verify", "last")
    assert done.exit_code == 3
    assert "The run has no end" in done.stdout
    assert "✓ E1" in done.stdout
    assert "no end" in runs("replay", "last").stderr
    assert json.loads(runs("replay", "last", "--json").stdout)["tool_calls"][1]["status"] == "cancelled"


# End to end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question", ["MW of ibuprofen?", "How potent is erlotinib on EGFR?", "Which drugs act on BTK?", "MW of ibuprofin?"]
)
def test_what_the_embedded_planner_answers_is_verified(biocopilot: Command, question: str) -> None:
    asked = biocopilot("ask", "--offline", "--plain", question)
    assert asked.returncode in (0, 3, 4), asked.stderr
    done = biocopilot("runs", "verify", "last")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_list_from_a_file_is_verified_until_the_file_changes(biocopilot: Command, tmp_path: Path) -> None:
    file = tmp_path / "list.smi"
    file.write_text("CCO ethanol\nc1ccccc1O phenol\n", "utf-8")
    asked = biocopilot("ask", "--offline", "--json", f"Which molecules in {shlex.quote(str(file))} contain a phenol?")
    assert json.loads(asked.stdout)["evidence"], asked.stderr
    assert biocopilot("runs", "verify", "last").returncode == 0
    file.write_text("CCO ethanol\n", "utf-8")
    done = biocopilot("runs", "verify", "last")
    assert done.returncode == 3
    assert "list.smi has changed since" in done.stdout
