"""A finished run made by hand: every kind of part, with texts that try to be more than text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from biocopilot.copilot.workflows.contract import (
    Aside,
    Break,
    Cell,
    Finished,
    Missing,
    Molecule,
    Note,
    Plot,
    Point,
    Report,
    Row,
    RowFailure,
    Section,
    Sentence,
    StepDone,
    Struck,
    Table,
    Workflow,
    WorkflowInputs,
    WorkflowRun,
)
from biocopilot.memory.records import Backend, Evidence, Source

EVIL = "<script>alert(1)</script>"


async def _nothing(_run: WorkflowRun, _inputs: WorkflowInputs) -> Report:
    raise NotImplementedError


FLOW = Workflow("made", "Made", "Made by hand.", WorkflowInputs, _nothing)


def evidence(number: int, backend: Backend = "computed", hour: int = 9) -> Evidence:
    return Evidence.model_validate(
        {
            "id": f"E{number}",
            "tool": "molecule_properties",
            "arguments": {"molecule": "aspirin"},
            "record": {"type": "molecule_properties", "value": number, "said": EVIL},
            "source": Source(name="RDKit", release="2026", licence="BSD-3-Clause", url="https://www.rdkit.org/", attribution="RDKit"),
            "backend": backend,
            "retrieved_at": datetime(2026, 1, 1, hour, tzinfo=UTC),
            "sha256": "0" * 64,
        }
    )  # fmt: skip


def finished(folder: Path, hour: int = 9, molecule: str = "CC(=O)Oc1ccccc1C(=O)O") -> Finished:
    sections = (
        Section("first", "First", (Sentence(f"A **bold** `C[C@H]` claim {EVIL}.", ("E1", "E2")), Break(), Aside("A remark."))),
        Section("x-second", "Second", (
            Table(("name", "value"), (Row(("a|b", "1 nM"), ("E2",)),)),
            Missing("Nothing was found.", ("E3",)),
            Missing("The service was not asked."),
            Struck("It is 7.", ("7",), ("E1",)),
            Molecule(molecule, "aspirin", ("E1",)),
            Plot("bars", "Counts", "values", (Point("IC50", 12, ("E1",)), Point("Ki", 3, ("E2",)))),
            Plot("dots", "Potency", "IC50 (nM)", (Point("a", 0.5, ("E1",)), Point("b", 2000, ("E2",)), Point("zero", 0, ("E2",))), True),
        ), "X"),
    )  # fmt: skip
    rows = (
        {"name": Cell("a, \"b\"", ("E1",)), "value": Cell(1.5, ("E1", "E2")), "good": Cell(True, ("E2",))},
        {"name": Cell("c", ("E2",)), "value": Cell(None, ("E2",))},
    )  # fmt: skip
    return Finished(
        workflow=FLOW,
        inputs={"genes": ["X"]},
        report=Report("A report", sections, ("name", "value", "good"), rows),
        status="partial",
        evidence=(evidence(1, hour=hour), evidence(2, hour=hour), evidence(3, "live"), evidence(4, hour=hour)),
        steps=(
            StepDone("molecule_properties", {"molecule": "aspirin"}, "ok", ("E1", "E2")),
            StepDone("find_target", {"target": "NO"}, "empty", ()),
            *(
                StepDone("literature_search", {"query": name}, "failed", (), message=f"{EVIL} is down.\nWait.")
                for name in ("X", "Y")
            ),
            StepDone("find_target", {"target": "NO!"}, "failed", (), message="No target is called NO.\nNearest: NOS."),
        ),
        notes=(Note("Something was told."), Note("find_target NO failed", "failure")),
        failures=(RowFailure("NO", "NotFound", "No target is called NO.", "Nearest: NOS."),),
        changes=(),
        version="1.2.3",
        environment={"rdkit": "2026.9"},
        again="biocopilot workflow run made --out FOLDER --resume",
        folder=folder,
    )
