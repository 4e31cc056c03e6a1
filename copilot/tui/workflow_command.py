"""`/workflow NAME INPUT…` as it is typed: words as behind `biocopilot workflow run`, read and checked before anything runs. Blocking."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...memory.errors import InvalidArguments
from ..cli.tool_options import options_of, parse_fields
from ..workflows.contract import Workflow
from ..workflows.engine import validated
from ..workflows.folder_names import folder_name
from ..workflows.python_file import names_python
from ..workflows.registry import built_in
from ..workflows.run_folder import read_manifest
from ..workflows.running import opened
from .completing import Completion, Word

__all__ = ["WorkflowStart", "start_of", "to_go_on", "workflow_words"]

_FLAGS = {
    "--out": "folder of the run; one in this folder where left out",
    "--resume": "go on with the run that is there",
}
_MOST = 8


@dataclass(frozen=True)
class WorkflowStart:
    """A workflow to be run.

    Args:
        typed: what the user typed, from the slash on.
        flow: the workflow.
        inputs: its checked inputs, as JSON values.
        out: the run's folder.
        resume: whether to go on with the run that is there.
    """

    typed: str
    flow: Workflow
    inputs: Mapping[str, Any]
    out: Path
    resume: bool


def start_of(given: str) -> WorkflowStart:
    """What is to be run.

    Args:
        given: what stands behind `/workflow`: a name or a YAML file, inputs, perhaps `--out DIR` and `--resume`.

    Raises:
        InvalidInput: there is no such workflow, its file is wrong, or it does not take these inputs.
        FileRefused: there is no such file.
        StorageError: `--resume` names a folder without a run.
    """
    try:
        words = shlex.split(given)
    except ValueError as error:
        raise InvalidArguments(f"{given} cannot be taken apart: {error}.", "Close the quotation mark.") from error
    name, *rest = words
    resume, rest = "--resume" in rest, [word for word in rest if word != "--resume"]
    out, rest = _out(rest)
    flow = opened(name)
    inputs = parse_fields(flow, rest)
    if resume and out is not None and not inputs:  # as on the command line: what the run began with
        manifest = read_manifest(out)
        inputs = dict(manifest["inputs"]) if manifest["workflow"] == flow.name else {}
    _checked, plain = validated(flow, inputs)
    return WorkflowStart(f"/workflow {given}", flow, plain, out or Path(folder_name(flow, plain)), resume)


def to_go_on(flow: str, out: Path) -> str:
    """What is typed to go on with a run, or to try again what failed."""
    return f"/workflow {shlex.quote(flow)} --out {shlex.quote(str(out))} --resume"


def workflow_words(word: Word) -> list[Completion]:
    """The workflows whose name begins so; behind a name, what it takes whose flag begins so. Raises BiocopilotError."""
    if word.kind == "workflow":
        return [
            Completion(f"{flow.name} ", flow.summary) for flow in built_in() if flow.name.startswith(word.text.lower())
        ]
    known = () if names_python(word.of) else options_of(opened(word.of))  # a program is not executed by typing
    flags = {option.flag: f"{option.description} ({option.nature})" for option in known}
    return [Completion(f"{flag} ", about) for flag, about in {**flags, **_FLAGS}.items() if flag.startswith(word.text)][
        :_MOST
    ]


def _out(words: Sequence[str]) -> tuple[Path | None, list[str]]:
    """The folder that was named, and the other words."""
    rest = list(words)
    for at, word in enumerate(rest):
        flag, has_value, value = word.partition("=")
        if flag != "--out":
            continue
        if not has_value and at + 1 == len(rest):
            raise InvalidArguments("--out needs a value.", "Name a folder.")
        path = value if has_value else rest[at + 1]
        return Path(path).expanduser(), rest[:at] + rest[at + (1 if has_value else 2) :]
    return None, rest
