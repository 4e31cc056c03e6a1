from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.cli.commands import app
from biocopilot.copilot.cli.tools import listing
from biocopilot.memory.events import Event
from biocopilot.memory.paths import run_log_path
from biocopilot.memory.records import ToolResult
from biocopilot.memory.run_log import RunLog
from biocopilot.tools.registry import all_tools
from typer.testing import CliRunner

Command = Callable[..., subprocess.CompletedProcess[str]]

IBUPROFEN = "CC(C)Cc1ccc(cc1)C(C)C(=O)O"


def invoke(*words: str) -> Any:
    return CliRunner().invoke(app, ["tools", *words])


def test_the_list_says_what_every_tool_does(home: Path) -> None:
    lines = invoke("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["tool", *all_tools()]
    assert all(line.endswith(tool.summary) for line, tool in zip(lines[1:], all_tools().values(), strict=True))
    found = json.loads(invoke("list", "--json").stdout)
    assert {row["name"] for row in found} == set(all_tools())


@pytest.mark.parametrize("room", [60, 80, 120])
def test_the_list_fits_the_terminal(room: int) -> None:
    lines = listing(list(all_tools().values()), room)
    assert len(lines) == 1 + len(all_tools())
    assert 40 < max(map(len, lines)) <= room


@pytest.mark.parametrize("name", sorted(all_tools()))
def test_show_says_what_a_tool_is_for_and_every_field(home: Path, name: str) -> None:
    done = invoke("show", name)
    assert done.exit_code == 0
    tool = all_tools()[name]
    assert tool.summary in " ".join(done.stdout.split())
    for field in tool.arguments.model_fields:
        assert f"--{field.replace('_', '-')}" in done.stdout
    assert json.loads(invoke("show", name, "--json").stdout)["schema"] == tool.schema()


@pytest.mark.parametrize("command", ["show", "run"])
def test_an_unknown_tool_names_the_nearest(home: Path, command: str) -> None:
    done = invoke(command, "molecule_propertys")
    assert done.exit_code == 2
    assert "molecule_properties" in done.stderr
    assert done.stdout == ""


def test_run_prints_the_result_as_json_with_evidence(home: Path) -> None:
    done = invoke("run", "molecule_properties", "--molecule", IBUPROFEN, "--json")
    assert done.exit_code == 0, done.stderr
    result = ToolResult.model_validate_json(done.stdout)
    assert result.status == "ok"
    weight = result.evidence[0].record["properties"]["molecular_weight"]
    assert weight["value"] == pytest.approx(206.285, abs=0.001)


def test_run_prints_values_with_units_and_source(home: Path) -> None:
    done = invoke("run", "molecule_properties", IBUPROFEN)
    assert done.exit_code == 0, done.stderr
    assert "molecular weight: 206.285 " in done.stdout
    assert done.stdout.startswith("RDKit ")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("molecule_properties", "--molecule", "C1CC"), 2, "structure"),
        (("molecule_properties", "--molecul", "CCO"), 2, "Did you mean --molecule?"),
        (("molecule_properties",), 2, "molecule"),
        (("target_activities", "--target", "EGFR", "--most", "many"), 2, "most"),
        (("substructure_filter", "--group", "phenol", "--file", "absent.smi"), 2, "absent.smi"),
    ],
)
def test_run_refuses_with_a_reason_and_no_result(home: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = invoke("run", *words)
    assert done.exit_code == code
    assert done.stdout == ""
    assert said in done.stderr


def test_run_of_an_unknown_name_is_empty_with_4(home: Path) -> None:
    done = invoke("run", "molecule_properties", "--molecule", "ibuprofin")
    assert done.exit_code == 4
    assert "ibuprofen" in (done.stdout + done.stderr).lower()


def test_a_file_that_the_user_names_is_read(biocopilot: Command, tmp_path: Path) -> None:
    file = tmp_path / "list.smi"
    file.write_text("CCO ethanol\nc1ccccc1O phenol\nnot_a_smiles x\n", "utf-8")
    done = biocopilot("tools", "run", "substructure_filter", "--group", "phenol", "--file", str(file), "--json")
    assert done.returncode in (0, 3), done.stderr
    assert json.loads(done.stdout)["matched"] == 1


def test_help_of_a_tool_shows_its_fields(home: Path) -> None:
    done = invoke("run", "target_activities", "--help")
    assert done.exit_code == 0
    assert "--activity-type" in done.stdout
    assert invoke("run").exit_code == 2


EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name, tool in sorted(all_tools().items())
    for number, example in enumerate(tool.examples[:1])
    if not tool.needs_network
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_first_example_of_each_tool_works_as_it_is_shown(
    home: Path, name: str, example: dict[str, Any], session_run: Callable[..., list[Event]]
) -> None:
    from biocopilot.copilot.cli.tool_options import command_line

    if name == "recall_result":  # works on the newest session, so there has to be one
        with RunLog.open(run_log_path()) as log:
            for event in session_run("r1", "s"):
                log.append(event)
    words = shlex.split(command_line(name, example))
    assert words[:3] == ["biocopilot", "tools", "run"]
    done = CliRunner().invoke(app, words[1:])
    assert done.exit_code in (0, 3), done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("name", ["selectivity", "search_library", "search_proteins"])
def test_what_a_tool_is_for_fits_a_page_and_examples_stay_commands_in_one_line(home: Path, name: str) -> None:
    lines = invoke("show", name).stdout.splitlines()
    assert max(map(len, lines[: lines.index("Examples")])) <= 80
    assert all(line.startswith("  biocopilot tools run ") for line in lines[lines.index("Examples") + 1 :])
    assert max(map(len, invoke("run", name, "--help").stdout.splitlines())) <= 80


def test_a_tool_that_needs_weights_says_so_and_how_to_get_them(home: Path) -> None:
    assert "ask_about_molecule" not in invoke("list").stdout
    shown = invoke("show", "ask_about_molecule")
    assert shown.exit_code == 0
    assert "not here: It needs the weights of BioMedGPT-10B" in shown.stdout
    run = invoke("run", "ask_about_molecule", "--molecule", "CCO")
    assert (run.exit_code, run.stdout) == (5, "")
    assert "biocopilot models pull biomedgpt-10b" in run.stderr
