from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import pytest
from biocopilot.copilot.cli.tool_options import command_line, named_files, options_of, parse_fields
from biocopilot.memory.errors import InvalidArguments
from biocopilot.tools.contract import Findings, Tool, ToolArguments, ToolContext, tool
from biocopilot.tools.execute import validate_arguments
from pydantic import BaseModel, Field


class Kind(StrEnum):
    IC50 = "IC50"
    KI = "Ki"


class Window(BaseModel):
    low: float
    high: float


class EverythingArguments(ToolArguments):
    molecule: str = Field(description="what is looked at")
    others: tuple[str, ...] = Field((), description="compared with")
    kind: Kind | None = None
    format: Literal["svg", "png"] = "svg"
    most: int = 10
    threshold_nm: float | None = None
    to_stop: bool = False
    merge: bool = True
    window: Window | None = None
    file: str | None = None


@tool(title="Everything")
async def everything(arguments: EverythingArguments, context: ToolContext) -> Findings:
    """Take a field of each kind."""
    return Findings(())


def test_each_field_becomes_an_option_with_its_nature() -> None:
    options = {option.name: option for option in options_of(everything)}
    assert options["molecule"].flag == "--molecule"
    assert options["molecule"].nature == "required"
    assert options["others"].nature == "optional; may be repeated"
    assert options["kind"].metavar == "IC50|Ki"
    assert options["format"].nature == "default: svg"
    assert options["most"].metavar == "INTEGER"
    assert options["threshold_nm"].flag == "--threshold-nm"
    assert options["to_stop"].is_switch
    assert options["merge"].nature == "default: yes"
    assert options["window"].metavar == "JSON"


def test_words_become_arguments_that_the_model_accepts() -> None:
    words = shlex.split(
        "--molecule aspirin --others=CCO --others 'C=C' --kind Ki --most 3 --threshold-nm 1e2 --to-stop --no-merge"
    )
    given = parse_fields(everything, [*words, "--window", '{"low": 1, "high": 2}'])
    made = validate_arguments(everything, given)
    assert made.molecule == "aspirin"
    assert made.others == ("CCO", "C=C")
    assert (made.kind, made.most, made.threshold_nm) == (Kind.KI, 3, 100.0)
    assert (made.to_stop, made.merge) == (True, False)
    assert made.window == Window(low=1, high=2)


def test_underscores_and_a_bare_value_are_taken_too() -> None:
    assert parse_fields(everything, ["aspirin", "--threshold_nm", "5"]) == {"molecule": "aspirin", "threshold_nm": "5"}
    assert parse_fields(everything, ["--", "-odd-name"]) == {"molecule": "-odd-name"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--molecul", "x"], "Did you mean --molecule?"),
        (["--zzz", "x"], "has no field --zzz"),
        (["--molecule"], "needs a value"),
        (["--molecule", "a", "--molecule", "b"], "given twice"),
        (["a", "b"], "'b' stands without the field"),
        (["--window", "{"], "takes a JSON value"),
    ],
)
def test_wrong_words_are_refused_with_what_mends_it(words: list[str], said: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        parse_fields(everything, words)
    assert said in str(caught.value)


def test_a_command_line_parses_back_to_its_arguments() -> None:
    arguments: dict[str, Any] = {"molecule": "C[C@H](N)C(=O)O", "others": ["a b", "$x"], "merge": False, "most": 3}
    words = shlex.split(command_line(everything.name, arguments))
    assert words[:4] == ["biocopilot", "tools", "run", "everything"]
    parsed = parse_fields(everything, words[4:])
    assert validate_arguments(everything, parsed) == validate_arguments(everything, arguments)


def test_only_path_fields_name_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = named_files({"file": "list.smi", "to": str(tmp_path / "x.svg"), "molecule": "/etc/passwd"})
    assert found == {tmp_path / "list.smi", tmp_path / "x.svg"}


def test_all_tools_of_the_program_have_options() -> None:
    from biocopilot.tools.registry import all_tools

    tools: list[Tool] = list(all_tools().values())
    assert tools
    for one in tools:
        assert {option.name for option in options_of(one)} == set(one.arguments.model_fields)
        for example in one.examples:
            parsed = parse_fields(one, shlex.split(command_line(one.name, example))[4:])
            assert validate_arguments(one, parsed) == validate_arguments(one, example)
