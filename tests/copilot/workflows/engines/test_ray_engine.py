"""A Ray of two workers on this machine. Its processes are this test's own, and only they are killed."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.environment import biocopilot_version, environment_of
from biocopilot.copilot.workflows.contract import Finished
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.copilot.workflows.engines import ray_session
from biocopilot.copilot.workflows.engines.local import execute_here
from biocopilot.copilot.workflows.engines.ray_engine import RayEngine
from biocopilot.copilot.workflows.registry import find_workflow
from biocopilot.copilot.workflows.triage.tables import REJECTS, RESULTS
from biocopilot.memory.chembl_store import ChemblStore
from biocopilot.memory.errors import DeadlineExceeded, InvalidStructure, MissingExtra, SourceUnavailable
from biocopilot.memory.records import Source, ToolCall
from biocopilot.tools.contract import Draft, Findings, ToolArguments, ToolContext, tool
from biocopilot.tools.registry import declared_tools
from biocopilot.tools.workbench import Workbench

pytest.importorskip("ray", reason='needs the extra "ray"')

TOKEN = secrets.token_hex(32)
"""So that Ray writes none into the home folder."""
NOW = datetime(2026, 11, 24, tzinfo=UTC)
OUTPUTS = ("report.md", "report.html", "results.csv", "evidence.jsonl", "methods.md", "references.bib")


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    own = pytest.MonkeyPatch()
    own.setenv("RAY_AUTH_TOKEN", TOKEN)
    own.delenv("RAY_ADDRESS", raising=False)
    try:
        connected = asyncio.run(ray_session.connect("", 2))
    except SourceUnavailable as error:
        bare = "import ray; ray.init(address='local', num_cpus=1, include_dashboard=False)"
        done = subprocess.run([sys.executable, "-c", bare], capture_output=True, timeout=180, check=False)
        if done.returncode:
            pytest.skip(f"no Ray can be started on this machine, by whatever means: {error.message}")
        raise
    yield connected
    asyncio.run(ray_session.disconnect())
    own.undo()


@pytest.fixture
def bench() -> Iterator[Workbench]:
    with Workbench() as opened:
        yield opened


class Nothing(ToolArguments):
    """No arguments."""


@tool(title="own")
async def process_number(arguments: Nothing, context: ToolContext) -> Findings:
    """Tell which process this is."""
    record = {"type": "process", "number": os.getpid()}
    return Findings(
        (Draft(record, Source(name="test", release="1", licence="MIT", attribution=""), "computed", "a process"),), 1, 1
    )


def versions(bench: Workbench) -> dict[str, str]:
    return {**environment_of(bench), "biocopilot": biocopilot_version()}


def a_list(path: Path, rows: int) -> Path:
    store = ChemblStore.open()
    smiles = [row[2] for row in store.all_structures()]
    store.close()
    path.write_text("\n".join([*(smiles * 3)[:rows], "rubbish", ""]), encoding="utf-8")
    return path


async def run(name: str, inputs: dict[str, Any], out: Path, bench: Workbench, engine: str) -> Finished:
    return await run_workflow(find_workflow(name), inputs, out, bench=bench, offline=True, engine=engine, workers=2)


def own_processes(title: str, above: int | None = None) -> list[int]:
    """Processes below that one, or this one, whose command line begins with the title."""
    parents, titled = {}, []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
                if (place / "cmdline").read_bytes().startswith(title.encode()):
                    titled.append(int(place.name))
            except OSError:  # it has ended meanwhile
                continue

    def below(number: int) -> bool:
        while number > 1:
            if number == (above or os.getpid()):
                return True
            number = parents.get(number, 0)
        return False

    return [number for number in titled if below(number)]


async def killed_one(title: str) -> int:
    """Kill the first worker that is at such a task."""
    for _ in range(3_000):
        if found := own_processes(title):
            os.kill(found[0], signal.SIGKILL)
            return found[0]
        await asyncio.sleep(0.02)
    raise AssertionError(f"no worker was ever at {title}")


@pytest.mark.slow
async def test_a_worker_that_is_killed_is_replaced_and_the_files_are_those_of_one_machine(
    ray: Any, bench: Workbench, tmp_path: Path
) -> None:
    inputs = {"file": str(a_list(tmp_path / "list.smi", 1_300)), "top": 5}
    await run("triage", inputs, tmp_path / "local", bench, "local")
    killed, finished = await asyncio.gather(
        killed_one("ray::compute"), run("triage", inputs, tmp_path / "ray", bench, "ray")
    )
    assert killed
    assert finished.status == "answered"
    for name in (RESULTS, REJECTS, *OUTPUTS):
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "local" / name).read_bytes(), name
    manifest = json.loads((tmp_path / "ray" / "run.json").read_text(encoding="utf-8"))
    assert manifest["starts"][0]["engine"] == "ray, 2 workers"


@pytest.mark.slow
async def test_calls_of_tools_are_made_on_workers_and_the_dossier_is_that_of_one_machine(
    ray: Any, bench: Workbench, tmp_path: Path
) -> None:
    await run("target-dossier", {"genes": ["KRAS"]}, tmp_path / "local", bench, "local")
    killed, _finished = await asyncio.gather(
        killed_one("ray::make_call"), run("target-dossier", {"genes": ["KRAS"]}, tmp_path / "ray", bench, "ray")
    )
    assert killed
    for name in OUTPUTS:
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "local" / name).read_bytes(), name


@pytest.mark.slow
def test_a_driver_that_is_killed_takes_its_ray_with_it_and_its_run_goes_on_elsewhere(ray: Any, tmp_path: Path) -> None:
    inputs = a_list(tmp_path / "list.smi", 1_300)
    command = shutil.which("biocopilot", path=str(Path(sys.executable).parent))
    assert command is not None
    program = [command, "workflow", "run", "triage", str(inputs), "--offline", "--workers", "2", "--out"]
    environment = {**os.environ, "RAY_AUTH_TOKEN": TOKEN}
    environment.pop("RAY_ADDRESS", None)
    subprocess.run([*program, str(tmp_path / "whole")], check=True, capture_output=True, env=environment, timeout=300)
    process = subprocess.Popen(
        [*program, str(tmp_path / "killed"), "--engine", "ray"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    chunks = tmp_path / "killed" / "triage_chunks"
    for _ in range(6_000):
        if process.poll() is not None or (chunks.is_dir() and any(chunks.iterdir())):
            break
        time.sleep(0.02)
    raylets = own_processes(f"{Path(sys.prefix)}/lib/python", process.pid)
    assert process.poll() is None
    assert raylets
    process.kill()
    process.wait()
    kept = len(list(chunks.glob("*.gz")))
    done = subprocess.run(
        [*program, str(tmp_path / "killed"), "--resume"],
        check=True, capture_output=True, text=True, env=environment, timeout=300,
    )  # fmt: skip
    assert kept
    assert "answered" in done.stdout
    for name in (RESULTS, REJECTS, *OUTPUTS):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    for _ in range(1_000):
        if not any(Path(f"/proc/{number}/exe").exists() for number in raylets):
            break
        time.sleep(0.02)
    assert not [number for number in raylets if Path(f"/proc/{number}/exe").exists()]


async def test_what_the_chemistry_engine_raises_is_raised_here(ray: Any, bench: Workbench) -> None:
    engine = await RayEngine.open(bench, versions(bench), "", None)
    try:
        assert (engine.count, engine.at_once) == (2, 4)
        with pytest.raises(InvalidStructure, match="SMARTS"):
            await engine.call("check_pattern", {"smarts": "[C"})
        with pytest.raises(DeadlineExceeded):
            await engine.call("assess", {"rows": [["smiles", "C" * 60]] * 500}, deadline_s=0.05)
        assert await engine.call("assess", {"rows": [["smiles", "rubbish"]]}) != []
    finally:
        await engine.close()
    assert ray.is_initialized()  # another run still uses the connection


async def test_what_a_worker_cannot_have_is_done_here(ray: Any, bench: Workbench) -> None:
    tools = {**declared_tools(), process_number.name: process_number}
    engine = await RayEngine.open(bench, versions(bench), "", None)
    context = ToolContext(bench, offline=True)
    try:
        own = await engine.execute(ToolCall(id="c", tool="process_number", arguments={}), tools, context, lambda: NOW)
        assert own.evidence[0].record["number"] == os.getpid()
        for call in (
            ToolCall(id="c", tool="target_profile", arguments={"target": "EGFR"}),
            ToolCall(id="c", tool="target_profile", arguments={"target": "NOSUCHGENE7"}),
            ToolCall(id="c", tool="search_library", arguments={"query": "starvation"}),
        ):
            there = await engine.execute(call, tools, context, lambda: NOW)
            assert there == await execute_here(call, tools, context, lambda: NOW)
    finally:
        await engine.close()


async def test_a_machine_with_other_versions_or_data_is_refused(ray: Any, bench: Workbench) -> None:
    engine = await RayEngine.open(bench, {**versions(bench), "chembl": "ChEMBL_99"}, "", None)
    try:
        call = ToolCall(id="c", tool="target_profile", arguments={"target": "EGFR"})
        with pytest.raises(SourceUnavailable, match=r"chembl is .* and not ChEMBL_99"):
            await engine.execute(call, declared_tools(), ToolContext(bench, offline=True), lambda: NOW)
        assert (await engine.call("version", {}))["rdkit"]  # chemistry does not depend on it
    finally:
        await engine.close()


async def test_a_cancelled_call_ends_on_its_worker(ray: Any, bench: Workbench) -> None:
    engine = await RayEngine.open(bench, versions(bench), "", None)
    try:
        rows = [["smiles", "C" * 60]] * 40_000
        call = asyncio.create_task(engine.call("assess", {"rows": rows}, deadline_s=300))
        for _ in range(3_000):
            if own_processes("ray::compute"):
                break
            await asyncio.sleep(0.02)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        for _ in range(1_500):
            if not own_processes("ray::compute"):
                break
            await asyncio.sleep(0.02)
        assert not own_processes("ray::compute")
    finally:
        await engine.close()


async def test_no_cluster_at_the_address_and_no_ray_are_told_before_anything_is_written(
    ray: Any, bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_session, "_session", ray_session._Session())

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with pytest.raises(SourceUnavailable, match=r"No Ray cluster answers at 127\.0\.0\.1:1 "):
        await run("target-dossier", {"genes": ["KRAS"]}, tmp_path / "out", bench, "ray:127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match="Ray is not installed"):
        await run("target-dossier", {"genes": ["KRAS"]}, tmp_path / "out", bench, "ray")
    assert not (tmp_path / "out").exists()


async def test_the_connection_of_a_program_is_used_and_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class TheirRay:
        """A Ray that a program has connected to by itself."""

        def __init__(self) -> None:
            self.told: list[str] = []

        def is_initialized(self) -> bool:
            return True

        def init(self, **_options: Any) -> None:
            self.told.append("init")

        def shutdown(self) -> None:
            self.told.append("shutdown")

    theirs = TheirRay()
    monkeypatch.setattr(ray_session, "_session", ray_session._Session())
    monkeypatch.setattr(ray_session, "_imported", lambda _address: theirs)
    assert await ray_session.connect("", 2) is theirs
    await ray_session.disconnect()
    assert theirs.told == []
