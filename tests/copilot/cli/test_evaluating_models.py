"""`biocopilot eval` over a real socket: a server on this machine speaks OpenAI's protocol."""

from __future__ import annotations

import json
import runpy
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("langchain_openai", reason="the extra `agent` is not installed")

Command = Callable[..., subprocess.CompletedProcess[str]]
SERVER = runpy.run_path(str(Path(__file__).parents[1] / "planner" / "language" / "openai_server.py"))
Eval = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def server() -> Iterator[Any]:
    with SERVER["serving"]() as fake:
        yield fake


@pytest.fixture
def evaluate(biocopilot: Command, server: Any, tmp_path: Path) -> Eval:
    """`evaluate("pubmedqa", "--model", …)` on two questions, with the server as OpenAI's."""
    file = tmp_path / "ori_pqal.json"
    rows = {
        str(n): {
            "QUESTION": f"Does quellomab reduce relapse in group {n}?",
            "CONTEXTS": ["Quellomab did not reduce relapse."],
            "LABELS": ["RESULTS"],
            "final_decision": "no",
            "LONG_ANSWER": "the secret conclusion",
        }
        for n in (1, 2)
    }
    file.write_text(json.dumps(rows), "utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return biocopilot(
            "eval", "pubmedqa", "--data", str(file), "--out", str(tmp_path / "out"), "--json", *words,
            BIOCOPILOT_OFFLINE="false", BIOCOPILOT_MODEL_BASE_URL=server.url,
        )  # fmt: skip

    return run


def test_a_model_alone_gets_the_abstract_and_a_schema(evaluate: Eval, server: Any) -> None:
    server.enqueue('{"answer": "no"}', '{"answer": "yes"}')
    done = evaluate("--model", "openai:fake")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["answered"], told["figures"]["accuracy"]["value"], told["ways"]) == (2, 0.5, {"structured": 2})
    assert "RESULTS: Quellomab did not reduce relapse." in server.text_of(0)
    assert server.requests[0]["response_format"]["json_schema"]["schema"]["properties"]["answer"]["enum"] == [
        "yes",
        "no",
        "maybe",
    ]
    assert "secret" not in json.dumps(server.requests)


def test_a_server_that_fails_for_an_item_leaves_it_failed_and_exits_with_3(evaluate: Eval, server: Any) -> None:
    failure = SERVER["failure"]
    server.enqueue(failure(413, "prompt is too long"), '{"answer": "no"}')
    done = evaluate("--model", "openai:fake")
    assert done.returncode == 3, done.stderr
    told = json.loads(done.stdout)
    assert (told["answered"], told["failed"]) == (1, 1)
    server.enqueue('{"answer": "no"}')
    again = evaluate("--model", "openai:fake", "--resume")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["answered"] == 2


def test_a_wrong_key_is_told_and_the_key_is_not(evaluate: Eval, server: Any) -> None:
    server.endless = SERVER["failure"](401, "Incorrect API key provided: sk-abcdefghijklmnop")
    done = evaluate("--model", "openai:fake")
    assert done.returncode == 3
    assert json.loads(done.stdout)["failed"] == 2
    assert "sk-abcdefgh" not in done.stdout + done.stderr


def test_a_planner_over_the_network_has_tools_that_stay_offline(evaluate: Eval, server: Any) -> None:
    server.endless = SERVER["Reply"](text="No, it does not.")
    done = evaluate("--planner", "openai:fake")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["name"], told["answered"], told["figures"]["accuracy"]["value"]) == ("openai:fake", 2, 1.0)
    assert told["ways"] == {"said, evidence holds not all of it": 2}
    assert "Begin the answer with yes, no or maybe." in server.text_of(0)
    assert not {"search_library", "literature_search"} & set(server.tools_of(0))
    assert "secret" not in json.dumps(server.requests)


def test_with_literature_it_can_search_the_abstracts(evaluate: Eval, server: Any) -> None:
    search = SERVER["Reply"](calls=(SERVER["call"]("search_library", {"question": "quellomab relapse"}, "c1"),))
    for _question in range(2):
        server.enqueue(search, "No: “Quellomab did not reduce relapse.” [E1]")
    done = evaluate("--planner", "openai:fake", "--with-literature")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["answered"] == 2
    assert "Quellomab did not reduce relapse." in server.text_of(1)
    assert "secret" not in json.dumps(server.requests)


def test_offline_nothing_is_asked(evaluate: Eval, server: Any, tmp_path: Path) -> None:
    for kind in ("--model", "--planner"):
        done = evaluate(kind, "openai:fake", "--offline")
        assert done.returncode == 5
        assert done.stderr.startswith("Refused: offline")
    assert server.requests == []
