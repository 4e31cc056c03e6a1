from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]

QUESTIONS = [
    {
        "question": f"Which number is {n}?",
        "options": {"A": "one", "B": "two", "C": "three", "D": "four"},
        "answer_idx": "ABCD"[n % 4],
    }
    for n in range(1, 9)
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "medqa.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS), "utf-8")
    return file


def test_a_baseline_gets_a_table_on_stdout_files_beside_and_talk_on_stderr(
    biocopilot: Command, questions: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = biocopilot("eval", "medqa", "--data", str(questions), "--baseline", "first", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "| **first** | always the first option | 25.0 (7.1 to 59.1) | this run |" in done.stdout
    assert "| BioMedGPT-LM 7B | fine-tuned on the training set | 50.4 | not confirmed |" in done.stdout
    assert (out / "results.md").read_text("utf-8") == done.stdout
    assert f"Kept in {out}" in done.stderr
    rows = [json.loads(line) for line in (out / "items.jsonl").read_text("utf-8").splitlines()]
    assert rows[0]["task"] == "medqa"
    assert [row["given"] for row in rows[1:]] == ["A"] * 8


def test_json_is_the_results_file(biocopilot: Command, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = biocopilot(
        "eval",
        "medqa",
        "--data",
        str(questions),
        "--baseline",
        "random",
        "--limit",
        "4",
        "--seed",
        "5",
        "--out",
        str(out),
        "--json",
    )
    told = json.loads(done.stdout)
    assert told == json.loads((out / "results.json").read_text("utf-8"))
    assert (told["asked"], told["chosen"], told["configuration"]["seed"], told["configuration"]["limit"]) == (
        4,
        4,
        5,
        4,
    )
    assert told["published"][-1]["source"] == "secondary"


def test_the_embedded_planner_abstains_from_letters_and_that_is_counted(
    biocopilot: Command, questions: Path, tmp_path: Path
) -> None:
    done = biocopilot(
        "eval",
        "medqa",
        "--data",
        str(questions),
        "--planner",
        "embedded",
        "--limit",
        "2",
        "--out",
        str(tmp_path / "out"),
    )
    assert done.returncode == 0, done.stderr
    assert "- Asked: 2; 0 answered, 2 abstained." in done.stdout


def test_it_goes_on_only_with_the_same(biocopilot: Command, questions: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    words = ("eval", "medqa", "--data", str(questions), "--baseline", "random", "--out", out)
    assert biocopilot(*words).returncode == 0
    before = (tmp_path / "out" / "items.jsonl").read_bytes()
    again = biocopilot(*words)
    assert again.returncode == 2
    assert "--resume" in again.stderr
    other = biocopilot(*words, "--seed", "3", "--resume")
    assert other.returncode == 2
    assert "seed was 0 and is 3" in other.stderr
    with questions.open("a", encoding="utf-8") as file:
        file.write("\n")
    changed = biocopilot(*words, "--resume")
    assert changed.returncode == 2
    assert "data was" in changed.stderr
    assert (tmp_path / "out" / "items.jsonl").read_bytes() == before


def alcohols(folder: Path, count: int) -> list[str]:
    """The command that has the embedded planner describe that many alcohols."""
    data = folder / "test.txt"
    rows = [f"{n}\t{'C' * n}O\tThe molecule is an alcohol of {n} carbons." for n in range(1, count + 1)]
    data.write_text("\n".join(("CID\tSMILES\tdescription", *rows)) + "\n", "utf-8")
    words = ("eval", "chebi20", "--data", str(data), "--planner", "embedded", "--out")
    return [sys.executable, "-m", "biocopilot.copilot", *words]


def wait_for_answers(file: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while not file.exists() or file.read_bytes().count(b"\n") <= count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_evaluation_goes_on_where_it_was_with_the_same_result(home: Path, tmp_path: Path) -> None:
    command = alcohols(tmp_path, 8)

    def run(out: Path, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, str(out), *more], capture_output=True, text=True, timeout=120, check=False)

    whole = run(tmp_path / "whole")
    assert whole.returncode == 0, whole.stderr
    kept = tmp_path / "killed" / "items.jsonl"
    process = subprocess.Popen([*command, str(kept.parent)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for_answers(kept, 2)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    held = kept.read_bytes()
    assert 3 <= held.count(b"\n") < 9
    kept.write_bytes(held + b'{"number": 7, "id": "CI')  # as when the kill comes in the middle of a line
    went_on = run(kept.parent, "--resume")
    assert went_on.returncode == 0, went_on.stderr
    assert "was cut off" in went_on.stderr
    assert "going on" in went_on.stderr
    assert kept.read_bytes().startswith(held)

    def untimed(page: str) -> str:
        return re.sub(r"- [\d.,]+ s of answering", "", page)

    assert untimed(went_on.stdout) == untimed(whole.stdout)


def test_ctrl_c_says_what_is_kept_and_how_to_go_on(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = subprocess.Popen(
        [*alcohols(tmp_path, 300), str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for_answers(out / "items.jsonl", 2)
    process.send_signal(signal.SIGINT)
    said, talk = process.communicate(timeout=60)
    assert process.returncode == 130, talk
    assert said == ""
    assert "answers are kept in" in talk
    assert "--resume" in talk
    assert "Traceback" not in talk


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--planner", "embedded", "--model", "openai:x"), "choose one of --planner and --model"),
        (("--model", "openai:x", "--with-literature"), "the literature tools are a planner's"),
        (("--train", "x.json"), "a training file is for a baseline"),
        (("--baseline", "nearest"), "--train FILE"),
        (("--baseline", "best"), "best"),
        (("--limit", "0"), "--limit"),
    ],
)
def test_options_that_do_not_go_together_exit_with_2(
    biocopilot: Command, questions: Path, words: tuple[str, ...], said: str
) -> None:
    done = biocopilot("eval", "medqa", "--data", str(questions), *words)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_another_sets_file_is_told_with_the_command_for_it(biocopilot: Command, questions: Path) -> None:
    done = biocopilot("eval", "pubmedqa", "--data", str(questions), "--baseline", "majority")
    assert done.returncode == 2
    assert "is not of PubMedQA" in done.stderr
    assert "biocopilot eval medqa" in done.stderr
    assert "ori_pqal.json" in done.stderr


@pytest.mark.parametrize(("model", "code"), [("openai:gpt-x", 5), ("nonsense", 5), ("biomedgpt-lm-7b", 5)])
def test_a_model_that_is_not_there_or_may_not_be_asked_is_told(
    biocopilot: Command, questions: Path, tmp_path: Path, model: str, code: int
) -> None:
    done = biocopilot("eval", "medqa", "--data", str(questions), "--model", model, "--out", str(tmp_path / "out"))
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_records_that_cannot_be_used_are_named_and_the_rest_is_evaluated(
    biocopilot: Command, questions: Path, tmp_path: Path
) -> None:
    with questions.open("a", encoding="utf-8") as file:
        file.write('{"question": "cut o\n')
    done = biocopilot("eval", "medqa", "--data", str(questions), "--baseline", "first", "--out", str(tmp_path / "out"))
    assert done.returncode == 0
    assert "line 9: it is no JSON object" in done.stderr
    assert "1 records left out" in done.stdout
    told: Any = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    assert told["left_out"] == [{"where": "line 9", "reason": "it is no JSON object"}]
