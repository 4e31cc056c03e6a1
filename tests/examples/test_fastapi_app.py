"""The HTTP example in process, and once over a real connection that the client drops."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from biocopilot.copilot import Copilot
from biocopilot.memory.records import Answer
from biocopilot.memory.run_log import RunLog

pytest.importorskip("fastapi")
uvicorn = pytest.importorskip("uvicorn")


@pytest.fixture
def app_module(example: Callable[[str], ModuleType]) -> ModuleType:
    return example("fastapi_app")


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://app") as client,
    ):
        yield client


async def test_a_question_is_answered_as_on_the_command_line(app_module: ModuleType, tmp_path: Path) -> None:
    async with served(app_module.create_app(folder=tmp_path)) as client:
        reply = await client.post("/ask", json={"question": "MW of ibuprofen?"})
    answer = Answer.model_validate(reply.json())
    assert (reply.status_code, answer.status) == (200, "answered")
    assert "206.28" in answer.text
    assert reply.json() == json.loads(answer.model_dump_json())


async def test_what_is_refused_has_a_status_and_a_reason(app_module: ModuleType, tmp_path: Path) -> None:
    async with served(app_module.create_app(folder=tmp_path)) as client:
        for path in ("/ask", "/ask/events"):
            reply = await client.post(path, json={"question": "   "})
            assert reply.status_code == 422
            assert "no question" in reply.json()["message"]
        reply = await client.post("/workflows/target-dosier", json={"inputs": {"genes": ["EGFR"]}})
        assert "target-dossier" in reply.json()["hint"]
        reply = await client.post("/workflows/triage", json={"inputs": {"file": "/etc/passwd"}})
        assert (reply.status_code, reply.json()["error"]) == (422, "InvalidInput")
        assert (await client.get(f"/workflows/{'0' * 32}")).status_code == 404
        escape = await client.post("/workflows/target-dossier", json={"inputs": {"genes": ["EGFR"]}, "run": "../out"})
        assert escape.status_code == 422
    assert os.listdir(tmp_path) == []


async def test_a_question_makes_no_file_of_the_server_readable(
    app_module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.csv").write_text("smiles\nCCO\n")
    monkeypatch.chdir(tmp_path)
    async with served(app_module.create_app(folder=tmp_path / "runs")) as client:
        reply = await client.post("/ask", json={"question": "Which molecules of secret.csv hold a hydroxyl group?"})
    assert "CCO" not in json.dumps(reply.json()["evidence"])
    assert reply.json()["status"] != "answered"


async def test_events_come_as_server_sent_events_to_the_last(app_module: ModuleType, tmp_path: Path) -> None:
    async with (
        served(app_module.create_app(folder=tmp_path)) as client,
        client.stream("POST", "/ask/events", json={"question": "MW of ibuprofen?"}) as reply,
    ):
        assert reply.headers["content-type"].startswith("text/event-stream")
        sent = [block.split("\n") async for block in _blocks(reply)]
    kinds = [lines[0].removeprefix("event: ") for lines in sent]
    data = [json.loads(lines[1].removeprefix("data: ")) for lines in sent]
    assert (kinds[0], kinds[-1]) == ("run_started", "run_finished")
    assert [one["type"] for one in data] == kinds
    assert [one["number"] for one in data] == list(range(1, len(data) + 1))


async def _blocks(reply: httpx.Response) -> AsyncIterator[str]:
    rest = ""
    async for text in reply.aiter_text():
        *whole, rest = (rest + text).split("\n\n")
        for block in whole:
            yield block
    assert rest == ""


async def test_a_workflow_runs_in_the_background_and_its_report_is_served(
    app_module: ModuleType, tmp_path: Path
) -> None:
    async with served(app_module.create_app(folder=tmp_path)) as client:
        started = await client.post("/workflows/target-dossier", json={"inputs": {"genes": ["BTK"]}})
        assert (started.status_code, started.json()["status"]) == (202, "running")
        run = started.json()["run"]
        assert (await client.get(f"/workflows/{run}/report")).status_code == 409
        state = await _ended(client, run)
        assert state["status"] in ("answered", "partial")
        assert state["steps"] > 3
        report = await client.get(f"/workflows/{run}/report")
        assert "BTK" in report.text
        refused = await client.post("/workflows/target-dossier", json={"inputs": {"genes": []}})
        assert "genes" in (await _ended(client, refused.json()["run"]))["error"]


async def _ended(client: httpx.AsyncClient, run: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            state: dict[str, Any] = (await client.get(f"/workflows/{run}")).json()
            if state["status"] != "running":
                return state
            await asyncio.sleep(0.05)


async def test_a_workflow_that_was_stopped_is_taken_up_again(app_module: ModuleType, tmp_path: Path) -> None:
    given = {"inputs": {"genes": ["BTK", "JAK2", "EGFR"]}}
    async with served(app_module.create_app(folder=tmp_path)) as client:
        run = (await client.post("/workflows/target-dossier", json=given)).json()["run"]
        async with asyncio.timeout(60):
            while True:
                if (await client.get(f"/workflows/{run}")).json()["steps"] >= 2:
                    break
                await asyncio.sleep(0.01)
        assert (await client.post("/workflows/target-dossier", json={**given, "run": run})).status_code == 422
        assert (await client.delete(f"/workflows/{run}")).json()["status"] == "cancelled"
    async with served(app_module.create_app(folder=tmp_path)) as client:
        again = await client.post("/workflows/target-dossier", json={**given, "run": run})
        assert again.json()["run"] == run
        assert (await _ended(client, run))["status"] in ("answered", "partial")
    assert (tmp_path / run / "report.html").exists()


@pytest.mark.parametrize("path", ["/ask", "/ask/events"])
async def test_a_client_that_goes_away_stops_its_run(
    app_module: ModuleType, sleepy: Callable[..., Copilot], tmp_path: Path, path: str
) -> None:
    log_file = tmp_path / "runs.sqlite"
    app = app_module.create_app(lambda: sleepy(60, log=log_file), tmp_path)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            async with asyncio.timeout(20):
                while True:
                    if server.started:
                        break
                    await asyncio.sleep(0.01)
                async with httpx.AsyncClient(trust_env=False) as client:
                    asked = asyncio.create_task(client.post(f"{address}{path}", json={"question": "Sleep."}))
                    await _until(log_file, "tool_started")
                    asked.cancel()
                    await asyncio.gather(asked, return_exceptions=True)
                assert await _until(log_file, "run_finished") == "cancelled"
        finally:
            server.should_exit = True
            await asyncio.wait_for(serving, 10)


async def _until(log_file: Path, kind: str) -> str:
    """Waits for an event of that kind; its status, where it has one."""
    while True:
        with RunLog.open(log_file) as log:
            events = [event for run in log.runs() for event in log.events(run.id)]
        found = [event for event in events if event.type == kind]
        if found:
            return str(getattr(found[0], "status", ""))
        await asyncio.sleep(0.02)
