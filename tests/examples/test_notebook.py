"""The notebook in a real kernel: every cell runs and shows what it says, and a stopped cell stops what it waits for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

NOTEBOOK = Path(__file__).parents[2] / "examples" / "notebook.ipynb"


@pytest.fixture(autouse=True)
def jupyter_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels find nothing of the user's own and leave nothing there."""
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")


def test_it_is_kept_without_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


def test_every_cell_runs_and_shows_what_it_says(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    before = sum(cell.cell_type == "code" for cell in notebook.cells)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(cells) == before
    shown = {cell.source.split("\n")[0]: cell.outputs for cell in cells}
    assert not [out for outputs in shown.values() for out in outputs if out.get("name") == "stderr"]

    def outputs(begins: str) -> Any:
        (found,) = [value for source, value in shown.items() if source.startswith(begins)]
        return found

    (answer,) = outputs("answer = ")
    assert "biocopilot-answer" in answer.data["text/html"]
    assert answer.data["text/plain"].startswith("Yes: erlotinib follows Lipinski's rule of five. [E")
    assert 'title="RDKit' in answer.data["text/html"]
    (claims,) = outputs("pd.DataFrame(")
    assert "supported" in claims.data["text/html"]
    assert "E2/properties/qed" in claims.data["text/plain"]
    said, table = outputs("properties = ")
    assert said.text.startswith("RDKit")
    assert "393.4" in table.data["text/html"]
    assert "gefitinib" in outputs("await ")[0].data["text/plain"].lower()
    assert outputs("async for ")[0].text.splitlines() == ["tool_started", "tool_finished", "answer_finished"]
    assert outputs("drawing = ")[0].data["image/svg+xml"].startswith("<svg")
    told, results = outputs("folder = ")
    assert told.text.split(":")[0] in ("answered", "partial")
    assert "CHEMBL" in results.data["text/html"]
    assert (tmp_path / "btk" / "report.html").exists()


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


SETUP = """
import asyncio
from pathlib import Path
from biocopilot.copilot import Copilot, workflows
from biocopilot.copilot.planner.contract import CallTools
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.copilot.workflows.contract import WorkflowInputs, workflow
from biocopilot.memory.records import ToolCall
from biocopilot.tools.contract import ToolArguments, tool

ended = []

class Nothing(ToolArguments):
    pass

@tool(title="Nap", deadline_s=120)
async def nap(arguments, context):
    "Sleep."
    Path("begun").touch()
    try:
        await asyncio.sleep(60)
    finally:
        ended.append("nap")
"""


def test_stopping_a_cell_stops_the_question_that_it_waits_for(kernel: tuple[Any, Any], tmp_path: Path) -> None:
    manager, client = kernel
    setup = SETUP.replace("async def nap(arguments, context)", "async def nap(arguments: Nothing, context)")
    made = "copilot = Copilot(planner=ScriptedPlanner([CallTools((ToolCall(id='c', tool='nap'),))]), tools=[nap], log=False)"
    assert client.execute_interactive(f"{setup}\n{made}", timeout=30)["content"]["status"] == "ok"
    asked = client.execute("copilot.ask('Sleep?')")
    started = time.monotonic()
    while not (tmp_path / "begun").exists():
        assert time.monotonic() - started < 20
        time.sleep(0.02)
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=20))["parent_header"].get("msg_id") != asked:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    told = client.execute_interactive("assert ended == ['nap'], ended", timeout=20)
    assert told["content"]["status"] == "ok"
