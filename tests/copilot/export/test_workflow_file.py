"""A run or session as a workflow: it is read again by the reader of workflows, and comes to what was found."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from biocopilot.copilot import Copilot, workflows
from biocopilot.copilot.export import export_run
from biocopilot.copilot.export.session import export_session
from biocopilot.copilot.export.workflow_file import run_as_workflow, session_as_workflow
from biocopilot.copilot.workflows.yaml_file import parse_yaml
from biocopilot.copilot.workflows.yaml_parts import Call
from biocopilot.memory.errors import InvalidInput
from biocopilot.memory.events import EvidenceAdded

from .test_program import HOSTILE, asked, call, run_of


def test_a_session_is_run_again_as_a_workflow_and_finds_the_same(copilot: Copilot, tmp_path: Path) -> None:
    (tmp_path / "list.smi").write_text("CCO\nc1ccccc1O\n", encoding="utf-8")
    questions = ("How potent is erlotinib on EGFR?", f"Which molecules in {tmp_path / 'list.smi'} contain a phenol?")
    runs = [asyncio.run(asked(copilot, question)) for question in questions]
    file = export_session("mine", runs, tmp_path / "again.yaml")
    finished = workflows.run(file, {}, out=tmp_path / "run", copilot=copilot)
    found = [event.evidence for run in runs for event in run if isinstance(event, EvidenceAdded)]
    assert [item.sha256 for item in finished.evidence] == [item.sha256 for item in found]
    assert finished.status == "answered"
    assert finished.inputs == {"file": str(tmp_path / "list.smi")}


def test_a_run_is_exported_by_its_ending(copilot: Copilot, tmp_path: Path) -> None:
    file = export_run(asyncio.run(asked(copilot, "MW of ibuprofen?")), tmp_path / "mw.yaml")
    text = file.read_text("utf-8")
    assert text.startswith('workflow: mw-of-ibuprofen\ntitle: "MW of ibuprofen?"\nsteps:\n  # MW of ibuprofen? (')
    assert "rdkit " in text


def test_what_a_question_holds_stays_a_comment_and_an_argument() -> None:
    text = session_as_workflow(HOSTILE, [run_of(HOSTILE, call("target_profile", target='a: "b" # {$ref: c} é'))])
    (step,) = parse_yaml(text, "w.yaml").steps
    assert isinstance(step, Call)
    assert (step.tool, step.arguments) == ("target_profile", {"target": 'a: "b" # {$ref: c} é'})


def test_each_call_stands_once_and_what_cannot_be_made_again_is_named() -> None:
    run = run_of(
        "q",
        call("target_profile", target="EGFR"),
        call("target_profile", "c2", target="BTK"),
        call("target_profile", "c3", target="EGFR"),
        call("draw_molecule", "c4", molecule="CCO", to="x.svg"),
        call("recall_result", "c5", handle="R1.E1"),
        call("target_profile", "c6", target="JAK2"),
        failed=("c6",),
    )
    text = run_as_workflow(run)
    steps = parse_yaml(text, "w.yaml").steps
    assert [step.id for step in steps] == ["target_profile", "target_profile_2"]
    assert "# left out: draw_molecule, which writes a file" in text
    assert "# left out: recall_result, which looks into the session" in text
    assert "JAK2" not in text


def test_a_run_without_calls_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no call to make again"):
        run_as_workflow(run_of("q"))
