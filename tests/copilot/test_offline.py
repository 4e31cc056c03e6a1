"""`--offline` opens no socket: proved over the whole development set, in this process and in the chemistry worker."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

GUARD = """
import json, sys
attempts = []
def guard(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        attempts.append((event, str(arguments)))
        raise RuntimeError(f"{event} while offline")
sys.addaudithook(guard)
from biocopilot.copilot import Copilot
questions = json.loads(sys.stdin.read())
statuses = []
with Copilot(planner="embedded", offline=True) as copilot:
    for question in questions:
        statuses.append(copilot.ask(question).status)
    loaded = copilot.bench.chemistry.call_blocking("loaded_modules", {})
print(json.dumps({"attempts": attempts, "statuses": statuses, "worker_has_sockets": "socket" in loaded}))
"""


def _ask_guarded(questions: list[str]) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", GUARD], input=json.dumps(questions), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_guard_sees_a_connection():
    code = GUARD.split("from biocopilot")[0] + "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "while offline" in done.stderr


@pytest.mark.slow
def test_the_development_set_is_answered_without_a_socket(shared: Path):
    rows = [json.loads(line) for line in (shared / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    told = _ask_guarded([row["question"] for row in rows])
    assert told["attempts"] == []
    assert not told["worker_has_sockets"]
    assert told["statuses"].count("answered") > len(rows) // 2


def test_questions_of_many_kinds_are_answered_without_a_socket():
    told = _ask_guarded(
        ["MW of ibuprofen?", "What does EGFR do?", "How potent is erlotinib on EGFR?", "Translate ATGGCCTAA"]
    )
    assert told["attempts"] == []
    assert "answered" in told["statuses"]
