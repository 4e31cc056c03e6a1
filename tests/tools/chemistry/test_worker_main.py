"""The worker's own loop: one reply a request, whatever the request does; bounded memory; nothing else on stdout."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rdkit")
from biocopilot.memory.errors import NotFound
from biocopilot.tools.chemistry.engine.functions import FUNCTIONS
from biocopilot.tools.chemistry.worker_main import MEMORY_BYTES, serve
from biocopilot.tools.chemistry.workers import ChemistryWorkers


def raising(error: BaseException) -> Callable[..., Any]:
    def function() -> None:
        raise error

    return function


def replies(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    written = io.BytesIO()
    serve(io.BytesIO(b"".join(json.dumps(request).encode() + b"\n" for request in requests)), written)
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_each_request_has_one_reply_with_its_number() -> None:
    found = replies(
        {"id": 1, "function": "parse", "arguments": {"structure": "OCC"}},
        {"id": 2, "function": "parse", "arguments": {"structure": "C1CC"}},
        {"id": 3, "function": "version", "arguments": {}},
    )
    assert [reply["id"] for reply in found] == [1, 2, 3]
    assert found[0]["result"]["smiles"] == "CCO"
    assert (found[1]["error"], bool(found[1]["hint"])) == ("InvalidStructure", True)


@pytest.mark.parametrize(
    ("error", "name", "told"),
    [
        (MemoryError(), "LimitReached", "memory"),
        (RuntimeError("Pre-condition Violation\n\tC++ file\n\tline 7"), "InvalidStructure", "RuntimeError"),
        (ValueError("odd"), "InvalidStructure", "ValueError"),
        (RecursionError(), "InvalidStructure", "RecursionError"),
    ],
)
def test_whatever_rdkit_raises_becomes_a_reply_without_its_innards(
    monkeypatch: pytest.MonkeyPatch, error: Exception, name: str, told: str
) -> None:
    monkeypatch.setitem(FUNCTIONS, "boom", raising(error))
    after = {"id": 2, "function": "parse", "arguments": {"structure": "C"}}
    broken, fine = replies({"id": 1, "function": "boom", "arguments": {}}, after)
    assert (broken["id"], broken["error"]) == (1, name)
    assert told in broken["message"]
    assert "C++" not in broken["message"]
    assert broken["hint"]
    assert fine["result"]["smiles"] == "C"


def test_the_nearest_names_cross_the_border(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FUNCTIONS, "miss", raising(NotFound("none", "look", ("a", "b"))))
    assert replies({"id": 1, "function": "miss", "arguments": {}})[0]["nearest"] == ["a", "b"]


def test_an_unknown_function_or_argument_is_a_failure_and_not_the_end() -> None:
    found = replies(
        {"id": 1, "function": "format_disk", "arguments": {}},
        {"id": 2, "function": "parse", "arguments": {"path": "/etc/passwd"}},
        {"id": 3, "function": "parse", "arguments": {"structure": "C"}},
    )
    assert [reply.get("error") for reply in found] == ["InvalidStructure", "InvalidStructure", None]


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no /proc to read the limits from")
def test_a_workers_memory_is_bounded_and_it_leaves_no_core() -> None:
    workers = ChemistryWorkers(1)
    try:
        workers.call_blocking("parse", {"structure": "C"})
        (process,) = workers.process_ids()
        limits = {
            line[:26].strip(): line[26:].split()[:2]
            for line in Path(f"/proc/{process}/limits").read_text().splitlines()
        }
        assert limits["Max address space"] == [str(MEMORY_BYTES)] * 2
        assert limits["Max core file size"] == ["0", "0"]
    finally:
        workers.close()
